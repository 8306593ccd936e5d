"""`schema`: the JSON Schema of the definition file."""

from __future__ import annotations

import json
from pathlib import Path

from saasmetrics.definitions.read import written
from saasmetrics.definitions.schema import schema as schema_of
from saasmetrics.outputs.write import to_stdout


def schema(*, config: Path | None) -> None:
    """Print it; editors complete and check the file with it. With a file its names are in it, too."""
    to_stdout((json.dumps(schema_of(written(config) if config else None), ensure_ascii=False, indent=2) + "\n").encode())
