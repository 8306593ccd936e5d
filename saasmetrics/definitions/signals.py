"""What a scored signal is, the scores built from them, and models for the accounts of a segment."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from saasmetrics.definitions.amounts import Count, Points, Share
from saasmetrics.definitions.base import Base, fail
from saasmetrics.definitions.words import Literally, Name, Sentence

Missing = Literal["exclude", "neutral", "worst"]
Reason = Literal["seats", "volume", "modules", "tier"]
Why = Annotated[Sentence, Field(description="the sentence shown beside an account it fires for")]


class Signal(Base):
    """One sign; what the file leaves out keeps its default."""

    ident: ClassVar[str] = ""
    reason: ClassVar[Reason | None] = None
    alone: ClassVar[bool] = False  # where it fires no other sign counts, and its points are the score
    points: Points
    why: Why


class Signals(Base):
    """The signals of one score, in the order in which they are shown."""

    def named(self) -> dict[str, Signal]:
        """Name → signal."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def added(self) -> dict[str, Signal]:
        """Those whose points add up."""
        return {name: signal for name, signal in self.named().items() if not signal.alone}

    @model_validator(mode="after")
    def _at_most_a_hundred(self) -> Self:
        total = sum(signal.points for signal in self.added().values())
        if total > 100:
            raise fail("SM112", f"the points of all signals, given and default, add up to {total}; at most 100")
        return self


def _of_one_segment(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(found) > 1:
        raise fail("SM112", f"models for {' and '.join(found)}: an account would have several; keep one segment")
    return found


Model = TypeVar("Model")
BySegment = Annotated[Mapping[Name, Annotated[Mapping[Literally, Model], Field(min_length=1)]], AfterValidator(_of_one_segment), Field(json_schema_extra={"maxProperties": 1})]
BY_SEGMENT = "one of sources.accounts.segments → its values → a model for the accounts that have this value at T; what a model leaves out is as for all others"


class Modelled(Base):
    """A block that may judge the accounts of a segment by a model of their own: it is laid over what holds for all."""

    of_a_model: ClassVar[tuple[str, ...]] = ("bands", "signals")

    @model_validator(mode="before")
    @classmethod
    def _laid_over(cls, value: Any) -> Any:
        found = value.get("segments") if isinstance(value, Mapping) else None
        if not isinstance(found, Mapping):
            return value
        rest = {key: told for key, told in value.items() if key in cls.of_a_model}
        laid = {name: {of: _over(rest, own) for of, own in models.items()} if isinstance(models, Mapping) else models for name, models in found.items()}
        return {**value, "segments": laid}

    def models(self) -> dict[str, Self]:
        """The block as it judges the accounts of each segment with a model: `size small` → what holds for them."""
        found: Mapping[str, Mapping[str, Base]] = self.segments  # type: ignore[attr-defined]
        return {f"{name} {of}": self.model_copy(update=dict(model)) for name, models in found.items() for of, model in models.items()}


def _over(rest: Any, own: Any) -> Any:
    """What is written in the one, and below it in the other."""
    if isinstance(rest, Mapping) and isinstance(own, Mapping):
        return {**rest, **{key: _over(rest.get(key), value) for key, value in own.items()}}
    return rest if own is None else own


class Score(Modelled):
    """A score from 0 to 100: the points of the signals that fire."""

    unknown: ClassVar[dict[str, int]] = {"exclude": 0, "neutral": 500, "worst": 0}  # thousandths of its points
    more_is_better: ClassVar[bool] = True
    missing: Missing = Field(
        default="exclude",
        description="a signal without data: left out, so that the others count for more; neutral: half its points; worst: none, of churn risk all of them",
    )
    min_coverage: Share = Field(
        default=0.3, description="the share of the points that must have data for a band to be given"
    )
    margin: Points = Field(default=5, description="points by which the border of a better band must be passed, so that no account flaps")
    settle: Annotated[Count, Field(ge=1)] = Field(default=2, description="times in a row, a week apart, for which it must be passed; a worse band holds at once")
    weeks: Annotated[Count, Field(le=104)] = Field(
        default=0, description="weeks before T from which on the bands are followed, each by a run of its own; 0: the band is that of today's points"
    )


class Bands(Base):
    """From how many points a band begins."""

    below: ClassVar[str] = ""

    @model_validator(mode="after")
    def _falling(self) -> Self:
        limits = [getattr(self, name) for name in type(self).model_fields]
        if limits != sorted(set(limits), reverse=True):
            raise fail("SM112", f"each band must begin below the one before: {' > '.join(type(self).model_fields)}")
        return self
