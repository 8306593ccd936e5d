"""The block of friction: what it refers to, and what changes its meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import parse

from .conftest import MINIMAL

BLOCK = "friction: {help: [asked, chatted], topics: {billing: [read_bills, read_prices]}, workflows: {invoicing: {refunds: money_back}}}\n"


def read(block: str) -> Definition:
    return parse((MINIMAL + block).encode(), Path("d.yaml")).definition


def test_every_rule_of_the_block_is_referred_to() -> None:
    assert {"asked", "chatted", "read_bills", "read_prices", "money_back"} <= {*read(BLOCK).rule_names()}


@pytest.mark.parametrize(
    ("old", "new"),
    [("[asked, chatted]", "[chatted, asked, asked]"), ("money_back}}", "[money_back]}}"), ("friction: {", "rules: {asked: {event: asked}}\nfriction: {"),
     ("[read_bills, read_prices]", "[read_prices, read_bills]")],
)  # fmt: skip
def test_the_same_meaning_has_the_same_letters(old: str, new: str) -> None:
    assert fingerprint(read(BLOCK.replace(old, new))) == fingerprint(read(BLOCK))


@pytest.mark.parametrize(
    ("old", "new"),
    [("help:", "dismissed:"), ("[asked, chatted]", "asked"), ("billing:", "bills:"), ("read_prices]", "read_terms]"), ("refunds:", "transactions:"),
     ("friction: {", "rules: {asked: {event: asked, where: {ok: yes}}}\nfriction: {")],
)  # fmt: skip
def test_another_meaning_has_other_letters(old: str, new: str) -> None:
    assert fingerprint(read(BLOCK.replace(old, new))) != fingerprint(read(BLOCK))
