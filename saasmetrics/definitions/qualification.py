"""The signs that an account which does not pay yet is ready to buy."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from saasmetrics.definitions.amounts import Amount, AtLeastOne, Flag, Share
from saasmetrics.definitions.base import Base, block, fail
from saasmetrics.definitions.durations import Days
from saasmetrics.definitions.signals import BY_SEGMENT, BySegment, Modelled, Why
from saasmetrics.definitions.words import Name, Names

Chosen = Annotated[Names, AfterValidator(lambda names: tuple(sorted(set(names))))]
Counts = Annotated[Flag, Field(description="false leaves the sign out")]


class Sign(Base):
    """One sign; all signs weigh the same."""

    ident: ClassVar[str] = ""
    counts: Counts = True
    why: Why


class Activated(Sign):
    """First value was reached."""

    ident: ClassVar[str] = "P02"
    why: Why = "They have reached first value, so they know what they would be paying for."


class Invited(Sign):
    """Colleagues were brought in."""

    ident: ClassVar[str] = "P03"
    why: Why = "They have brought in colleagues: more than one person would miss the product."
    people: AtLeastOne = Field(default=2, description="people invited, not counting the one who created the account")
    accepted: Flag = Field(default=False, description="true: only those who joined count")


class Volume(Sign):
    """Real volume runs through the product."""

    ident: ClassVar[str] = "P04"
    why: Why = "They run a real volume of work through the product."
    workflow: Name | None = Field(default=None, description="the workflow that counts; left out: all core workflows")
    successes: AtLeastOne = Field(default=20, description="successes needed")
    within: Days = Field(default=0, description="so many days on end must hold them; 0: ever, added up")


class AdvancedFeatures(Sign):
    """Features that only the serious use."""

    ident: ClassVar[str] = "P05"
    why: Why = "They use features that nobody bothers with just to have a look."
    features: Chosen = Field(default=(), description="names under features; left out: all of them")
    least: AtLeastOne = Field(default=1, description="different ones used")


class Weeks(Sign):
    """They come back."""

    ident: ClassVar[str] = "P06"
    why: Why = "They came back to do their core work in several weeks."
    weeks: AtLeastOne = Field(default=3, description="different weeks with core work")


class LowErrors(Sign):
    """It works for them."""

    ident: ClassVar[str] = "P07"
    why: Why = "The product works for them: hardly any attempt fails."
    share: Share = Field(default=0.05, description="at most this share of the attempts fails")
    min_attempts: AtLeastOne = Field(default=20, description="attempts needed to know")


class LowSupport(Sign):
    """They get along on their own."""

    ident: ClassVar[str] = "P08"
    why: Why = "They get their work done on their own and hardly ever have to ask for help."
    per_100: Amount = Field(default=5, description="at most so many tickets for 100 successes in core workflows")
    min_successes: AtLeastOne = Field(default=20, description="successes in core workflows needed to know")


class Signs(Base):
    """The signs of readiness to buy, in the order in which they are shown."""

    activated: Activated = block(Activated, "first value was reached")
    invited: Invited = block(Invited, "colleagues were brought in")
    volume: Volume = block(Volume, "real volume runs through the product")
    advanced_features: AdvancedFeatures = block(AdvancedFeatures, "serious features are used")
    weeks: Weeks = block(Weeks, "they come back, week after week")
    low_errors: LowErrors = block(LowErrors, "hardly any attempt fails")
    low_support: LowSupport | None = Field(
        default=None, description="hardly any call for help; needs sources.tickets, and counts only where it is declared"
    )

    def named(self) -> dict[str, Sign]:
        """Name → sign, of those that count."""
        every = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: sign for name, sign in every.items() if sign and sign.counts}


class Qualified(Base):
    """How many signs it takes; another number and other thresholds for the accounts of a segment."""

    min_signals: AtLeastOne = Field(default=4, description="signs that must hold at the same time")
    signals: Signs = block(Signs, "the signs and their thresholds")

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        count = len(self.signals.named())
        if self.min_signals > count:
            raise fail("SM112", f"min_signals is {self.min_signals}, but only {count} signals count")
        return self


class Qualification(Modelled, Qualified):
    """When an account that does not pay yet has shown, by what it does, that it is ready to buy."""

    of_a_model: ClassVar[tuple[str, ...]] = ("min_signals", "signals")
    segments: BySegment[Qualified] = Field(default={}, description=BY_SEGMENT)
