"""The reference holds everything that `explain` knows, and its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import BaseModel

from saasmetrics import catalog
from saasmetrics.commands.explain import explain
from saasmetrics.definitions.churn_risk import RiskSignals
from saasmetrics.definitions.expansion import GrowthSignals
from saasmetrics.definitions.health import HealthSignals
from saasmetrics.definitions.schema import schema
from saasmetrics.messages import CODES, Refused
from saasmetrics.options import COMMANDS
from saasmetrics.reference import as_html, as_markdown
from saasmetrics.reference.judged import judged
from saasmetrics.reference.pages import pages

ROOT = Path(__file__).parent.parent.parent


class Read(HTMLParser):
    """Anchors, links and tags of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        told = dict(attrs)
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if "href" in told else []


@pytest.fixture(scope="module")
def html() -> Mapping[str, str]:
    return {name: data.decode() for name, data in as_html.html(pages()).items()}


@pytest.fixture(scope="module")
def markdown() -> Mapping[str, str]:
    return {name: data.decode() for name, data in as_markdown.markdown(pages()).items()}


def test_every_link_of_the_site_leads_somewhere(html: Mapping[str, str]) -> None:
    read = {name: Read(text) for name, text in html.items()}
    broken = [(name, link) for name, page in read.items() for link in page.links if not _leads(link, {other: told.ids for other, told in read.items()})]
    assert broken == [] and sum(len(page.links) for page in read.values()) > 600


def test_every_link_of_the_markdown_leads_somewhere(markdown: Mapping[str, str]) -> None:
    ids = {name: re.findall(r'<a id="([^"]+)"></a>', text) for name, text in markdown.items()}
    links = [(name, link) for name, text in markdown.items() for link in re.findall(r"(?<!\\)\]\(([^)]+)\)", text)]
    assert [one for one in links if not _leads(one[1], ids)] == [] and len(links) > 400


def _leads(link: str, ids: Mapping[str, list[str]]) -> bool:
    page, _, anchor = link.partition("#")
    return page in ids and (not anchor or anchor in ids[page])


def test_anchors_are_unique_and_nothing_is_run_or_fetched(html: Mapping[str, str]) -> None:
    for text in html.values():
        page = Read(text)
        assert len(page.ids) == len(set(page.ids))
        assert not page.tags & {"script", "img", "link", "iframe"} and "http" not in " ".join(page.links)


def test_every_table_rule_message_key_and_command_is_there(html: Mapping[str, str]) -> None:
    ids = {name: Read(text).ids for name, text in html.items()}
    for room in catalog.rooms().values():
        assert room.name in ids[f"{room.folder}.html"]
        assert all(f"<code>{column.name}</code>" in html[f"{room.folder}.html"] for column in room.columns)
    assert set(catalog.checks()) <= set(ids["rules.html"]) and set(CODES) <= set(ids["messages.html"])
    told = schema()
    blocks = [told, *(block for block in told["definitions"].values() if "properties" in block)]
    assert all(f"<code>{key}</code>" in html["definition.html"] for block in blocks for key in block["properties"])
    assert all(f"<code>saasmetrics {name}</code>" in html["index.html"] for name in COMMANDS)


@pytest.mark.parametrize(("text", "shown", "marked"), [
    ("a < b & `c<d`", "a &lt; b &amp; <code>c&lt;d</code>", "a \\< b & `c<d`"),
    ("see activation.rate, e.g. now", 'see <a href="activation.html#rate">activation.rate</a>, e.g. now', "see [activation.rate](activation.md#rate), e.g. now"),
    ("SM604 and SM305", '<a href="rules.html#SM604">SM604</a> and <a href="messages.html#SM305">SM305</a>', "[SM604](rules.md#SM604) and [SM305](messages.md#SM305)"),
    ("**so** [there](index)", '<strong>so</strong> <a href="index.html">there</a>', "**so** [there](README.md)"),
    ("a_b|c", "a_b|c", "a\\_b\\|c"), ("", "", ""),
])  # fmt: skip
def test_text_means_itself_but_for_its_marks(text: str, shown: str, marked: str) -> None:
    assert (str(as_html.inline(text)), as_markdown.inline(text)) == (shown, marked)


def test_tables_of_markdown_have_the_same_cells_in_every_row(markdown: Mapping[str, str]) -> None:
    for text in markdown.values():
        for block in re.findall(r"(?:^\|.*\n)+", re.sub(r"(?s)```.*?```", "", text), re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block[:200]


def test_it_is_written_as_a_whole_into_a_folder(tmp_path: Path) -> None:
    explain(None, False, None, str(tmp_path / "site"))
    assert {path.name for path in (tmp_path / "site").glob("*.html")} == {f"{page.name}.html" for page in pages()}


@pytest.mark.parametrize(("name", "format", "output"), [(None, "html", None), ("activation.rate", None, "site"), (None, "json", "site")])
def test_it_is_all_or_nothing(name: str | None, format: str | None, output: str | None) -> None:
    with pytest.raises(Refused, match="SM130 the whole reference is written as pages"):
        explain(name, False, format, output)


def test_it_loads_no_dataframes(tmp_path: Path) -> None:
    code = f"import sys; from saasmetrics.commands.explain import explain; explain(None, False, 'md', {str(tmp_path / 'md')!r}); sys.exit(7 if 'polars' in sys.modules else 0)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


@pytest.mark.parametrize(("table", "parts"), [("churn_risk.signals", RiskSignals), ("expansion.accounts", GrowthSignals), ("health.accounts", HealthSignals)])
def test_each_part_of_a_score_says_how_it_is_judged_by_its_own_settings(table: str, parts: type[BaseModel], markdown: Mapping[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    rules = judged(catalog.rooms()[table])
    assert [*rules] == [*parts.model_fields]
    for name, rule in rules.items():
        own = parts.model_fields[name].annotation
        assert own is not None and {*re.findall(r"`(\w+)`", rule)} <= {*own.model_fields}, name
    explain(table, False, None, None)
    shown = capfd.readouterr().out
    assert all(f"{name} " in shown and rule in shown and f"`{name}`" in "".join(markdown.values()) for name, rule in rules.items())
