"""Parquet by pyarrow, with page checksums (a flipped bit is found) and the table's meta as key-value `saasmetrics`."""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
import pyarrow.parquet as pq

from saasmetrics.outputs import Rendered
from saasmetrics.outputs.json import dumps
from saasmetrics.outputs.provenance import about
from saasmetrics.tables import Table


def render(tables: Sequence[Table]) -> Rendered:
    """The one table there is."""
    (table,) = tables
    arrow = table.frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    kept = arrow.replace_schema_metadata({"saasmetrics": dumps(about(table))})
    sink = io.BytesIO()
    pq.write_table(kept, sink, compression="zstd", write_page_checksum=True)
    return Rendered(sink.getvalue())
