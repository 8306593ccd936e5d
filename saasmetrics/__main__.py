"""`python -m saasmetrics`."""

from saasmetrics.cli import run

run()
