"""What counts as work: rules, workflows with their tiers, the north star, activation, features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from saasmetrics.definitions.amounts import Flag
from saasmetrics.definitions.base import Base
from saasmetrics.definitions.conditions import Where
from saasmetrics.definitions.durations import DAY, Duration
from saasmetrics.definitions.words import ColumnName, Literally, Literals, Name, Names, Sentence, Texts

Cadence = Literal["day", "week", "month", "quarter"]
Ref = Literally
Refs = Literals
REF = "a name under rules, else the event of that name"
PLANS = "the plans that include it, as the subscriptions spell them; none named: every plan does"


class Rule(Base):
    """A named kind of event."""

    event: Literals = Field(description="the event's name in the data; of a list, any one")
    where: Where = Field(default=(), description="conditions on the event's columns; all must hold")


class Value(Base):
    """What the product is for, in the customer's words."""

    outcome: Sentence | None = Field(default=None, description="the outcome, in words that a customer would recognise")
    workflows: Names = Field(default=(), description="the one or two workflows that bring it about")


class NorthStar(Base):
    """The one number: successful work delivered."""

    workflow: Name = Field(description="the workflow whose successes count")
    measure: Literal["count", "value"] = Field(
        default="count", description="count the successes, or add up their value"
    )


class Workflow(Base):
    """A job that customers do from end to end."""

    core: Flag = Field(default=False, description="an account is active when it completes a core workflow")
    cadence: Cadence = Field(default="week", description="how often the job comes up by nature")
    attempt: Ref | None = Field(default=None, description=f"someone starts: {REF}")
    success: Ref = Field(description=f"the job is done: {REF}")
    failure: Ref | None = Field(default=None, description=f"the product failed them: {REF}")
    value: ColumnName | None = Field(default=None, description="the event's column with the amount of the work done")
    entity: ColumnName | None = Field(
        default=None, description="the event's column that says which thing: an invoice, a shipment"
    )
    duration: ColumnName | None = Field(default=None, description="the event's column with the milliseconds it took")
    roles: Texts = Field(default=(), description="the roles that ought to do it")
    tiers: Mapping[Name, Refs] = Field(
        default={},
        description=f"depth of use, from shallow to deep; a tier is held with all of its rules. Each is {REF}",
    )
    within: Duration = Field(default=DAY, description="how long after an attempt its success still belongs to it")
    plans: Texts = Field(default=(), description=PLANS)


class Step(Base):
    """One thing to have done before an account counts as activated."""

    kind: Literal["setup", "entity", "workflow", "invite", "integration", "import"] = Field(
        default="workflow", description="what sort of step it is"
    )
    rule: Ref = Field(description=f"what shows that it is done: {REF}")
    required: Flag = Field(default=True, description="false: shown, but not needed to be activated")


class Activation(Base):
    """First value: every required step done in time."""

    within: Duration = Field(default=14 * DAY, description="the time an account has, from its creation")
    order: Literal["any", "ordered"] = Field(
        default="any", description="ordered: each step must come after the one before"
    )
    steps: Annotated[Mapping[Name, Step], Field(min_length=1)] = Field(description="the steps by name, in their order")


class Feature(Base):
    """A feature worth watching."""

    rule: Ref = Field(description=f"its successful use: {REF}")
    high_value: Flag = Field(default=False, description="its use goes with value; a drop is a warning sign")
    premium: Flag = Field(default=False, description="it belongs to a higher plan")
    integration: Flag = Field(default=False, description="it connects another system")
    failure: Ref | None = Field(default=None, description=f"its use failed: {REF}")
    plans: Texts = Field(default=(), description=PLANS)


class Internal(Base):
    """Who is left out of everything, and counted."""

    accounts: Where = Field(default=(), description="accounts of our own, for tests or demonstrations")
    users: Where = Field(default=(), description="colleagues, test users")
