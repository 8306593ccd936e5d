"""Who was invited into an account: the users table without service users, colleagues and the founder."""

from __future__ import annotations

from dataclasses import dataclass

from oracle.truth import Account, Truth
from oracle.world import Row, instant


@dataclass(frozen=True)
class Invited:
    """One person who was invited before T."""

    user: str
    at: int
    joined: int | None
    left: int | None


def members(truth: Truth, account: str) -> list[tuple[str, Row]]:
    """The people of an account by the users table, the vendor's own left out."""
    found = [(user or "", row) for (name, user), row in truth.people.items() if name == account and user not in truth.colleagues]
    return sorted((user, row) for user, row in found if not truth.service(row))


def anybody(truth: Truth) -> bool:
    """Whether the users table holds anybody of an account that counts, as of T."""
    return any(name in truth.accounts and user not in truth.colleagues for name, user in truth.people)


def before(truth: Truth, text: str | None) -> int | None:
    """An instant before T; what comes later is not known yet."""
    time = instant(text)
    return time if time is not None and time < truth.now else None


def invitations(truth: Truth, account: Account) -> list[Invited]:
    """In order; the first person, when invited no later than the account was created, founded it."""
    found = []
    for user, row in members(truth, account.name):
        at = before(truth, row["invited"])
        if at is not None:
            found.append(Invited(user, at, before(truth, row["joined"]), before(truth, row["deactivated"])))
    found.sort(key=lambda one: (one.at, one.user))
    founded = bool(found) and account.row is not None and account.created is not None and found[0].at <= account.created
    return found[1:] if founded else found
