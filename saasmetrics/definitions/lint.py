"""Rules of good definition: what reads well and still measures the wrong thing.

Errors are definitions that cannot mean what they say: activity taken for value, tiers and conditions that nothing can
reach. Warnings are worth a second look. Each names its line, and what to write instead.

## Covers
V14 N21 M03 M04 M05 M06 M09 B08
"""

from __future__ import annotations

from collections.abc import Iterator

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.contradictions import contradictions
from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import Problem, Severity

FEWEST, MOST = 3, 7
FEWEST_WORDS = 3
WARNING = "SM122"
Finding = tuple[tuple[str, ...], str, str]


def lint(loaded: Loaded) -> list[Problem]:
    """Everything the rules have to say, in the order of the file."""
    found = [_placed(loaded, finding) for rule in RULES for finding in rule(loaded.definition)]
    return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


def _placed(loaded: Loaded, finding: Finding) -> Problem:
    path, code, message = finding
    severity: Severity = "warning" if code == WARNING else "error"
    return Problem(code, message, str(loaded.path), *loaded.place(*path), severity=severity)


def _activity_as_success(definition: Definition) -> Iterator[Finding]:
    """N21: an account is active when it succeeds at work, not when somebody logs in."""
    for name, workflow in definition.workflows.items():
        for event in activity_in(definition.rule(workflow.success)):
            message = f"workflow '{name}' counts '{event}' as success, which only says that somebody was there"
            yield ("workflows", name, "success"), "SM120", f"{message}; name the event that says the work is done"


def _activity_as_step(definition: Definition) -> Iterator[Finding]:
    """B08: a login, a page view or a click activates nobody."""
    for name, step in definition.steps().items():
        rule = definition.rule(step.rule)
        if step.required and activity_in(rule) == list(rule.event):
            message = f"activation step '{name}' asks only for '{rule.event[0]}', which achieves nothing"
            yield ("activation", "steps", name, "rule"), "SM120", f"{message}; ask for something set up or done"


def _attempt_as_success(definition: Definition) -> Iterator[Finding]:
    """M04: outcomes, not attempts."""
    for name, workflow in definition.workflows.items():
        success = rule_key(definition.rule(workflow.success))
        for other in ("attempt", "failure"):
            ref = getattr(workflow, other)
            if ref and rule_key(definition.rule(ref)) == success:
                message = f"workflow '{name}' has the same event as success and as {other}"
                yield ("workflows", name, "success"), "SM120", f"{message}; success is the event of finished work"


def _activation_without_work(definition: Definition) -> Iterator[Finding]:
    """M03: what is measured maps to a workflow."""
    done = [rule_key(definition.rule(workflow.success)) for workflow in definition.workflows.values()]
    steps = [rule_key(definition.rule(step.rule)) for step in definition.steps().values() if step.required]
    if definition.steps() and not any(step in done for step in steps):
        message = "no required activation step is the success of a workflow; add one, so that it means first value"
        yield ("activation", "steps"), WARNING, message


def _users_as_accounts(definition: Definition) -> Iterator[Finding]:
    """M05: the account is the unit; it pays."""
    for table in ("events", "users"):
        source = getattr(definition.sources, table)
        if source and source.columns.get("account") and source.columns["account"] == source.mapping["user"]:
            message = f"account and user are both the column '{source.mapping['user']}', which counts users as accounts"
            yield ("sources", table, "columns", "account"), "SM120", f"{message}; map account to the paying customer"


def _no_segments(definition: Definition) -> Iterator[Finding]:
    """M06: segment, or you are blind."""
    accounts = definition.sources.accounts
    if accounts is None or not accounts.segments:
        message = "no segments: averages hide what differs; list columns such as [plan] under sources.accounts.segments"
        yield ("sources", "accounts"), WARNING, message


def _too_few_or_many(definition: Definition) -> Iterator[Finding]:
    """M09: three to seven workflows fit on one page; a single one is a beginning."""
    count = len(definition.workflows)
    if count > 1 and not FEWEST <= count <= MOST:
        message = (
            f"{count} workflows, where {FEWEST} to {MOST} describe a product; declare the jobs that matter, no others"
        )
        yield ("workflows",), WARNING, message


def _hollow_why(definition: Definition) -> Iterator[Finding]:
    """V14: every part of a score says in plain words what it saw."""
    for score in ("churn_risk", "expansion", "qualification"):
        said: dict[str, str] = {}
        for name, signal in getattr(definition, score).signals.named().items():
            path = (score, "signals", name, "why")
            if len(signal.why.split()) < FEWEST_WORDS:
                yield path, "SM112", f"'{signal.why}' explains nothing; write what this signal saw, as a sentence"
            elif said.setdefault(signal.why.casefold(), name) != name:
                first = said[signal.why.casefold()]
                yield path, "SM112", f"says the same as {first}; write what this signal saw"


def _no_internal(definition: Definition) -> Iterator[Finding]:
    if not definition.internal.accounts and not definition.internal.users:
        message = "no internal accounts or users declared: tests and colleagues count as customers; add internal:"
        yield ("internal",), WARNING, message


def _unreachable_tiers(definition: Definition) -> Iterator[Finding]:
    for name, workflow in definition.workflows.items():
        asked: list[str] = []
        for tier, refs in workflow.tiers.items():
            rules = [rule_key(definition.rule(ref)) for ref in refs]
            if asked and all(rule in asked for rule in rules):
                message = f"tier '{tier}' asks for nothing beyond the tiers below; add what is done only at this depth"
                yield ("workflows", name, "tiers", tier), "SM121", message
            asked += rules


def _never_true(definition: Definition) -> Iterator[Finding]:
    spots = [(("rules", name, "where"), rule.where) for name, rule in definition.rules.items()]
    internal = definition.internal
    for path, where in [*spots, (("internal", "accounts"), internal.accounts), (("internal", "users"), internal.users)]:
        for column, reason in contradictions(where):
            yield (*path, column), "SM121", f"never true: {reason} in '{column}'; correct one of the conditions"


def _step_twice(definition: Definition) -> Iterator[Finding]:
    if definition.activation is None or definition.activation.order != "any":
        return
    seen: dict[str, str] = {}
    for name, step in definition.steps().items():
        first = seen.setdefault(rule_key(definition.rule(step.rule)), name)
        if first != name:
            message = f"activation step '{name}' is done whenever '{first}' is; remove one, or ask for something else"
            yield ("activation", "steps", name, "rule"), WARNING, message


def _no_time(definition: Definition) -> Iterator[Finding]:
    spots: list[tuple[tuple[str, ...], int]] = [
        (("workflows", name, "within"), workflow.within) for name, workflow in definition.workflows.items()
    ]
    if definition.activation:
        spots.append((("activation", "within"), definition.activation.within))
    for path, within in spots:
        if not within:
            yield path, "SM121", "within no time nothing can happen; write a duration such as 14d"


RULES = (
    _activity_as_success, _activity_as_step, _attempt_as_success, _activation_without_work, _users_as_accounts,
    _no_segments, _too_few_or_many, _hollow_why, _no_internal, _unreachable_tiers, _never_true, _step_twice, _no_time,
)  # fmt: skip
