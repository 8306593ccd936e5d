"""Speed and memory, beside DuckDB, ClickHouse and Polars on the same data: `python -m tests.benchmark --help`."""
