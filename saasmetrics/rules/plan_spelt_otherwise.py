"""A plan is spelt otherwise than the accounts' plans.

## Code
SM709 warning

## Why
Who is on `Pro` has nothing that is declared, or limited, for `pro`: features lose their base, limits are unknown, and nothing else says so.

## Remedy
write the plan as the subscriptions and the accounts table do

## Example
sources: {events: {files: events.csv}, subscriptions: {files: subscriptions.csv}}
features: {exports: {rule: invoice_posted, plans: [pro]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- subscriptions.csv
account_id,start_date,mrr,plan
a1,2026-01-01,10,Pro

## Instead
sources: {events: {files: events.csv}, subscriptions: {files: subscriptions.csv}}
features: {exports: {rule: invoice_posted, plans: [Pro]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- subscriptions.csv
account_id,start_date,mrr,plan
a1,2026-01-01,10,Pro
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.messages import counted
from saasmetrics.rules import Findings, Place


def plan_spelt_otherwise(definition: Definition, account_plans: pl.LazyFrame, limits: pl.LazyFrame) -> Findings:
    on = dict(account_plans.group_by("plan").agg(pl.col("account").n_unique()).sort("plan").collect().iter_rows())
    for path, plan, beside in _named(definition):
        for other in _alike(plan, on, beside):
            yield path, f"nobody is on the plan '{plan}', {counted(on[other], 'account')} on '{other}': the same?"
    limited = limits.select(pl.col("plan").unique().sort()).collect()["plan"].to_list()
    for plan in limited:
        for other in _alike(plan, on, limited):
            yield ("sources", "limits"), f"the limits know the plan '{plan}', {counted(on[other], 'account')} on '{other}': the same?"


def _named(definition: Definition) -> Iterator[tuple[Place, str, Sequence[str]]]:
    """Where a plan is named, its name, and those beside it."""
    for what, declared in (("workflows", definition.workflows), ("features", definition.features)):
        for name, one in declared.items():
            yield from (((what, name, "plans", at), plan, one.plans) for at, plan in enumerate(one.plans))


def _alike(plan: str, on: Mapping[str, int], beside: Sequence[str]) -> list[str]:
    """Plans that nobody has named and that differ from it, on which nobody is, in spaces, hyphens and capitals only."""
    return [other for other in on if _plain(other) == _plain(plan) and other not in beside] if plan not in on else []


def _plain(plan: str) -> str:
    return "".join(plan.casefold().replace("_", " ").replace("-", " ").split())
