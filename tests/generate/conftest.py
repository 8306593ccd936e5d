"""One data set to look at, and a small one to compare with."""

from __future__ import annotations

from pathlib import Path

import pytest

from generate.data import SMALL, Data, generate


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(generate(tmp_path_factory.mktemp("data"), "--accounts", "130", "--format", "csv"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("small"), *SMALL, "--format", "csv")
