"""By which conventions money is counted. Each is a question on which finance teams differ; each default is said."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from saasmetrics.definitions.base import Base
from saasmetrics.definitions.durations import Days
from saasmetrics.definitions.words import Name

CURRENCY = "the currency of amounts that name none, and the one that sources.rates convert into; left out, nothing is converted"


class Revenue(Base):
    """How subscriptions become recurring revenue."""

    currency: Annotated[Name, AfterValidator(str.upper)] | None = Field(default=None, description=CURRENCY)
    churn_recognition: Literal["end", "cancelled"] = Field(
        default="end", description="a subscription stops counting when its paid time ends, or on the day on which it was cancelled"
    )
    gap_grace: Days = Field(
        default=0, description="an account that pays again after at most so many days without paying never left: the amount before the gap counts through it"
    )
    trials: Literal["exclude", "include"] = Field(default="exclude", description="subscriptions of kind trial: left out and counted, or revenue like any other")
    on_hold: Literal["exclude", "include"] = Field(
        default="exclude", description="subscriptions of kind on_hold (paused, or unpaid when dunning is over): left out and counted, so that the account has gone until it pays again, or revenue like any other"
    )
    past_due: Literal["include", "exclude"] = Field(
        default="include", description="subscriptions of kind past_due (in dunning): revenue until they end, or left out and counted from the row's start on"
    )
    usage: Literal["include", "exclude"] = Field(
        default="include", description="subscriptions of kind usage (metered): revenue like any other, or left out and counted"
    )
    discounts: Literal["subtract", "ignore"] = Field(
        default="subtract", description="where there is a discount column: revenue is the amount less the discount, or the amount"
    )
