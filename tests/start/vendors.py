"""One small story in the shape of every vendor's export: what a reader of the real files would meet, written anew.

Three accounts invoice every week: a set their taxes up, b never did, c began last.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from saasmetrics.definitions.presets import named

START = datetime(2026, 9, 7, 9, 0, 0, 250_000, tzinfo=UTC)


class Happened(NamedTuple):
    """One event of the story."""

    account: str
    user: str
    event: str
    at: datetime
    id: str


def story() -> list[Happened]:
    """In order of time."""
    found = [(account, user, event, START + timedelta(days=day, minutes=minute)) for account, user, event, day, minute in _days()]
    return [Happened(*one, f"e-{at}") for at, one in enumerate(sorted(found, key=lambda one: one[3]))]


def _days() -> Iterator[tuple[str, str, str, int, int]]:
    for number, account in enumerate("abc"):
        first = 9 * number
        yield account, f"{account}-1", "Signed Up", first, 0
        if account != "b":
            yield account, f"{account}-1", "Taxes Configured", first, 30
        yield account, f"{account}-2", "Customer Created", first + 1, 0
        for week in range(7 - number):
            day = first + 2 + 7 * week
            yield account, f"{account}-2", "Invoice Post Clicked", day, 1
            yield account, f"{account}-2", "Invoice Post Failed" if week == 2 else "Invoice Posted", day, 2
            yield account, f"{account}-1", "Page Viewed", day, 3


def naive(at: datetime) -> str:
    """As Amplitude writes it: no T, no zone, UTC is meant."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def table(*records: dict[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def amplitude() -> bytes:
    return gzip.compress(lines(*(
        {"$insert_id": h.id, "amplitude_id": 900 + ord(h.user[0]), "app": 1, "device_id": f"d{n}", "event_type": h.event, "event_time": naive(h.at), "server_upload_time": naive(h.at + timedelta(seconds=9)),
         "user_id": h.user, "uuid": f"u-{n}", "groups": {"org id": [h.account]}, "event_properties": {"plan": "pro"}, "user_properties": {}, "group_properties": {}}
        for n, h in enumerate(story())
    )), mtime=0)  # fmt: skip


def mixpanel() -> bytes:
    return lines(*({"event": h.event, "properties": {"time": int(h.at.timestamp()), "distinct_id": h.user, "$insert_id": h.id, "company_id": [h.account], "mp_lib": "web"}} for h in story()))


def mixpanel_pipeline() -> bytes:
    return table(*(
        {"device_id": f"d{h.user}", "distinct_id": h.user, "event_name": h.event, "insert_id": h.id, "properties": json.dumps({"company_id": h.account, "plan": "pro"}),
         "time": naive(h.at)[:-7], "user_id": h.user}
        for h in story()
    ))  # fmt: skip


def posthog() -> bytes:
    rows = [(h.id, h.event, h.user, h.at, h.at + timedelta(seconds=5), json.dumps({"$groups": {"company": h.account}, "$lib": "web", "tags": ["x"]}), "{}", f"p-{h.user}") for h in story()]
    stamp = pl.Datetime("us", "UTC")
    schema = {"uuid": pl.String, "event": pl.String, "distinct_id": pl.String, "timestamp": stamp, "created_at": stamp, "properties": pl.String, "person_properties": pl.String, "person_id": pl.String}
    return parquet(pl.DataFrame(rows, schema, orient="row"))


def segment_tracks() -> bytes:
    return table(*(
        {"id": h.id, "anonymous_id": f"anon-{h.user}", "user_id": h.user, "event": h.event.lower().replace(" ", "_"), "event_text": h.event, "context_group_id": h.account,
         "timestamp": naive(h.at), "original_timestamp": naive(h.at), "sent_at": naive(h.at), "received_at": naive(h.at + timedelta(seconds=2))}
        for h in story()
    ))  # fmt: skip


def segment_s3() -> bytes:
    calls = [
        {"type": "track", "event": h.event, "messageId": h.id, "userId": h.user, "anonymousId": f"anon-{h.user}", "context": {"groupId": h.account, "library": {"name": "js"}},
         "properties": {"amount": 12.5}, "timestamp": iso(h.at), "originalTimestamp": iso(h.at), "receivedAt": iso(h.at), "sentAt": iso(h.at)}
        for h in story()
    ]  # fmt: skip
    page = {"type": "page", "messageId": "pg-1", "userId": "a-1", "name": "Home", "context": {"groupId": "a"}, "properties": {}, "timestamp": iso(START), "originalTimestamp": iso(START), "receivedAt": iso(START)}
    return gzip.compress(lines(*calls, page), mtime=0)


def snowplow() -> bytes:
    return table(*(
        {"app_id": "web", "event_id": h.id, "event_name": h.event.lower().replace(" ", "_"), "collector_tstamp": naive(h.at + timedelta(seconds=1))[:-3], "derived_tstamp": naive(h.at)[:-3],
         "load_tstamp": naive(h.at + timedelta(hours=1))[:-3], "user_id": h.user, "domain_userid": f"dom-{h.user}",
         "contexts_com_example_account_1": json.dumps([{"account_id": h.account, "plan": "pro"}])}
        for h in story()
    ))  # fmt: skip


def pendo() -> bytes:
    return table(*(
        {"account_id": h.account, "visitor_id": h.user, "feature_id": h.event, "timestamp": h.at.strftime("%Y-%m-%d %H:00:00"), "num_events": 2, "num_minutes": 1} for h in story()
    ))  # fmt: skip


def ga4() -> bytes:
    def params(**given: Any) -> list[dict[str, Any]]:
        return [{"key": key, "value": {"string_value": value if isinstance(value, str) else None, "int_value": value if isinstance(value, int) else None}} for key, value in given.items()]

    rows = [
        {"event_date": f"{h.at:%Y%m%d}", "event_timestamp": round(h.at.timestamp() * 1_000_000), "event_name": h.event.lower().replace(" ", "_"), "user_id": h.user, "user_pseudo_id": f"g.{h.user}",
         "event_params": params(page="x", ga_session_id=7), "user_properties": params(account_id=h.account)}
        for h in story()
    ]  # fmt: skip
    return parquet(pl.DataFrame(rows))


def cloudevents() -> bytes:
    return lines(*(
        {"specversion": "1.0", "id": h.id, "source": "/billing", "type": "com.example." + h.event.lower().replace(" ", "_"), "subject": h.user, "time": iso(h.at), "tenantid": h.account,
         "datacontenttype": "application/json", "data": {"amount": 3}}
        for h in story()
    ))  # fmt: skip


def own() -> bytes:
    """A product's own database: no vendor at all."""
    return table(*({"account_id": h.account, "user_id": h.user, "event": h.event, "created_at": iso(h.at)} for h in story()))


EVENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "amplitude": ("240333_2026-11-12_14#23.json.gz", amplitude), "mixpanel": ("mixpanel.ndjson", mixpanel), "mixpanel-pipeline": ("mp_master_event.csv", mixpanel_pipeline),
    "posthog": ("2026-09-01.parquet.zst", posthog), "segment-tracks": ("tracks.csv", segment_tracks), "segment-s3": ("1700000000.gz", segment_s3), "snowplow": ("atomic_events.csv", snowplow),
    "pendo": ("pendo_feature_events.csv", pendo), "ga4": ("events_20260907.parquet", ga4), "cloudevents": ("events.jsonl", cloudevents),
}  # fmt: skip
ACCOUNTS = {
    "amplitude": "groups.org id", "mixpanel": "properties.company_id", "mixpanel-pipeline": "properties.company_id", "posthog": "properties.$groups.company", "segment-tracks": "context_group_id",
    "segment-s3": "context.groupId", "snowplow": "contexts_com_example_account_1.account_id", "pendo": "account_id", "ga4": "user_properties.account_id.string_value", "cloudevents": "tenantid",
}  # fmt: skip


def write(home: Path, vendor: str) -> Path:
    """The sample of a vendor, under a name as that vendor gives."""
    name, made = EVENTS[vendor]
    path = home / name
    path.write_bytes(made())
    return path


def named_kind(vendor: str, column: str = "") -> str:
    """The title of a vendor's preset, or the column in which the sample keeps the account."""
    return ACCOUNTS[vendor] if column else named(vendor).title
