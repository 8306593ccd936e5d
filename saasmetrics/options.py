"""The options of the commands: name, kind and help. Written here once, whichever command takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer

Format = Literal["table", "csv", "json", "ndjson", "parquet", "md", "html", "xlsx"]
CheckFormat = Literal["full", "concise", "github", "json", "sarif"]

Config = Annotated[Path | None, typer.Option("-c", "--config", metavar="FILE", help="the definition file", envvar="SAASMETRICS_CONFIG")]
Options = dict[str, tuple[Any, Any]]
DATABASE: Options = {
    "engine": (Annotated[str | None, typer.Option(metavar="NAME", envvar="SAASMETRICS_ENGINE", help="the kind of database that holds the table of the events: duckdb, postgres, clickhouse, spark", show_default=False)], None),
    "remote": (Annotated[str | None, typer.Option(metavar="ADDRESS", envvar="SAASMETRICS_REMOTE", help="where that database is: a file of DuckDB, or a URL; a password is safer in the variable than on the command line", show_default=False)], None),
    "facts_to": (Annotated[str | None, typer.Option(metavar="FOLDER", envvar="SAASMETRICS_FACTS_TO", help="spark: where the facts are written as Parquet, read and removed again, instead of being sent: a folder or s3:// address that the cluster and this machine share", show_default=False)], None),
}  # fmt: skip
COMMON: Options = {
    "table": (Annotated[str | None, typer.Argument(help="one table of the chapter; none: all of them", show_default=False)], None),
    "config": (Config, None),
    "as_of": (Annotated[str | None, typer.Option(metavar="DATE", help="count what happened before this local day [default: the last complete day of the data]", show_default=False)], None),
    "by": (Annotated[list[str], typer.Option(metavar="SEGMENT", help="split by a segment; may be repeated", show_default=False)], ()),
    "where": (Annotated[list[str], typer.Option("-w", "--where", metavar="COLUMN=VALUE", help="only these accounts; may be repeated", show_default=False)], ()),
    "limit": (Annotated[int | None, typer.Option("-n", "--limit", min=0, metavar="N", help="rows a table; 0: all [default: 20 on a terminal, else all]", show_default=False)], None),
    "format": (Annotated[Format | None, typer.Option("-f", "--format", help="[default: table on a terminal, csv when piped]", show_default=False)], None),
    "output": (Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="write to a file (format from its ending), or to a folder when it ends with /", show_default=False)], None),
    "max_reject": (Annotated[int, typer.Option(metavar="N", min=0, help="malformed rows to leave out and count before refusing")], 0),
    "strict": (Annotated[bool, typer.Option("--strict", help="refuse when anything was left out or doubtful")], False),
    "allow_empty": (Annotated[bool, typer.Option("--allow-empty", help="no rows, or no event of a rule, is right")], False),
    "allow_remote": (Annotated[bool, typer.Option("--allow-remote", help="copy and read files at s3://, gs:// and abfs:// addresses")], False),
    **DATABASE,
    "verify": (Annotated[bool, typer.Option("--verify", help="check the checksums of every Parquet page")], False),
    "store": (Annotated[bool, typer.Option(" /--no-store", help="neither use nor keep the facts of large inputs (.saasmetrics)", show_default=False)], True),
    "raw": (Annotated[bool, typer.Option("--raw", help="csv: leave cells that look like formulas as they are")], False),
    "quiet": (Annotated[bool, typer.Option("-q", "--quiet", help="no warnings, no progress")], False),
    "verbose": (Annotated[bool, typer.Option("-v", "--verbose", help="say which files are read and what is left out")], False),
    "color": (Annotated[Literal["auto", "always", "never"], typer.Option(help="colours")], "auto"),
}  # fmt: skip
REPORTING: Options = {
    "output": (Annotated[list[str], typer.Option("-o", "--output", metavar="FILE", help="write to a file (format from its ending; {week} is the first day of the week), or to a folder when it ends with /; several files of one folder are written as a whole", show_default=False)], ()),
    "history": (Annotated[Path | None, typer.Option("--history", metavar="FILE", help="keep each number told in this file (one a definition), and say which of those told before have changed, and through what; in the folder of the -o files it is written as a whole with them", show_default=False)], None),
    "if_complete": (Annotated[bool, typer.Option("--if-complete", help="do nothing until the data reach beyond the week")], False),
}  # fmt: skip
LOOKING: Options = {
    "files": (Annotated[list[str], typer.Argument(metavar="FILES…", help="exports: CSV, NDJSON, Parquet, also gz, bz2, zst; patterns; folders", show_default=False)], ...),
    "separator": (Annotated[Literal[",", ";", "\t", "|"] | None, typer.Option(metavar="CHAR", help="between the values of a CSV line [default: by its first line]", show_default=False)], None),
    "encoding": (Annotated[Literal["utf-8", "latin-1", "utf-16", "cp1252"] | None, typer.Option(help="of CSV files [default: by their bytes]", show_default=False)], None),
}  # fmt: skip
BEGINNING: Options = {
    "output": (Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="the definition file to write; -: print it")], "saasmetrics.yml"),
    "force": (Annotated[bool, typer.Option("--force", help="overwrite it")], False),
    **{name: (Annotated[str | None, typer.Option(metavar="COLUMN", help="the column of the events for this, where the guess is wrong", show_default=False)], None) for name in ("account", "user", "time", "event")},
    "timezone": (Annotated[str | None, typer.Option(metavar="ZONE", help="whose days and weeks count, such as Europe/Berlin", show_default=False)], None),
}  # fmt: skip
SHOWING: Options = {
    "output": (Annotated[str, typer.Option("-o", "--output", metavar="FOLDER", help="where to put the data and their definition file")], "saasmetrics-demo"),
    "force": (Annotated[bool, typer.Option("--force", help="make the data anew in a folder that is there")], False),
    "color": COMMON["color"],
}  # fmt: skip
LOOKED_AT: Options = {
    "ident": (Annotated[str, typer.Argument(metavar="ID", help="the account, as the data call it", show_default=False)], ...),
    "since": (Annotated[str | None, typer.Option(metavar="DATE", help="the earlier day to compare with [default: a week before]", show_default=False)], None),
}  # fmt: skip
REPLAYING: Options = {
    "score": (Annotated[Literal["churn-risk", "expansion", "qualification", "health"] | None, typer.Argument(help="one score; none: all that the data can judge", show_default=False)], None),
    "horizon": (Annotated[int, typer.Option(min=1, metavar="DAYS", help="days within which what a score foretells has to come")], 90),
    "replays": (Annotated[int, typer.Option(min=1, max=120, metavar="N", help="how many past months to begin on")], 12),
    "top": (Annotated[float, typer.Option(min=0.001, max=1, metavar="SHARE", help="the share with the highest scores that would be acted on")], 0.1),
    "min_lift": (Annotated[float | None, typer.Option(min=0, metavar="X", help="exit 1 when that share is worth less than this lift", show_default=False)], None),
}  # fmt: skip
COMPARING: Options = {
    "old": (Annotated[str, typer.Argument(help="the old definition: a file, or a revision of git such as main or HEAD~1", show_default=False)], ...),
    "new": (Annotated[str | None, typer.Argument(help="the new one: a file [default: that of -c]", show_default=False)], None),
    "data": (Annotated[bool, typer.Option("--data", help="the headline numbers under both, and the accounts that change sides")], False),
    "tables": (Annotated[list[str], typer.Option("--table", metavar="TABLE", help="compare its number, such as activation.rate or revenue.mrr.arr; may be repeated [default: the nine of `starter`]", show_default=False)], ()),
    "most": (Annotated[float | None, typer.Option(metavar="SHARE", min=0, help="exit 1 when a number moves by more than this share of itself, or one of the two definitions alone knows it", show_default=False)], None),
    "most_accounts": (Annotated[int | None, typer.Option(metavar="N", min=0, help="exit 1 when more accounts than this change sides", show_default=False)], None),
    **{name: COMMON[name] for name in ("config", "as_of", "by", "limit", "format", "output", "store", "raw", "color")},
    **DATABASE,
}  # fmt: skip
CHECKING: Options = {
    "config": COMMON["config"],
    "data": (Annotated[bool, typer.Option("--data", help="look into the data too: every event and column must exist")], False),
    "locked": (Annotated[bool, typer.Option("--locked", help="the meaning must be that of the lock, or a change must tell why")], False),
    "format": (Annotated[CheckFormat | None, typer.Option("-f", "--format", help="[default: github in GitHub Actions, else full]", show_default=False)], None),
    "today": (Annotated[str | None, typer.Option(metavar="DAY", help="hold reviews and acceptances against this day [default: today]", show_default=False)], None),
    **{name: COMMON[name] for name in ("allow_remote", "store")},
    **DATABASE,
}  # fmt: skip
LOCKING: Options = {
    "config": COMMON["config"],
    "as_of": (Annotated[str | None, typer.Option(metavar="DATE", help="the day of the locked numbers [default: the last complete day of the data]", show_default=False)], None),
    "data": (Annotated[bool, typer.Option("--data/--no-data", help="lock the numbers of the headline tables, too")], True),
    **{name: COMMON[name] for name in ("allow_remote", "store")},
    **DATABASE,
}  # fmt: skip
TURNING: Options = {
    "table": (Annotated[str, typer.Argument(metavar="TABLE", help="a table such as activation.rate, or one of its numbers such as activation.rate.activated", show_default=False)], ...),
}
ASKING: Options = {
    "tables": (Annotated[list[str] | None, typer.Argument(metavar="[TABLES…]", help="tables such as activation.rate, or chapters; none: all", show_default=False)], None),
    "dialect": (Annotated[str | None, typer.Option(metavar="NAME", help="bigquery, clickhouse, databricks, duckdb, postgres, snowflake or spark [default: that of --engine]", show_default=False)], None),
    "config": COMMON["config"],
    "as_of": (Annotated[str | None, typer.Option(metavar="DATE", help="find local days up to here [default: today]", show_default=False)], None),
    **DATABASE,
}  # fmt: skip
KEEPING: Options = {
    "what": (Annotated[Literal["info", "clear", "export"], typer.Argument(help="say what is kept, remove it, or write the facts of the definition as Parquet files", show_default=False)], ...),
    "config": COMMON["config"],
    "output": (Annotated[str | None, typer.Option("-o", "--output", metavar="FOLDER", help="export: where to [default: facts]", show_default=False)], None),
    **{name: COMMON[name] for name in ("allow_remote", "quiet", "verbose")},
}  # fmt: skip
MOVING: Options = {
    **TURNING,
    "since": (Annotated[str, typer.Option(metavar="DATE", help="the earlier day, as --as-of takes it", show_default=False)], ...),
    "history": (Annotated[Path | None, typer.Option("--history", metavar="FILE", help="the history of reports: what late data did to the earlier number stands apart", show_default=False)], None),
}  # fmt: skip
EXPLAINING: Options = {
    "name": (Annotated[str | None, typer.Argument(metavar="[NAME]", help="a table such as activation.rate, a column of it such as activation.rate.immature, a setting, a chapter, or a code such as SM305", show_default=False)], None),
    "coverage": (Annotated[bool, typer.Option("--coverage", help="every id of the catalogue with its home")], False),
    "format": (Annotated[Literal["text", "json", "html", "md"] | None, typer.Option("-f", "--format", help="[default: text, of a folder html]", show_default=False)], None),
    "output": (Annotated[str | None, typer.Option("-o", "--output", metavar="FOLDER", help="write the whole reference there: a page a chapter, the definition file, the rules, the messages", show_default=False)], None),
    "account": (Annotated[str | None, typer.Option(metavar="ID", help="what the table makes of this account, and the events that made it so", show_default=False)], None),
    **{name: COMMON[name] for name in ("config", "as_of", "limit", "store")},
}  # fmt: skip


class Command(NamedTuple):
    """A command beside the chapters: what --help says of it, and its options. Its function bears its name in commands/."""

    help: str
    options: Options


def _common(*without: str) -> Options:
    return {name: told for name, told in COMMON.items() if name not in without}


OF_ALL = _common("table", "by", "where")  # what is told of all accounts
COMMANDS = {
    "demo": Command("Make the data of a made-up product, print nine numbers.", SHOWING),
    "inspect": Command("Say what is in exports; no definition file is needed.", {**LOOKING, **{name: COMMON[name] for name in ("limit", "format", "output", "raw", "quiet", "color")}}),
    "init": Command("Write a definition file to begin with, from exports.", {**LOOKING, **BEGINNING, "quiet": COMMON["quiet"]}),
    "check": Command("Check the definition file, alone or against the data.", CHECKING),
    "explain": Command("Say what a table, a chapter or a message means.", EXPLAINING),
    "diff": Command("Say what another definition says, in words and numbers.", COMPARING),
    "sensitivity": Command("Say how much a number depends on conventions.", {**TURNING, **_common("table", "by")}),
    "lock": Command("Write down what the definition means: no silent change.", LOCKING),
    "sql": Command("Print what tables would ask of a database.", ASKING),
    "facts": Command("What is kept of large inputs: info, clear, export.", KEEPING),
    "schema": Command("Print the JSON Schema of the definition file, for editors.", {"config": (Annotated[Path | None, typer.Option("-c", "--config", metavar="FILE", help="the names declared in this file are in it, too; make it anew when they change", show_default=False)], None)}),
    "starter": Command("Print the nine numbers to begin with, a line each.", _common("table", "by")),
    "report": Command("Tell the week: what changed, why, what to do next.", {**OF_ALL, **REPORTING}),
    "changes": Command("Say how a number moved between two days, through whom.", {**MOVING, **OF_ALL}),
    "account": Command("Show one account: how it stands, why, what changed.", {**LOOKED_AT, **OF_ALL}),
    "backtest": Command("Say what the scores were worth on past days.", {**REPLAYING, **OF_ALL}),
}  # fmt: skip
