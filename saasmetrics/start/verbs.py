"""What the name of an event says: which thing, and whether work on it begins, is made, ends or fails. Guesses by English, German and French words, without their accents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix

from saasmetrics.definitions.activity import is_activity, words
from saasmetrics.rules.signup_as_value import SIGNED

ACTS = {
    "fail": "fail failed failure error errored rejected declined denied crashed bounced aborted timeout unsuccessful "
    "fehlgeschlagen abgelehnt abgebrochen gescheitert "
    "echoue echouee echec refuse refusee rejete rejetee",
    "begin": "click clicked start started begin begun request requested attempt attempted initiate initiated try tried tap tapped press pressed open opened queued schedule scheduled submit submitted "
    "begonnen gestartet geklickt angefordert eingereicht "
    "commence commencee demarre demarree clique demande demandee soumis soumise",
    "finish": "post posted complete completed completion finish finished pay paid send sent approve approved publish published deliver delivered resolve resolved close closed sign signed "
    "export exported generate generated reconcile reconciled reimburse reimbursed hire hired accept accepted process processed deploy deployed execute executed ship shipped "
    "succeed succeeded success confirm confirmed fulfill fulfilled merge merged issue issued book booked release released pass passed transfer transferred "
    "gebucht bezahlt versendet versandt gesendet abgeschlossen genehmigt freigegeben fertiggestellt geliefert exportiert unterschrieben "
    "envoi envoye envoyee paye payee paiement termine terminee valide validee approuve approuvee publie publiee signe signee exporte exportee cloture cloturee finalise finalisee",
    "make": "create created draft drafted add added capture captured upload uploaded record recorded enter entered edit edited update updated prepare prepared write written save saved import imported assign assigned "
    "erstellt angelegt erfasst entworfen hochgeladen bearbeitet gespeichert importiert zugewiesen "
    "cree creee ajoute ajoutee modifie modifiee enregistre enregistree importe importee redige redigee",
    "setup": "configure configured setup connect connected enable enabled install installed integrate integrated activate activated eingerichtet verbunden konfiguriert aktiviert",
    "invite": "invite invited eingeladen",
    "none": "cancel cancelled canceled delete deleted remove removed archive archived discard discarded dispute disputed return returned reopened revert reverted change changed move moved dismiss dismissed retry retried load loaded call called arrive arrived answer answered storniert entfernt archiviert verschoben",
    "use": "use used apply applied sync synced view viewed search searched share shared download downloaded genutzt verwendet angesehen gesucht geteilt heruntergeladen",
}  # fmt: skip
VERBS = {verb: act for act, verbs in reversed(ACTS.items()) for verb in verbs.split()}
TOGETHER = {"set up": "setup", "timed out": "timeout", "time out": "timeout"}
PAST = re.compile(r"[a-z]{3,}[^e]ed$")  # a word in -ed that is not listed ends some work
PEOPLE = {"", "user", "member", "teammate", "colleague", "person", "people", "team", "seat", "benutzer", "nutzer", "mitarbeiter"}
LOGIN = re.compile(r"\b(log ?(ged )?(in|on)|sign(ed)? ?(in|on)|logins?|anmeldung|angemeldet|eingeloggt|connexion|connectee?)\b")
IRREGULAR = {"paid": "pay", "sent": "send", "begun": "begin", "written": "write", "ran": "run", "signed": "sign", "tried": "try"}


@dataclass(frozen=True)
class Event:
    """One name, taken apart; `thing` is empty when the name is only a verb."""

    name: str
    thing: str
    act: str
    stems: frozenset[str]
    said: tuple[str, ...] = ()  # its words, without those that all names begin with
    sure: bool = True  # whether the verb is one of those listed

    @property
    def mere(self) -> bool:
        """Whether it only says that somebody was there, or signed up."""
        text = " ".join(self.said)
        return self.said[0] == "session" or is_activity(self.name) or is_activity(text) or is_activity(" ".join(self.said[-2:])) or text in SIGNED

    @property
    def login(self) -> bool:
        return bool(LOGIN.search(" ".join(self.said)))

    @property
    def label(self) -> str:
        """What it is called in a definition."""
        return "_".join(self.said)


def taken_apart(names: Iterable[str]) -> list[Event]:
    """Every name without the words with which all of them begin."""
    split = {name: words(name) for name in names}
    shared = commonprefix(list(split.values())) if len(split) > 2 else []
    return [_event(name, parts[len(shared) :] or parts) for name, parts in split.items()]


def _event(name: str, said: list[str]) -> Event:
    parts = said = said or [name]
    if " ".join(parts[-2:]) in TOGETHER:
        parts = [*parts[:-2], TOGETHER[" ".join(parts[-2:])]]
    acts = [act for part in parts if (act := _act(part, part is parts[-1]))]
    act = next((act for act in ("fail", "begin") if act in acts), acts[-1] if acts else "")
    verbs = [part for part in parts if _act(part, part is parts[-1])]
    thing = [part for part in parts if part not in verbs]
    if "invite" in acts and act != "fail":  # "invite sent", too: colleagues are no work of the product
        act = "invite" if " ".join(map(single, thing)) in PEOPLE else "make" if act == "invite" else act
    thing = thing or [listed(verb) for verb in verbs[:1]]
    return Event(name, " ".join([*thing[:-1], single(thing[-1])]) if thing else "", act, frozenset(map(stem, verbs)), tuple(said), all(verb in VERBS for verb in verbs))


def _act(word: str, last: bool) -> str:
    return VERBS.get(word) or ("finish" if last and PAST.search(word) else "")


@cache
def stem(verb: str) -> str:
    """posted → post, reconciled → reconcil, clicked → click"""
    plain = IRREGULAR.get(verb, verb)
    return re.sub(r"(ed|ion|e|s)$", "", plain) if len(plain) > 4 else plain


@cache
def listed(verb: str) -> str:
    """invited → invite: the shortest form of those listed, which is a word, as a stem need not be"""
    return min((word for word in VERBS if stem(word) == stem(verb)), key=len, default=verb)


def single(noun: str) -> str:
    """invoices → invoice"""
    return noun[:-1] if len(noun) > 3 and noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def reads_as_events(names: Iterable[str]) -> bool:
    """Whether most of these texts hold a verb that is listed."""
    found = [any(word in VERBS for word in words(name)) for name in names]
    return bool(found) and 2 * sum(found) > len(found)
