"""A run over what was imported: the same as in memory, kept whole, replaced whole."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from recon_app import registry
from recon_app.models.case import Case, Kind, State
from recon_app.models.money import Money
from recon_app.models.problem import Cancelled, UsageError
from recon_app.models.record import RecordType
from recon_app.reconciliations._asks import REASONS
from recon_app.reconciliations._orders_money import CLASSES
from recon_app.reconciliations._orders_records import RANKS
from recon_app.reconciliations._products_policy import FINDINGS
from recon_app.services import cases, states
from recon_app.services import summary as figures
from recon_app.services.run import answers, keep_answer, keep_answers, read_inputs, reconciliation, run
from recon_app.store import results
from recon_app.store.records import read_columns
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put


def mixed() -> Books:
    """A few orders of two months, one of each kind of trouble."""
    books = Books()
    for place, day in enumerate(("2026-09-28", "2026-10-05", "2026-10-31")):
        books.line(f"#{place}", "10.00", "0.50", day=day, grp=f"90000{place}0", due=day)
        books.payment(f"#{place}", "10.00", day=day)
        books.payout("9.50", ident=f"90000{place}0", day=day)
        books.bank("9.50", f"SHOPIFY 90000{place}0", day=day)
        books.order(f"#{place}", "10.00", day=day)
        books.transaction(f"#{place}", "10.00", day=day)
    books.line("#20", "7.00", grp="9000010", due="2026-10-05")
    books.payment("#30", "8.00")
    books.line("#40", "5.00", currency="USD", grp="9000040")
    books.payment("#40", "4.00", currency="USD")
    return books


def test_what_is_kept_is_what_was_found(shelf: Workspace, put: Put) -> None:
    books = mixed()
    put(books)
    report = run(shelf, "settlements")
    plain = books.settle().result.cases
    assert report.counts == dict(Counter(plain["kind"]))
    listed = list(cases.iterate(shelf, "settlements"))
    assert len(listed) == len(plain)
    assert Counter((str(case.kind), case.cause or "") for case in listed) == Counter(
        zip(plain["kind"], plain["cause"], strict=True)
    )
    assert report.proposals["journal.Shopify Payments"] == "shopify_payments"
    assert report.changes.runs


def test_a_second_run_replaces_the_first_one_and_changes_nothing(shelf: Workspace, put: Put) -> None:
    put(mixed())
    first = run(shelf, "settlements")
    before = [(case.id, case.text) for case in cases.iterate(shelf, "settlements")]
    second = run(shelf, "settlements")
    assert [(case.id, case.text) for case in cases.iterate(shelf, "settlements")] == before
    assert second.counts == first.counts
    with shelf.cache.connect() as connection:
        for table in ("line", "support", "case_note"):
            runs = connection.exec_driver_sql(f"SELECT DISTINCT run FROM {table}").scalars().all()  # noqa: S608
            assert runs == [second.run]


def test_an_empty_workspace_can_be_reconciled(shelf: Workspace) -> None:
    report = run(shelf, "settlements")
    assert (report.counts, report.proposals) == ({}, {})
    assert [text.startswith("Import transactions of a payment platform") for text in report.remarks] == [True]
    assert list(cases.iterate(shelf, "settlements")) == []
    summary = figures.summary(shelf, "settlements")
    assert summary is not None
    assert (summary.totals, summary.counts, summary.open_counts) == ([], {}, {})
    assert figures.payouts(shelf, "settlements") == []
    assert figures.clearing(shelf, "settlements", 20_000) == []


def test_a_cancelled_run_leaves_the_former_result(shelf: Workspace, put: Put) -> None:
    put(mixed())
    first = run(shelf, "settlements")

    def stop(step: str, done: int, total: int) -> None:
        if step == "Storing the result":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        run(shelf, "settlements", progress=stop)
    last = results.latest_run(shelf, "settlements")
    assert last is not None
    assert last.id == first.run


def test_a_period_keeps_only_its_cases_and_payouts(shelf: Workspace, put: Put) -> None:
    put(mixed())
    whole = {case.id: case.kind for case in _all(shelf)}
    report = run(shelf, "settlements", "2026-09")
    assert report.period == "2026-09"
    listed = list(cases.iterate(shelf, "settlements"))
    assert {case.id: case.kind for case in listed}.items() <= whole.items(), "matching sees everything"
    days = [record.values["day"] for case in listed for legs in case.legs.values() for record in legs]
    assert days
    assert all(int(day) < 20_727 for day in days)  # 2026-10-01
    assert [proof.payout for proof in figures.payouts(shelf, "settlements")] == ["9000000"]


def _all(ws: Workspace) -> list[Case]:
    run(ws, "settlements")
    return list(cases.iterate(ws, "settlements"))


def _panels(shelf: Workspace, period: str | None = None) -> list[str]:
    run(shelf, "cutoff", period)
    return [panel["title"] for panel in figures.last_run(shelf, "cutoff").summary["panels"]]


def test_a_period_keeps_only_its_panels(shelf: Workspace, put: Put) -> None:
    put(mixed())
    assert _panels(shelf, "2026-09") == ["Cut-off 2026-09, EUR"]
    assert {title[:15] for title in _panels(shelf)} >= {"Cut-off 2026-10", "Cut-off 2026-09"}


def test_a_period_keeps_which_records_stand_beside_each_other(shelf: Workspace, put: Put) -> None:
    books = Books()
    for ref in ("#1", "#2"):
        extra = json.dumps({"subtotal": 1000, "taxes": 190})
        books.order(ref, "11.90", day="2026-10-05", extra=extra)
    for ref in ("#2", "#1"):
        extra = json.dumps({"untaxed": 1000, "tax": 200})
        books.invoice(ref, "12.00", day="2026-10-05", extra=extra)
    put(books)
    run(shelf, "tax", "2026-10")
    (case,) = (case for case in cases.iterate(shelf, "tax") if case.cause == "tax_differs")
    assert [record.values["ref"] for records in case.legs.values() for record in records] == [
        *("#1", "#2", "#1", "#2"),
    ]


def test_an_old_month_has_its_panels_too(shelf: Workspace, put: Put) -> None:
    books = Books()
    for month in range(1, 13):
        for year in (2024, 2025):
            books.transaction(f"#{year}{month}", "10.00", day=f"{year}-{month:02}-05")
    put(books)
    assert _panels(shelf, "2024-01") == ["Cut-off 2024-01, EUR"]
    assert _panels(shelf) == [f"Cut-off 2025-{month:02}, EUR" for month in range(12, 0, -1)]


@pytest.mark.parametrize("period", ["2026-13", "2026", "October", "2026-10-05", ""])
def test_a_period_is_a_month(shelf: Workspace, period: str) -> None:
    with pytest.raises(UsageError, match="is not a month; write it as 2026-10"):
        run(shelf, "settlements", period)


def test_an_unknown_reconciliation_says_which_there_are(shelf: Workspace) -> None:
    with pytest.raises(UsageError, match="no reconciliation 'nonsense'; choose one of "):
        run(shelf, "nonsense")


def test_totals_are_the_sums_of_their_sides(shelf: Workspace, put: Put) -> None:
    books = mixed()
    put(books)
    run(shelf, "settlements")
    summary = figures.summary(shelf, "settlements")
    assert summary is not None
    totals = {total.currency: total for total in summary.totals}
    assert sorted(totals) == ["EUR", "USD"]
    assert totals["EUR"].sides == {"shop": 3000, "platform": 3700, "odoo": 3800, "bank": 2850}
    assert totals["USD"].sides == {"platform": 500, "odoo": 400}
    for total in totals.values():
        assert total.difference == total.explained + total.open
    found = [case.delta for case in cases.iterate(shelf, "settlements")]
    deltas = [delta for delta in found if isinstance(delta, Money)]
    for currency, total in totals.items():
        assert total.difference == sum(delta.minor for delta in deltas if delta.currency == currency)


def test_files_and_answers_after_a_run_are_told(shelf: Workspace, put: Put) -> None:
    put(mixed())
    run(shelf, "settlements")
    assert _changed(shelf) is False
    keep_answer(shelf, "journal.Cash", "-")
    assert _changed(shelf) is True
    run(shelf, "settlements")
    assert _changed(shelf) is False
    later = Books()
    later.line("#50", "1.00")
    put(later, "later")
    assert _changed(shelf) is True


def _changed(ws: Workspace) -> bool:
    summary = figures.summary(ws, "settlements")
    assert summary is not None
    return summary.files_changed


def test_answers_are_kept_and_used(shelf: Workspace, put: Put) -> None:
    put(mixed())
    keep_answer(shelf, "journal.Shopify Payments", "-")
    assert answers(shelf) == {"journal.Shopify Payments": "-"}
    report = run(shelf, "settlements")
    assert "journal.Shopify Payments" not in report.proposals
    assert report.remarks[0] == "1 Odoo payments on journals of no loaded platform were left out."


@pytest.mark.parametrize("name", ["nonsense", "", "journal.", "journal"])
def test_answers_that_nobody_asks_for_are_refused(shelf: Workspace, name: str) -> None:
    with pytest.raises(UsageError, match=r"the answers are .*gateway\.NAME, .*journal\.NAME"):
        keep_answer(shelf, name, "x")
    assert answers(shelf) == {}


@pytest.mark.parametrize(
    "text",
    [
        "zone.Shopify=Nowhere",
        "zone.Berlin=Europe/Berlin",
        "journal.Cash=",
        "journal.Cash= ",
        "stock_figure.Berlin=free",
        "safety_stock.Berlin=-5",
        "safety_stock.Berlin=five",
        "excluded.WH/Old=dusty",
        "unit.Dozens=12",
        "unit.Dozens=0 Units",
        "exported_at.Odoo=2026-10-31",
        "exported_at.Odoo=2026-10-31T10:00",
        "exported_at.Stripe=2026-10-31T10:00+01:00",
        "order_status.Shopify=payed",
        "order_line.SHIP=postage",
        "tracking.Odoo=maybe",
        "gift_card_account.euro=217000",
        "gift_card_opening.EUR=abc",
        "gift_card_expired.EUR=25.00",
        "gift_card_expired.EUR 2026-13=25.00",
        "gift_card_product.GIFT=perhaps",
        "draft_days.credit_notes=soon",
        "draft_days.invoices=3",
        "product_check.colour=warn",
        "product_check.no_sku=ignore",
        "transit.WH/Transit=maybe",
        "stock_account.euro=110100",
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_an_example(shelf: Workspace, text: str) -> None:
    name, _, value = text.partition("=")
    with pytest.raises(UsageError, match=r"as in .*="):
        keep_answers(shelf, {"journal.Cash": "-", name: value})
    assert answers(shelf) == {}, "all are kept, or none"


def test_every_example_can_be_kept_and_one_word_is_one_question(shelf: Workspace) -> None:
    asks = {ask for recon in registry.reconciliations().values() for ask in recon.asks}
    assert len({ask.word for ask in asks}) == len(asks) > 20
    examples = dict(ask.example.strip('"').split("=", 1) for ask in asks)
    assert {name.partition(".")[0] for name in examples} == {ask.word for ask in asks}
    keep_answers(shelf, examples, "Ann")
    assert answers(shelf) == examples


def test_what_runs_understand_can_be_answered(shelf: Workspace) -> None:
    given = {
        **{f"order_line.{each}": each for each in CLASSES},
        **{f"product_check.{each}": "-" for each in FINDINGS},
        **{f"excluded.{each}": each for each in REASONS},
    }
    keep_answers(shelf, given)
    for each in RANKS:
        keep_answer(shelf, "order_status.Shopify", each)
    assert len(answers(shelf)) == len(given) + 1


def test_bank_lines_know_their_source(shelf: Workspace, put: Put) -> None:
    books = mixed()
    books.bank("9.50", "SHOPIFY 9000000", day="2026-09-28", source="odoo_bank_statement_lines")
    put(books)
    frame = read_inputs(shelf, reconciliation("settlements")).frames[RecordType.BANK_LINE]
    assert Counter(frame["source"]) == {"bank_camt": 3, "odoo_bank_statement_lines": 1}
    report = run(shelf, "settlements")
    assert report.counts == dict(Counter(mixed().settle().result.cases["kind"])), "counted once"


def test_id_01_twins_are_two_and_an_overlapping_file_adds_none(shelf: Workspace, put: Put) -> None:
    books = Books()
    for _ in range(3):
        books.line("#1", "10.00")
    put(books)
    report = run(shelf, "settlements")
    again = Books()
    for _ in range(3):
        again.line("#1", "10.00")
    again.line("#2", "10.00")
    put(again, "later")
    ids = read_columns(shelf, [1, 2], ["id"])["id"]
    assert len(ids) == 4
    assert report.counts == {"matched": 3}
    assert run(shelf, "settlements").counts == {"matched": 4}


def test_id_02_identifiers_stay_text(shelf: Workspace, put: Put) -> None:
    books = Books()
    refs = ["#00123", "#123", "1E5", "100000", "4.687E+11", "73928e05"]
    for place, ref in enumerate(refs):
        books.line(ref, f"{place + 2}.00", grp="")
        books.payment(ref, f"{place + 2}.00")
    put(books)
    assert run(shelf, "settlements").counts == {"matched": 6}
    shown = {
        str(record.values["ref"])
        for case in cases.iterate(shelf, "settlements")
        for legs in case.legs.values()
        for record in legs
    }
    assert shown == set(refs)


def test_every_line_of_a_result_is_plain_json(shelf: Workspace, put: Put) -> None:
    put(mixed())
    run(shelf, "settlements")
    last = results.latest_run(shelf, "settlements")
    assert last is not None
    assert json.loads(json.dumps(last.summary)) == last.summary


def test_states_are_open_at_first(shelf: Workspace, put: Put) -> None:
    put(mixed())
    run(shelf, "settlements")
    assert {case.state for case in cases.iterate(shelf, "settlements")} == {State.OPEN}
    assert states.standings(shelf, "settlements") == {}
    assert Kind.MISSING in {case.kind for case in cases.iterate(shelf, "settlements")}
