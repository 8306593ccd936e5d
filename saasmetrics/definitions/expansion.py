"""The signs that an account is ready to grow, and through what."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field

from saasmetrics.definitions.amounts import Amount, Count, Flag, Points, Share
from saasmetrics.definitions.base import Base, block
from saasmetrics.definitions.signals import BY_SEGMENT, Bands, BySegment, Reason, Score, Signal, Signals, Why
from saasmetrics.definitions.words import listed_as

Bases = Annotated[tuple[Reason, ...], listed_as(str), AfterValidator(lambda named: tuple(sorted(set(named))))]


class SeatsFilled(Signal):
    """The paid seats are nearly all in use."""

    ident: ClassVar[str] = "T01"
    reason: ClassVar[Reason | None] = "seats"
    points: Points = 20
    why: Why = "Nearly all of the seats they pay for are doing real work."
    share: Share = Field(default=0.8, description="the share of the paid seats that do real work")


class UsersGrowing(Signal):
    """More people get work done."""

    ident: ClassVar[str] = "E01"
    reason: ClassVar[Reason | None] = "seats"
    points: Points = 15
    why: Why = "More of their people get work done here than before."
    growth: Amount = Field(default=0.2, description="the growth that counts, as a share of the period before")
    min_growth: Count = Field(default=2, description="the growth that counts, in people")


class VolumeGrowing(Signal):
    """The volume of core work rises."""

    ident: ClassVar[str] = "E03"
    reason: ClassVar[Reason | None] = "volume"
    points: Points = 20
    why: Why = "The volume of their core work has been rising steadily."
    weeks: Count = Field(default=12, description="complete weeks looked at")
    min_weeks: Count = Field(default=6, description="weeks with core work needed to speak of a trend")


class SecondWorkflow(Signal):
    """A second job has moved in."""

    ident: ClassVar[str] = "E04"
    reason: ClassVar[Reason | None] = "modules"
    points: Points = 15
    why: Why = "They have taken up a second workflow beside their first."


class AdvancedDepth(Signal):
    """The deepest tier is held."""

    ident: ClassVar[str] = "V05"
    reason: ClassVar[Reason | None] = "tier"
    points: Points = 10
    why: Why = "They use a core workflow to its full depth."


class TeamsSpreading(Signal):
    """More teams join in."""

    ident: ClassVar[str] = "Z03"
    reason: ClassVar[Reason | None] = "seats"
    points: Points = 10
    why: Why = "The work has spread to more than one of their teams."
    teams: Count = Field(default=2, description="teams that do real work")


class Inviting(Signal):
    """They bring in more people."""

    ident: ClassVar[str] = "Z10"
    reason: ClassVar[Reason | None] = "seats"
    points: Points = 5
    why: Why = "They have lately been inviting more colleagues."
    invites: Count = Field(default=2, description="people invited lately")


class PremiumPull(Signal):
    """They reach for what a higher plan holds."""

    ident: ClassVar[str] = "Z05"
    reason: ClassVar[Reason | None] = "tier"
    points: Points = 5
    why: Why = "They reach for features that belong to a higher plan."


class GrowthSignals(Signals):
    """The signs of readiness, in the order in which they are shown."""

    seats_filled: SeatsFilled = block(SeatsFilled, "the paid seats are nearly all in use")
    users_growing: UsersGrowing = block(UsersGrowing, "more people get work done")
    volume_growing: VolumeGrowing = block(VolumeGrowing, "the volume of core work rises")
    second_workflow: SecondWorkflow = block(SecondWorkflow, "a second workflow was taken up")
    advanced_depth: AdvancedDepth = block(AdvancedDepth, "the deepest tier is held")
    teams_spreading: TeamsSpreading = block(TeamsSpreading, "more teams join in")
    inviting: Inviting = block(Inviting, "they bring in more people")
    premium_pull: PremiumPull = block(PremiumPull, "they reach for what a higher plan holds")


class GrowthBands(Bands):
    """From how many points an account is ready to grow."""

    below: ClassVar[str] = "not yet"
    ready: Points = Field(default=50, description="points from which an account is ready")
    warm: Points = Field(default=25, description="points from which it is getting there")


class GrowthModel(Base):
    """What may be another one for the accounts of a segment."""

    bands: GrowthBands = block(GrowthBands, "where the bands begin")
    signals: GrowthSignals = block(GrowthSignals, "the signs, their points and thresholds")


class Expansion(Score, GrowthModel):
    """How ready an account is to grow."""

    allow_at_risk: Flag = Field(
        default=False, description="true: an account at high churn risk may still be called ready"
    )
    pricing_basis: Bases = Field(
        default=(), description="what the price follows: seats, volume, modules, tier; only the signs of growth through these weigh, with the points of all; none named: every sign weighs"
    )
    segments: BySegment[GrowthModel] = Field(default={}, description=BY_SEGMENT)

    @property
    def weighed(self) -> Self:
        """The same, with the points of all signs given to those that weigh, in proportion and to the point."""
        if not self.pricing_basis:
            return self
        named = self.signals.named()
        kept = {name: signal.points if signal.reason in self.pricing_basis else 0 for name, signal in named.items()}
        total, base, upto = sum(signal.points for signal in named.values()), sum(kept.values()), 0
        points = {}
        for name, own in kept.items():
            before, upto = upto, upto + own
            points[name] = _rounded(upto * total, base) - _rounded(before * total, base)
        changed = {name: signal.model_copy(update={"points": points[name]}) for name, signal in named.items()}
        return self.model_copy(update={"signals": self.signals.model_copy(update=changed)})


def _rounded(amount: int, by: int) -> int:
    """amount / by, half up; 0 where nothing weighs."""
    return (2 * amount + by) // (2 * by) if by else 0
