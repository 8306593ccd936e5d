"""A bound with more decimals than numbers are compared with is told, wherever in a condition it stands; any other is not."""

from __future__ import annotations

import pytest

from saasmetrics.lint import lint

from .worked import TODAY, loaded

RULE = "rules: {{r: {{event: e, where: {{size: {condition}}}}}}}\nworkflows: {{w: {{success: r}}}}\n"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{gt: 0.00002}", "0.00002 is compared as 0.0000"),
        ("{ge: -1.00005}", "-1.00005 is compared as -1.0001"),
        ("{in: [1, 2.123449]}", "2.123449 is compared as 2.1234"),
        ("0.12345", "0.12345 is compared as 0.1235"),
        ("{gt: 0.0001}", None),
        ("{gt: 1.50000}", None),
        ("{in: [1, 2.1234, text]}", None),
        ("{gt: 99999999999}", None),
        ('{like: "0.00002"}', None),
    ],
)
def test_a_bound_finer_than_numbers_are_compared(condition: str, said: str | None) -> None:
    told = [problem.message for problem in lint(loaded(RULE.format(condition=condition)), TODAY).problems if problem.code == "SM658"]
    assert len(told) == (said is not None)
    assert said is None or said in told[0]
