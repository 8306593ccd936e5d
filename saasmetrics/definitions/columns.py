"""What each source may hold: canonical column → its usual name in a file. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ConfigDict, Field, create_model
from pydantic_core import CoreSchema, core_schema

from saasmetrics.definitions.base import OfItsOwn
from saasmetrics.definitions.words import ColumnName


class Column(NamedTuple):
    """One canonical column: its name in the file unless declared, whether the source is useless without it, whether it holds amounts;
    and other names under which it is met, which may as well mean something else: told, and not taken."""

    default: str
    required: bool
    meaning: str
    amount: bool = False
    often: tuple[str, ...] = ()


INTERVALS = ("interval", "billing_interval", "billing_period", "billing_cycle", "billing_frequency", "recurring_interval", "plan_interval", "price_interval")
SPENDING = ("sales_and_marketing", "sales_&_marketing", "sales_marketing", "marketing_and_sales", "marketing")
STATES = ("status", "subscription_status", "subscription_state")
COLUMNS: dict[str, dict[str, Column]] = {
    "events": {
        "account": Column("account_id", True, "the customer account it happened in"),
        "user": Column("user_id", False, "who did it"),
        "time": Column("timestamp", True, "when it happened"),
        "event": Column("event", True, "what happened, by name"),
        "id": Column("event_id", False, "one text an event, so that retries count once"),
        "ingested": Column("ingested_at", False, "when the event arrived"),
    },
    "accounts": {
        "account": Column("account_id", True, "the account"),
        "created": Column("created_at", True, "when the account began"),
        "valid_from": Column("valid_from", False, "since when the row holds, where an account has several: its history"),
    },
    "users": {
        "account": Column("account_id", True, "the account the user belongs to"),
        "user": Column("user_id", True, "the user"),
        "role": Column("role", False, "what the user does there"),
        "team": Column("team", False, "the user's team or department"),
        "invited": Column("invited_at", False, "when the user was invited"),
        "joined": Column("joined_at", False, "when the user accepted"),
        "email": Column("email", False, "to leave out colleagues and tests; never printed"),
        "kind": Column("kind", False, "human, service or bot"),
        "deactivated": Column("deactivated_at", False, "when the user left"),
        "valid_from": Column("valid_from", False, "since when the row holds, where a user of an account has several: the history of the role and the team"),
    },
    "subscriptions": {
        "account": Column("account_id", True, "the account that pays"),
        "start": Column("start_date", True, "first day"),
        "end": Column("end_date", False, "first day no longer covered (with covers_end: true the last one that is); empty, or 9999-12-31, means open"),
        "mrr": Column("mrr", True, "what it brings a month", True),
        "currency": Column("currency", False, "of the amount"),
        "seats": Column("seats", False, "seats paid for", True),
        "plan": Column("plan", False, "the plan's name"),
        "renews": Column("renewal_date", False, "the next renewal"),
        "subscription": Column("subscription_id", False, "one text a subscription"),
        "cancelled": Column("cancelled_at", False, "when it was cancelled"),
        "kind": Column("subscription_kind", False, "recurring, usage, module, trial, on_hold, past_due or one_time, or a state such as active, trialing, paused, unpaid, canceled; empty means recurring", often=STATES),
        "interval": Column("amount_interval", False, "what the amount is for: month, quarter, half-year, year or a number of months; empty means a month", often=INTERVALS),
        "term": Column("contract_term", False, "how long a term is, in the same words; empty means as long as the interval"),
        "discount": Column("mrr_discount", False, "taken off the amount, for the same interval", True),
        "churned": Column("churn_flag", False, "whether the account is said to have left: held against the dates, which decide"),
    },
    "rates": {
        "currency": Column("currency", True, "the foreign currency"),
        "from": Column("valid_from", True, "the first day on which the rate holds"),
        "rate": Column("rate", True, "what one unit of it is worth in revenue.currency", True),
    },
    "tickets": {
        "account": Column("account_id", True, "the account that asked"),
        "ticket": Column("ticket_id", False, "one text a ticket"),
        "opened": Column("opened_at", True, "when it was opened"),
        "resolved": Column("resolved_at", False, "when it was solved, for the last time; empty means open"),
        "reopened": Column("reopened_at", False, "when it was last opened again; later than solved means open"),
        "workflow": Column("workflow", False, "the workflow it is about"),
        "category": Column("category", False, "what kind of trouble"),
        "blocking": Column("blocking", False, "whether work stood still"),
    },
    "merges": {
        "from": Column("from", True, "the account that is gone"),
        "to": Column("to", True, "the account it became part of"),
        "effective": Column("effective", False, "when; empty means ever since"),
    },
    "incidents": {
        "incident": Column("incident_id", False, "one text an incident; one that hit several workflows has a row for each"),
        "start": Column("started_at", True, "when it began"),
        "end": Column("ended_at", False, "when it was over; empty means still going on"),
        "workflow": Column("workflow", False, "the workflow that suffered; empty means all of them"),
        "severity": Column("severity", False, "how bad it was"),
    },
    "limits": {
        "plan": Column("plan", True, "the plan"),
        "meter": Column("meter", True, "what is limited: seats, a workflow (its successes), or a name under rules"),
        "limit": Column("limit", True, "how much the plan allows: a whole number, or unlimited; empty means unknown", True),
        "kind": Column("kind", False, "stock: what there is at one time; flow: what is used up; left out, seats are a stock, other meters a flow"),
        "per": Column("per", False, "day, week, month or quarter, after which a flow begins again at 0; left out, the month"),
        "valid_from": Column("valid_from", False, "since when the row holds, where a limit has several: its history"),
    },
    "costs": {
        "month": Column("month", True, "the month, as 2026-01 or any day in it"),
        "sales_and_marketing": Column("spend", False, "spent to win customers", True, SPENDING),
        "cogs": Column("cogs", False, "spent to serve customers", True),
        "currency": Column("currency", False, "of the amounts"),
    },
}


@dataclass(frozen=True)
class ColumnsOf:
    """A `columns:` block: only the canonical names of this source; kept is what the file declares."""

    source: str

    def __get_pydantic_core_schema__(self, _source: Any, handler: Any) -> CoreSchema:
        name = core_schema.typed_dict_field(handler.generate_schema(ColumnName), required=False)
        return core_schema.typed_dict_schema(dict.fromkeys(COLUMNS[self.source], name), extra_behavior="forbid")

    def __get_pydantic_json_schema__(self, _schema: Any, handler: Any) -> Any:
        known: dict[str, Any] = {
            name: (ColumnName, Field(default=column.default, description=column.meaning))
            for name, column in COLUMNS[self.source].items()
        }
        model = create_model(f"{self.source.title()}Columns", __config__=ConfigDict(extra="forbid", title=f"{self.source} columns"), **known)
        return OfItsOwn(model).__get_pydantic_json_schema__(None, handler)
