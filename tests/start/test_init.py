"""A definition file from exports alone: it passes check, gives tables as it is, and marks every guess."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from worlds import tables

from saasmetrics.commands.init import MARK, init
from saasmetrics.definitions.read import read
from saasmetrics.definitions.tree import parse as yaml
from saasmetrics.facts._book import Book
from saasmetrics.lint import lint
from saasmetrics.messages import Refused
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.start.languages import plain
from saasmetrics.start.text import flow, remark, scalar
from saasmetrics.start.verbs import taken_apart

from .vendors import ACCOUNTS, EVENTS, iso, own, story, table, write

NAME = "saasmetrics.yml"


def begun(home: Path, *files: str, output: str = NAME, force: bool = False, timezone: str | None = None, separator: str | None = None, encoding: str | None = None, **columns: str | None) -> str:
    """The file that init writes; it has been read and linted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        init(files, output=output, force=force, timezone=timezone, separator=separator, encoding=encoding, quiet=True, **columns)
    loaded = read(home / output)
    assert [p for p in lint(loaded, date(2026, 11, 1)).problems if p.severity == "error"] == []
    return (home / output).read_text("utf-8")


def activated(home: Path) -> list[dict[str, Any]]:
    return tables(home / NAME, ["activation.accounts"], as_of=date(2026, 11, 1))["activation.accounts"].frame.to_dicts()


def put(home: Path, name: str, content: bytes) -> str:
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_bytes(content)
    return name


@pytest.mark.parametrize("vendor", EVENTS)
def test_each_vendor_gives_a_first_table_with_no_hand_edit(vendor: str, tmp_path: Path) -> None:
    text = begun(tmp_path, write(tmp_path, vendor).name)
    definition = read(tmp_path / NAME).definition
    assert (definition.sources.events.preset, definition.sources.events.mapping["account"]) == (vendor, ACCOUNTS[vendor])
    assert f"preset: {vendor}{'  '}{MARK}" in text
    invoice = definition.workflows["invoice"]
    assert invoice.entity is None
    assert (invoice.core, invoice.cadence) == (True, "week")
    assert [re.sub("[^a-z]", "", (ref or "").casefold()).removeprefix("comexample") for ref in (invoice.success, invoice.attempt, invoice.failure)] == ["invoiceposted", "invoicepostclicked", "invoicepostfailed"]
    assert [step.kind for step in definition.steps().values()] == ["setup", "entity", "workflow"]
    assert {row["account"]: row["activated_at"] is not None for row in activated(tmp_path)} == {"a": True, "b": False, "c": True}


def test_a_file_of_ones_own_is_guessed_by_names_and_every_guess_is_marked(tmp_path: Path) -> None:
    text = begun(tmp_path, put(tmp_path, "exports/log.csv", own()))
    events = read(tmp_path / NAME).definition.sources.events
    assert events.files == ("exports/log.csv",)
    assert {name: events.mapping[name] for name in ("account", "user", "event", "time")} == {"account": "account_id", "user": "user_id", "event": "event", "time": "created_at"}
    free = re.compile(r"\s*(#.*|\w+:|version: 1|product: .*|files: .*)?( +#.*)?$")
    assert [line for line in text.splitlines() if MARK not in line and not free.fullmatch(line) and not re.fullmatch(r"  \w+:", line)] == []


def test_columns_that_no_name_tells_are_guessed_by_content(tmp_path: Path) -> None:
    rows = [{"wessen": h.account, "wer": h.user, "was": h.event, "wann": iso(h.at), "land": "DE"} for h in story()]
    text = begun(tmp_path, put(tmp_path, "log.csv", table(*rows)), user="wer")
    events = read(tmp_path / NAME).definition.sources.events
    assert {name: events.mapping[name] for name in ("account", "event", "time")} == {"account": "wessen", "event": "was", "time": "wann"}
    assert "BY CONTENT ALONE" in text and "by content alone" in text and "as told" in text
    assert len(activated(tmp_path)) == 3


def test_columns_of_the_events_may_be_named_beside_other_files(tmp_path: Path) -> None:
    rows = [{"Kunde": h.account, "Aktion": h.event, "Zeitpunkt": iso(h.at)} for h in story()]
    put(tmp_path, "export/ereignisse.csv", table(*rows))
    put(tmp_path, "export/kunden.csv", b"Kunde,Tarif\nA,Basis\nB,Profi\n")
    begun(tmp_path, "export", event="Aktion", time="Zeitpunkt", account="Kunde")
    assert read(tmp_path / NAME).definition.sources.events.files == ("export/ereignisse.csv",)
    assert len(activated(tmp_path)) == 3


def test_what_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    rows = [{"user_id": h.user, "event": h.event, "time": iso(h.at)} for h in story()]
    name = put(tmp_path, "log.csv", table(*rows))
    with pytest.raises(Refused, match="no column for the account: say --account COLUMN. There are user_id, event, time"):
        begun(tmp_path, name)
    with pytest.raises(Refused, match="--account nope: there is no such column"):
        begun(tmp_path, name, account="nope")
    with pytest.raises(Refused, match="name them with --event, --time and --account COLUMN"):
        begun(tmp_path, put(tmp_path, "prices.csv", b"a,b\n1,2\n"))
    assert not (tmp_path / NAME).exists()


def test_what_nobody_does_is_no_work_of_people(tmp_path: Path) -> None:
    rows = [{"account_id": h.account, "user_id": user, "event": event, "time": iso(h.at)} for h in story() for user, event in ((h.user, "bill_paid"), ("", "import_finished"), ("", "import_started"))]
    text = begun(tmp_path, put(tmp_path, "log.csv", table(*rows)))
    assert list(read(tmp_path / NAME).definition.workflows) == ["bill"]
    assert f"#   import_finished ({len(story())} rows)" in text


def test_what_comes_after_the_first_work_is_no_step_towards_it(tmp_path: Path) -> None:
    rows = [{"account_id": a, "event": event, "time": f"2026-01-{day:02}T09:00:00Z"} for a in "abc" for event, day in (("bank_connected", 1), ("bill_paid", 2), ("team_created", 9))]
    begun(tmp_path, put(tmp_path, "log.csv", table(*rows)))
    assert list(read(tmp_path / NAME).definition.steps()) == ["bank_connected", "bill_paid"]


def test_a_pipe_cannot_be_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="what comes from a pipe cannot be named"):
        begun(tmp_path, "-")


def test_nothing_is_overwritten_unless_that_is_said(tmp_path: Path) -> None:
    name = put(tmp_path, "log.csv", own())
    (tmp_path / NAME).write_text("mine", "utf-8")
    with pytest.raises(Refused, match="is there already; --force overwrites it"):
        begun(tmp_path, name)
    assert (tmp_path / NAME).read_text("utf-8") == "mine"
    begun(tmp_path, name, force=True)


def test_files_elsewhere_are_named_from_where_the_definition_stands(tmp_path: Path) -> None:
    for part in (1, 2):
        put(tmp_path, f"data/p{part}.csv", own())
    put(tmp_path, "conf/x", b"")
    begun(tmp_path, "data", output="d.yml")
    assert read(tmp_path / "d.yml").definition.sources.events.files == ("data/*.csv",)
    begun(tmp_path, "data/p1.csv", output="conf/d.yml")
    assert read(tmp_path / "conf" / "d.yml").definition.sources.events.files == (str((tmp_path / "data" / "p1.csv").resolve()),)


def test_other_tables_are_taken_up_where_their_accounts_are_known(tmp_path: Path) -> None:
    put(tmp_path, "x/events.csv", own())
    put(tmp_path, "x/accounts.csv", table(*({"account_id": a, "created_at": "2026-09-01", "plan": p} for a, p in [("a", "pro"), ("b", "pro"), ("c", "test"), ("d", "pro"), ("e", "free"), ("f", "pro"), ("g", "free"), ("h", "free"), ("i", "test")])))
    put(tmp_path, "x/tickets.csv", table(*({"id": n, "organization_id": 9000 + n, "requester_id": n, "created_at": "2026-09-01T09:00:00Z", "solved_at": "", "status": "open", "priority": "low", "type": "bug"} for n in range(3))))
    put(tmp_path, "x/stripe.csv", table({"id": "s", "customer": "cus_1", "status": "active", "cancel_at_period_end": "false", "canceled_at": "", "start_date": 1767603600, "currency": "eur"}))
    text = begun(tmp_path, "x")
    definition = read(tmp_path / NAME).definition
    assert definition.sources.accounts and definition.sources.accounts.segments == ("plan",)
    assert [condition.value for condition in definition.internal.accounts] == [("test",)]
    assert definition.sources.tickets is None and "# x/tickets.csv looks like tickets, and is left out: none of its 3 accounts has an event" in text
    assert definition.sources.subscriptions is None and "prices are in cents" in text
    assert "c" not in {row["account"] for row in activated(tmp_path)}


def test_workflows_are_called_as_the_tickets_call_them(tmp_path: Path) -> None:
    put(tmp_path, "x/events.csv", own())
    heads = ("ticket_id", "account_id", "opened_at", "resolved_at", "workflow")
    put(tmp_path, "x/tickets.csv", table(*(dict(zip(heads, (f"t{n}", "ab"[n % 2], "2026-09-01T09:00:00Z", "", ("invoicing", "other")[n % 2]), strict=True)) for n in range(4))))
    assert "  invoicing:  # guess: as the tickets call it" in begun(tmp_path, "x")
    assert read(tmp_path / NAME).definition.star().workflow == "invoicing"


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([f"{1_788_771_600_000 + 86_400_000 * n}" for n in range(9)], "time: {unit: ms}"), ([f"{n + 7:02}.09.2026 09:00" for n in range(9)], "time: {format: \"%d.%m.%Y %H:%M\"}  # guess: such as"),
        ([f"09/{n + 1:02}/2026" for n in range(9)], "NO VALUE PROVES whether the day or the month stands first"), ([f"2026-09-0{n + 1} 09:00:00" for n in range(9)], "timezone: UTC  # guess: the times carry no zone"),
    ],
)  # fmt: skip
def test_how_times_are_written_is_guessed(times: list[str], said: str, tmp_path: Path) -> None:
    rows = [{"account_id": "ab"[n % 2], "user_id": f"u{n}", "event": "posted", "timestamp": at} for n, at in enumerate(times)]
    assert said in begun(tmp_path, put(tmp_path, "e.csv", table(*rows)), timezone=None)
    assert len(activated(tmp_path)) == 2


def test_separator_and_encoding_are_declared(tmp_path: Path) -> None:
    rows = "".join(f"Müller {n % 3};posted;2026-09-0{n + 1}T09:00:00Z\n" for n in range(9))
    text = begun(tmp_path, put(tmp_path, "e.csv", f"account_id;event;timestamp\n{rows}".encode("cp1252")))
    assert 'separator: ";"' in text and "encoding: cp1252" in text
    assert {row["account"] for row in activated(tmp_path)} == {"Müller 0", "Müller 1", "Müller 2"}


HOSTILE = (
    'quo"te posted', "apostrophe's posted", "line\nbreak posted", "a: b # c posted", "- posted", "{posted}", "[posted]", "&anchor posted", "*alias posted", "!tag posted", "| posted", "> posted", "%posted",
    "@posted", "`posted`", "=cmd|' /C calc'!A0 posted", "+posted", "null", "true", "no", "~", "404", "1.50", "2026-01-01", "x" * 5_000 + " posted", "\u202eposted", "\ufeffposted", "emoji 😀 posted",
    "select * from a where b posted", "../../etc posted", "${HOME} posted", "{{x}} posted", "__class__ posted", "\x07bell posted", "\x85 posted", "\u2028 posted", "ＦＵＬＬ posted", "  padded posted  ",
)  # fmt: skip


@pytest.mark.parametrize("format", ["csv", "ndjson"])
def test_hostile_names_of_events_and_columns_give_valid_files(format: str, tmp_path: Path) -> None:
    rows = [{"account_id": f"acc{n % 3}", "user_id": name, "event": name, "timestamp": iso(h.at), name[:80] + "_id": "x"} for n, (name, h) in enumerate(zip(HOSTILE, story(), strict=False))]
    keys = dict.fromkeys(key for row in rows for key in row)
    content = table(*({key: row.get(key, "") for key in keys} for row in rows)) if format == "csv" else "".join(json.dumps(row) + "\n" for row in rows).encode()
    text = begun(tmp_path, put(tmp_path, f"events, \"odd\" #1: [x] & 'y'.{format}", content))
    assert "=cmd" not in re.sub(r'#.*|".*?"', "", text)
    assert not any(ord(char) < 32 and char != "\n" or char in "\x7f\x85\u2028\u202e\ufeff" for char in text)
    assert len(activated(tmp_path)) == 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\0" not in text and text.isprintable() or len(text) > 3), min_size=1, max_size=8, unique=True))
def test_any_text_survives_as_a_scalar_and_none_escapes_from_a_remark(texts: list[str]) -> None:
    assume(texts[0] not in ("a", "b"))  # the keys beside it
    whole = f"a: {scalar(texts[0])}  # {remark(texts[-1])}\nb: {flow(texts)}\n{scalar(texts[0])}: 1\n"
    tree = yaml(whole.encode("utf-8", "surrogatepass"), "d.yml")
    assert tree.problems == []
    assert tree.data["a"] == texts[0]
    assert tree.data["b"] == (texts if len(texts) > 1 else texts[0])


def test_the_path_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not allowed"):
        begun(tmp_path, put(tmp_path, "${HOME}.csv", own()))


def test_the_rhythm_is_measured(tmp_path: Path) -> None:
    start = date(2026, 1, 5)
    steps = {"daily_posted": 1, "weekly_sent": 7, "monthly_closed": 30, "yearly_signed": 200}
    rows = [{"account_id": a, "user_id": a, "event": event, "timestamp": f"{start + timedelta(days=step * n)}T09:00:00Z"} for event, step in steps.items() for a in "abcd" for n in range(12 if step > 1 else 40)]
    begun(tmp_path, put(tmp_path, "e.csv", table(*rows)))
    assert {name: work.cadence for name, work in read(tmp_path / NAME).definition.workflows.items()} == {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "quarter"}


@pytest.mark.parametrize(
    ("name", "thing", "act"),
    [
        ("invoice_posted", "invoice", "finish"), ("Invoices Posted", "invoice", "finish"), ("postInvoice", "invoice", "finish"), ("invoice.post.failed", "invoice", "fail"), ("invoice_post_clicked", "invoice", "begin"),
        ("bank_connected", "bank", "setup"), ("taxes set up", "taxe", "setup"), ("user_invited", "user", "invite"), ("invited", "invite", "invite"), ("Invite Sent", "invite", "invite"), ("user_invite_accepted", "user", "invite"), ("invite_failed", "invite", "fail"), ("interview_invite_sent", "interview", "finish"), ("completed", "complete", "finish"), ("graded", "graded", "finish"), ("interview_invited", "interview", "make"), ("milestone_marked", "milestone", "finish"),
        ("posted", "post", "finish"), ("order_cancelled", "order", "none"), ("invoice_post_timed_out", "invoice", "fail"), ("Проведено", "Проведено", ""), ("feed", "feed", ""), ("facture_payée", "facture", "finish"), ("Devis refusé", "devis", "fail"),
    ],
)  # fmt: skip
def test_names_are_taken_apart(name: str, thing: str, act: str) -> None:
    (event,) = taken_apart([name])
    assert (event.thing, event.act) == (thing, act)


@pytest.mark.parametrize("name", ["login", "page_viewed", "Signed Up", "session_pinged", "com.example.logged_in"])
def test_being_there_and_signing_up_are_no_work(name: str) -> None:
    every = ["com.example.a", "com.example.b", name] if name.startswith("com") else [name]
    assert taken_apart(every)[-1].mere


def test_what_begins_all_names_says_nothing() -> None:
    assert [event.thing for event in taken_apart(["app.billing.invoice_sent", "app.billing.bill_paid", "app.billing.run_started"])] == ["invoice", "bill", "run"]


CHARTMOGUL = [
    {"date": f"2026-0{month}-15T00:00:00+00:00", "type": kind, "activity-mrr": after, "activity-mrr-movement": change, "activity-arr": 12 * after, "customer-external-id": account, "customer-uuid": "cus_1",
     "plan-external-id": "pro", "subscription-external-id": f"s-{account}", "currency": "EUR"}
    for month, kind, after, change, account in [(9, "new_biz", 10000, 10000, "a"), (9, "new_biz", 5000, 5000, "b"), ]
] + [{"date": "2026-10-05T00:00:00+00:00", "type": "contraction", "activity-mrr": 4000, "activity-mrr-movement": -6000, "activity-arr": 48000, "customer-external-id": "a", "customer-uuid": "cus_1",
      "plan-external-id": "pro", "subscription-external-id": "s-a", "currency": "EUR"}]  # fmt: skip
CHARGEBEE = [
    {"id": f"s-{account}", "customer_id": account, "status": "active", "currency_code": "EUR", "mrr": cents, "started_at": 1_788_771_600, "cancelled_at": "", "current_term_start": 1_788_771_600, "plan_id": "pro"}
    for account, cents in [("a", 4000), ("b", 5000)]
]  # fmt: skip
PAID = {"chartmogul": CHARTMOGUL, "chargebee": CHARGEBEE}


@pytest.mark.parametrize("vendor", PAID)
def test_amounts_in_cents_are_read_as_such(vendor: str, tmp_path: Path) -> None:
    put(tmp_path, "x/events.csv", own())
    put(tmp_path, f"x/{vendor}.csv", table(*PAID[vendor]))
    text = begun(tmp_path, "x")
    assert f"preset: {vendor}" in text and "minor_units: true" in text
    definition = read(tmp_path / NAME).definition
    spans = Book(definition, Reader(tmp_path, definition.timezone, Ledger()), date(2026, 11, 1), frozenset(["spans"])).get("spans").collect()
    paid = spans.filter(pl.col("end").is_null()).group_by("account").agg(pl.col("mrr").sum())
    assert sorted(paid.iter_rows()) == [("a", 400_000), ("b", 500_000)]


def german(home: Path, *, told: str = "Kundennummer") -> None:
    """What a German spreadsheet writes: other names, `;`, decimal commas, days first."""
    said = {
        "Page Viewed": "anmeldung", "Signed Up": "registriert", "Taxes Configured": "steuer_eingerichtet", "Customer Created": "kunde_angelegt",
        "Invoice Post Clicked": "rechnung_angefordert", "Invoice Posted": "rechnung_versendet", "Invoice Post Failed": "rechnung_fehlgeschlagen",
    }  # fmt: skip
    lines = [f"{told};Benutzer;Ereignis;Zeitpunkt;Betrag"]
    for at, h in enumerate(story()):
        lines.append(f"{h.account};{h.user};{said[h.event]};{h.at:%d.%m.%Y %H:%M:%S};{'1.290,50' if at % 2 else '12,5'}")
    (home / "ereignisse.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (home / "kunden.csv").write_text(f"{told};Angelegt am;Tarif\na;01.01.2026;Basis\nb;13.01.2026;Profi\nc;02.01.2026;Basis\n", "utf-8")
    (home / "verträge.csv").write_text(f'{told};Vertragsbeginn;Vertragsende;Monatsbetrag;Währung\na;01.01.2026;;"1.290,50";EUR\nc;15.01.2026;;99,90;EUR\n', "utf-8")


def test_a_german_export_is_read_by_its_names_and_its_commas(tmp_path: Path) -> None:
    german(tmp_path)
    text = begun(tmp_path, "*.csv", timezone="Europe/Berlin")
    definition = read(tmp_path / NAME).definition
    sources = definition.sources
    assert sources.accounts and sources.subscriptions
    assert {name: sources.events.mapping[name] for name in ("account", "user", "event", "time")} == {"account": "Kundennummer", "user": "Benutzer", "event": "Ereignis", "time": "Zeitpunkt"}
    assert (sources.accounts.mapping["created"], sources.subscriptions.mapping["start"], sources.subscriptions.mapping["mrr"]) == ("Angelegt am", "Vertragsbeginn", "Monatsbetrag")
    assert (sources.events.decimal, sources.accounts.decimal, sources.subscriptions.decimal) == (",", ".", ",")
    assert '    decimal: ","  # guess: as Monatsbetrag is written, such as 1.290,50\n' in text
    work = definition.workflows["rechnung"]
    assert (work.attempt, work.success, work.failure, work.value) == ("rechnung_angefordert", "rechnung_versendet", "rechnung_fehlgeschlagen", "Betrag")
    assert [step.kind for step in definition.steps().values()] == ["setup", "entity", "workflow"]
    assert definition.activity.logins == ("anmeldung",)
    mrr = tables(tmp_path / NAME, ["revenue.mrr"], as_of=date(2026, 2, 1))["revenue.mrr"].frame.to_dicts()
    assert str(mrr[-1]["mrr"]) == "1390.40"


def test_french_events_are_read_with_their_accents(tmp_path: Path) -> None:
    said = {
        "Page Viewed": "connexion", "Signed Up": "compte_créé", "Taxes Configured": "inscription_terminée", "Customer Created": "client_ajouté",
        "Invoice Post Clicked": "facture_créée", "Invoice Posted": "facture_envoyée", "Invoice Post Failed": "envoi_facture_échoué",
    }  # fmt: skip
    rows = [f"{h.account};{h.user};{said[h.event]};{h.at:%d/%m/%Y %H:%M:%S}" for h in story()]
    put(tmp_path, "évènements.csv", "\n".join(["société;utilisateur;évènement;horodatage", *rows]).encode("cp1252"))
    begun(tmp_path, "évènements.csv")
    definition = read(tmp_path / NAME).definition
    work = definition.workflows["facture"]
    assert (work.success, work.failure, work.tiers["basic"]) == ("facture_envoyée", "envoi_facture_échoué", ("facture_créée",))
    assert definition.activity.logins == ("connexion",)
    assert not {"compte_créé", "inscription_terminée"} & {step.rule for step in definition.steps().values()}


@pytest.mark.parametrize(("values", "decimal"), [
    (("1,290", "12,500"), "."), (("1,290", "12,5"), ","), (("1.290", "12.500"), "."), (("1.290,00", "7"), ","), (("1,290.00", "7,5"), "."), (("12.50", "7"), "."), (("-12,25", "1.234.567"), ","),
])  # fmt: skip
def test_commas_are_decimal_ones_only_where_a_value_proves_it(values: tuple[str, str], decimal: str, tmp_path: Path) -> None:
    german(tmp_path)
    lines = (tmp_path / "ereignisse.csv").read_text("utf-8").splitlines()
    rows = [f"{line.rpartition(';')[0]};{values[at % 2]}" for at, line in enumerate(lines[1:])]
    (tmp_path / "ereignisse.csv").write_text("\n".join([lines[0], *rows]) + "\n", "utf-8")
    begun(tmp_path, "ereignisse.csv")
    assert read(tmp_path / NAME).definition.sources.events.decimal == decimal


def test_who_is_told_of_the_events_is_called_the_same_in_other_files(tmp_path: Path) -> None:
    german(tmp_path, told="Bezug")
    begun(tmp_path, "*.csv", account="Bezug")
    sources = read(tmp_path / NAME).definition.sources
    assert sources.accounts and sources.subscriptions
    assert [source.mapping["account"] for source in (sources.events, sources.accounts, sources.subscriptions)] == ["Bezug"] * 3


@pytest.mark.parametrize(("name", "bare"), [("Gültig ab", "gueltigab"), ("Société", "societe"), ("Straße_Nr", "strassenr"), ("e-Mail", "email"), ("Gu\u0308ltig", "gueltig")])
def test_names_are_compared_without_signs_and_accents(name: str, bare: str) -> None:
    assert plain(name) == bare


def test_folders_of_a_day_each_are_named_so_that_the_next_day_is_among_them(tmp_path: Path) -> None:
    """As logs in a bucket are laid out."""
    header, *rows = own().splitlines(keepends=True)
    days = {day: [row for row in rows if day in row] for day in sorted({re.search(rb"2026-..-..", row).group() for row in rows})}  # type: ignore[union-attr]
    for day, told in days.items():
        put(tmp_path, f"logs/dt={day.decode()}/hour=09/a.csv", header + b"".join(told))
    begun(tmp_path, "logs")
    assert read(tmp_path / NAME).definition.sources.events.files == ("logs/*/*/*.csv",)
    assert {row["account"]: row["activated_at"] is not None for row in activated(tmp_path)} == {"a": True, "b": False, "c": True}

    put(tmp_path, "logs/later/2026-12-01.csv", header)
    begun(tmp_path, "logs", force=True)
    assert len(read(tmp_path / NAME).definition.sources.events.files) == len(days) + 1


def test_what_happens_in_no_account_is_not_proposed(tmp_path: Path) -> None:
    lone = b"".join(b",stranger,page_viewed,2026-09-%02dT09:00:00Z\n" % day for day in range(8, 20))
    put(tmp_path, "e.csv", b"".join(line for line in own().splitlines(keepends=True) if b"age" not in line) + lone)
    assert "page_viewed" not in begun(tmp_path, "e.csv")


def test_a_file_without_the_names_of_its_columns_begins_nothing(tmp_path: Path) -> None:
    rows = b"".join(b'u%d\tinvoice_%s\t2026-09-%02d 09:00:00\t{"account": "a%d"}\n' % (n % 6, (b"posted", b"drafted", b"sent")[n % 3], n % 28 + 1, n % 3) for n in range(60))
    put(tmp_path, "part-0.tsv", rows)
    with pytest.raises(Refused, match="is the line with the names missing"):
        begun(tmp_path, "part-0.tsv")
    assert not (tmp_path / NAME).exists()


def test_what_cannot_be_read_is_named_where_nothing_else_is_there(tmp_path: Path) -> None:
    put(tmp_path, "export.zip", b"PK\x03\x04rest")
    with pytest.raises(Refused, match=r"no export among these files; \./export\.zip: looks like a ZIP archive or an Excel workbook: unpack it"):
        begun(tmp_path, ".")
