"""Does a payout close, did it arrive, is it booked: each finding by itself and all together."""

from __future__ import annotations

import pytest

from recon_app.engine.cases import missing_sides
from recon_app.models.record import NO_INT, Category, Side
from tests.reconciliations.books import Books, Settled


def booked(books: Books, *amounts: str, name: str = "90001234") -> list[int]:
    """A sale of 100.00 with a fee of 3.00, its booking, and items that name the payout."""
    books.line("#1", "100.00", "3.00", grp=name)
    books.payment("#1", "100.00", grp="PSHOP/1")
    books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05")
    books.item("101410", "0.01", grp="MISC/9", day="2026-10-25")
    return [
        books.item("101410", amount, ref=f"payout {name}", grp=f"BNK1/{place}")
        for place, amount in enumerate(amounts)
    ]


def around(books: Books) -> None:
    """Bank lines that show that the file covers the whole month."""
    for day in ("2026-10-01", "2026-10-31"):
        books.bank("-1.00", "rent", day=day)


def findings(settled: Settled, record: int) -> list[list[object]]:
    note = settled.result.notes[int(str(settled.case(record).name))]
    return [[*found[:2], found[3]] for found in note["findings"]]


def test_a_payout_known_from_its_lines_alone_is_missed_at_the_bank() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    around(books)
    settled = books.settle()
    (number,) = (number for number, note in settled.result.notes.items() if note.get("payout"))
    facts = settled.facts(number)
    assert (facts.kind, facts.cause, facts.delta, facts.legs) == ("missing", "not_at_bank", -9700, {})
    assert "there is no record of it at the bank" in Settled.say(facts)


def test_a_payout_known_from_its_lines_alone_needs_nobody_when_it_arrived_or_may() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    settled = books.settle()
    assert len(settled.result.cases) == 1, "no bank file, no payout case"
    line = books.bank("97.00", "SHOPIFY")
    assert books.settle().kind(line) == ("matched", "")


def test_a_deposit_without_a_payout_is_a_case() -> None:
    books = Books()
    for name, due in (("P1", "2026-10-02"), ("P2", "2026-10-28")):
        books.line(f"#{name}", "10.00", grp=name, due=due)
    deposit = books.bank("55.00", "SHOPIFY", day="2026-10-15")
    late = books.bank("56.00", "SHOPIFY", day="2026-10-29")
    bill = books.bank("-29.00", "SHOPIFY subscription", day="2026-10-15")
    settled = books.settle()
    assert settled.kind(deposit) == ("missing", "no_payout")
    assert missing_sides(int(settled.case(deposit)["missing"])) == (Side.PLATFORM,)
    assert settled.case(deposit)["delta"] == 5500
    assert settled.kind(late) == ("timing", "cut_off")
    assert bill not in settled.result.legs.record, "what Shopify takes is no payout"


def test_another_platforms_days_say_nothing_about_a_deposit() -> None:
    books = Books()
    for name, due in (("P1", "2026-10-02"), ("P2", "2026-10-28")):
        books.line(f"#{name}", "10.00", grp=name, due=due)
    books.line("#s", "10.00", account="stripe", grp="S1", due="2026-10-02")
    deposit = books.bank("55.00", "STRIPE", day="2026-10-15")
    assert books.settle().kind(deposit) == ("timing", "cut_off")


def test_a_line_without_a_payout_waits_for_one() -> None:
    books = Books()
    fee = books.line("", "-5.00", category=str(Category.FEE), grp="", due=NO_INT)
    settled = books.settle()
    assert settled.kind(fee) == ("timing", "pending_payout")
    assert settled.case(fee)["sum_platform"] == -500


def test_a_deposit_that_two_payouts_claim_is_one_case_with_them() -> None:
    books = Books()
    for name in ("P1", "P2"):
        books.line(f"#{name}", "60.00", grp=name)
    payouts = [books.payout("60.00", ident=name) for name in ("P1", "P2")]
    deposit = books.bank("60.00", "SHOPIFY")
    settled = books.settle()
    assert settled.together(deposit, *payouts)
    assert settled.kind(deposit) == ("ambiguous", "same_amount_no_reference")


def test_payout_records_that_fit_several_groups_of_lines_are_one_case() -> None:
    books = Books()
    for name in ("A1", "A2"):
        books.line(f"#{name}", "60.00", grp=name)
    payouts = [books.payout("60.00", ident=""), books.payout("60.00", ident="")]
    settled = books.settle()
    assert settled.together(*payouts)
    assert settled.kind(payouts[0]) == ("ambiguous", "several_payouts_fit")
    assert settled.case(payouts[0])["sum_platform"] == 12000, "records and lines tell of the same money"


def test_twin_payouts_are_two_cases_with_keys_of_their_own() -> None:
    books = Books()
    payouts = [books.payout("60.00", ident=""), books.payout("60.00", ident="")]
    settled = books.settle()
    assert settled.case(payouts[0])["key"] != settled.case(payouts[1])["key"]
    assert settled.case(payouts[0])["grp"] != settled.case(payouts[1])["grp"]


@pytest.mark.parametrize(
    ("arrived", "cause"), [("90.00", "bank_charge"), ("80.00", ""), ("98.00", ""), ("-97.00", "")]
)
def test_only_a_small_part_is_called_a_charge_of_the_bank(arrived: str, cause: str) -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    payout = books.payout("97.00", ident="90001234")
    books.bank(arrived, "SHOPIFY 90001234")
    settled = books.settle()
    assert settled.kind(payout) == ("amount", cause)
    assert settled.sentence(payout).startswith("Payout 90001234 of 97.00 EUR: bank and payout differ by")


def test_fees_are_booked_or_not() -> None:
    books = Books()
    items = booked(books, "-97.00")
    settled = books.settle()
    assert settled.kind(items[0]) == ("amount", "fee_not_booked")
    assert settled.case(items[0])["delta"] == 300
    assert "Odoo's clearing account and the payout differ by 3.00 EUR" in settled.sentence(items[0])


def test_what_odoo_booked_otherwise_is_not_called_a_bank_charge_or_fees() -> None:
    books = Books()
    items = booked(books, "-90.00")
    books.bank("97.00", "SHOPIFY 90001234")
    settled = books.settle()
    assert settled.kind(items[0]) == ("amount", "")
    assert settled.case(items[0])["delta"] == 1000
    text = settled.sentence(items[0])
    assert text == (
        "Payout 90001234 of 97.00 EUR: Odoo's clearing account and the payout differ by 10.00 EUR."
    )


def test_set_04_a_reserve_that_is_not_booked_is_no_fee() -> None:
    books = Books()
    books.line("", "-20.00", category=str(Category.RESERVE_HELD), grp="90001234")
    items = booked(books, "-77.00")
    settled = books.settle()
    assert settled.kind(items[0]) == ("amount", "deductions_not_booked")
    assert settled.case(items[0])["delta"] == 2300


def test_nothing_booked_is_missing_only_inside_the_exported_days() -> None:
    books = Books()
    booked(books)
    payout = books.payout("97.00", ident="90001234")
    settled = books.settle()
    assert settled.kind(payout) == ("missing", "payout_not_booked")
    assert settled.case(payout)["delta"] == 10000
    books = Books()
    booked(books)
    books.line("#2", "10.00", grp="90009999", due="2026-10-24")
    late = books.payout("10.00", ident="90009999", day="2026-10-24")
    assert books.settle().kind(late) == ("timing", "cut_off")


def test_the_fees_of_a_payout_that_takes_a_negative_one_over_are_its_own() -> None:
    books = Books()
    books.line("#r", "-30.00", grp="90000001", due="2026-10-06")
    books.payout("-30.00", ident="90000001", day="2026-10-06")
    books.line("#1", "100.00", "3.00", grp="90001234")
    books.payout("67.00", ident="90001234")
    books.payment("#1", "100.00", grp="PSHOP/1")
    books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05")
    transfer = books.item("101410", "-67.00", ref="payout 90001234", grp="BNK1/1")
    settled = books.settle()
    assert settled.kind(transfer) == ("amount", "fee_not_booked")
    assert settled.case(transfer)["delta"] == 300, "not 33.00"


def test_all_findings_are_told_the_gravest_names_the_case() -> None:
    books = Books()
    items = booked(books, "-95.00")
    books.line("#2", "-2.50", grp="90001234")
    books.payment("#2", "-2.50", grp="PSHOP/2")
    books.payout("95.00", ident="90001234")
    around(books)
    settled = books.settle()
    assert findings(settled, items[0]) == [
        ["amount", "unexplained_residual", 50],
        ["missing", "not_at_bank", -9500],
        ["amount", "fee_not_booked", 250],
    ]
    texts = [evidence.text for evidence in settled.evidence(items[0])]
    assert "Also: missing. The platform says it was paid, and no bank line carries it." in texts
    assert (
        "Also: Odoo's clearing account and the payout differ by 2.50 EUR. "
        "The transfer is booked in Odoo, the platform's fees are not." in texts
    )


def test_a_payout_that_was_not_paid_is_not_missed() -> None:
    books = Books()
    books.line("#1", "100.00", grp="90001234", status="failed")
    payout = books.payout("100.00", ident="90001234", status="failed")
    around(books)
    assert books.settle().kind(payout) == ("timing", "pending_payout")


def test_two_transfers_of_one_amount_close_together() -> None:
    books = Books()
    for name in ("A", "B"):
        books.line(f"#{name}", "100.00", grp=f"9000000{name}")
        books.payout("100.00", ident=f"9000000{name}")
        books.payment(f"#{name}", "100.00", grp=f"PSHOP/{name}")
        books.item("101410", "100.00", grp=f"PSHOP/{name}", day="2026-10-05")
    items = [books.item("101410", "-100.00", grp=f"BNK1/{place}") for place in range(2)]
    settled = books.settle()
    assert settled.together(*items)
    assert settled.kind(items[0]) == ("matched", ""), "which is which changes nothing"
    books = Books()
    for name in ("A", "B"):
        books.line(f"#{name}", "100.00", "1.00", grp=f"9000000{name}")
        books.payout("99.00", ident=f"9000000{name}")
        books.payment(f"#{name}", "100.00", grp=f"PSHOP/{name}")
        books.item("101410", "100.00", grp=f"PSHOP/{name}", day="2026-10-05")
    items = [books.item("101410", "-99.00", grp=f"BNK1/{place}") for place in range(3)]
    assert books.settle().kind(items[0]) == ("ambiguous", "same_amount_no_reference")


def test_what_the_bank_exported_and_odoo_exported_counts_once() -> None:
    books = Books()
    books.line("#1", "100.00", grp="90001234")
    payout = books.payout("100.00", ident="90001234")
    line = books.bank("100.00", "SHOPIFY 90001234")
    again = books.bank("100.00", "SHOPIFY 90001234", source="odoo_bank_statement_lines")
    abroad = books.bank("7.00", "SHOPIFY", currency="USD", source="odoo_bank_statement_lines")
    later = books.bank("8.00", "SHOPIFY", day="2026-11-09", source="odoo_bank_statement_lines")
    settled = books.settle()
    assert settled.kind(payout) == ("matched", "")
    assert settled.together(payout, line)
    assert again not in settled.result.legs.record
    assert abroad in settled.result.legs.record, "no bank file in dollars is loaded"
    assert later in settled.result.legs.record, "the bank file ends before"
    text = "1 bank lines exported from Odoo were left out: a file of the bank has them."
    assert text in settled.result.remarks


def test_bank_lines_exported_from_odoo_are_used_alone() -> None:
    books = Books()
    books.line("#1", "100.00", grp="90001234")
    payout = books.payout("100.00", ident="90001234")
    books.bank("100.00", "SHOPIFY 90001234", source="odoo_bank_statement_lines")
    settled = books.settle()
    assert settled.kind(payout) == ("matched", "")
    assert settled.sentence(payout) == "Payout 90001234 of 100.00 EUR closes and arrived."


def test_a_payout_is_said_to_arrive_only_when_a_bank_file_says_so() -> None:
    books = Books()
    books.line("#1", "100.00", grp="90001234")
    payout = books.payout("100.00", ident="90001234")
    assert books.settle().sentence(payout) == "Payout 90001234 of 100.00 EUR closes."


def test_payouts_of_two_currencies_are_never_added() -> None:
    books = Books()
    for currency in ("EUR", "USD"):
        books.line(f"#{currency}", "60.00", currency=currency, grp=f"90000{currency}")
        books.payout("60.00", ident=f"90000{currency}", currency=currency)
    deposit = books.bank("120.00", "SHOPIFY")
    settled = books.settle()
    assert settled.kind(deposit)[0] != "matched"
    assert len(set(settled.result.cases["currency"])) == 2


@pytest.mark.parametrize("amounts", [("-97.00", "-3.00"), ("-100.00",)])
def test_transfer_and_fees_are_found_without_a_name(amounts: tuple[str, ...]) -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="")
    payout = books.payout("97.00", ident="")
    books.payment("#1", "100.00", grp="PSHOP/1")
    books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05")
    items = [books.item("101410", amount, grp=f"BNK1/{amount}") for amount in amounts]
    settled = books.settle()
    assert settled.together(payout, *items)
    assert settled.kind(payout) == ("matched", "")


def test_fees_of_equal_amount_close_their_payouts_together() -> None:
    books = Books()
    for name in ("A", "B"):
        books.line(f"#{name}", "100.00", "3.00", grp=f"9000000{name}")
        books.payment(f"#{name}", "100.00", grp=f"PSHOP/{name}")
        books.item("101410", "100.00", grp=f"PSHOP/{name}", day="2026-10-05")
        books.item("101410", "-97.00", ref=f"9000000{name}", grp=f"BNK1/{name}")
    fees = [books.item("101410", "-3.00", grp=f"MISC/{place}") for place in range(2)]
    settled = books.settle()
    assert settled.kind(fees[0]) == ("matched", "")
    books.item("101410", "-3.00", grp="MISC/3")
    assert books.settle().kind(fees[0]) == ("ambiguous", "same_amount_no_reference")


def test_a_payout_that_the_bank_converted_is_compared_as_it_was_before() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", currency="USD", account="stripe", grp="po_1AbCdEfGh")
    payout = books.payout("97.00", currency="USD", account="stripe", ident="po_1AbCdEfGh")
    bank = books.bank("88.00", "STRIPE PAYMENTS", foreign_amount="97.00", foreign_currency="USD")
    settled = books.settle()
    assert settled.together(payout, bank)
    assert settled.kind(payout) == ("matched", "")
    assert settled.case(payout)["sum_bank"] == 9700


def test_a_payout_in_another_currency_than_the_bank_line_that_names_it_is_asked() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", currency="USD", account="stripe", grp="po_1AbCdEfGh")
    payout = books.payout("97.00", currency="USD", account="stripe", ident="po_1AbCdEfGh")
    bank = books.bank("88.00", "po_1AbCdEfGh")
    around(books)
    settled = books.settle()
    assert settled.together(payout, bank)
    assert settled.kind(payout) == ("field", "other_currency_at_bank")
    assert (settled.case(payout)["delta"], settled.case(payout)["sum_bank"]) == (NO_INT, NO_INT)


def test_a_transfer_without_the_platforms_currency_is_no_missing_booking() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", currency="USD", grp="90001234")
    payout = books.payout("97.00", currency="USD", ident="90001234")
    books.payment("#1", "100.00", currency="USD", grp="PSHOP/1")
    abroad = {"foreign_amount": "100.00", "foreign_currency": "USD"}
    books.item("101410", "90.00", grp="PSHOP/1", day="2026-10-01", **abroad)
    books.item("101410", "0.01", grp="MISC/9", day="2026-10-31")
    transfer = books.item("101410", "-87.30", ref="90001234", grp="BNK1/1")
    settled = books.settle()
    assert settled.together(payout, transfer)
    assert settled.kind(payout) == ("field", "wrong_currency")


def test_payouts_are_shown_newest_first() -> None:
    books = Books()
    for day_of, name in (("2026-10-05", "P2"), ("2026-10-07", "P1"), ("2026-10-06", "P3")):
        books.payout("60.00", ident=name, day=day_of)
    assert [proof.payout for proof in books.settle().result.payouts] == ["P1", "P3", "P2"]
