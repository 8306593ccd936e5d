"""What shows that work comes hard: calls for help, dismissed errors, refunds, and the knowledge base."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from saasmetrics.definitions.base import Base
from saasmetrics.definitions.words import Name
from saasmetrics.definitions.work import REF, Refs


class Pains(Base):
    """What goes with pain in one place."""

    help: Refs | None = Field(default=None, description=f"somebody asks the product for help. Each is {REF}")
    dismissed: Refs | None = Field(default=None, description=f"somebody clicks an error away. Each is {REF}")
    refunds: Refs | None = Field(default=None, description=f"somebody asks for money back. Each is {REF}")
    transactions: Refs | None = Field(
        default=None, description=f"what refunds are counted against; left out: the successes of the job. Each is {REF}"
    )

    def refs(self) -> Iterator[str]:
        """Every rule named."""
        for refs in (self.help, self.dismissed, self.refunds, self.transactions):
            yield from refs or ()


class Friction(Pains):
    """What shows that work comes hard, anywhere in the product or in one job."""

    workflows: Mapping[Name, Pains] = Field(
        default={}, description="the same of one workflow: what is named there counts for it whole, and for no other"
    )
    knowledge: Refs | None = Field(default=None, description=f"somebody reads the knowledge base. Each is {REF}")
    topics: Mapping[Name, Refs] = Field(
        default={}, description=f"the same about one category, as the tickets spell it: billing. Each is {REF}"
    )

    def every_ref(self) -> Iterator[str]:
        """Every rule named, also those of the workflows and of the knowledge base."""
        for pains in (self, *self.workflows.values()):
            yield from pains.refs()
        for refs in (self.knowledge or (), *self.topics.values()):
            yield from refs
