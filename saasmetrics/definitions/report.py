"""What a report shows beyond its thirteen lines, and which numbers raise an alarm."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from saasmetrics import catalog
from saasmetrics.definitions.amounts import Number
from saasmetrics.definitions.base import Base, fail, shown
from saasmetrics.definitions.words import Literally, Name, Sentence
from saasmetrics.messages import did_you_mean


def known_table(value: str) -> str:
    """The name of a table, such as activation.rate."""
    rooms = catalog.rooms()
    if value not in rooms:
        raise fail("SM112", f"there is no table {shown(value)}{did_you_mean(value, rooms)}; `explain` lists them all")
    return value


class Pointer(Base):
    """One number of a table: of the last final period where rows are periods, else of the one row that `where` leaves."""

    table: Annotated[Literally, AfterValidator(known_table)] = Field(description="a table, such as activation.rate")
    where: Mapping[Literally, Literally] = Field(default={}, description="column → the value of the row meant, such as window_days: 14")
    column: Literally = Field(description="the column with the number")

    @model_validator(mode="after")
    def _columns_exist(self) -> Self:
        units = {column.name: column.unit for column in catalog.rooms()[self.table].columns}
        for name in self._columns:
            if name not in units:
                raise fail("SM112", f"{self.table} has no column {shown(name)}{did_you_mean(name, units)}; it has {', '.join(units)}")
        if units[self.column] not in catalog.MEASURED:
            raise fail("SM112", f"{shown(self.column)} of {self.table} is no number; its numbers are {', '.join(name for name, unit in units.items() if unit in catalog.MEASURED)}")
        return self

    @property
    def _columns(self) -> tuple[str, ...]:
        return (*self.where, self.column)


class Alert(Pointer):
    """A number that raises an alarm: `report` ends with exit code 1. What is unknown or insufficient raises none, and is said."""

    below: Number | None = Field(default=None, description="alarm when the number is less than this")
    above: Number | None = Field(default=None, description="alarm when the number is more than this")
    why: Sentence = Field(description="why somebody has to look, in words")

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise fail("SM112", "an alert needs either below or above")
        return self


class FurtherLine(Pointer):
    """A line beyond the thirteen."""

    earns_its_place: Sentence = Field(description="what is decided by this number that the thirteen leave open")
    better: Literal["up", "down"] = Field(default="up", description="the good direction")
    timing: Literal["leading", "lagging"] = Field(default="leading", description="whether it comes before the outcome or tells it")


class Report(Base):
    """The weekly report."""

    lines: Mapping[Name, FurtherLine] = Field(default={}, description="lines beyond the thirteen, each with its reason")


Alerts = Mapping[Name, Alert]
