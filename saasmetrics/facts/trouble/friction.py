"""What shows that work comes hard, beside the work itself, by account, workflow and day: counts that add up, a key may have several rows.

What a workflow's own block names counts for it, whoever did it and whenever. A click on help or on an error away that may be about
anything counts for each workflow that the same person attempted on that day and that has no rule of its own; for none, if
there is no such workflow. Without a user column the account stands for the person. Tickets from before the export have no work
beside them and are left out; an export without any event begins nowhere, and all count.

## Columns
account   key    the account
workflow  key    the workflow; null: about none
measure   key    tickets, refunds, help, dismissed
day       key    local day number: tickets count on the day they were opened
events    count  tickets, refunds asked for, clicks
base      count  successes of the workflow (tickets; refunds, where no transactions are declared: about none, those of all core workflows), transactions, or attempts

## Cut
rows day

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.trouble.friction_kinds import CLICKS

KEYS, COUNTS = ["account", "workflow", "measure", "day"], ["events", "base"]
NAMED = {"measure": pl.String, "workflow": pl.String}
Part = tuple[int, str, str | None]


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    told = definition.friction
    yield from (ref for pains in (told, *told.workflows.values()) for ref in pains.refs())
    yield from (workflow.attempt for workflow in definition.workflows.values() if workflow.attempt)


def friction(
    usage: pl.LazyFrame, outcomes: pl.LazyFrame, tickets: pl.LazyFrame, accounts: pl.LazyFrame, friction_kinds: pl.LazyFrame, definition: Definition,
    rules: Mapping[str, int],
) -> pl.LazyFrame:  # fmt: skip
    """usage, outcomes, tickets, accounts → rows of what counted, by account, workflow, measure and day; what counts apart from its base."""
    concerned = usage.filter(pl.col("rule").is_in(_asked(definition, rules)))
    seen = concerned.group_by("account", "user", "rule", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    observed = tickets.join(accounts.select("account", "observed_from"), on="account").filter((pl.col("opened_day") >= pl.col("observed_from")).fill_null(True))
    asked = observed.group_by("account", "workflow", day="opened_day").agg(events=pl.len().cast(pl.Int64)).with_columns(measure=pl.lit("tickets"))
    whole = seen.join(_parts(_own(definition, rules)), on="rule").with_columns(events="n")
    paid = seen.join(_parts(_transactions(definition, rules)), on="rule").with_columns(base="n")
    parts = [asked, whole, _anywhere(seen, definition, rules), paid, _worked(outcomes, friction_kinds, definition)]
    every = pl.concat([pl.LazyFrame(schema=dict.fromkeys(COUNTS, pl.Int64)), *(_typed(part) for part in parts)], how="diagonal")
    return every.select(*KEYS, pl.col(COUNTS).fill_null(0))


def _asked(definition: Definition, numbers: Mapping[str, int]) -> list[int]:
    return sorted({numbers[rule] for rule in rules(definition)})


def _typed(part: pl.LazyFrame) -> pl.LazyFrame:
    names = [name for name in COUNTS if name in part.collect_schema()]
    return part.select("account", pl.col("workflow", "measure").cast(pl.String), pl.col("day").cast(pl.Int32), pl.col(names).cast(pl.Int64))


def _own(definition: Definition, rules: Mapping[str, int]) -> Iterator[Part]:
    """The rules that count whole: those of one workflow, and refunds, which need no workflow."""
    told = definition.friction
    for name, pains in told.workflows.items():
        for measure in ("refunds", *CLICKS):
            yield from ((rules[ref], measure, name) for ref in getattr(pains, measure) or ())
    yield from ((rules[ref], "refunds", None) for ref in told.refunds or ())


def _transactions(definition: Definition, rules: Mapping[str, int]) -> Iterator[Part]:
    told = definition.friction
    for name, pains in ((None, told), *told.workflows.items()):
        yield from ((rules[ref], "refunds", name) for ref in pains.transactions or () if pains.refunds)


def _parts(rows: Iterable[Part]) -> pl.LazyFrame:
    return pl.LazyFrame([*dict.fromkeys(rows)], schema={"rule": pl.Int64, **NAMED}, orient="row")


def _anywhere(seen: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """Clicks that may be about anything, each with the workflows that the same person attempted on that day."""
    told = definition.friction
    clicks = seen.join(_parts((rules[ref], measure, None) for measure in CLICKS for ref in getattr(told, measure) or ()).drop("workflow"), on="rule")
    own = {(measure, name) for name, pains in told.workflows.items() for measure in CLICKS if getattr(pains, measure)}
    open_ = _parts(
        (rules[w.attempt], measure, name)
        for name, w in definition.workflows.items() if w.attempt
        for measure in CLICKS if (measure, name) not in own
    )  # fmt: skip
    who = ["account", "user", "day", "measure"]
    counted = clicks.group_by(who).agg(events=pl.col("n").sum())
    tried = seen.join(open_, on="rule").select(*who, "workflow").join(counted, on=who, how="semi", nulls_equal=True)
    return counted.join(tried.unique(), on=who, how="left", nulls_equal=True)


def _worked(outcomes: pl.LazyFrame, friction_kinds: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """The bases that are work: attempts and successes, of the workflow or, for what is about none, of the core ones."""
    kinds = friction_kinds.filter(pl.col("base").is_in(["successes", "attempts"])).select("measure", "workflow", "base")
    amount = pl.when(pl.col("base") == "successes").then("successes").otherwise("attempts")
    core = outcomes.filter(pl.col("workflow").is_in(list(definition.core_workflows())))
    named = outcomes.join(kinds, on="workflow").select("account", "workflow", "measure", "day", base=amount)
    about_none = core.join(kinds.filter(pl.col("workflow").is_null()).drop("workflow"), how="cross")
    return pl.concat([named, about_none.select("account", pl.lit(None, pl.String).alias("workflow"), "measure", "day", base=amount)]).filter(pl.col("base") > 0)
