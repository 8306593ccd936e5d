"""Scored signals: defaults, partial overrides, points."""

import pytest

from saasmetrics.definitions.churn_risk import ChurnRisk
from saasmetrics.definitions.expansion import Expansion
from saasmetrics.definitions.health import Health

from .conftest import Load, Refusals


def test_defaults_of_churn_risk_are_those_of_the_catalogue() -> None:
    signals = ChurnRisk().signals.added()
    assert {signal.ident: signal.points for signal in signals.values()} == {
        "C01": 30, "C02": 15, "C03": 10, "C04": 10, "C05": 10, "C06": 10, "C07": 5, "C08": 5, "C09": 5,
    }  # fmt: skip
    assert (ChurnRisk().bands.high, ChurnRisk().bands.medium) == (40, 20)


def test_defaults_of_expansion_say_what_would_grow() -> None:
    signals = Expansion().signals.named()
    assert {name: (signal.points, signal.reason) for name, signal in signals.items()} == {
        "seats_filled": (20, "seats"), "users_growing": (15, "seats"), "volume_growing": (20, "volume"),
        "second_workflow": (15, "modules"), "advanced_depth": (10, "tier"), "teams_spreading": (10, "seats"),
        "inviting": (5, "seats"), "premium_pull": (5, "tier"),
    }  # fmt: skip


@pytest.mark.parametrize("score", [ChurnRisk(), Expansion(), Health()])
def test_default_points_make_a_hundred_and_every_signal_says_why(score: ChurnRisk | Expansion | Health) -> None:
    signals = score.signals.named().values()
    assert sum(signal.points for signal in score.signals.added().values()) == 100
    assert all(signal.why.endswith(".") and len(signal.why.split()) > 5 for signal in signals)
    assert len({signal.why for signal in signals}) == len(signals)


def test_what_the_file_leaves_out_keeps_its_default(load: Load) -> None:
    file = "churn_risk: {missing: worst, signals: {declining_workflow: {points: 5, drop: 0.5}}}\n"
    risk = load(file).definition.churn_risk
    signal = risk.signals.declining_workflow
    assert (signal.points, signal.drop, signal.periods, signal.min_base) == (5, 0.5, 2, 8)
    assert signal.why == ChurnRisk().signals.declining_workflow.why
    assert risk.signals.single_user == ChurnRisk().signals.single_user
    assert (risk.missing, risk.min_coverage) == ("worst", 0.3)


def test_points_above_a_hundred_are_a_problem_at_their_line(refused: Refusals) -> None:
    (problem,) = refused("churn_risk:\n  missing: neutral\n  signals:\n    single_user: {points: 6}\n")
    assert problem.startswith("d.yaml:6:3: SM112 churn_risk.signals: the points of all signals")
    assert "add up to 101; at most 100" in problem


@pytest.mark.parametrize(
    ("signal", "problem"),
    [
        ("single_user: {points: -1}", "-1 is too small; at least 0"),
        ("single_user: {points: 2.5}", "2.5 is not a whole number"),
        ("declining_workflow: {periods: 0}", "0 is too small; at least 1"),
        ("single_user: {top_share: 90}", "90 is not a share"),
        ("single_user: {why: ''}", "is empty; write some text"),
        ("single_user: {weight: 3}", "churn_risk.signals.single_user.weight is not a known key"),
        ("no_admin_activty: {}", "is not a known key — did you mean 'no_admin_activity'?"),
        ("low_adoption: {after: 2 months}", "'2 months' is not a number of days; write 14, 14d or 2w"),
        ("low_adoption: {tier: expert}", "there is no tier 'expert'; declared are none"),
    ],
)
def test_a_signal_that_does_not_fit_is_refused(refused: Refusals, signal: str, problem: str) -> None:
    (found,) = refused(f"churn_risk: {{signals: {{{signal}}}}}\n")
    assert found.startswith("d.yaml:4:")
    assert problem in found


def test_bands_fall(refused: Refusals) -> None:
    (problem,) = refused("expansion: {bands: {ready: 20}}\n")
    assert "expansion.bands: each band must begin below the one before: ready > warm" in problem


def test_days_of_a_signal_may_be_written_as_a_duration(load: Load) -> None:
    signals = load("churn_risk: {signals: {low_adoption: {after: 6w}}}\n").definition.churn_risk.signals
    assert signals.low_adoption.after == 42


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("signals: {support: {calm: 20}}", "calm is 20, heavy 20; calm must be less"),
        ("signals: {admins: {recent: 40d}}", "recent is 40, days 30; recent must be less"),
        ("signals: {trend: {drop: 0}}", "drop"),
        ("weeks: 2", "weeks"),
        ("bands: {healthy: 30, watch: 40}", "each band must begin below the one before: healthy > watch"),
        ("signals: {core_use: {points: 26}}", "add up to 101; at most 100"),
    ],
)
def test_what_health_refuses(refused: Refusals, block: str, problem: str) -> None:
    (found,) = refused(f"health:\n  {block}\n")
    assert "SM112" in found
    assert problem in found


MINE = "version: 1\nsources: {events: {files: e.csv}, accounts: {files: a.csv, segments: [size, plan]}}\nworkflows: {w: {success: sold, tiers: {first: sold}}}\n"


@pytest.mark.parametrize(
    ("models", "problem"),
    [
        ("{sise: {small: {}}}", "churn_risk.segments.sise: there is no segment 'sise' — did you mean 'size'?"),
        ("{size: {small: {}}, plan: {pro: {}}}", "models for size and plan: an account would have several; keep one segment"),
        ("{size: {}}", "churn_risk.segments.size: is empty"),
        ("{size: {small: {missing: worst}}}", "churn_risk.segments.size.small.missing is not a known key"),
        ("{size: {small: {bannds: {}}}}", "size.small.bannds is not a known key — did you mean 'bands'?"),
        ("{size: {small: {signals: {low_adoption: {tier: fist}}}}}", "segments.size.small.signals.low_adoption.tier: there is no tier 'fist' — did you mean 'first'?"),
        ("{size: {small: {bands: {medium: 50}}}}", "segments.size.small.bands: each band must begin below the one before"),
        ("{size: {small: {signals: {single_user: {points: 16}}}}}", "the points of all signals, given and default, add up to 101"),
    ],
)
def test_a_model_of_a_segment_is_read_as_strictly_as_the_rest(refused: Refusals, models: str, problem: str) -> None:
    """Each by one message: what is laid under a model is found wrong only where it is written."""
    (found,) = refused(f"churn_risk:\n  signals: {{declining_workflow: {{points: 20}}}}\n  segments: {models}\n", base=MINE)
    assert found.startswith("d.yaml:6:") and problem in found
    (found,) = refused("health:\n  bands: {helthy: 3}\n  segments: {size: {small: {bands: {watch: 30}}}}\n", base=MINE)
    assert found.startswith("d.yaml:5:") and "did you mean 'healthy'?" in found
