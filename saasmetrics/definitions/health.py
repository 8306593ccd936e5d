"""How well an account does, all in all: parts that are each met, partly met or not."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from saasmetrics.definitions.amounts import Amount, AtLeastOne, Count, Points, Share
from saasmetrics.definitions.base import Base, block, fail
from saasmetrics.definitions.durations import Days
from saasmetrics.definitions.signals import BY_SEGMENT, Bands, BySegment, Score, Signal, Signals, Why


class Activation(Signal):
    """First value was reached."""

    ident: ClassVar[str] = "Y01"
    points: Points = 15
    why: Why = "An account that never reached first value has nothing to stay for."


class CoreUse(Signal):
    """The core job is done as often as it is due."""

    ident: ClassVar[str] = "Y02"
    points: Points = 25
    why: Why = "They do the core work as often as this work comes up."
    periods: AtLeastOne = Field(default=4, description="periods looked at, in the workflow's cadence; of a daily one weeks")


class Trend(Signal):
    """Core work holds its level."""

    ident: ClassVar[str] = "Y03"
    points: Points = 15
    why: Why = "Their core work holds the level that it had a month ago."
    drop: Annotated[Share, Field(gt=0)] = Field(default=0.5, description="the fall that leaves no points, as a share of the 28 days before; half of it leaves half")
    min_base: AtLeastOne = Field(default=8, description="successes needed in the 28 days before, so that noise does not count")


class ActiveUsers(Signal):
    """People work with it."""

    ident: ClassVar[str] = "Y04"
    points: Points = 15
    why: Why = "Enough of their people get work done here."
    seat_use: Annotated[Share, Field(gt=0)] = Field(default=0.6, description="the share of the paid seats in use that is full marks; without seats the 28 days before are")


class Admins(Signal):
    """Somebody runs the account."""

    ident: ClassVar[str] = "Y05"
    points: Points = 10
    why: Why = "Somebody who runs the account has been active lately."
    recent: Days = Field(default=7, description="days since the last event of an admin that are full marks")
    days: Days = Field(default=30, description="days that leave no points")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.recent >= self.days:
            raise fail("SM112", f"recent is {self.recent}, days {self.days}; recent must be less")
        return self


class FeatureUse(Signal):
    """More than the bare minimum is used."""

    ident: ClassVar[str] = "Y06"
    points: Points = 10
    why: Why = "They use features beyond the bare minimum."
    least: AtLeastOne = Field(default=2, description="different features used in the last 28 days that are full marks; all, if there are fewer")


class Support(Signal):
    """They need little help."""

    ident: ClassVar[str] = "Y07"
    points: Points = 5
    why: Why = "They get their work done without asking for help again and again."
    calm: Amount = Field(default=2, description="tickets for 100 core successes in the last 28 days that are full marks")
    heavy: Amount = Field(default=20, description="so many leave no points")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.calm >= self.heavy:
            raise fail("SM112", f"calm is {self.calm:g}, heavy {self.heavy:g}; calm must be less")
        return self


class Renewal(Signal):
    """No renewal is near, or the work holds its level."""

    ident: ClassVar[str] = "Y08"
    points: Points = 5
    why: Why = "No renewal is close, or their core work gives no cause to doubt it."
    within: Days = Field(default=90, description="days to the renewal from which on the trend counts once more")


class HealthSignals(Signals):
    """The parts of the score, in the order in which they are shown."""

    activation: Activation = block(Activation, "first value was reached")
    core_use: CoreUse = block(CoreUse, "the core job is done as often as it is due")
    trend: Trend = block(Trend, "core work holds its level")
    active_users: ActiveUsers = block(ActiveUsers, "people work with it")
    admins: Admins = block(Admins, "somebody runs the account")
    feature_use: FeatureUse = block(FeatureUse, "more than the bare minimum is used")
    support: Support = block(Support, "they need little help")
    renewal: Renewal = block(Renewal, "no renewal is near, or the work holds its level")


class HealthBands(Bands):
    """From how many points an account is well."""

    below: ClassVar[str] = "poor"
    healthy: Points = Field(default=70, description="points from which an account is healthy")
    watch: Points = Field(default=40, description="points from which it is to be watched; below, it is poor")


class HealthModel(Base):
    """What may be another one for the accounts of a segment."""

    bands: HealthBands = block(HealthBands, "where the bands begin")
    signals: HealthSignals = block(HealthSignals, "the parts, their points and thresholds")


class Health(Score, HealthModel):
    """How well an account does, from 0 to 100."""

    min_coverage: Share = Field(default=0.5, description="the share of the points that must have data for a band to be given")
    full_coverage: Share = Field(default=0.7, description="below this share the best band is not given")
    weeks: Annotated[Count, Field(ge=4, le=104)] = Field(default=26, description="weeks before T from which on the bands are followed")
    segments: BySegment[HealthModel] = Field(default={}, description=BY_SEGMENT)
