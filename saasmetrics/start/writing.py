"""A proposal → a definition file with its reasons: every guess is marked, nothing is hidden."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from saasmetrics.definitions import words
from saasmetrics.start.measures import known_in
from saasmetrics.start.opening import Sheet
from saasmetrics.start.profile import repeats
from saasmetrics.start.proposal import Proposal, Work, allowed
from saasmetrics.start.survey import Looked, Survey
from saasmetrics.start.text import flow, mapping, remark, scalar
from saasmetrics.start.together import placed

HEAD = """\
# Written by `saasmetrics init` from the files below. What is marked `guess` was read off names and numbers: look at it,
# correct it, then take the mark away. `saasmetrics check --data` holds the file against the data.
version: 1
"""
MOST_UNUSED = 20
ADDED = ("accounts", "users", "subscriptions", "tickets", "incidents", "merges", "limits", "costs")


def written(survey: Survey, made: Proposal, home: Path, zone: str | None) -> str:
    """The text of a definition file that stands in `home`."""
    blocks = [_top(made, zone), _sources(survey, made, home), _internal(made), _roles(made), _workflows(made), _activation(made), _features(made), _rest(made)]
    return HEAD + "\n".join(filter(None, ("".join(f"{line}\n" for line in block) for block in blocks)))


def _guess(text: str, why: str) -> str:
    return f"{text}  # guess: {remark(why)}"


def _top(made: Proposal, zone: str | None) -> Iterator[str]:
    when = made.events.when
    yield "product: My product             # its name, as reports print it"
    if zone:
        yield f"timezone: {scalar(zone)}"
    elif when and when.kind in ("time without a zone", "day/month time") and not made.events.kind.preset:
        yield _guess("timezone: UTC", "the times carry no zone; if they are civil times of another zone, every day and week is wrong until it stands here")
    else:
        yield _guess("timezone: UTC", "the zone in which your days and weeks begin, such as Europe/Berlin")
    if (late := made.events.lateness) and late.days and late.days > 1:
        yield _guess(f"late_after: {late.days}d", "within that time 99 of 100 events arrived; a week is told as complete after it")
    if made.works:
        yield "value:"
        yield _guess(f"  workflows: [{scalar(_names(made)[made.works[0].name])}]", "the work that most accounts do; say what it is good for as `outcome:`, in the customer's words")


def _sources(survey: Survey, made: Proposal, home: Path) -> Iterator[str]:
    yield "sources:"
    yield from _source("events", made.events, home, made)
    for table in ADDED:
        found = survey.of(table)
        for at, one in enumerate(found):
            why = _unfit(one, made.events) if at == 0 else f"a second file that looks like {table}"
            lines = list(_source(table, one, home, made))
            yield from [f"  # {remark(one.label)} looks like {table}, and is left out: {remark(why)}", *(f"  #{line[1:]}" for line in lines)] if why else lines
    for one in survey.looked:
        if not one.kind.table or one.kind.table == "events" and one is not made.events:
            yield f"  # not used: {remark(one.label)} ({one.sheet.rows} rows; {remark(one.kind.why if one.kind.table else 'what it is does not show in its columns')})"


def _source(table: str, one: Looked, home: Path, made: Proposal) -> Iterator[str]:
    yield f"  {table}:" + (f"  # {remark(one.kind.preset.title)}" if one.kind.preset else "")
    yield f"    files: {flow(patterns(one.sheet, home))}"
    preset = one.kind.preset
    if preset and not preset.unfit:
        yield _guess(f"    preset: {preset.name}", f"it has {', '.join(preset.needs)}")
        yield from (f"    {name}: {str(value).lower()}" for name, value in preset.settings.items())
    columns = {name: column for name, column in one.kind.columns.items() if allowed(words.column, column) and not (preset and preset.columns.get(name) == column)}
    if columns:
        yield _guess(f"    columns: {mapping(columns)}", _reasons(one, columns))
    yield from _how(one)
    if table == "accounts" and made.segments:
        yield _guess(f"    segments: {flow(made.segments)}", "texts with few values")


def _reasons(one: Looked, columns: Mapping[str, str]) -> str:
    """`by their names`, or each reason with its columns."""
    said: dict[str, list[str]] = {}
    for name in columns:
        said.setdefault(one.kind.roles[name].why, []).append(name)
    return "; ".join(why if len(said) == 1 else f"{', '.join(names)} {why}" for why, names in said.items())


def _how(one: Looked) -> Iterator[str]:
    """How the file is written, where that is not the usual way."""
    sheet, when = one.sheet, one.when
    if sheet.separator not in (None, ","):
        yield _guess(f"    separator: {scalar(sheet.separator or '')}", "by the first line")
    if sheet.encoding != "utf-8":
        yield _guess(f"    encoding: {sheet.encoding}", "it is not UTF-8")
    if comma := next((profile for profile in one.profiles.values() if profile.decimal == ","), None):
        yield _guess('    decimal: ","', f"as {comma.name} is written, such as {comma.examples[0]}")
    if one.kind.columns.get("mrr", "").casefold().endswith("cents") and not one.kind.preset:
        yield _guess("    minor_units: true", "by the name of the amount")
    if when and when.unit and not (one.kind.preset and one.kind.preset.time.get("unit") == when.unit):
        yield _guess(f"    time: {{unit: {when.unit}}}", f"as {when.unit}, {when.name} lies between 1990 and 2100")
    if when and when.format:
        doubt = "" if when.proved else "NO VALUE PROVES whether the day or the month stands first: "
        yield _guess(f"    time: {{format: {scalar(when.format)}}}", f"{doubt}such as {when.examples[0]}")


def _unfit(one: Looked, events: Looked) -> str:
    """Why a file cannot be used as it is; empty when it can."""
    if one.kind.preset and one.kind.preset.unfit:
        return one.kind.preset.unfit
    if one.kind.missing:
        return f"no column for {', '.join(one.kind.missing)}"
    if "account" in one.kind.columns:
        known, every = known_in(one, events)
        if not known:
            return f"none of its {every} accounts has an event: its {one.kind.columns['account']} seems to be another id"
    key = {"accounts": ["account"], "users": ["account", "user"], "tickets": ["ticket"]}.get(one.kind.table, [])
    twice = repeats(one.sheet, [one.kind.columns[name] for name in key]) - one.repeats if all(name in one.kind.columns for name in key) else 0
    movements = one.kind.preset is not None and one.kind.preset.settings.get("shape") == "movements"
    amounts = one.profiles.get(one.kind.columns.get("mrr", ""))
    if twice > 0 and one.kind.table != "tickets":
        return f"{twice} rows repeat the key {', '.join(one.kind.columns[name] for name in key)} with other content"
    return f"{amounts.name} is no plain amount in every row" if amounts and (amounts.odd or (amounts.low or 0) < 0 and not movements) else ""


def patterns(sheet: Sheet, home: Path) -> list[str]:
    """The files as a definition in `home` names them."""
    if sheet.pattern:
        return [_from(placed(sheet.inputs[0].path, sheet.pattern), home)]
    return [_from(given.path, home) for given in sheet.inputs]


def _from(path: Path, home: Path) -> str:
    return os.path.relpath(path, home) if path.is_relative_to(home) else str(path)


def _internal(made: Proposal) -> Iterator[str]:
    """Ours are left out, where a column names them."""
    if made.internal:
        column, values = made.internal
        yield "internal:"
        yield _guess(f"  accounts: {{{scalar(column)}: {{in: [{', '.join(map(scalar, values))}]}}}}", "these values name accounts of your own")
    else:
        yield "# internal:                    # your own accounts and colleagues, who would count as customers"
        yield '#   users: {email: {like: "*@your-company.example"}}'


def _roles(made: Proposal) -> Iterator[str]:
    if made.roles:
        yield "roles:"
    for role, texts in made.roles.items():
        yield _guess(f"  {role}: [{', '.join(map(scalar, texts))}]", "values of the users' role")


def _workflows(made: Proposal) -> Iterator[str]:
    yield "# The jobs that customers do from end to end, three to seven; an account is active when it completes a core one."
    yield "workflows:"
    names = _names(made)
    for at, work in enumerate(made.works):
        yield f"  {scalar(names[work.name])}:" + (f"  # guess: as the {work.called} call it" if work.called else "")
        yield from (f"    {line}" for line in _work(work, core=at == 0 or at == 1 and work.success.act == "finish"))
    yield _guess(f"north_star: {{workflow: {scalar(names[made.works[0].name])}, measure: count}}", "successful work of the first workflow")


def _names(made: Proposal) -> dict[str, str]:
    """Work → what its workflow is called: as the thing, where a definition may hold that name."""
    taken: set[str] = set()
    return {work.name: _unique(work.name if allowed(words.name, work.name) else "workflow", taken) for work in made.works}


def _work(work: Work, *, core: bool) -> Iterator[str]:
    if core:
        yield _guess("core: true", f"its success happens in {work.accounts} accounts")
    if work.rhythm:
        yield _guess(f"cadence: {work.rhythm.cadence}", f"the rhythm of {work.rhythm.agree} of {work.rhythm.accounts} accounts that did it on four days or more")
    else:
        yield _guess("cadence: week", "too few accounts did it on four days or more to measure a rhythm")
    yield _guess(f"success: {scalar(work.success.name)}", work.why)
    for name, event in (("attempt", work.attempt), ("failure", work.failure)):
        if event:
            yield _guess(f"{name}: {scalar(event.name)}", "by its name")
    for name, column in work.columns.items():
        yield _guess(f"{name}: {scalar(column)}", "by its name; filled in at least four of five successes")
    if work.tiers:
        yield _guess(f"tiers: {{{', '.join(f'{tier}: {flow(names)}' for tier, names in work.tiers.items())}}}", "other events of the same thing: made, done, and what follows")


def _activation(made: Proposal) -> Iterator[str]:
    """Every step is required: too many make first value look late."""
    yield "# First value: every required step done in time. Signing up and looking around are no steps."
    yield "activation:"
    yield _guess("  within: 14d", "how long a new account may take")
    yield "  steps:"
    taken: set[str] = set()
    for step in made.steps:
        name = _unique(step.event.label if allowed(words.name, step.event.label) else "step", taken)
        yield _guess(f"    {scalar(name)}: {{kind: {step.kind}, rule: {scalar(step.event.name)}}}", f"in {step.accounts} accounts, and {'their first work' if step.kind == 'workflow' else 'by most before their first work'}")


def _unique(name: str, taken: set[str]) -> str:
    found = next(each for each in (name, *(f"{name}_{n}" for n in range(2, 99))) if each not in taken)
    taken.add(found)
    return found


def _features(made: Proposal) -> Iterator[str]:
    if made.logins or made.views:
        kinds: Mapping[str, list[str]] = {"logins": made.logins, "page_views": made.views}
        yield _guess(f"activity: {{{', '.join(f'{key}: {flow(names)}' for key, names in kinds.items() if names)}}}", "being there: context, never value")
    if made.features:
        yield "features:"
    taken: set[str] = set()
    for event in made.features:
        name = _unique(event.label if allowed(words.name, event.label) else "feature", taken)
        yield _guess(f"  {scalar(name)}: {{rule: {scalar(event.name)}}}", "by its name it is used beside the workflows")


def _rest(made: Proposal) -> Iterator[str]:
    """What the file does not use: so that nothing is silently left out."""
    if made.unused:
        more = len(made.unused) - MOST_UNUSED
        yield f"# Events not used above{f', and {more} more' if more > 0 else ''}:"
        yield from (f"#   {remark(name)} ({rows} rows)" for name, rows in made.unused[:MOST_UNUSED])
    if made.unusable:
        yield f"# {len(made.unusable)} names of events cannot stand in a definition:"
        yield from (f"#   {remark(name)}" for name in made.unusable[:MOST_UNUSED])


