"""Events that say that somebody was there, not that anything was achieved."""

from __future__ import annotations

import re
import unicodedata

from saasmetrics.definitions.work import Rule

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|\*")
PRESENCE = re.compile(
    r"((user|account|app|admin|member) )?"
    r"(log(ged|s)? ?(in|on|out|off)|logins?|anmeldung|angemeldet|eingeloggt|connexion|connectee?|sign(ed|s)? ?(in|on|out)|login (success|succeeded|successful|completed)"
    r"|(sessions?|heartbeat|ping|keep ?alive|active|seen|idle|visit(ed)?)"
    r"( (start|started|begin|resumed|end|ended|sent|received))?|(page|screen)s?"
    r"|(application |app )?(open|opened|launched|foregrounded|backgrounded)|any( event)?|\*|autocapture)"
)
VIEW = re.compile(r"(^| )(page|screen|dashboard) ?(view|viewed|views|visit|visited|load|loaded)( |$)")
VIEWED = re.compile(r"(^| )(view|viewed|visited) .*(page|screen|dashboard)s?$")
CLICK = re.compile(r"(^| )(rage ?)?(click|clicked|clicks|tap|tapped|hover|hovered|scroll|scrolled)$")


def is_activity(event: str) -> bool:
    """Whether the name reads as a login, a page view, a heartbeat, a session or a click."""
    text = " ".join(words(event))
    return bool(PRESENCE.fullmatch(text) or any(kind.search(text) for kind in (VIEW, VIEWED, CLICK)))


def words(name: str) -> list[str]:
    """`invoicePosted`, `Invoice posted` and `invoice_posted` → [invoice, posted]; `facture_créée` → [facture, creee]."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(WORDS.findall(bare)).lower().split()


def activity_in(rule: Rule) -> list[str]:
    """The events of the rule that are mere activity."""
    return [event for event in rule.event if is_activity(event)]
