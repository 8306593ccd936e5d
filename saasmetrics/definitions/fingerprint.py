"""Twelve letters that change when, and only when, the meaning of a definition changes.

Left out: comments, layout, key order, the files' paths, defaults that are written out, the names given to rules (each
use counts as what its rule says), and how the file is looked after. Order counts where it has a meaning: of tiers, of
activation steps, and of workflows where the first of several core ones is taken for the north star.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.base import Base
from saasmetrics.definitions.blocks import settings_of
from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.definitions.conditions import Condition
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.sources import Source
from saasmetrics.definitions.work import NorthStar, Rule

LENGTH = 12
NO_MEANING = {"review_by", "changes", "accepted", "headlines", "alerts", "report"}  # how the file is looked after: no number depends on it


def fingerprint(definition: Definition) -> str:
    """Twelve hexadecimal digits of the SHA-256 of the canonical meaning."""
    return letters(meaning(definition))


def letters(data: Any) -> str:
    """Twelve hexadecimal digits for plain data, the same for equal data."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=_number)
    return sha256(text.encode("ascii")).hexdigest()[:LENGTH]


def meaning(definition: Definition) -> dict[str, Any]:
    """The definition as plain data in which equal meanings are equal."""
    made = definition.model_dump(
        exclude_defaults=True, exclude={"rules", "sources", "internal", "workflows", "features", *NO_MEANING}
    )
    made["sources"] = _sources(definition)
    made["internal"] = [conditions_of(definition.internal.accounts), conditions_of(definition.internal.users)]
    made["workflows"] = {name: _workflow(definition, name) for name in definition.workflows}
    made["features"] = {name: _feature(definition, name) for name in definition.features}
    made["roles"] = {name: sorted(set(texts)) for name, texts in definition.roles.items()}
    if "workflows" in made.get("value", {}):
        made["value"]["workflows"] = sorted(set(definition.value.workflows))
    for kind in ("logins", "page_views"):
        if refs := getattr(definition.activity, kind):
            made["activity"][kind] = sorted({rule_key(definition.rule(ref)) for ref in refs})
    for block in ("friction", "reliability"):
        if block in made:
            made[block] = _referred(made[block], definition)
    if failed := definition.churn_risk.payment_failed:
        made["churn_risk"]["payment_failed"] = sorted({rule_key(definition.rule(ref)) for ref in failed})
    made.pop("north_star", None)
    made |= _star(definition)
    if definition.activation:
        made["activation"]["steps"] = _steps(definition)
    if "pricing" in made:
        made["pricing"] |= _meters(definition)
        made["pricing"].pop("review_by", None)
    _sets(definition, made)
    return made


def rule_meaning(rule: Rule) -> dict[str, Any]:
    """What a rule matches, whatever it is called."""
    return {"event": sorted(set(rule.event)), "where": conditions_of(rule.where)}


def rule_key(rule: Rule) -> str:
    """Equal for rules that match the same events."""
    return _text(rule_meaning(rule))


def conditions_of(parts: Sequence[Condition]) -> list[Any]:
    """A choice of one is equality; the order of a choice means nothing."""
    simple = [_simple(part) for part in parts]
    return sorted(([part.column, part.op, part.value] for part in simple), key=_text)


def _simple(part: Condition) -> Condition:
    if not isinstance(part.value, tuple):
        return part
    kept = {(type(value).__name__, value): value for value in part.value}
    values = [kept[key] for key in sorted(kept)]
    if len(values) == 1:
        return Condition(part.column, "eq" if part.op == "in" else "ne", values[0])
    return Condition(part.column, part.op, tuple(values))


def _sources(definition: Definition) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in type(definition.sources).model_fields:
        source = getattr(definition.sources, name)
        if source:
            made[name] = source.model_dump(exclude_defaults=True, exclude={"files", "table"})
            made[name]["columns"] = _columns(source)
            made[name]["segments"] = sorted(set(getattr(source, "segments", ())))
    return made


def _columns(source: Source) -> dict[str, str]:
    """The declared columns; one that repeats the usual name says something only beside a preset."""
    usual = COLUMNS[source.kind]
    return {name: column for name, column in source.columns.items() if source.preset or column != usual[name].default}


def _workflow(definition: Definition, name: str) -> dict[str, Any]:
    workflow, of = definition.workflows[name], _meaning_in(definition)
    made = workflow.model_dump(exclude_defaults=True)
    made |= {key: of(made[key]) for key in ("attempt", "success", "failure") if key in made}
    made["roles"] = sorted(set(workflow.roles))
    made |= _plans(workflow.plans)
    made["tiers"] = [
        [tier, sorted({rule_key(definition.rule(ref)) for ref in refs})] for tier, refs in workflow.tiers.items()
    ]
    return made


def _star(definition: Definition) -> dict[str, Any]:
    """The north star, also where it is only taken; left out where it could not be another one."""
    star, of = definition.star(), _meaning_in(definition)
    if star == NorthStar(workflow=definition.core_workflows()[0]) and len(definition.core_workflows()) == 1:
        return {}
    made = star.model_dump(exclude_defaults=True) | ({"also": of(star.also)} if star.also else {})
    return {"north_star": made | ({"unless": [of(star.unless.rule), star.unless.within]} if star.unless else {})}


def _sets(definition: Definition, made: dict[str, Any]) -> None:
    """Lists without an order, in one order: days off, and the settings of tables. What equals its default goes."""
    _set(made, "days_off", definition)
    for folder in catalog.folders():
        if isinstance(block := getattr(definition, folder, None), Base) and folder in made:
            for name in settings_of(folder):
                _set(made[folder], name, block)
            if not made[folder]:
                del made[folder]


def _set(made: dict[str, Any], name: str, block: Base) -> None:
    if isinstance(made.get(name), tuple | list):
        made[name] = sorted(set(made[name]))
        if made[name] == sorted(set(type(block).model_fields[name].default or ())):
            del made[name]


def _referred(data: Any, definition: Definition) -> Any:
    """The same, with every list of rules by what they match."""
    if isinstance(data, Mapping):
        return {key: _referred(value, definition) for key, value in data.items()}
    return sorted({rule_key(definition.rule(ref)) for ref in data}) if isinstance(data, tuple) else data


def _feature(definition: Definition, name: str) -> dict[str, Any]:
    feature, of = definition.features[name], _meaning_in(definition)
    made = feature.model_dump(exclude_defaults=True)
    return made | {key: of(made[key]) for key in ("rule", "failure", "paywall") if key in made} | _plans(feature.plans)


def _meters(definition: Definition) -> dict[str, Any]:
    """The meters, in the order in which they are shown."""
    of = _meaning_in(definition)
    dumped = {name: meter.model_dump(exclude_defaults=True) for name, meter in definition.pricing.meters.items()}
    named = [[name, made | {key: of(made[key]) for key in ("rule", "less") if key in made}] for name, made in dumped.items()]
    return {"meters": named} if named else {}


def _plans(plans: Sequence[str]) -> dict[str, list[str]]:
    return {"plans": sorted(set(plans))} if plans else {}


def _steps(definition: Definition) -> list[Any]:
    of = _meaning_in(definition)
    steps = definition.steps().items()
    return [[name, step.model_dump(exclude_defaults=True) | {"rule": of(step.rule)}] for name, step in steps]


def _meaning_in(definition: Definition) -> Callable[[str], Mapping[str, Any]]:
    return lambda ref: rule_meaning(definition.rule(ref))


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, default=_number)


def _number(value: Any) -> Any:
    """Numbers by their value: 1.50 and 1.5 are one, and no text is like them."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return {"number": "0" if text == "-0" else text}
    raise TypeError(type(value).__name__)
