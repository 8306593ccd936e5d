"""What keeps a definition honest over time: its headlines, its changes, the findings that are accepted."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from saasmetrics.definitions.amounts import Count
from saasmetrics.definitions.base import Base
from saasmetrics.definitions.dates import Date
from saasmetrics.definitions.words import Name, Names, Sentence

HEADLINES = (
    "activation.rate", "activation.time_to_value", "engagement.active_accounts", "value.signals", "adoption.features",
    "engagement.trend", "retention.cohorts", "churn_risk.accounts", "expansion.accounts",
)  # fmt: skip
FIRST = 1


class Change(Base):
    """Why the meaning of a number is another one since a certain day."""

    revision: Annotated[Count, Field(ge=FIRST + 1)] = Field(description="the number of the change: 2, 3, …; an unchanged definition is 1")
    effective: Date = Field(description="the first day on which the new meaning holds")
    why: Sentence = Field(description="the reason, in words that readers of the numbers understand")


class Accepted(Base):
    """A finding of `check` that is known and accepted for a time."""

    why: Sentence = Field(description="the reason why the finding does not matter here")
    until: Date = Field(description="the last day of it: from the next day on the finding is told again")
    at: Names = Field(default=(), description="only at these parts, such as workflows.payroll; left out: everywhere")


Changes = tuple[Change, ...]
Acceptances = Mapping[Name, Accepted]
