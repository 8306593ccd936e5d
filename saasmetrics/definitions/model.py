"""What a product may declare. The names are a contract: they are added to, not renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from saasmetrics.definitions.amounts import whole
from saasmetrics.definitions.base import Base, By, block
from saasmetrics.definitions.blocks import settings_of
from saasmetrics.definitions.churn_risk import ChurnRisk
from saasmetrics.definitions.dates import Date
from saasmetrics.definitions.durations import DAY, Duration
from saasmetrics.definitions.expansion import Expansion
from saasmetrics.definitions.friction import Friction
from saasmetrics.definitions.health import Health
from saasmetrics.definitions.journey import Journey
from saasmetrics.definitions.pricing import Meter, Pricing
from saasmetrics.definitions.qualification import Qualification
from saasmetrics.definitions.reliability import Reliability
from saasmetrics.definitions.report import Alerts, Report
from saasmetrics.definitions.revenue import Revenue
from saasmetrics.definitions.sources import Sources
from saasmetrics.definitions.upkeep import FIRST, HEADLINES, Acceptances, Changes
from saasmetrics.definitions.words import Name, Names, Sentence, Texts
from saasmetrics.definitions.work import Activation, Activity, Feature, Internal, NorthStar, Rule, Step, Value, Workflow
from saasmetrics.definitions.zones import Zone

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DaysOff = Annotated[tuple[Weekday, ...], Field(max_length=6)]


class Definition(Base):
    """What value, activation, depth and risk mean for one product."""

    version: Annotated[Literal[1], By(whole, before=True)] = Field(description="the version of this format: 1")
    review_by: Date | None = Field(default=None, description="the day by which to look at this definition again")
    changes: Changes = Field(default=(), description="what changed the meaning of numbers, oldest first; the last revision is that of the file")
    accepted: Acceptances = Field(default={}, description="code → a finding of `check` that is accepted, why and until when")
    headlines: Names = Field(default=HEADLINES, description="the tables that lead, such as activation.rate; the lock holds their numbers")
    product: Sentence = Field(default="", description="the product's name, as reports print it")
    value: Value = block(Value, "what the product is for, in the customer's words")
    timezone: Zone | None = Field(default=None, description="the zone whose days, weeks and months count")
    week_starts: Weekday = Field(default="monday", description="the first day of a week")
    days_off: DaysOff = Field(
        default=("saturday", "sunday"),
        description="the days without work: a workflow with cadence day is not missed on them, and what is done on them counts to the working day before; [] where every day is a working day",
    )
    late_after: Duration = Field(default=DAY, description="how late events arrive; a period is complete after that")
    sources: Sources = Field(description="the exports to read")
    internal: Internal = block(Internal, "who is left out of everything, and counted")
    rules: Mapping[Name, Rule] = Field(default={}, description="named kinds of events; any other name is an event")
    workflows: Annotated[Mapping[Name, Workflow], Field(min_length=1)] = Field(
        description="the jobs that customers do with the product, three to seven"
    )
    north_star: NorthStar | None = Field(default=None, description="the one number: successful work delivered")
    activation: Activation | None = Field(default=None, description="when a new account has reached first value")
    activity: Activity = block(Activity, "being there: context beside value, never value itself")
    features: Mapping[Name, Feature] = Field(default={}, description="features worth watching")
    roles: Mapping[Name, Texts] = Field(
        default={}, description="role → its spellings in the users table; admin and service have a meaning of their own"
    )
    churn_risk: ChurnRisk = block(ChurnRisk, "the signs that an account drifts away")
    expansion: Expansion = block(Expansion, "the signs that an account is ready to grow")
    qualification: Qualification = block(Qualification, "the signs that an account which does not pay yet is ready to buy")
    health: Health = block(Health, "how well an account does, all in all")
    revenue: Revenue = block(Revenue, "by which conventions money is counted")
    journey: Journey = block(Journey, "where one stage of an account's way ends and the next begins")
    friction: Friction = block(Friction, "what shows that work comes hard: help, dismissed errors, refunds, the knowledge base")
    reliability: Reliability = block(Reliability, "how well the product works: what can fail, how fast it is, when it is unstable")
    pricing: Pricing = block(Pricing, "units that a price could be based on, and prices to try")
    report: Report = block(Report, "what the weekly report shows beyond its thirteen lines")
    alerts: Alerts = Field(default={}, description="numbers that raise an alarm when the report is made")

    @property
    def revision(self) -> int:
        """The number of the last change of meaning; 1 when none is told."""
        return max((change.revision for change in self.changes), default=FIRST)

    def rule(self, name: str) -> Rule:
        """The rule of that name, else the bare event."""
        return self.rules.get(name) or Rule(event=(name,), where=())

    def core_workflows(self) -> tuple[str, ...]:
        """Those marked core; if none is, those that bring value about; else all."""
        marked = tuple(name for name, workflow in self.workflows.items() if workflow.core)
        return marked or self.value.workflows or tuple(self.workflows)

    def steps(self) -> Mapping[str, Step]:
        """The activation steps, none when activation is not declared."""
        return self.activation.steps if self.activation else {}

    def rule_names(self) -> tuple[str, ...]:
        """Every rule or bare event referred to, sorted."""
        return tuple(sorted(set(self._refs())))

    def models(self, score: str) -> dict[str | None, Definition]:
        """The definition as it judges the accounts of each segment with a model of its own; None: all others."""
        return {None: self} | {name: self.model_copy(update={score: told}) for name, told in getattr(self, score).models().items()}

    def settings(self, folder: str) -> dict[str, Any]:
        """The settings of that folder's tables that the file sets, by name, and those that follow from what it sets."""
        block = getattr(self, folder, None)
        written = block.model_fields_set if isinstance(block, Base) else set()
        return self._following(folder) | {name: getattr(block, name) for name in settings_of(folder) if name in written}

    def _following(self, folder: str) -> dict[str, Any]:
        """The time that activation gives is one of its windows, where these are not set."""
        if folder != "activation" or self.activation is None or self.activation.within % DAY:
            return {}
        usual, days = settings_of(folder)["windows"]["rate"].default, self.activation.within // DAY
        return {} if days in usual else {"windows": sorted({*usual, days})}  # type: ignore[operator,misc]

    def star(self) -> NorthStar:
        """The north star; undeclared, the successes of the first core workflow."""
        return self.north_star or NorthStar(workflow=self.core_workflows()[0])

    def star_period(self) -> Literal["week", "month"]:
        """The period by whose rhythm the north star's workflow is counted."""
        return "month" if self.workflows[self.star().workflow].cadence in ("month", "quarter") else "week"

    def meters(self) -> Mapping[str, Meter]:
        """The declared meters; undeclared, the core workflows' successes and value, active people and paid seats."""
        if self.pricing.meters:
            return self.pricing.meters
        core = self.core_workflows()
        counted = {name: Meter(workflow=name) for name in core}
        valued = {f"{name} value": Meter(workflow=name, measure="sum") for name in core if self.workflows[name].value}
        seats = {"seats": Meter(of="seats")} if self.sources.subscriptions else {}
        return {**counted, **valued, "people": Meter(of="users"), **seats}

    def _refs(self) -> Iterator[str]:
        if self.north_star:
            unless = self.north_star.unless
            yield from filter(None, (self.north_star.also, unless.rule if unless else None))
        for workflow in self.workflows.values():
            yield from filter(None, (workflow.attempt, workflow.success, workflow.failure))
            for refs in workflow.tiers.values():
                yield from refs
        yield from (step.rule for step in self.steps().values())
        yield from (*(self.activity.logins or ()), *(self.activity.page_views or ()), *self.friction.every_ref(), *(self.churn_risk.payment_failed or ()))
        for feature in self.features.values():
            yield from filter(None, (feature.rule, feature.failure, feature.paywall))
        yield from self.reliability.every_ref()
        for meter in self.pricing.meters.values():
            yield from filter(None, (meter.rule, meter.less))
