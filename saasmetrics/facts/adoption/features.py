"""The declared features, used by anybody or not.

## Columns
feature      key    its name in the definition
high_value   flag   its use goes with value
premium      flag   it belongs to a higher plan
integration  flag   it connects another system
walled       flag   declares a paywall
plans        text   the plans that include it; null: none named, so that every plan does
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"feature": pl.String, "high_value": pl.Boolean, "premium": pl.Boolean, "integration": pl.Boolean, "walled": pl.Boolean, "plans": pl.String}


def features(definition: Definition) -> pl.LazyFrame:
    """One row a declared feature."""
    rows = [(name, f.high_value, f.premium, f.integration, f.paywall is not None, ", ".join(f.plans) or None) for name, f in definition.features.items()]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
