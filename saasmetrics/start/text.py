"""Data in a YAML file: scalars that read back as they are, comments that stay comments."""

from __future__ import annotations

import re

from saasmetrics.definitions.tree import plain

PLAIN = re.compile(r"[A-Za-z_][\w./$*-]*( [\w./-]+)*", re.ASCII)
LONGEST = 150


def scalar(text: str) -> str:
    """Without quotes where the same text is read, else in double quotes."""
    if PLAIN.fullmatch(text) and plain(text) == text:
        return text
    return '"' + "".join(_escaped(char, '"\\') for char in text) + '"'


def flow(texts: list[str]) -> str:
    """One text, or a list of them."""
    return scalar(texts[0]) if len(texts) == 1 else f"[{', '.join(map(scalar, texts))}]"


def mapping(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f"{scalar(key)}: {scalar(value)}" for key, value in pairs.items()) + "}"


def remark(text: str) -> str:
    """What may stand behind `# `: on one line, nothing invisible."""
    shown = "".join(_escaped(char, "") for char in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _escaped(char: str, special: str) -> str:
    if char in special:
        return f"\\{char}"
    if char.isprintable() and (ord(char) < 0xFFFE or ord(char) > 0xFFFF):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
