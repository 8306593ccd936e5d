"""`schema`: the JSON Schema of the definition file."""

from __future__ import annotations

import json

from saasmetrics.definitions.schema import schema as schema_of
from saasmetrics.outputs.write import to_stdout


def schema() -> None:
    """Print it; editors complete and check the file with it."""
    to_stdout((json.dumps(schema_of(), ensure_ascii=False, indent=2) + "\n").encode())
