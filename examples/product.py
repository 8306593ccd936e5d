"""What a definition file says that the generator must know: which events exist, in which order, in which columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from conditions import failing, holds, meeting

Properties = dict[str, str]

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "events": {"account": "account_id", "user": "user_id", "time": "timestamp", "event": "event", "id": "event_id"},
    "accounts": {"account": "account_id", "name": "name", "created": "created_at"},
    "users": {
        "account": "account_id", "user": "user_id", "role": "role", "team": "team",
        "invited": "invited_at", "joined": "joined_at",
    },
    "subscriptions": {
        "account": "account_id", "start": "start_date", "end": "end_date", "mrr": "mrr", "currency": "currency",
        "seats": "seats", "plan": "plan", "renews": "renewal_date",
    },
    "tickets": {
        "account": "account_id", "ticket": "ticket_id", "opened": "opened_at", "resolved": "resolved_at", "workflow": "workflow",
        "category": "category", "blocking": "blocking", "reopened": "reopened_at",
    },
    "incidents": {"incident": "incident_id", "start": "started_at", "end": "ended_at", "workflow": "workflow", "severity": "severity"},
    "limits": {"plan": "plan", "meter": "meter", "limit": "limit"},
    "costs": {"month": "month", "sales_and_marketing": "spend", "cogs": "cogs", "currency": "currency"},
}  # fmt: skip
NOISE = ("login", "page_viewed", "search_used", "help_opened", "session_pinged")


@dataclass(frozen=True)
class Rule:
    """A named kind of event."""

    event: str
    where: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()  # further events that it counts, never written

    def matches(self, event: str, properties: Mapping[str, str]) -> bool:
        """Is this event one of the kind?"""
        if event != self.event and event not in self.others:
            return False
        return all(holds(condition, properties.get(name)) for name, condition in self.where.items())

    def fill(self, properties: Mapping[str, str], rng: Random) -> Properties:
        """The properties, changed as little as the rule needs."""
        wrong = {name: c for name, c in self.where.items() if not holds(c, properties.get(name))}
        return {**properties, **{name: meeting(c, rng) for name, c in wrong.items()}}

    def spoil(self, properties: Mapping[str, str]) -> Properties:
        """The properties, changed so that the rule does not match."""
        return {**properties, **{name: failing(c) for name, c in self.where.items()}}


@dataclass(frozen=True)
class Workflow:
    """One job that the product does, from attempt to outcome."""

    name: str
    core: bool
    cadence: str
    attempt: Rule | None
    success: Rule
    failure: Rule | None
    value: str | None
    entity: str | None
    duration: str | None
    roles: tuple[str, ...]
    tiers: Mapping[str, tuple[Rule, ...]]

    @property
    def outcome(self) -> tuple[Rule | None, ...]:
        """The rules that an attempt itself brings about."""
        return self.attempt, self.success, self.failure

    def outcomes(self) -> set[str]:
        """The events that end an attempt."""
        return {rule.event for rule in (self.success, self.failure) if rule}

    def rules(self) -> list[Rule]:
        """Every rule of the workflow."""
        return [*(rule for rule in self.outcome if rule), *(rule for tier in self.tiers.values() for rule in tier)]

    def extras(self, tier: str) -> list[Rule]:
        """The events of a tier that come beside attempt, success and failure."""
        own = self.tiers.get(tier, ())
        return [rule for rule in own if rule != self.attempt and rule.event not in self.outcomes()]


@dataclass(frozen=True)
class Step:
    """One step of the activation."""

    kind: str
    rule: Rule


@dataclass(frozen=True)
class Friction:
    """What shows that work comes hard: the events of its block."""

    rules: Mapping[tuple[str, str | None], Rule]  # (measure, workflow or None for anywhere) -> rule
    topics: Mapping[str, Rule]

    def rule(self, measure: str, workflow: str | None) -> Rule | None:
        """The workflow's own rule, else that for anywhere."""
        return self.rules.get((measure, workflow)) or self.rules.get((measure, None))

    @property
    def knowledge(self) -> Rule | None:
        """Reading about anything."""
        return self.rules.get(("knowledge", None))

    @property
    def transactions(self) -> Rule | None:
        """What refunds are counted against."""
        return self.rules.get(("transactions", None))


@dataclass(frozen=True)
class Product:
    """A definition file, as far as examples are made from it."""

    zone: str
    workflows: tuple[Workflow, ...]  # the core ones first
    steps: tuple[Step, ...]
    features: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    columns: Mapping[str, Mapping[str, str]]
    segments: tuple[str, ...]
    internal: Mapping[str, Mapping[str, Any]]
    roles: Mapping[str, tuple[str, ...]]
    files: str
    sources: tuple[str, ...]
    friction: Friction
    reliability: Mapping[str, Any]

    @cached_property
    def values(self) -> list[str]:
        """The numeric event columns."""
        return distinct(w.value for w in self.workflows if w.value)

    @cached_property
    def properties(self) -> list[str]:
        """Every event column beyond account, user, time, event and id."""
        own = (name for w in self.workflows for name in (w.entity, w.value, w.duration) if name)
        return distinct([*own, *(name for rule in self.every_rule() for name in rule.where)])

    @cached_property
    def noise(self) -> list[str]:
        """Events that no rule counts."""
        counted = {name for rule in self.every_rule() for name in (rule.event, *rule.others)}
        return [name for name in NOISE if name not in counted]

    def every_rule(self) -> Iterator[Rule]:
        """Every rule, also those that are only a name where they are used."""
        yield from self.rules
        yield from (rule for w in self.workflows for rule in w.rules())
        yield from (step.rule for step in self.steps)
        yield from self.features

    @cached_property
    def idle_role(self) -> str | None:
        """The role that does not work where a role is missing: the last of the first workflow with several."""
        return next((w.roles[-1] for w in self.workflows if len(w.roles) > 1), None)

    def side_rules(self) -> list[Rule]:
        """Features whose events belong to no workflow."""
        return [rule for rule in self.features if not self.home(rule)]

    def home(self, rule: Rule) -> Workflow | None:
        """The workflow that the event of a rule belongs to."""
        return next((w for w in self.workflows if rule.event in {known.event for known in w.rules()}), None)

    def entities(self) -> list[Rule]:
        """Activation steps that create an entity of a kind no workflow covers: they go on after the activation."""
        return [step.rule for step in self.steps if step.kind == "entity" and not self.home(step.rule)]


def distinct(names: Iterable[str]) -> list[str]:
    """Each name once, in order of appearance."""
    return list(dict.fromkeys(names))


def as_list(value: Any) -> list[Any]:
    """A missing value, a single one or a list of them, as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


class Reader:
    """Resolves the names of rules in one definition."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.rules: dict[str, Rule] = {}
        self.rules = {name: self.rule(body) for name, body in (definition.get("rules") or {}).items()}

    def rule(self, value: Any) -> Rule:
        """A rule from its body, from its name, or from the name of an event."""
        if isinstance(value, Mapping):
            event, *others = as_list(value["event"])
            return Rule(event, value.get("where") or {}, tuple(others))
        return self.rules.get(value) or Rule(value)

    def maybe(self, value: Any) -> Rule | None:
        """A rule that may be left out."""
        return None if value is None else self.rule(value)

    def workflow(self, name: str, body: Mapping[str, Any]) -> Workflow:
        """One block of `workflows`."""
        tiers = {tier: tuple(map(self.rule, as_list(rules))) for tier, rules in (body.get("tiers") or {}).items()}
        return Workflow(
            name, bool(body.get("core")), body.get("cadence", "week"),
            self.maybe(body.get("attempt")), self.rule(body["success"]), self.maybe(body.get("failure")),
            body.get("value"), body.get("entity"), body.get("duration"), tuple(as_list(body.get("roles"))), tiers,
        )  # fmt: skip

    def workflows(self) -> tuple[Workflow, ...]:
        """All workflows, the core ones first."""
        found = [self.workflow(name, body) for name, body in self.definition["workflows"].items()]
        return tuple(sorted(found, key=lambda workflow: not workflow.core))

    def steps(self) -> tuple[Step, ...]:
        """The steps of the activation, in their order."""
        steps = (self.definition.get("activation") or {}).get("steps") or {}
        return tuple(Step(body.get("kind", "setup"), self.rule(body["rule"])) for body in steps.values())

    def features(self) -> tuple[Rule, ...]:
        """The rules of the features."""
        bodies = (self.definition.get("features") or {}).values()
        return tuple(self.rule(body["rule"] if isinstance(body, Mapping) else body) for body in bodies)

    def friction(self) -> Friction:
        """The first rule of everything that the block of friction names."""
        told = self.definition.get("friction") or {}
        homes = {None: told, **(told.get("workflows") or {})}
        measures = ("help", "dismissed", "refunds", "transactions", "knowledge")
        found = {(m, home): self.rule(as_list(body[m])[0]) for home, body in homes.items() for m in measures if body.get(m)}
        return Friction(found, {topic: self.rule(as_list(rules)[0]) for topic, rules in (told.get("topics") or {}).items()})

    def columns(self) -> dict[str, dict[str, str]]:
        """The columns of every source; what the definition leaves out has its usual name."""
        sources = self.definition["sources"]
        return {name: {**usual, **(sources.get(name) or {}).get("columns", {})} for name, usual in COLUMNS.items()}

    def product(self) -> Product:
        """Everything together."""
        sources, roles = self.definition["sources"], self.definition.get("roles") or {}
        return Product(
            self.definition.get("timezone", "UTC"), self.workflows(), self.steps(), self.features(),
            tuple(self.rules.values()), self.columns(), tuple((sources.get("accounts") or {}).get("segments") or ()),
            self.definition.get("internal") or {}, {kind: tuple(as_list(names)) for kind, names in roles.items()},
            as_list(sources["events"]["files"])[0], tuple(sources), self.friction(), self.definition.get("reliability") or {},
        )  # fmt: skip


def read(path: Path) -> Product:
    """The product that a definition file describes."""
    return Reader(import_module("yaml").safe_load(path.read_text("utf-8"))).product()
