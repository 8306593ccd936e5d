"""One text in a small vocabulary → the SQL of a database. sqlglot is needed only here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from saasmetrics.engines._dialect import Dialect
from saasmetrics.messages import refuse

PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
HOOKS = {"SM_MICROS": "micros", "SM_CIVIL": "civil", "SM_TEXT": "text"}  # function of the small vocabulary → template


def rendered(core: str, dialect: Dialect) -> str:
    """The text for a database, laid out to be read."""
    glot = _sqlglot()
    tree = glot.parse_one(core)
    for node in reversed(list(tree.dfs())):  # what lies inside comes first
        spelt = _spelt(glot.exp, node, dialect)
        if spelt is not node:
            node.replace(spelt)
    return str(tree.sql(dialect=dialect.name, pretty=True))


def quoted(text: str) -> str:
    """A text as a literal of the small vocabulary."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A name exactly as the database spells it."""
    return '"' + name.replace('"', '""') + '"'


def _spelt(exp: Any, node: Any, dialect: Dialect) -> Any:
    """One node in the words of the database."""
    if isinstance(node, exp.Anonymous) and node.name in HOOKS:
        return _filled(getattr(dialect, HOOKS[node.name]), dialect, {"x": node.expressions[0]})
    if isinstance(node, exp.Div):
        return _filled(dialect.whole, dialect, {"x": node.this, "y": node.expression})
    if isinstance(node, exp.Sum) and not isinstance(node.this, exp.Cast):
        return exp.cast(node.copy(), "BIGINT")  # databases widen sums, each to a type of its own
    if isinstance(node, exp.Like) and dialect.escape and "\\" in node.expression.name:
        return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))
    if isinstance(node, exp.Identifier) and dialect.bare and PLAIN.fullmatch(node.name):
        return exp.to_identifier(node.name, quoted=False)
    return node


def _filled(template: str, dialect: Dialect, given: Mapping[str, Any]) -> Any:
    tree = _template(template, dialect.name).copy()
    exp = _sqlglot().exp
    return tree.transform(lambda node: given[node.name].copy() if isinstance(node, exp.Column) and node.name in given else node)


@cache
def _template(template: str, dialect: str) -> Any:
    return _sqlglot().parse_one(template, read=dialect)


def _sqlglot() -> Any:
    try:
        import sqlglot
    except ImportError:
        refuse("SM133", "SQL for a database is written by sqlglot, which is not installed: pip install 'saasmetrics[sql]'")
    return sqlglot
