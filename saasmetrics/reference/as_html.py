"""The pages as HTML, in the style of the tables' own: no script, no request; light and dark; prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from saasmetrics import __version__
from saasmetrics.reference import Page
from saasmetrics.reference.spans import spans

STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
TAGS = {"code": "<code>{}</code>", "bold": "<strong>{}</strong>"}


def html(pages: Sequence[Page]) -> Mapping[str, bytes]:
    """A file a page, each with the way to all others."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"inline": inline, "kind": lambda block: type(block).__name__}
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    found = STYLE.search(files("saasmetrics.outputs").joinpath("page.html.j2").read_text("utf-8"))
    assert found
    given = {"pages": pages, "style": Markup(found.group()), "version": __version__}
    return {f"{page.name}.html": template.render(page=page, **given).encode() for page in pages}


def inline(text: str) -> Markup:
    """Everything but the marks means itself."""
    parts = []
    for kind, told, page, anchor in spans(text):
        if kind == "link":
            parts.append(Markup('<a href="{}.html{}">{}</a>').format(page, f"#{anchor}" if anchor else "", told))
        else:
            parts.append(Markup(TAGS[kind]).format(told) if kind in TAGS else escape(told))
    return Markup("").join(parts)
