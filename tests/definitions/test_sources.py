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
        ("{format: '%Y-%m-%d', unit: s}", "format and unit exclude each other"),
        ("{format: '%m-%d %H:%M'}", "'%m-%d %H:%M' names no year (%Y): a time needs one"),
        ("{format: '%H:%M'}", "names no year"),
        ("{format: '%d.%m.%Y %I:%M'}", "hours up to 12 (%I) and %p belong together; hours up to 23 are %H"),
        ("{format: '%d.%m.%Y %H:%M %p'}", "hours up to 12 (%I) and %p belong together"),
        ("{format: '%Y-%m-%d %H:%M %Z'}", "'%Z' is not read here; a zone by its letters has no one meaning: write the letters out, such as UTC, and declare zone:"),
        ("{format: '%Y-%m-%d %H:%M:%S%:z'}", "'%:z' is not read here; write %z, which reads +0200 and +02:00"),
        ("{format: '%Y-%m-%d %H:%M:%S.%f'}", "'%f' is not read here; write %.f for the fraction with its point (digits without a point are %3f, %6f or %9f)"),
        ("{format: '%s'}", "'%s' is not read here; of seconds since 1970 declare unit: s"),
        ("{format: '%Y-%m-%d %k:%M'}", "'%k' is not read here; write %H"),
        ("{format: '%c'}", "'%c' is not read here; those that are: %Y %y %m"),
        ("{format: '%+'}", "'%+' is not read here"),
        ("{format: '%Y-%m-%d%'}", "'%' is not read here"),
        ("{format: '%Y-%m-%dT%H:%M:%SZ'}", "the letters at the end of format mean UTC to people only: declare zone: UTC; times of ISO 8601 need no format at all"),
        ("{format: '%d.%m.%Y %H:%M utc'}", "mean UTC to people only"),
        ("{ambiguous: first}", "'first' is not one of earliest, latest, refuse"),
        ("{zone: localtime}", "'localtime' is not a time zone; write one such as Europe/Berlin"),
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


@pytest.mark.parametrize("format", ["%d.%m.%Y %H:%M", "%-m/%-d/%Y %-I:%M %p", "%Y-%m-%d %R", "%F %T%.f", "%b %e, %Y %H:%M:%S%z", "%Y%m%d%H%M%S%3f", "%D %I:%M%P", "%Y-%j %H%%%M"])
def test_what_is_read_may_be_declared(load: Load, format: str) -> None:
    assert load(base=TIME.format(f"{{format: '{format}'}}")).definition.sources.events.time.format == format


def test_letters_of_utc_stand_beside_their_zone(load: Load) -> None:
    assert load(base=TIME.format("{format: '%Y-%m-%dT%H:%M:%SZ', zone: UTC}")).definition.sources.events.time.zone == "UTC"
