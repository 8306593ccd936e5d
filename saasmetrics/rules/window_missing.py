"""The windows shown for activation leave out the time that activation itself gives.

## Code
SM638 warning

## Why
The rate that the definition means would be in no row; whoever reads the table takes another for it.

## Remedy
add the value of activation.within to activation.windows

## Example
activation: {within: 14d, windows: [7d, 30d], steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}

## Instead
activation: {within: 14d, windows: [7d, 14d, 30d], steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.durations import DAY, as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def window_missing(definition: Definition) -> Findings:
    windows = definition.settings("activation").get("windows")
    within = definition.activation.within if definition.activation else 0
    if windows and within % DAY == 0 and within // DAY not in windows:
        yield ("activation", "windows"), f"the windows leave out {as_text(within)}, the time that activation.within gives; add it"
