"""Four weeks of a trend tell as much as twelve, in a third of the time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from saasmetrics.report import weeks


@pytest.fixture(scope="session", autouse=True)
def short_trend() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weeks, "TREND", 4)
        yield
