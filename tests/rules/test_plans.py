"""A plan that is nearly that of the accounts is said, in the definition and in the limits; any other is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from .worked import findings

DATA = """
sources:
  events: {{files: events.csv}}
  subscriptions: {{files: subscriptions.csv}}
  limits: {{files: limits.csv}}
features: {{exports: {{rule: invoice_posted, plans: [{plans}]}}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- subscriptions.csv
account_id,start_date,mrr,plan
a1,2026-01-01,10,Pro Plus
a2,2026-01-01,10,Pro Plus
--- limits.csv
plan,meter,limit
{limited},seats,5
basic,seats,1
"""


def said(home: Path, plans: str, limited: str) -> list[str]:
    found = findings(DATA.format(plans=plans, limited=limited), home).problems
    return [f"{problem.line}: {problem.message}" for problem in found if problem.code == "SM709"]


@pytest.mark.parametrize("plan", ["pro plus", "PRO-PLUS", "pro_plus", "proplus"])
def test_a_plan_spelt_otherwise_is_said(plan: str, tmp_path: Path) -> None:
    of_feature, of_limits = f"7: nobody is on the plan '{plan}', 2 accounts on 'Pro Plus': the same?", f"6: the limits know the plan '{plan}', 2 accounts on 'Pro Plus': the same?"
    assert said(tmp_path, f"'{plan}'", "Pro Plus") == [of_feature]
    assert said(tmp_path, "Pro Plus", plan) == [of_limits]
    assert said(tmp_path, f"'{plan}'", plan) == [of_limits, of_feature]


@pytest.mark.parametrize(("plans", "limited"), [("Pro Plus", "Pro Plus"), ("pro, basic", "pro"), ("pro plus, Pro Plus", "Pro Plus"), ("enterprise", "enterprise")])
def test_a_plan_that_nobody_is_on_is_no_fault(plans: str, limited: str, tmp_path: Path) -> None:
    assert said(tmp_path, plans, limited) == []


def test_both_spellings_may_have_limits(tmp_path: Path) -> None:
    assert said(tmp_path, "Pro Plus", "pro plus,seats,5\nPro Plus") == []
