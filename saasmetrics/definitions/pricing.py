"""The units that a price could be based on, and price schedules to try on them.

Meters that are often priced, each as one line of `pricing.meters`:

    users: {of: users, measure: end}
    api_calls: {rule: api_called}
    contacts_stored: {rule: contact_created, less: contact_deleted, measure: end}
    emails_sent: {rule: email_sent}
    messages_sent: {workflow: messaging}
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from saasmetrics.definitions.amounts import LARGEST, Count, Share
from saasmetrics.definitions.base import Base, By, fail, shown
from saasmetrics.definitions.durations import Days
from saasmetrics.definitions.words import ColumnName, Literally, Name, Text, Texts

Measure = Literal["count", "distinct", "sum", "peak", "end"]
UNIT = 10_000
MEASURES: Mapping[str, tuple[str, ...]] = {
    "workflow": ("count", "distinct", "sum", "peak", "end"), "rule": ("count", "distinct", "peak", "end"),
    "users": ("distinct", "peak", "end"), "seats": ("end",),
}  # fmt: skip


def exact(value: Any) -> int:
    """A number of nought or more with up to four decimals → ten-thousandths, exact."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise fail("SM112", f"{shown(value)} is not an amount; write a plain number from 0 on, such as 1200 or 0.05")
    found = Decimal(value) * UNIT
    if found != int(found):
        raise fail("SM112", f"{shown(value)} has more than four decimals; sell it in packages: `model: package`")
    return int(found)


def plain_day(value: str) -> str:
    """A day as 2027-06-30."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise fail("SM112", f"{shown(value)} is not a day; write it as 2027-06-30") from None


def _written(value: int) -> Decimal:
    text = Decimal(value).scaleb(-4)
    return text.to_integral_value() if text == text.to_integral_value() else text.normalize()


Amount = Annotated[
    int, By(exact, written=_written), WithJsonSchema({"type": "number", "minimum": 0})
]
Day = Annotated[Text, AfterValidator(plain_day), WithJsonSchema({"type": "string", "format": "date"})]
# For editors: what the validators below say of one key beside another.
ONE_THING: list[Any] = [
    {"required": ["workflow"], "properties": {"entity": False}},
    {"required": ["rule"], "properties": {"measure": {"enum": [*MEASURES["rule"]]}}, "if": {"required": ["measure"], "properties": {"measure": {"const": "distinct"}}}, "then": {"required": ["entity"]}, "else": {"properties": {"entity": False}}},
    {"required": ["of"], "properties": {"of": {"const": "users"}, "measure": {"enum": [*MEASURES["users"]]}, "less": False, "entity": False}},
    {"required": ["of"], "properties": {"of": {"const": "seats"}, "measure": {"enum": [*MEASURES["seats"]]}, "less": False, "entity": False}},
]  # fmt: skip
LESS: dict[str, Any] = {"if": {"required": ["less"]}, "then": {"required": ["measure"], "properties": {"measure": {"const": "end"}}}}
FLAT: Any = {"if": {"properties": {"model": {"const": "flat"}}}, "then": {"properties": {"steps": {"maxItems": 1}}}}
PACKAGE: Any = {"if": {"required": ["model"], "properties": {"model": {"const": "package"}}}, "then": {"required": ["size"]}, "else": {"properties": {"size": False}}}

Months = Annotated[Count, Field(ge=1, le=120)]


class Meter(Base):
    """One unit that a price could be based on, by account and month."""

    model_config = ConfigDict(json_schema_extra={"oneOf": ONE_THING, **LESS})

    workflow: Name | None = Field(default=None, description="counts the successes of this workflow")
    rule: Literally | None = Field(default=None, description="counts events: a name under rules, else the event of that name")
    of: Literal["users", "seats"] | None = Field(
        default=None, description="users: people with a success in any workflow, with end those listed; seats: of subscriptions but modules and usage"
    )
    measure: Measure | None = Field(
        default=None,
        description="in a month: count; distinct things or people; sum of the workflow's value; peak, the most on one day;"
        " end, how many there are at its end. Undeclared: count, of users distinct, of seats end",
    )
    less: Literally | None = Field(default=None, description="end: the event, or rule, that takes one away")
    entity: ColumnName | None = Field(default=None, description="distinct, of a rule: the event's column that says which thing")

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if sum(part is not None for part in (self.workflow, self.rule, self.of)) != 1:
            raise fail("SM112", "a meter counts one thing; write workflow, rule or of, and only one of them")
        if self.measured not in (fit := MEASURES[self.source]):
            raise fail("SM112", f"{self.measured} does not fit; of {self.source} it can be {', '.join(fit)}")
        if self.less and (self.measured != "end" or self.of):
            raise fail("SM112", "`less` takes away from what there is; it needs `measure: end` of a workflow or rule")
        if (self.rule is not None and self.measured == "distinct") != (self.entity is not None):
            raise fail("SM112", "`measure: distinct` of a rule and `entity` belong together; a workflow has its own entity")
        return self

    @property
    def source(self) -> str:
        """workflow, rule, users or seats."""
        return "workflow" if self.workflow is not None else "rule" if self.rule is not None else str(self.of)

    @property
    def measured(self) -> str:
        """The measure, declared or usual."""
        return self.measure or {"users": "distinct", "seats": "end"}.get(self.source, "count")

    @property
    def kind(self) -> str:
        """A flow begins anew each month; a stock stays."""
        return "stock" if self.measured == "end" else "flow"


class Step(Base):
    """From the step before up to a quantity: its price and its fee."""

    up_to: Amount | None = Field(json_schema_extra={"not": {"const": 0}}, default=None, description="the last quantity it holds for; the last step has none")
    price: Amount = Field(default=0, description="of one unit, or of one package")
    fee: Amount = Field(default=0, description="a month, whatever the quantity")


class Schedule(Base):
    """What a month's quantity would cost."""

    model_config = ConfigDict(json_schema_extra={"allOf": [FLAT, PACKAGE]})

    meter: Name = Field(description="the meter that is priced")
    currency: Text | None = Field(default=None, description="undeclared: the one in which most accounts pay")
    model: Literal["flat", "graduated", "volume", "package"] = Field(
        default="flat",
        description="flat: fee and price of the only step; graduated: each unit at the price of its step, the fees of all"
        " steps reached; volume: all units at the price of the step reached, and its fee; package: as volume, in whole packages",
    )
    size: Amount | None = Field(default=None, description="package: units in a package")
    steps: Annotated[tuple[Step, ...], Field(min_length=1)] = Field(description="from the smallest quantity to the largest")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        edges = [step.up_to for step in self.steps]
        if edges[-1] is not None or None in edges[:-1]:
            raise fail("SM112", "every step but the last has an up_to, and the last one none: it holds for all above")
        rising = [0, *(edge for edge in edges if edge is not None)]
        if (at := next((at for at in range(1, len(rising)) if rising[at] <= rising[at - 1]), None)) is not None:
            raise fail("SM112", f"steps rise: up_to {_written(rising[at])} of step {at} is not above {_written(rising[at - 1])}")
        if self.model == "flat" and len(self.steps) > 1:
            raise fail("SM112", "a flat price has one step; write `model: graduated` or `model: volume`")
        if (self.model == "package") != bool(self.size):
            raise fail("SM112", "`model: package` and a `size` above 0 belong together")
        return self


class Pricing(Base):
    """The units that a price could be based on, and price schedules to try on them."""

    review_by: Day | None = Field(default=None, description="the day by which the choice of the unit is looked at again")
    meters: Mapping[Name, Meter] = Field(
        default={}, description="units by name; undeclared: the core workflows' successes and value, active people, paid seats"
    )
    schedules: Mapping[Name, Schedule] = Field(default={}, description="prices to try, by name")
    months: Months = Field(default=12, description="complete months that are looked at")
    recent: Months = Field(default=3, description="of these, the last ones, whose mean is an account's usual quantity and bill")
    horizon: Months = Field(default=3, description="months before the last complete one at which the landmark lies")
    swing: Share = Field(default=0.5, description="a change from one month to the next by more than this share is a swing")
    shock: Share = Field(default=0.3, description="a bill or an MRR that rises by more than this share in a month is a shock")
    near: Share = Field(default=0.1, description="the last part of a step, as a share of its up_to: a step ahead is near")
    billing: Texts = Field(default=("billing",), description="the categories of tickets about money, as the tickets table spells them")
    after: Days = Field(default=30, description="days after the month of a shock in which such a ticket still belongs to it")
    min_accounts: Count = Field(default=20, description="accounts that a test takes")
