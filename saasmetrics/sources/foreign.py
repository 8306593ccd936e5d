"""What a file is that is none of the formats read here, by how it begins."""

from __future__ import annotations

UNPACK, EXPORT = "unpack it, or save it as CSV", "export Parquet, CSV or JSON lines"
FOREIGN = {
    **dict.fromkeys((b"\x1f\x8b\x08\0", b"\x1f\x8b\x08\x08"), f"gzip data within gzip data: {UNPACK}"), b"ARROW1": f"an Arrow file: {UNPACK}",
    b"PK\x03\x04": f"a ZIP archive or an Excel workbook: {UNPACK}", b"\xd0\xcf\x11\xe0": f"an old Excel workbook: {UNPACK}",
    b"\xfd7zXZ": f"an xz archive: {UNPACK}", b"7z\xbc\xaf": f"a 7z archive: {UNPACK}", b"%PDF": "a PDF: save the table as CSV",
    b"Obj\x01": f"Avro: {EXPORT}", b"ORC": f"ORC: {EXPORT}", b"SQLite format 3": "an SQLite database: export its tables as CSV",
}  # fmt: skip


def foreign(start: bytes) -> str | None:
    """What a file is that begins so, where it is none of the formats read here, and what to do about it."""
    if start[257:262] == b"ustar":
        return f"a tar archive: {UNPACK}"
    return next((what for magic, what in FOREIGN.items() if start.startswith(magic)), None)
