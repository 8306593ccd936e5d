"""What counts as work: rules, workflows with their tiers, the north star, activation, features."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from saasmetrics.definitions.amounts import Count, Flag, Share
from saasmetrics.definitions.base import Base, fail
from saasmetrics.definitions.conditions import Condition, Where
from saasmetrics.definitions.durations import DAY, Days, Duration
from saasmetrics.definitions.words import ColumnName, Literally, Literals, Name, Names, Sentence, Texts

Cadence = Literal["day", "week", "month", "quarter"]
Positive = Annotated[Count, Field(ge=1)]
Ref = Literally
Refs = Literals
HALF_HOUR = DAY // 48
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
    periods: Positive = Field(
        default=12, description="complete periods of a workflow's cadence that the tables of value look back on"
    )
    trailing: Days = Field(default=84, description="days before the as-of date in which people, teams and workflows count")
    consistent: Share = Field(default=0.75, description="work is regular when it is done in this share of the periods")
    run: Positive = Field(default=4, description="periods without a break that make a habit worth missing")
    missed: Positive = Field(default=2, description="periods without a success after which such a run is broken")
    min_periods: Positive = Field(default=3, description="complete periods before regularity can be told")


class Unless(Base):
    """What takes a success back: a reopened ticket, a reversed invoice."""

    rule: Ref = Field(description=f"what takes it back: {REF}")
    within: Duration = Field(default=14 * DAY, description="how long after the success it still does; with `also`, after the last of what is asked for")


class NorthStar(Base):
    """The one number: successful work delivered."""

    workflow: Name = Field(description="the workflow whose successes count")
    measure: Literal["count", "value", "entities"] = Field(
        default="count", description="count the successes, add up their value, or count each thing once"
    )
    also: Ref | None = Field(default=None, description=f"entities: what must have happened to the thing too: {REF}")
    unless: Unless | None = Field(default=None, description="entities: what takes the success back")

    @model_validator(mode="after")
    def _of_things(self) -> Self:
        if self.measure != "entities" and (self.also or self.unless):
            raise fail("SM112", "`also` and `unless` look at single things; they need `measure: entities`")
        return self


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
    who: Sentence | None = Field(default=None, description="what the people with these roles are called: finance people")
    did: Sentence | None = Field(
        default=None, description="what people did who completed it, in the past tense: posted invoices"
    )
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
        default="any", description="ordered: each step at or after the required one before it, and an event is one step only"
    )
    steps: Annotated[Mapping[Name, Step], Field(min_length=1)] = Field(description="the steps by name, in their order")


class Feature(Base):
    """A feature worth watching."""

    rule: Ref = Field(description=f"its successful use: {REF}")
    high_value: Flag = Field(default=False, description="its use goes with value; a drop is a warning sign")
    premium: Flag = Field(default=False, description="it belongs to a higher plan")
    integration: Flag = Field(default=False, description="it connects another system")
    failure: Ref | None = Field(default=None, description=f"its use failed: {REF}")
    paywall: Ref | None = Field(default=None, description=f"somebody wanted it and was told that their plan lacks it: {REF}")
    plans: Texts = Field(default=(), description=PLANS)


class Activity(Base):
    """Being there. Shown beside value as context, never as value."""

    logins: Refs | None = Field(default=None, description=f"somebody logs in. Each is {REF}")
    page_views: Refs | None = Field(default=None, description=f"somebody looks at a page. Each is {REF}")
    gap: Annotated[Duration, Field(ge=HALF_HOUR)] = Field(
        default=HALF_HOUR, description="quiet time after which a new session begins; 30m or more"
    )
    longest: Duration = Field(default=8 * 2 * HALF_HOUR, description="what a session counts for at most")


class Internal(Base):
    """Who is left out of everything, and counted."""

    accounts: Where = Field(default=(), description="accounts of our own, for tests or demonstrations")
    users: Where = Field(default=(), description="colleagues, test users")

    @field_validator("accounts", "users")
    @classmethod
    def _no_promise(cls, where: tuple[Condition, ...]) -> tuple[Condition, ...]:
        if any(condition.op == "met" for condition in where):
            raise fail("SM112", "'met' compares with the time of an event: it belongs under rules")
        return where
