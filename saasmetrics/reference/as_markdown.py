"""The pages as Markdown; the index is README.md, which repositories show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from saasmetrics.reference import Block, Grid, Heading, Listing, Page, Prose
from saasmetrics.reference.spans import spans

SPECIAL = re.compile(r"[\\*_<>|`\[\]]")


def markdown(pages: Sequence[Page]) -> Mapping[str, bytes]:
    """A file a page."""
    return {f"{_file(page.name)}.md": "\n\n".join([f"# {page.title}", *map(_block, page.blocks), ""]).encode() for page in pages}


def inline(text: str) -> str:
    """Everything but the marks means itself."""
    return "".join(_written(*span) for span in spans(text))


def _written(kind: str, text: str, page: str, anchor: str) -> str:
    if kind == "code":
        return "`" + text.replace("|", r"\|") + "`"
    plain = _escaped(text)
    if kind == "link":
        return f"[{plain}]({_file(page)}.md{f'#{anchor}' if anchor else ''})"
    return f"**{plain}**" if kind == "bold" else plain


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def _file(name: str) -> str:
    return "README" if name == "index" else name


def _block(block: Block) -> str:
    match block:
        case Heading(text, level, anchor):
            return (f'<a id="{anchor}"></a>\n\n' if anchor else "") + f"{'#' * level} {_escaped(text)}"
        case Prose(text):
            return inline(text)
        case Listing(text):
            return f"```\n{text}\n```"
        case Grid(header, rows):
            return "\n".join(_rows(header, rows))


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"| {' | '.join('---' for _ in header)} |"
    yield from (f"| {' | '.join(map(inline, row))} |" for row in rows)
