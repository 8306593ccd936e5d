"""What shows how well the product works: its endpoints, jobs, forms, screens and syncs, and the limits beyond which it is unstable."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from saasmetrics.definitions.amounts import Amount, AtLeastOne, Flag, Share
from saasmetrics.definitions.base import Base, block, fail, shown
from saasmetrics.definitions.durations import DAY, SECOND, Duration
from saasmetrics.definitions.words import ColumnName, Name
from saasmetrics.definitions.work import REF, Refs

SUMMED = re.compile(r"(^|[^a-z])(p[0-9]{2,3}|pct(ile)?|percentile|quantile|median|avg|average|mean)([^a-z]|$)", re.IGNORECASE)
PARTS = ("attempt", "success", "failure", "timeout", "retry")


def raw(value: str) -> str:
    """The name of a column with one sample a row: percentiles of percentiles mean nothing."""
    if SUMMED.search(value):
        raise fail("SM112", f"{shown(value)} sounds like a percentile or a mean; name the column with the time of the single load: percentiles cannot be pooled")
    return value


Sample = Annotated[ColumnName, AfterValidator(raw)]


class Extra(Base):
    """What a workflow may have beside its attempt, success and failure."""

    timeout: Refs | None = Field(default=None, description=f"the product took too long. Each is {REF}")
    retry: Refs | None = Field(default=None, description=f"it is tried again, where that is no attempt of its own. Each is {REF}")


class Operation(Extra):
    """Something that the product does, and that can fail."""

    attempt: Refs = Field(description=f"it begins: a request, a run, a click on save. Each is {REF}")
    success: Refs | None = Field(default=None, description=f"it is done. Each is {REF}")
    failure: Refs | None = Field(default=None, description=f"it failed. Each is {REF}")
    entity: ColumnName | None = Field(default=None, description="the event's column that says which one: a request, a run, a form; retries of it are one attempt")
    within: Duration = Field(default=DAY, description="how long after an attempt its end still belongs to it")


class Screen(Base):
    """A screen whose loading is timed."""

    rule: Refs = Field(description=f"it has loaded. Each is {REF}")
    duration: Sample = Field(description="the event's column with the milliseconds it took: one load a row, no percentile")
    core: Flag = Field(default=True, description="people need it for their core work")


class Sync(Base):
    """Something that happens elsewhere and is to arrive here."""

    source: Refs = Field(description=f"it happened at its source. Each is {REF}")
    synced: Refs = Field(description=f"it arrived. Each is {REF}")
    entity: ColumnName = Field(description="the event's column that says what: pairs a change with its own arrival")


class Stable(Base):
    """The limits of a stable week. Beyond one of them other numbers of that week may show the product's trouble."""

    failure_rate: Share = Field(default=0.05, description="of the attempts at core workflows, at most this share fails or times out")
    min_attempts: AtLeastOne = Field(default=50, description="attempts in a week needed to know")
    p95: Duration = Field(default=3 * SECOND, description="19 of 20 loads of every core screen take at most so long")
    min_samples: AtLeastOne = Field(default=20, description="loads of a screen in a week needed to know")
    incident_minutes: Amount = Field(default=60, description="minutes of incidents on core workflows at most, in a week")


class Reliability(Base):
    """What shows how well the product works."""

    workflows: Mapping[Name, Extra] = Field(default={}, description="timeouts and retries of a workflow")
    endpoints: Mapping[Name, Operation] = Field(default={}, description="interfaces that other systems call")
    jobs: Mapping[Name, Operation] = Field(default={}, description="work in the background: imports, syncs, mails")
    forms: Mapping[Name, Operation] = Field(default={}, description="forms that people save")
    screens: Mapping[Name, Screen] = Field(default={}, description="screens whose loading is timed")
    syncs: Mapping[Name, Sync] = Field(default={}, description="what happens elsewhere and is to arrive here")
    stable: Stable = block(Stable, "the limits of a stable week")
    prior: AtLeastOne = Field(default=4, description="periods of a workflow's cadence before a failure that say how often it was done")
    lost_after: AtLeastOne = Field(default=4, description="complete periods without a success after a failure that count as lost trust")

    @property
    def watched(self) -> bool:
        """Whether it says what a stable week is: then numbers of other weeks are marked."""
        return "stable" in self.model_fields_set

    def operations(self) -> Iterator[tuple[str, str, Operation]]:
        """Kind, name and operation, but for the workflows."""
        for kind, named in (("endpoint", self.endpoints), ("job", self.jobs), ("form", self.forms)):
            yield from ((kind, name, operation) for name, operation in named.items())

    def places(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every rule named, with its place in the block."""
        kinds = {"workflows": PARTS, "endpoints": PARTS, "jobs": PARTS, "forms": PARTS, "screens": ("rule",), "syncs": ("source", "synced")}
        for kind, parts in kinds.items():
            for name, one in getattr(self, kind).items():
                yield from ((ref, (kind, name, part)) for part in parts for ref in getattr(one, part, None) or ())

    def every_ref(self) -> Iterator[str]:
        """Every rule named."""
        yield from (ref for ref, _ in self.places())
