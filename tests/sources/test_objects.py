"""Objects in a store that speaks S3, small enough to stand here: listed, copied, read as files; untouched unless that is allowed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
ROWS = {"account_id": ["a", "b"], "timestamp": ["2025-01-05T10:00:00Z", "2025-01-06T10:00:00Z"], "event": ["posted", "posted"]}
LISTED = '<?xml version="1.0"?><ListBucketResult><Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{}</ListBucketResult>'


class Store(BaseHTTPRequestHandler):
    """Lists and gives what is in `objects`; remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        told, self.path = urlsplit(self.path), unquote(urlsplit(self.path).path)
        self.asked.append(self.path)
        key, query = self.path.lstrip("/").partition("/")[2], parse_qs(told.query)
        if "list-type" in query:
            prefix = query.get("prefix", [""])[0]
            found = [f"<Contents><Key>{key}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><Size>{len(data)}</Size></Contents>"
                     for key, data in self.objects.items() if key.startswith(prefix)]  # fmt: skip
            self._answer(200, LISTED.format(prefix, len(found), "".join(found)).encode())
        elif key in self.objects:
            low, high = (int(edge) for edge in self.headers.get("Range", f"bytes=0-{2**40}").partition("=")[2].split("-"))
            self._answer(206 if "Range" in self.headers else 200, self.objects[key][low : high + 1])
        else:
            self._answer(404, b"")

    do_HEAD = do_GET

    def _answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    pl.DataFrame(ROWS).with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC")).write_parquet(tmp_path / "p.parquet")
    parquet, csv = (tmp_path / "p.parquet").read_bytes(), pl.DataFrame(ROWS).write_csv().encode()
    Store.objects = {
        "events/2025/01.parquet": parquet, "events/2025/02.parquet": parquet, "events/2025/_SUCCESS.parquet": b"x", "events/empty.parquet": b"",
        "events/other.txt": b"x", "elsewhere/03.parquet": parquet, "lists/events.csv": csv,
    }  # fmt: skip
    Store.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def run(folder: Path, endpoint: str, files: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "d.yaml").write_text(f"version: 1\ntimezone: UTC\nsources: {{events: {{files: {files}}}}}\nworkflows: {{work: {{success: posted, core: true}}}}\n")
    return spawned(endpoint, "engagement", "active-accounts", "-c", str(folder / "d.yaml"), "-f", "json", *options)


def spawned(endpoint: str, *argv: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "me",
        "AWS_SECRET_ACCESS_KEY": "s3cret-word", "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    return subprocess.run([sys.executable, "-m", "saasmetrics", *argv], env=env, capture_output=True, text=True)


def test_objects_are_read_as_files(endpoint: str, tmp_path: Path) -> None:
    done = run(tmp_path, endpoint, "s3://bucket/events/**/*.parquet", "--allow-remote")
    assert done.returncode == 0, done.stderr
    inputs = json.loads(done.stdout)["meta"]["inputs"]
    assert [one["path"] for one in inputs] == ["s3://bucket/events/2025/01.parquet", "s3://bucket/events/2025/02.parquet"]
    assert {one["sha256"] for one in inputs} == {hashlib.sha256(Store.objects["events/2025/01.parquet"]).hexdigest()}
    assert "s3://bucket/events/2025/_SUCCESS.parquet: SM322 skipped: hidden or bookkeeping file" in done.stderr
    assert "s3://bucket/events/empty.parquet: SM321 skipped: empty" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    (tmp_path / "local").mkdir()
    for name in ("01", "02"):
        (tmp_path / "local" / f"{name}.parquet").write_bytes(Store.objects["events/2025/01.parquet"])
    local = run(tmp_path, endpoint, "local/*.parquet")
    assert json.loads(local.stdout)["data"] == json.loads(done.stdout)["data"]


def test_one_object_of_another_format(endpoint: str, tmp_path: Path) -> None:
    done = run(tmp_path, endpoint, "s3://bucket/lists/events.csv", "--allow-remote")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["meta"]["ledger"][0]["rows_read"] == 2


def test_nothing_is_followed_unless_that_is_allowed(endpoint: str, tmp_path: Path) -> None:
    done = run(tmp_path, endpoint, "s3://bucket/events/*.parquet")
    assert (done.returncode, "remote paths" in done.stderr) == (2, True)
    looked = spawned(endpoint, "inspect", "s3://bucket/lists/events.csv")
    assert (looked.returncode, "s3://bucket/lists/events.csv: SM301 no such file" in looked.stderr) == (3, True)
    assert Store.asked == []


@pytest.mark.parametrize(("files", "status", "message"), [
    ("s3://bucket/events/nothing*.parquet", 3, "SM301 no file matches 's3://bucket/events/nothing*.parquet'"),
    ("s3://bucket/lists/nothing.csv", 3, "s3://bucket/lists/nothing.csv: SM30"),
    ("s3://me:s3cret-word@bucket/lists/events.csv", 2, "SM114"),
    ("https://example.invalid/events.csv", 2, "SM114 addresses that are followed begin with s3://, gs://"),
])  # fmt: skip
def test_what_cannot_be_followed(endpoint: str, tmp_path: Path, files: str, status: int, message: str) -> None:
    done = run(tmp_path, endpoint, files, "--allow-remote")
    assert message in done.stderr
    assert done.returncode == status
    assert "s3cret" not in done.stdout + done.stderr
