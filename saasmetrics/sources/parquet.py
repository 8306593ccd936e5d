"""Parquet → columns as they are typed; ids and properties as text, whatever their type."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from saasmetrics.messages import did_you_mean, refuse
from saasmetrics.sources.beyond import within
from saasmetrics.sources.columns import MALFORMED, NOT_JSON, Piece, Want, locate, unread
from saasmetrics.sources.files import WRAPPERS, Input
from saasmetrics.sources.foreign import foreign
from saasmetrics.sources.ledger import SHOWN, Entry, Ledger
from saasmetrics.sources.times import ZONES
from saasmetrics.sources.values import at_path

DIGITS = 38  # of a decimal
MANY = 200_000  # rows from which a look at the statistics pays


def read(given: Input, wants: Sequence[Want], entry: Entry, ledger: Ledger, typed: Sequence[str]) -> Iterator[Piece]:
    """One lazy piece: the whole file. The numbers and times named in `typed` keep their type, all others become text."""
    check_start(given)
    with readable(given.shown):
        scanned = partial(pl.scan_parquet, given.path, glob=False, hive_partitioning=False, use_statistics=False)  # they have no checksum
        schema = scanned().collect_schema()
        line = "_".join(["line", *schema])  # the name of no column
        scan = scanned(row_index_name=line, row_index_offset=1)
        entry.rows_read = int(scan.select(pl.len()).collect().item())
        least = _least(given, {want.path for want in wants}) if entry.rows_read > MANY else {}
    found = locate(wants, schema.names(), entry)
    scan, schema = _texts(scan, schema, {schema.names()[place] for place in found.values()}, given)
    entry.kinds |= {want.name: _kind(schema.dtypes()[place]) for want, place in found.items() if want.path in schema}
    columns = [_column(want, schema, found, want.name in typed, given.shown, least).alias(want.name) for want in wants]
    sure = frozenset(want.name for want in wants if want in found and least.get(want.path, Least("", 1)).sure)
    rows = scan.select(*columns, pl.col(line).cast(pl.Int64).alias("_line"))
    wrong = _unread(scan, schema, found, line, given)
    if not len(wrong):
        yield Piece(rows, eager=False, sure=sure)
        return
    ledger.reject(entry, MALFORMED, NOT_JSON, [(at, f"line {at}: {what}") for at, what in wrong.head(SHOWN).rows()], len(wrong))
    yield Piece(rows.filter(~pl.col("_line").is_in(wrong["line"].implode())).collect().lazy(), eager=True)


def _unread(scan: pl.LazyFrame, schema: pl.Schema, found: Mapping[Want, int], line: str, given: Input) -> pl.DataFrame:
    """The rows of which a text that is wanted in parts is no JSON, and why."""
    names = schema.names()
    within = {want: place for want, place in found.items() if schema.dtypes()[place] == pl.String and want.path != names[place]}
    asked = scan.select(line=pl.col(line).cast(pl.Int64), what=unread(within, names, names)).filter(pl.col("what").is_not_null())
    with readable(given.shown):
        return asked.collect(engine="streaming") if within else asked.clear().collect()


def check_start(given: Input) -> None:
    """Refuse what is called Parquet and is none."""
    start = given.head
    if start.startswith(b"PAR1"):
        return
    wrapped = any(start.startswith(magic) for magic in WRAPPERS)
    what = "is compressed as a whole: unpack it (Parquet compresses its columns itself)" if wrapped else "is encrypted Parquet: export it in the clear" if start.startswith(b"PARE") else None
    other = foreign(start)
    refuse("SM304", what or (f"looks like {other}" if other else "does not begin as Parquet does: declare format: csv or ndjson if it is that, or export it again"), given.shown)


def uuids(given: Input) -> set[str]:
    """The columns of identifiers that are held as sixteen bytes."""
    import pyarrow.parquet as pq

    schema = pq.read_metadata(given.path).schema
    return {schema.column(place).path for place in range(len(schema)) if schema.column(place).logical_type.type == "UUID"}


def _texts(scan: pl.LazyFrame, schema: pl.Schema, asked: set[str], given: Input) -> tuple[pl.LazyFrame, pl.Schema]:
    """Columns of bytes as text: identifiers as they are written elsewhere, any other if it is UTF-8."""
    held = sorted(name for name in asked if schema[name] == pl.Binary)
    if not held:
        return scan, schema
    with readable(given.shown):
        named = uuids(given)
        for name in (name for name in held if name not in named):
            _check_text(scan, name, given.shown)
    texts = [_dashed(pl.col(name)) if name in named else pl.col(name).cast(pl.String) for name in held]
    return scan.with_columns(texts), pl.Schema({**schema, **dict.fromkeys(held, pl.String())})


def _check_text(scan: pl.LazyFrame, name: str, shown: str) -> None:
    try:
        scan.select(pl.col(name).cast(pl.String).count()).collect(engine="streaming")
    except pl.exceptions.ComputeError as error:
        if "invalid utf" not in str(error):
            raise
        refuse("SM308", f"column '{name}' holds bytes that are no text: export it as text", shown)


def _dashed(column: pl.Expr) -> pl.Expr:
    """Sixteen bytes → 8-4-4-4-12 hexadecimal digits."""
    return column.bin.encode("hex").str.replace("^(.{8})(.{4})(.{4})(.{4})(.{12})$", "$1-$2-$3-$4-$5")


class Least(NamedTuple):
    """What the file itself says of a column of text: none of its values lies below `text`, so many are missing."""

    text: str
    nulls: int

    @property
    def sure(self) -> bool:
        """Every row has a value, and one that begins above the blank is never blank."""
        return self.text >= "!" and not self.nulls


def _least(given: Input, asked: set[str]) -> dict[str, Least]:
    """Column of text → its statistics, where every row group has them. They spare work on large files, no more."""
    import pyarrow.parquet as pq

    footer = pq.read_metadata(given.path)
    places = [place for place in range(footer.num_columns) if footer.schema.column(place).path in asked]
    told: dict[str, list[Least]] = {}
    for group in range(footer.num_row_groups):
        chunks = [footer.row_group(group).column(place) for place in places]
        for chunk in (one for one in chunks if one.statistics and one.statistics.logical_type.type == "STRING"):
            told.setdefault(chunk.path_in_schema, []).append(_of_chunk(chunk))
    whole = {name: some for name, some in told.items() if len(some) == footer.num_row_groups}
    return {name: Least(min(one.text for one in some), sum(one.nulls for one in some)) for name, some in whole.items()}


def _of_chunk(chunk: Any) -> Least:
    known = chunk.statistics
    if not known.has_null_count:
        return Least("", chunk.num_values)
    if known.null_count == chunk.num_values:
        return Least("\U0010ffff", chunk.num_values)
    return Least(str(known.min) if known.has_min_max else "", known.null_count)


def verify(given: Input) -> None:
    """Read every page with its checksum; refuse when one does not hold, or the footer contradicts itself."""
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(given.path, page_checksum_verification=True)
        rows = [_group(file, group) for group in range(file.num_row_groups)]
        if sum(rows) != file.metadata.num_rows:
            raise ValueError(f"{sum(rows)} rows, the footer says {file.metadata.num_rows}")
    except Exception as error:  # pyarrow raises many kinds; each means that the file is not whole
        refuse("SM303", f"checksum or structure wrong: {str(error).splitlines()[0]}", given.shown)


def _group(file: Any, group: int) -> int:
    """The rows of a row group. A footer has no checksum, but it says most things twice."""
    told, rows = file.metadata.row_group(group), int(file.read_row_group(group).num_rows)
    for place in range(told.num_columns):
        chunk, column = told.column(place), file.schema.column(place)
        flat = column.max_repetition_level == 0
        if chunk.path_in_schema != column.path or flat and not rows == chunk.num_values == told.num_rows:
            raise ValueError(f"column '{column.path}' of row group {group} is described in two ways")
    return rows


@contextmanager
def readable(shown: str) -> Iterator[None]:
    """Whatever goes wrong inside is a damaged file; what a panic prints is kept off stderr."""
    with tempfile.TemporaryFile() as aside:
        kept = os.dup(2)
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except pl.exceptions.DuplicateError as error:
            refuse("SM306", f"a column appears twice: {str(error).splitlines()[0]}", shown)
        except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            refuse("SM303", f"truncated or corrupt Parquet (no readable footer or pages): {reason}", shown)
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _column(want: Want, schema: pl.Schema, found: dict[Want, int], typed: bool, shown: str, least: Mapping[str, Least]) -> pl.Expr:
    if want not in found:
        return pl.lit(None, pl.String)
    root = schema.names()[found[want]]
    column, dtype = pl.col(root), schema[root]
    if dtype == pl.String and want.path in least and least[want.path].text:
        return column  # never empty
    if want.path != root:
        column, dtype = _nested(column, dtype, want, shown)
    if dtype.is_nested() or isinstance(dtype, pl.Duration | pl.Object):
        refuse("SM304", f"column '{want.path}' holds {dtype}: a text, a number or a time is needed", shown)
    if isinstance(dtype, pl.Decimal) and (dtype.precision or 0) > DIGITS:
        refuse("SM304", f"column '{want.path}' holds decimals of {dtype.precision} digits: export it with {DIGITS} at most, or as text", shown)
    column = within(column, dtype)
    if typed and (dtype.is_numeric() or dtype.is_temporal()):
        return column
    text = as_text(column, dtype)
    return text.str.replace(".", want.decimal, literal=True) if dtype.is_numeric() and want.decimal != "." else text


def _nested(column: pl.Expr, dtype: Any, want: Want, shown: str) -> tuple[pl.Expr, pl.DataType]:
    if dtype == pl.String:
        return at_path(column, want.path, want.decimal), pl.String()
    for part in want.path.split(".")[1:]:
        if isinstance(dtype, pl.Map) and dtype.key == pl.String:
            column, dtype = column.map.get(part), dtype.value
            continue
        keyed = _keyed(dtype)
        if keyed is not None:
            column = column.list.filter(pl.element().struct.field("key") == part).list.first().struct.field("value")
            dtype = keyed
            continue
        fields = fields_of(dtype)
        if part not in fields:
            refuse("SM305", f"no '{part}' on the path '{want.path}'{did_you_mean(part, fields)}", shown)
        column, dtype = column.struct.field(part), fields[part]
    return column, dtype


def fields_of(dtype: Any) -> dict[str, Any]:
    """The fields of a struct; of anything else none."""
    return {field.name: field.dtype for field in dtype.fields} if isinstance(dtype, pl.Struct) else {}


def _keyed(dtype: pl.DataType) -> Any:
    """Of a list of keys with values, the type of the values."""
    fields = fields_of(dtype.inner) if isinstance(dtype, pl.List) else {}
    return fields["value"] if {"key", "value"} <= fields.keys() else None


def _kind(dtype: pl.DataType) -> str:
    """What two files of one source have to agree on."""
    if isinstance(dtype, pl.Datetime):
        return ZONES[dtype.time_zone is not None]
    if dtype.is_numeric():
        return "numbers"
    texts = (pl.String, pl.Categorical, pl.Enum)
    return "text" if isinstance(dtype, texts) else "" if dtype == pl.Null else str(dtype)


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Any scalar as the text by which it is compared; 7.0 is written 7, as in the CSV of the same data; NaN is a missing number."""
    if dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum):
        text = column.cast(pl.String)
        return pl.when(text != "").then(text)
    if dtype.is_float():
        return pl.when(column.is_not_nan()).then(column.cast(pl.String).str.strip_suffix(".0"))
    return column.cast(pl.String)
