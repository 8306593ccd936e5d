"""Time zones by their IANA name, the same on every machine."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

from saasmetrics.definitions.base import fail, shown
from saasmetrics.definitions.words import Name, spelt
from saasmetrics.messages import did_you_mean

LOCAL = ("localtime", "posixrules", "Factory")
LEAP_SECONDS = ("right/", "posix/")


def zone(value: str) -> str:
    """The name, when the zone exists and means the same everywhere."""
    try:
        if value in LOCAL or value.startswith(LEAP_SECONDS):
            raise ValueError(value)
        return ZoneInfo(value).key
    except (LookupError, ValueError, OSError):
        near = did_you_mean(value, sorted(available_timezones() - {*LOCAL}))
        raise fail("SM112", f"{shown(value)} is not a time zone{near or '; write one such as Europe/Berlin'}") from None


Zone = Annotated[Name, AfterValidator(zone), spelt("^(?!(right|posix)/|(localtime|posixrules|Factory)$)[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", "UTC", "Europe/Berlin", "America/New_York")]
