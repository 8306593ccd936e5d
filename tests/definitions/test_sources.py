"""Where the data are: columns with their usual names, paths that stay on this machine."""

import pytest

from saasmetrics.definitions.columns import COLUMNS

from .conftest import Load, Refusals

TIME = "sources: {{events: {{files: a.csv, time: {}}}}}\nversion: 1\nworkflows: {{w: {{success: s}}}}\n"


def test_columns_have_their_usual_names_and_declared_ones_are_told_apart(load: Load) -> None:
    base = "version: 1\nsources: {events: {files: e.csv, columns: {user: uid}}}\nworkflows: {w: {success: s}}\n"
    events = load(base=base).definition.sources.events
    assert events.columns == {"user": "uid"}
    assert events.mapping["account"] == "account_id"
    assert events.mapping["user"] == "uid"
    assert events.required == {"account", "time", "event"}


def test_the_usual_names_are_those_of_the_contract(load: Load, example: str) -> None:
    sources = load(base=example).definition.sources
    for name in type(sources).model_fields:
        declared = getattr(sources, name).columns
        assert declared.items() <= {key: column.default for key, column in COLUMNS[name].items()}.items()


def test_one_file_is_a_list_of_one(load: Load, refused: Refusals) -> None:
    base = "version: 1\nsources: {events: {files: [a.csv, /abs/b.csv, '-', 'x/*.csv']}}\nworkflows: {w: {success: s}}\n"
    assert load().definition.sources.events.files == ("events.csv",)
    assert load(base=base).definition.sources.events.files == ("a.csv", "/abs/b.csv", "-", "x/*.csv")
    assert "is empty; needs at least 1" in refused(base=base.replace("[a.csv, /abs/b.csv, '-', 'x/*.csv']", "[]"))[0]


@pytest.mark.parametrize(
    "url",
    ["https://e.example/x.csv", "http://127.0.0.1:9/x", "s3://b/k", "file:///etc/passwd", "FTP://x/y", "//host/x"],
)
def test_promise_48_remote_paths_are_not_followed(refused: Refusals, load: Load, url: str) -> None:
    base = f"version: 1\nworkflows: {{w: {{success: s}}}}\nsources:\n  events:\n    files: [a.csv, '{url}']\n"
    (problem,) = refused(base=base)
    assert problem.startswith("d.yaml:5:20: SM115 sources.events.files[1]: remote paths are not followed: ")
    assert load(base=base, allow_remote=True).definition.sources.events.files == ("a.csv", url)


@pytest.mark.parametrize(
    "path", ["../x.csv", "a/../../x", "..", "a\\..\\b", "${HOME}/x", "$(id).csv", "`id`", "{{x}}", "a\\x00b"]
)
def test_promise_47_paths_are_written_out(refused: Refusals, path: str) -> None:
    quoted = '"a\\0b"' if path == "a\\x00b" else f"'{path}'"
    base = f"version: 1\nworkflows: {{w: {{success: s}}}}\nsources: {{events: {{files: {quoted}}}}}\n"
    (problem,) = refused(base=base, allow_remote=True)
    assert problem.startswith("d.yaml:3:27: SM114 sources.events.files: not allowed: ")


@pytest.mark.parametrize("preset", ["../amplitude", "a/b", "Amplitude", "x.yaml", ""])
def test_promise_47_a_preset_is_a_plain_name(refused: Refusals, preset: str) -> None:
    base = f"version: 1\nworkflows: {{w: {{success: s}}}}\nsources: {{events: {{files: a.csv, preset: '{preset}'}}}}\n"
    (problem,) = refused(base=base)
    assert "SM114 sources.events.preset: not allowed: " in problem


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ("{unit: sec}", "'sec' is not one of s, ms, us, ns"),
        ("{format: '%d', unit: s}", "format and unit exclude each other"),
        ("{ambiguous: first}", "'first' is not one of earliest, latest, refuse"),
        ("{zone: Berlin}", "'Berlin' is not a time zone — did you mean 'Europe/Berlin'?"),
    ],
)
def test_times_are_declared_in_full(refused: Refusals, time: str, message: str) -> None:
    (problem,) = refused(base=TIME.format(time))
    assert message in problem


def test_times_have_safe_defaults(load: Load) -> None:
    time = load().definition.sources.events.time
    assert (time.format, time.unit, time.zone, time.ambiguous, time.nonexistent) == (
        None,
        None,
        None,
        "earliest",
        "refuse",
    )
