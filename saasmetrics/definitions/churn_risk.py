"""The signs that an account drifts away, before it says so."""

from typing import Annotated, ClassVar

from pydantic import Field

from saasmetrics.definitions.amounts import AtLeastOne, Count, Points, Share
from saasmetrics.definitions.base import Base, block
from saasmetrics.definitions.durations import Days
from saasmetrics.definitions.signals import BY_SEGMENT, Bands, BySegment, Score, Signal, Signals, Why
from saasmetrics.definitions.words import Name
from saasmetrics.definitions.work import REF, Refs

DROP = "the fall that counts, as a share of the period before"


class DecliningWorkflow(Signal):
    """The core job is done less and less."""

    ident: ClassVar[str] = "C01"
    points: Points = 30
    why: Why = "They complete their core work much less often than before."
    drop: Share = Field(default=0.3, description=DROP)
    periods: Annotated[Count, Field(ge=1)] = Field(default=2, description="complete periods in a row that must show it")
    min_base: AtLeastOne = Field(default=8, description="successes needed before the fall, so that noise does not count")


class FewerActiveUsers(Signal):
    """Fewer people take part."""

    ident: ClassVar[str] = "C02"
    points: Points = 15
    why: Why = "Fewer of their people get work done here than before."
    drop: Share = Field(default=0.3, description=DROP)
    min_drop: Count = Field(default=2, description="the fall that counts, in people")


class LessHighValueUse(Signal):
    """The features that go with value are used less."""

    ident: ClassVar[str] = "C03"
    points: Points = 10
    why: Why = "They use the features that bring the most value much less than before."
    drop: Share = Field(default=0.3, description=DROP)
    min_base: AtLeastOne = Field(default=8, description="uses needed before the fall, so that noise does not count")


class LongerGaps(Signal):
    """The present silence is long for this account."""

    ident: ClassVar[str] = "C04"
    points: Points = 10
    why: Why = "It has been unusually long, for them, since they last completed core work."
    quantile: Share = Field(
        default=0.9, description="the present gap is longer than this share of the account's own gaps"
    )
    min_gaps: AtLeastOne = Field(default=5, description="gaps needed to know the account's rhythm")


class NoAdminActivity(Signal):
    """Nobody who runs the account has been seen."""

    ident: ClassVar[str] = "C05"
    points: Points = 10
    why: Why = "No admin or owner of the account has been active lately."
    days: Days = Field(default=30, description="days without any event of an admin")


class WeakOnboarding(Signal):
    """The start was never finished."""

    ident: ClassVar[str] = "C06"
    points: Points = 10
    why: Why = "They never finished setting up, though the time for it is over."
    share: Share = Field(default=0.5, description="fewer than this share of the required activation steps are done")


class LowAdoption(Signal):
    """In use, but shallowly."""

    ident: ClassVar[str] = "C07"
    points: Points = 5
    why: Why = "They have had time to settle in and still use only the surface of the product."
    after: Days = Field(default=60, description="days since the account was created; for its depth, of them those that the export holds")
    tier: Name = Field(default="standard", description="the tier they ought to hold in some workflow")
    seat_use: Share = Field(default=0.3, description="or: fewer than this share of the paid seats do real work")


class UsageDownBeforeRenewal(Signal):
    """Core work declines and the renewal is near."""

    ident: ClassVar[str] = "C08"
    points: Points = 5
    why: Why = "Their core work is declining and the renewal is close."
    within: Days = Field(default=90, description="days to the renewal")


class SingleUser(Signal):
    """It all hangs on one person."""

    ident: ClassVar[str] = "C09"
    points: Points = 5
    why: Why = "Nearly all of the work now depends on one person, where several used to share it."
    top_share: Share = Field(default=0.9, description="the share of the successes that one user makes")
    was: Count = Field(default=2, description="how many people it used to rest on, at least")


class NeverSeen(Signal):
    """Pays, and does nothing: there is no earlier work to fall, so that no other sign can see it."""

    alone: ClassVar[bool] = True
    points: Points = 60
    why: Why = "They pay, and nobody of theirs was ever seen: nobody works here, or the events call them by another name."
    days: Days = Field(default=28, description="days of the export in which the account paid and was not seen")


class RiskSignals(Signals):
    """The signs of churn risk, in the order in which they are shown."""

    declining_workflow: DecliningWorkflow = block(DecliningWorkflow, "the core job is done less")
    fewer_active_users: FewerActiveUsers = block(FewerActiveUsers, "fewer people take part")
    less_high_value_use: LessHighValueUse = block(LessHighValueUse, "high-value features are used less")
    longer_gaps: LongerGaps = block(LongerGaps, "silence that is long for this account")
    no_admin_activity: NoAdminActivity = block(NoAdminActivity, "no admin has been seen")
    weak_onboarding: WeakOnboarding = block(WeakOnboarding, "activation was never finished")
    low_adoption: LowAdoption = block(LowAdoption, "shallow use long after the start")
    usage_down_before_renewal: UsageDownBeforeRenewal = block(UsageDownBeforeRenewal, "core work declines before the renewal")
    single_user: SingleUser = block(SingleUser, "it all hangs on one person")
    never_seen: NeverSeen = block(NeverSeen, "pays, and was never seen: judged by this alone; its points are not among the hundred")


class RiskBands(Bands):
    """From how many points an account is at risk."""

    below: ClassVar[str] = "low"
    high: Points = Field(default=40, description="points from which the risk is high")
    medium: Points = Field(default=20, description="points from which the risk is medium")


class RiskModel(Base):
    """What may be another one for the accounts of a segment."""

    bands: RiskBands = block(RiskBands, "where the bands begin")
    signals: RiskSignals = block(RiskSignals, "the signs, their points and thresholds")


class ChurnRisk(Score, RiskModel):
    """How likely an account is to leave, as far as its behaviour shows."""

    unknown: ClassVar[dict[str, int]] = {"exclude": 0, "neutral": 500, "worst": 1000}
    more_is_better: ClassVar[bool] = False
    payment_failed: Refs | None = Field(
        default=None, description=f"a payment failed: who leaves soon after, and cancelled nothing, did not choose to. Each is {REF}"
    )
    segments: BySegment[RiskModel] = Field(default={}, description=BY_SEGMENT)
