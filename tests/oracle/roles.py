"""engagement.roles and engagement.role_gaps: who does the work, and who does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from oracle.beats import people
from oracle.habits import role_of
from oracle.numbers import share
from oracle.role_gaps import role_gaps
from oracle.seats import interval, persons
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row


def roles(truth: Truth, accounts: Sequence[Account], days: int = 30) -> Rows:
    return [row for account in accounts for row in account_rows(truth, account, days)]


def called(truth: Truth, row: Row) -> str:
    return role_of(truth, row) or "unknown"


def account_rows(truth: Truth, account: Account, days: int) -> Rows:
    work = truth.successes(account.name, truth.definition.workflows)
    done = people(truth, [event for event in work if event.day >= truth.today - days])
    found = persons(truth, account)
    listed = [called(truth, one.row) for one in found if one.joined and not one.left]
    role = {user: called(truth, truth.people.get((account.name, user), {})) for user in done}
    active = Counter(role.values())
    parts = [n / len(done) for n in active.values()]
    evenness = None if not done else 0.0 if len(parts) == 1 else -sum(part * log(part) for part in parts) / log(len(parts))
    return [
        {
            "account": account.name, "role": name, "active": active[name], "people": listed.count(name), "user_share": share(active[name], len(done)),
            **interval(active[name], len(done)), "successes": sum(done[user] for user in done if role[user] == name),
            "success_share": share(sum(done[user] for user in done if role[user] == name), done.total()), "roles_active": len(active), "evenness": evenness,
            "account_successes": done.total(),
        } for name in sorted({*active, *(called(truth, one.row) for one in found)})
    ]  # fmt: skip


TABLES = {"engagement.roles": roles, "engagement.role_gaps": role_gaps}
