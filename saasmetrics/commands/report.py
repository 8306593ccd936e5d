"""`report`: the weekly report, printed or written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from saasmetrics.commands.config import load
from saasmetrics.commands.measure import deliver, format_for
from saasmetrics.messages import report as told


def report(
    *, config: Path | None, as_of: str | None, format: str | None, output: str | None, limit: int | None, raw: bool, color: Any, max_reject: int, strict: bool,
    allow_empty: bool, allow_remote: bool, verify: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Compose it, say what is wrong with the data, hand it over."""
    from saasmetrics.commands.measure import day
    from saasmetrics.report.compose import compose
    from saasmetrics.report.lines import THIRTEEN
    from saasmetrics.report.pages import short, tables
    from saasmetrics.tables import Asked

    loaded = load(config, allow_remote=allow_remote, verbose=verbose)
    progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
    asked = Asked(day(as_of), max_reject=max_reject, strict=strict, allow_empty=allow_empty, verify=verify, progress=progress)
    made = compose(loaded, THIRTEEN, asked)
    if not quiet:
        told((*loaded.warnings, *made.ledger.warnings))
        told(tuple(made.ledger.rejects))
    fmt = format_for(format, output)
    pages = tables(made)
    deliver(short(pages, fmt) if fmt in ("table", "md", "html") else pages, fmt, output, limit, raw, color)
