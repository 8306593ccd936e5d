"""Where one stage of an account's way ends and the next begins."""

from typing import Annotated

from pydantic import Field

from saasmetrics.definitions.amounts import AtLeastOne, Count
from saasmetrics.definitions.base import Base
from saasmetrics.definitions.durations import Days


class Journey(Base):
    """The stages from acquisition to churn."""

    adopted_level: AtLeastOne = Field(
        default=2, description="adoption: the tier of a core workflow, counted from the shallowest; the deepest, if there are fewer"
    )
    engaged_periods: AtLeastOne = Field(
        default=3, description="engagement: periods with a core success, no two in a row without, in the workflow's cadence"
    )
    silent_periods: Annotated[Count, Field(ge=2)] = Field(  # after one, work that goes on would unmake a churn that had been told
        default=3, description="churn: periods in a row without a core success, in each workflow's cadence"
    )
    retained_after: Days = Field(default=90, description="retention: days since the first core success, still engaged")
    grown_within: Days = Field(default=90, description="expansion: days for which growth counts as recent")
