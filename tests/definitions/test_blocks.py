"""The settings of tables are keys of the definition file."""

import pytest

from saasmetrics import catalog
from saasmetrics.commands.settings import parsed
from saasmetrics.definitions.blocks import Block, extended, settings_of
from saasmetrics.messages import Refused

from .conftest import Load, Refusals, Rooms


def test_a_folder_accepts_the_settings_of_all_its_tables(load: Load, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"periods": ("int", 12)}, "logos": {"grace_days": ("Days", 0)}}})
    definition = load("retention: {periods: 6, grace_days: 2w}\n").definition
    assert definition.settings("retention") == {"periods": 6, "grace_days": 14}


def test_only_what_the_file_sets_is_given(load: Load, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"periods": ("int", 12), "mode": ("Literal['on', 'after']", "on")}}})
    assert load("retention: {mode: after}\n").definition.settings("retention") == {"mode": "after"}
    assert load().definition.settings("retention") == {}
    assert load().definition.settings("no_such_folder") == {}


def test_a_block_has_its_own_keys_beside_the_settings(load: Load, rooms: Rooms) -> None:
    rooms({"activation": {"rate": {"windows": ("Sequence[Days]", (7, 14, 30))}}})
    definition = load("activation: {within: 7d, windows: [7d, 2w, 30], steps: {a: {rule: b}}}\n").definition
    assert definition.settings("activation") == {"windows": (7, 14, 30)}
    assert definition.steps()["a"].rule == "b"


def test_unknown_settings_are_told_the_near_one(refused: Refusals, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"periods": ("int", 12)}}})
    assert "retention.period is not a known key — did you mean 'periods'?" in refused("retention: {period: 6}\n")[0]
    assert "retentoin is not a known key — did you mean 'retention'?" in refused("retentoin: {period: 6}\n")[0]


def test_by_is_not_a_key_of_the_file(refused: Refusals, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"by": ("Sequence[str]", ())}}})
    assert "d.yaml:4:13: SM110 retention.by is not a known key" in refused("retention: {by: [plan]}\n")[0]


@pytest.mark.parametrize(
    ("annotation", "written", "value"),
    [
        ("int", "3", 3), ("float", "0.5", 0.5), ("float | None", "~", None), ("str", "no", "no"), ("bool",
        "true", True),
        ("Sequence[str]", "[a, 1]", ("a", "1")), ("tuple[int, ...]", "[1, 2]", (1, 2)), ("Days", "2w", 14),
        ("Duration", "1d", 86_400_000_000), ("int | None", "4", 4), ("Literal['a', 'b'] | None", "b", "b"),
        ("Mapping[str, float]", "{a: 1.5}", {"a": 1.5}), ("Share", "0.25", 0.25),
    ],
)  # fmt: skip
def test_types_are_read_from_the_text_of_the_signature(
    load: Load, rooms: Rooms, annotation: str, written: str, value: object
) -> None:
    rooms({"health": {"accounts": {"x": (annotation, None), "y": ("int", 1)}}})
    assert load(f"health: {{x: {written}, y: 1}}\n").definition.settings("health").get("x") == value


def test_what_does_not_fit_the_signature_is_refused(refused: Refusals, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"periods": ("int", 12), "mode": ("Literal['on', 'after']", "on")}}})
    problems = refused("retention: {periods: many, mode: befor}\n")
    assert problems[0].startswith("d.yaml:4:22: SM112 retention.periods: 'many' is not a whole number")
    assert problems[1].startswith("d.yaml:4:34: SM112 retention.mode: 'befor' is not one of on, after")


@pytest.mark.parametrize(("annotation", "text", "told"), [
    ("int", "-1", "-1 is too small; at least 0"), ("int | None", "-1", "-1 is too small; at least 0"), ("Days", "0", "0 is too small; at least 1 day"),
    ("Days", "0w", "'0w' is too small; at least 1 day"), ("Delay", "-1", "-1 is not a number of days; write 14, 14d or 2w"),
    ("float", "-0.1", "-0.1 is too small; at least 0"), ("Share", "1.01", "1.01 is not a share; write a number from 0 to 1, 30 % as 0.3"),
    ("Share", "-0.1", "-0.1 is not a share; write a number from 0 to 1, 30 % as 0.3"), ("Times", "0.99", "0.99 is too small; at least 1"),
    ("int", "0", None), ("Days", "1d", None), ("Delay", "0d", None), ("float", "0", None), ("Share", "1", None), ("Share", "0.0", None), ("Times", "1", None),
])  # fmt: skip
def test_senseless_numbers_are_refused_in_the_same_words_in_the_file_and_on_the_command_line(
    annotation: str, text: str, told: str | None, load: Load, refused: Refusals, rooms: Rooms
) -> None:
    rooms({"retention": {"cohorts": {"much": (annotation, 12)}}})
    if told is None:
        assert load(f"retention: {{much: {text}}}\n").definition.settings("retention") == parsed("retention", {"much": text})
        return
    assert f"retention.much: {told}" in refused(f"retention: {{much: {text}}}\n")[0]
    with pytest.raises(Refused, match="--much") as caught:
        parsed("retention", {"much": text})
    assert caught.value.problems[0].message == f"--much {text}: {told}"


def test_promise_47_a_setting_is_no_code(refused: Refusals, rooms: Rooms) -> None:
    rooms({"value": {"spread": {"names": ("Sequence[str]", ())}}})
    (problem,) = refused("value: {names: [ok, 'SELECT * FROM x']}\n")
    assert problem.startswith("d.yaml:4:21: SM114 value.names[1]: not allowed: ")


def test_tables_may_share_a_setting_with_different_defaults(load: Load, rooms: Rooms) -> None:
    rooms({"value": {"spread": {"least": ("int", 3)}, "completion": {"least": ("float", 0.5)}}})
    assert load("value: {least: 7}\n").definition.settings("value") == {"least": 7}
    assert load("value: {least: 0.7}\n").definition.settings("value") == {"least": 0.7}
    assert [*settings_of("value")["least"]] == ["spread", "completion"]


def test_a_choice_that_tables_share_in_part_is_refused_once(load: Load, refused: Refusals, rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"period": ("Literal['week', 'month']", "month")}, "logos": {"period": ("Literal['month', 'quarter']", "month")}}})
    assert load("retention: {period: quarter}\n").definition.settings("retention") == {"period": "quarter"}
    assert [problem.partition(": SM112 ")[2] for problem in refused("retention: {period: weekly}\n")] == [
        "retention.period: 'weekly' is not one of week, month, quarter — did you mean 'week'?"
    ]


def test_a_type_that_no_file_can_hold_names_the_setting(load: Load, rooms: Rooms) -> None:
    rooms({"value": {"spread": {"frame": ("pl.DataFrame", None)}}})
    with pytest.raises(TypeError, match=r"the setting frame has a type no definition can hold: pl\.DataFrame"):
        load("value: {frame: x}\n")


def test_the_settings_of_every_table_there_is_can_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for folder in catalog.folders():
        assert issubclass(extended(Block, folder), Block)
