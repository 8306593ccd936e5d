"""What is told of an account that the report names."""

from __future__ import annotations

import pytest

from saasmetrics.report.listed import ABOUT


@pytest.mark.parametrize(("users", "seats", "told"), [(3, 8, "3 of 8 paid seats"), (0, None, "0 of an unknown number of paid seats"), (None, 8, None), (None, None, None)])
def test_people_at_work_are_told_where_the_events_name_people(users: int | None, seats: int | None, told: str | None) -> None:
    (about,) = (tell for name, _, tell in ABOUT if name == "people at work")
    assert about({"active_users": users, "seats": seats}) == told
