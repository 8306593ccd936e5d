"""What can happen in the big mode: cases of ten events by one user, made from the workflows of the definition."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from product import Product, Properties, Rule, Workflow

LENGTH = 10  # events in a case
PLACES = (1, 2, 4, 6, 8)  # of those, the ones that are work; the others are noise


class Kind(NamedTuple):
    """One kind of event: its name, its fixed properties, and the workflow it is about."""

    event: str
    properties: Properties
    workflow: Workflow | None = None


Script = tuple[Kind, ...]


class Plot:
    """Every script as one list of kinds of events: the regular scripts first, then those of the onboarding."""

    def __init__(self, product: Product, seed: int) -> None:
        self.product, self.rng = product, Random(f"{seed}:scripts")
        self.pages = tuple(Kind(name, {}) for name in product.noise)
        regular = [*self.work(), self.script([*product.side_rules(), *product.entities()])]
        onboarding = self.steps()
        self.regular, self.onboarding = len(regular), len(onboarding)
        events = [kind for script in (*regular, *onboarding) for kind in script]
        self.kinds = list({id(kind): kind for kind in events}.values())
        numbers = {id(kind): n for n, kind in enumerate(self.kinds)}
        self.lines = [numbers[id(kind)] for kind in events]

    def work(self) -> list[Script]:
        """The scripts of every workflow, those of core workflows twice."""
        workflows = (w for w in self.product.workflows for _ in range(2 if w.core else 1))
        return [script for workflow in workflows for script in self.scripts(workflow)]

    def scripts(self, workflow: Workflow) -> list[Script]:
        """The ways in which a piece of work can go; the usual ones several times."""
        basic, standard, advanced = ([*workflow.extras(tier), None] for tier in ("basic", "standard", "advanced"))
        attempt, success, failure = workflow.outcome
        usual = [[basic[0], attempt, success, standard[0]] for _ in range(8)]
        deep = [[basic[0], attempt, success, standard[0], rule] for rule in advanced[:-1]]
        failing = [[basic[0], attempt, failure, attempt, success], [basic[0], attempt, failure]]
        return [self.script(rules, workflow) for rules in (*usual, *deep, *failing)]

    def steps(self) -> list[Script]:
        """One script for every step that can be the last one done: it and those before it."""
        rules = [step.rule for step in self.product.steps]
        return [self.script(rules[max(0, n + 1 - len(PLACES)) : n + 1]) for n in range(len(rules))]

    def script(self, rules: list[Rule] | list[Rule | None], workflow: Workflow | None = None) -> Script:
        """A visit with some work in it."""
        script = [self.pages[0], *[self.pages[1]] * (LENGTH - 2), self.pages[-1]]
        for place, rule in zip(PLACES, rules, strict=False):
            script[place] = self.kind(rule, workflow) if rule else self.pages[1]
        return tuple(script)

    def kind(self, rule: Rule, workflow: Workflow | None) -> Kind:
        """The kind of event that a rule asks for."""
        return Kind(rule.event, rule.fill({}, self.rng), workflow or self.product.home(rule))
