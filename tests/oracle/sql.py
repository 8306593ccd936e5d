"""A third opinion on the counts of some tables: DuckDB over rows that Python read."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl

from oracle.contracts import FOREVER, begun
from oracle.truth import Truth

RATE = """
with done as (
  select account, max(first) as reached, count(*) as n from (
    select account, step, min(time) as first from step_events group by account, step
  ) group by account
), judged as (
  select w.window_days, a.known, a.created + w.window_days::bigint * 86400000000 as ends, case when d.n = (select count(*) from steps) then d.reached end as done_at
  from accounts a left join done d using (account) cross join windows w
)
select window_days, count(*) filter (where known and ends <= $now and done_at <= ends) as activated,
  count(*) filter (where known and ends <= $now) as eligible,
  count(*) filter (where known and ends > $now) as immature, count(*) filter (where not known) as unknown
from judged group by window_days order by window_days
"""

ACTIVE = """
with seen as (select distinct account, (date_trunc('week', day - $shift::int) + to_days($shift::int))::date as period from work),
weeks as (select unnest(generate_series(min(period), $last::date, interval 7 day))::date as period from seen),
marked as (
  select *, min(period) over (partition by account) as first, lag(period) over (partition by account order by period) as before from seen
)
select w.period, count(m.account) as active,
  count(*) filter (where m.period = m.first and not a.truncated) as new,
  count(*) filter (where m.before = m.period - interval 7 day) as returning,
  count(*) filter (where m.before < m.period - interval 7 day) as resurrected,
  (select count(*) from accounts c where c.created_day < w.period + 7) as existing
from weeks w left join marked m on m.period = w.period left join accounts a using (account) group by w.period order by w.period
"""

COHORTS = """
with born as (select account, created_day, date_trunc('month', created_day)::date as cohort from accounts),
active as (select distinct account, date_trunc('month', day)::date as month from work),
cells as (
  select cohort, k as period, cohort + to_months(k) as start, greatest(created_day, cohort + to_months(k)) >= $start::date - 7 as seen, v.account is not null as found from born
  cross join generate_series(0, 12) as t(k) left join active v on v.account = born.account and v.month = cohort + to_months(k)
),
counted as (select cohort, period, start, count(*) as accounts, count(*) filter (where seen) as seen, count(*) filter (where seen and found) as found from cells group by all)
select cohort::text as cohort, period, accounts, case when known then seen else 0 end as eligible, case when known and seen > 0 then found end as retained
from (select *, start < $today::date as known from counted)
where period <= date_diff('month', (select min(cohort) from born), $last::date) order by cohort, period
"""

LOGOS = """
with months as (select unnest(generate_series(
  greatest(date_trunc('month', $last::date) - interval 12 month, (select date_trunc('month', min(first)) from spans)), date_trunc('month', $last::date), interval 1 month))::date as period),
ends as (select period, least((period + interval 1 month)::date, $today::date) - 1 as last from months),
base as (select distinct period, last, account from ends join spans on first < period and stop > period - 1)
select e.period, count(b.account) as paying,
  count(*) filter (where b.account is not null and not exists (select 1 from spans s where s.account = b.account and s.first <= e.last and s.stop > e.last)) as lost
from ends e left join base b on b.period = e.period group by e.period order by e.period
"""

DATES = ("created_day", "day", "first", "stop")
QUERIES = {"activation.rate": RATE, "engagement.active_accounts": ACTIVE, "retention.cohorts": COHORTS, "retention.logos": LOGOS}


def sql_rows(truth: Truth, name: str) -> list[dict[str, Any]]:
    """The columns of a table that SQL can count, in order."""
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    for table, frame in given(truth).items():
        connection.register(table, frame.to_arrow())
    days = {"now": truth.now, "today": truth.today, "last": truth.today - 1, "start": truth.calendar.local(truth.start or 0), "shift": truth.calendar.weekday}
    known = {key: value if key in ("now", "shift") else date.fromordinal(value + 719_163) for key, value in days.items()}
    result = connection.execute(QUERIES[name], {key: value for key, value in known.items() if f"${key}" in QUERIES[name]})
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return rows + (pooled(truth, rows) if name == "retention.cohorts" else [])


def given(truth: Truth) -> dict[str, pl.DataFrame]:
    """The raw material: accounts, events of the steps, days of work, paid spans."""
    declared = truth.definition.steps()
    accounts = [(a.name, a.created, truth.calendar.local(a.created or 0), a.truncated, a.known) for a in truth.accounts.values()]
    events = [(name, step, event.time) for name in truth.accounts for step, one in declared.items() if one.required for event in truth.rule(name, one.rule)]
    work = [(name, event.day) for name in truth.accounts for event in truth.successes(name)]
    spans = [(name, start, min(stop, truth.today + 400)) for name in truth.accounts for start, stop, row in begun(truth, name) if stop <= FOREVER]
    activation = truth.definition.activation
    windows = truth.definition.settings("activation").get("windows", (7, 14, 30)) if activation else ()
    frames = {
        "accounts": pl.DataFrame(accounts, ["account", "created", "created_day", "truncated", "known"], orient="row"),
        "step_events": pl.DataFrame(events, ["account", "step", "time"], orient="row"),
        "steps": pl.DataFrame({"step": [name for name, step in declared.items() if step.required]}),
        "windows": pl.DataFrame({"window_days": list(windows)}),
        "work": pl.DataFrame(work, ["account", "day"], orient="row"),
        "spans": pl.DataFrame(spans, ["account", "first", "stop"], orient="row"),
    }
    return {name: frame.with_columns(pl.col(name).cast(pl.Int32).cast(pl.Date) for name in DATES if name in frame.columns) for name, frame in frames.items()}


def pooled(truth: Truth, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The final cells of each column together."""
    found = []
    for k in sorted({row["period"] for row in rows}):
        final = [row for row in rows if row["period"] == k and row["eligible"] and over(truth, row["cohort"], k)]
        found.append({"cohort": "all", "period": k, "accounts": len(truth.accounts), "eligible": sum(row["eligible"] for row in final), "retained": sum(row["retained"] for row in final) if final else None})
    return found


def over(truth: Truth, cohort: str, k: int) -> bool:
    first = date.fromisoformat(cohort)
    index = first.year * 12 + first.month - 1 + k
    return truth.over(truth.calendar.first(index + 1, "month"))
