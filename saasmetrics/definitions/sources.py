"""Where the data are and how to read them: one block a table."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, model_validator

from saasmetrics.definitions.amounts import Flag
from saasmetrics.definitions.base import Base, block, fail, shown
from saasmetrics.definitions.columns import COLUMNS, ColumnsOf
from saasmetrics.definitions.formats import LETTERS, Format, says_utc
from saasmetrics.definitions.presets import Preset, named, problem_of, settings_of
from saasmetrics.definitions.words import PATH, Columns, Text, listed_as, spelt
from saasmetrics.definitions.zones import Zone

REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|//|\\\\")
EXPANDED = re.compile(r"\$[{(]|`|\{\{|[\x00-\x1f\x7f]")
TABLE = re.compile(r"[A-Za-z_][\w$-]*(\.[A-Za-z_][\w$-]*){0,2}", re.ASCII)
PRESET = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def plain_path(value: str, info: ValidationInfo) -> str:
    """A path or pattern on this machine: nothing remote, nothing expanded, no way upwards."""
    if REMOTE.match(value) and not (info.context or {}).get("allow_remote"):
        raise fail(
            "SM115", f"remote paths are not followed: {shown(value)}; copy the files here, or pass --allow-remote"
        )
    if EXPANDED.search(value) or PATH.search(value):
        raise fail("SM114", f"not allowed: {shown(value)}; a path is written out, without `..`, variables or commands")
    if not value.strip():
        raise fail("SM112", "is empty; write a path such as data/events/*.parquet")
    return value


def plain_preset(value: str) -> str:
    """The bare name of a vendor's export."""
    if not PRESET.fullmatch(value):
        raise fail("SM114", f"not allowed: {shown(value)}; a preset is a plain name such as amplitude")
    return value


def plain_table(value: str) -> str:
    """The name of a table, with its schema and its catalogue if need be."""
    if not TABLE.fullmatch(value):
        raise fail("SM114", f"not allowed: {shown(value)}; a table is named in one to three plain words, such as product.events")
    return value


# For editors; s3:// and the like are right with --allow-remote.
WRITTEN_OUT = r"^(?!(?!(s3|gs|gcs|abfss?)://)[A-Za-z][A-Za-z0-9+.-]+://|//|\\\\)(?!.*(\$[{(]|`|\{\{|[\x00-\x1f\x7f]))(?!(.*[/\\])?\.\.([/\\]|$)).*\S"
Path = Annotated[Text, AfterValidator(plain_path), spelt(WRITTEN_OUT)]
Files = Annotated[tuple[Path, ...], Field(min_length=1), listed_as(Annotated[str, spelt(WRITTEN_OUT)], 1)]
DECLARED = "canonical name → column in the file, or a path in its JSON; what is left out has its usual name"


class Time(Base):
    """How the times of this source are written."""

    model_config = ConfigDict(json_schema_extra={"not": {"anyOf": [{"required": ["format", "unit"]}, LETTERS]}})

    format: Format | None = Field(default=None, description="such as %d.%m.%Y %H:%M, where it is not ISO 8601")
    unit: Literal["s", "ms", "us", "ns"] | None = Field(
        default=None, description="the times are numbers since 1970, in this unit"
    )
    zone: Zone | None = Field(default=None, description="the zone of times that carry none")
    ambiguous: Literal["earliest", "latest", "refuse"] = Field(
        default="earliest", description="a clock time that occurs twice, when summer time ends"
    )
    nonexistent: Literal["refuse", "shift"] = Field(
        default="refuse", description="a clock time that never occurs, when summer time begins"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.format and self.unit:
            raise fail("SM112", "format and unit exclude each other; times are either text or numbers")
        if self.format and says_utc(self.format) and self.zone is None:
            raise fail("SM112", "the letters at the end of format mean UTC to people only: declare zone: UTC; times of ISO 8601 need no format at all")
        return self


class Source(Base):
    """One table of the product's exports."""

    kind: ClassVar[str] = ""

    files: Files = Field(description="a path, a pattern or a list of them; relative to this file, or s3://, gs://, abfs:// (with --allow-remote)")
    columns: Mapping[str, str] = Field(default={}, description=DECLARED)
    format: Literal["csv", "parquet", "ndjson"] | None = Field(
        default=None, description="when the content does not tell"
    )
    separator: Literal[",", ";", "\t", "|"] | None = Field(default=None, description="between the values of a CSV line")
    encoding: Literal["utf-8", "latin-1", "utf-16", "cp1252"] = Field(default="utf-8", description="of a CSV file")
    decimal: Literal[".", ","] = Field(default=".", description="before the cents of amounts written as text; with a comma 1.290,50 is read, too; numbers of JSON and Parquet have none")
    time: Time = block(Time, "how times are written")
    preset: Annotated[Text, AfterValidator(plain_preset), spelt(f"^{PRESET.pattern}$")] | None = Field(
        default=None, description="fills columns and time for a vendor's export"
    )

    @model_validator(mode="before")
    @classmethod
    def _preset_fills(cls, value: Any) -> Any:
        return {**settings_of(value.get("preset"), cls.kind), **value} if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _preset_fits(self) -> Self:
        wrong = problem_of(self.preset, self.kind) if self.preset else None
        if wrong:
            raise fail("SM113", wrong)
        return self

    @property
    def vendor(self) -> Preset | None:
        """The preset, where one is declared."""
        return named(self.preset) if self.preset else None

    @property
    def mapping(self) -> dict[str, str]:
        """Every canonical name → its column: as declared (see `columns`), as in the preset, else the usual name."""
        usual = {name: column.default for name, column in COLUMNS[self.kind].items()}
        return {**usual, **(self.vendor.columns if self.vendor else {}), **self.columns}

    @property
    def times(self) -> Time:
        """How times are written: as declared, else as in the preset."""
        return Time(**self.vendor.time) if self.vendor and "time" not in self.model_fields_set else self.time

    @property
    def required(self) -> frozenset[str]:
        """The canonical names without which the source cannot be read."""
        return frozenset(name for name, column in COLUMNS[self.kind].items() if column.required)


class Events(Source):
    """What happened: one row an event, in files or in a table of a database."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["files"]}, {"required": ["table"], "properties": {"decimal": {"const": "."}}}]})

    kind: ClassVar[str] = "events"
    files: Files = Field(default=(), description="a path, a pattern or a list of them; relative to this file, or s3://, gs://, abfs:// (with --allow-remote); or else `table`")
    table: Annotated[Text, AfterValidator(plain_table), spelt(f"^{TABLE.pattern}$")] | None = Field(
        default=None, description="instead of files: a table of the database that --engine and --remote name, such as product.events"
    )
    columns: Annotated[Mapping[str, str], ColumnsOf("events")] = Field(default={}, description=DECLARED)


    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.files) == bool(self.table):
            raise fail("SM112", "files and table exclude each other") if self.table else fail("SM111", "lacks `files`, or the `table` of a database")
        if self.table and self.decimal == ",":
            raise fail("SM112", "decimal is for files; in a database make the column a number, in a view")
        return self


class Accounts(Source):
    """The customer accounts: one row each; the base of every rate."""

    kind: ClassVar[str] = "accounts"
    columns: Annotated[Mapping[str, str], ColumnsOf("accounts")] = Field(default={}, description=DECLARED)
    segments: Columns = Field(default=(), description="columns to split every table by: plan, industry, size, channel")
    segment_as_of: Literal["anchor", "now"] = Field(
        default="anchor", description="of an account with a history: its segments when it was created, or as of T"
    )
    orphans: Literal["keep", "drop", "refuse"] = Field(
        default="keep", description="accounts that have events or a subscription but no row here: keep, leave out (counted), or refuse"
    )


class Users(Source):
    """Who works in which account, in what role and team."""

    kind: ClassVar[str] = "users"
    columns: Annotated[Mapping[str, str], ColumnsOf("users")] = Field(default={}, description=DECLARED)


class Subscriptions(Source):
    """What accounts pay, from when to when."""

    kind: ClassVar[str] = "subscriptions"
    columns: Annotated[Mapping[str, str], ColumnsOf("subscriptions")] = Field(default={}, description=DECLARED)
    shape: Literal["spans", "movements", "snapshots"] = Field(
        default="spans", description="a row is a paid span, a change of what an account pays (start: its day, mrr: the change), or a month (start: any day in it)"
    )
    minor_units: Flag = Field(default=False, description="true: amounts are in cents, save in currencies that have none")
    covers_end: Flag = Field(default=False, description="true: an end date is the last day covered, not the first one that is no longer")


class Rates(Source):
    """Exchange rates into `revenue.currency`."""

    kind: ClassVar[str] = "rates"
    columns: Annotated[Mapping[str, str], ColumnsOf("rates")] = Field(default={}, description=DECLARED)


class Tickets(Source):
    """Support tickets."""

    kind: ClassVar[str] = "tickets"
    columns: Annotated[Mapping[str, str], ColumnsOf("tickets")] = Field(default={}, description=DECLARED)


class Merges(Source):
    """Accounts that became part of another one, or that belong to a parent."""

    kind: ClassVar[str] = "merges"
    columns: Annotated[Mapping[str, str], ColumnsOf("merges")] = Field(default={}, description=DECLARED)


class Incidents(Source):
    """Times at which the product did not work."""

    kind: ClassVar[str] = "incidents"
    columns: Annotated[Mapping[str, str], ColumnsOf("incidents")] = Field(default={}, description=DECLARED)


class Limits(Source):
    """What each plan allows."""

    kind: ClassVar[str] = "limits"
    columns: Annotated[Mapping[str, str], ColumnsOf("limits")] = Field(default={}, description=DECLARED)


class Costs(Source):
    """What winning and serving customers cost, by month."""

    kind: ClassVar[str] = "costs"
    columns: Annotated[Mapping[str, str], ColumnsOf("costs")] = Field(default={}, description=DECLARED)


class Sources(Base):
    """The exports to read; only events are needed."""

    events: Events = Field(description="what happened: one row an event")
    accounts: Accounts | None = Field(default=None, description="the customer accounts, one row each")
    users: Users | None = Field(default=None, description="who works in which account")
    subscriptions: Subscriptions | None = Field(default=None, description="what accounts pay")
    rates: Rates | None = Field(default=None, description="exchange rates into revenue.currency")
    tickets: Tickets | None = Field(default=None, description="support tickets")
    merges: Merges | None = Field(default=None, description="accounts that became part of another: counted as one")
    incidents: Incidents | None = Field(default=None, description="when the product did not work")
    limits: Limits | None = Field(default=None, description="what each plan allows")
    costs: Costs | None = Field(default=None, description="what winning and serving customers costs")
