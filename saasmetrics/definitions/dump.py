"""The model → a definition file that reads back as the same model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml as pyyaml  # type: ignore[import-untyped, unused-ignore]

from saasmetrics.definitions.model import Definition

yaml: Any = pyyaml  # holds with and without its stubs
WIDTH = 120


def dump(definition: Definition) -> str:
    """YAML with what the file said, and nothing that it left to the defaults."""
    return plain_yaml(definition.model_dump(exclude_unset=True))


def plain_yaml(data: Any) -> str:
    """Plain data as YAML that reads back as the same data."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Plain data only: no anchors, numbers as they were written."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: Any, value: Decimal) -> Any:
    kind = "float" if "." in format(value, "f") else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", format(value, "f"))


_Dumper.add_representer(Decimal, _decimal)
