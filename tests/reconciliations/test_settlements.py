"""The settlement rules, one test a rule; names start with the rule they show."""

from __future__ import annotations

import pytest

from recon_app.engine.cases import missing_sides
from recon_app.models.proof import PayoutProof
from recon_app.models.record import NO_INT, Category, RecordType, Side
from tests.reconciliations.books import Books, day


def proof_of(books: Books, payout: str = "P1") -> PayoutProof:
    proofs = {proof.payout: proof for proof in books.settle().result.payouts}
    return proofs[payout]


def test_set_01_every_term_is_named_and_the_payout_closes() -> None:
    books = Books()
    books.line("#1", "1240.00", "36.25")
    books.line("#2", "-86.50")
    for category, amount in (
        (Category.ADJUSTMENT, "-15.00"),
        (Category.CHARGEBACK, "-45.00"),
        (Category.RESERVE_HELD, "-50.00"),
        (Category.RESERVE_RELEASED, "20.00"),
    ):
        books.line("", amount, category=str(category))
    books.payout("1027.25")
    books.bank("1027.25", "SHOPIFY P1")
    proof = proof_of(books)
    assert dict(proof.terms) == {
        "gross": 124000,
        "refunds": -8650,
        "fees": -3625,
        "adjustments": -1500,
        "chargebacks": -4500,
        "reserve held": -5000,
        "reserve released": 2000,
    }
    assert (proof.net, proof.residual, proof.bank, proof.status) == (102725, 0, 102725, "proven")


def test_set_02_a_residual_is_a_finding() -> None:
    books = Books()
    books.line("#1", "80.00", "2.45")
    payout = books.payout("60.28")
    books.bank("60.28", "SHOPIFY P1 P1")
    settled = books.settle()
    proof = settled.result.payouts[0]
    assert (proof.net, proof.residual, proof.status) == (7755, -1727, "unproven")
    assert settled.kind(payout) == ("amount", "unexplained_residual")
    assert settled.case(payout)["delta"] == -1727


def test_set_03_a_negative_payout_is_carried_to_the_next() -> None:
    books = Books()
    books.line("#1", "50.00", "1.75")
    books.line("#2", "-80.00")
    first = books.payout("-31.75")
    books.line("#3", "205.00", "5.00", grp="P2", due="2026-10-12")
    second = books.payout("168.25", ident="P2", day="2026-10-12")
    books.bank("168.25", "SHOPIFY", day="2026-10-13")
    books.bank("1.00", "rent", day="2026-10-30")
    settled = books.settle()
    assert settled.kind(first) == ("timing", "carried_over")
    assert settled.kind(second) == ("matched", "takes_carry_over")
    proof = {one.payout: one for one in settled.result.payouts}["P2"]
    assert dict(proof.terms)["carry-over"] == -3175
    assert proof.status == "proven"


def test_set_04_a_reserve_is_held_and_released_and_is_no_fee() -> None:
    books = Books()
    books.line("#1", "500.00")
    books.line("", "-100.00", category=str(Category.RESERVE_HELD))
    books.line("", "-80.00", category=str(Category.RESERVE_HELD))
    books.line("", "100.00", category=str(Category.RESERVE_RELEASED))
    terms = dict(proof_of(books).terms)
    assert terms["reserve held"] + terms["reserve released"] == -8000
    assert "fees" not in terms


def test_set_05_the_fee_of_a_refunded_sale_stays() -> None:
    books = Books()
    books.line("#1", "100.00", "3.20")
    books.line("#1", "-100.00", "0.00")
    assert proof_of(books).net == -320


def test_set_08_captured_before_month_end_and_paid_after_it_is_timing() -> None:
    books = Books()
    line = books.line("#1", "400.00", "11.90", day="2026-10-30", due="2026-11-03", grp="", status="pending")
    payment = books.payment("#1", "400.00", day="2026-10-30", grp="PSHOP/1")
    books.item("101410", "400.00", grp="PSHOP/1", day="2026-10-30")
    books.bank("1.00", "rent", day="2026-10-31")
    settled = books.settle()
    assert settled.kind(line) == ("timing", "pending_payout")
    assert settled.together(line, payment)
    from recon_app.reconciliations.settlements import Settlements

    proof = Settlements().clearing(settled.inputs, settled.result, day("2026-10-31"))[0]
    assert (proof.owed, proof.balance, proof.difference, proof.differences) == (40000, 40000, 0, ())


def test_set_09_a_manual_payout_has_no_lines_and_is_never_called_proven() -> None:
    books = Books()
    payout = books.payout("500.00", ident="PMANUAL1")
    books.bank("500.00", "SHOPIFY PMANUAL1")
    settled = books.settle()
    assert settled.result.payouts[0].terms == ()
    assert settled.result.payouts[0].status == "unproven"
    assert settled.kind(payout) == ("matched", "no_lines")
    for name, due in (("P1", "2026-10-07"), ("P2", "2026-10-09")):
        books.line(f"#{name}", "10.00", grp=name, due=due)
    settled = books.settle()
    assert settled.kind(payout) == ("amount", "no_lines"), "other payouts of its days have lines"
    assert settled.case(payout)["delta"] == 50000


def test_set_10_a_won_dispute_nets_to_zero() -> None:
    books = Books()
    books.line("#1", "-45.00", "15.00", category=str(Category.CHARGEBACK))
    assert proof_of(books).net == -6000
    books.line("#1", "45.00", "-15.00", category=str(Category.CHARGEBACK_REVERSAL))
    assert proof_of(books).net == 0


def test_set_10_a_won_dispute_is_no_second_sale_in_the_shop() -> None:
    books = Books()
    charge, sale = books.line("#1", "45.00"), books.transaction("#1", "45.00")
    lost = books.line("#1", "-45.00", "15.00", category=str(Category.CHARGEBACK), day="2026-10-09")
    won = books.line("#1", "45.00", "-15.00", category=str(Category.CHARGEBACK_REVERSAL), day="2026-10-15")
    for amount, on in (("45.00", "2026-10-05"), ("-45.00", "2026-10-09"), ("45.00", "2026-10-15")):
        books.payment("#1", amount, day=on)
    settled = books.settle()
    assert settled.together(charge, sale)
    assert [settled.kind(line) for line in (charge, lost, won)] == [("matched", "")] * 3


def test_a_refund_that_came_back_is_no_second_sale_in_the_shop() -> None:
    books = Books()
    charge, sale = books.line("#1", "45.00"), books.transaction("#1", "45.00")
    books.line("#1", "-45.00", day="2026-10-07")
    books.line("#1", "45.00", category=str(Category.REFUND_FAILURE), day="2026-10-09")
    settled = books.settle()
    assert settled.together(charge, sale)
    assert settled.kind(charge) == ("matched", "")


def test_set_11_captures_are_matched_not_the_authorisation() -> None:
    books = Books()
    first, second = books.line("#1", "70.00"), books.line("#1", "30.00")
    shop = [
        books.transaction("#1", "120.00", category=str(Category.AUTHORIZATION)),
        books.transaction("#1", "70.00"),
        books.transaction("#1", "30.00"),
        books.transaction("#1", "0.00", category=str(Category.VOID)),
    ]
    payment = books.payment("#1", "100.00")
    settled = books.settle()
    assert settled.kind(first) == ("matched", "")
    assert settled.together(first, second, shop[1], shop[2], payment)
    assert shop[0] not in settled.result.legs.record
    assert shop[3] not in settled.result.legs.record


def test_set_13_only_the_card_part_of_a_split_tender_is_paid_out() -> None:
    books = Books()
    line = books.line("#1", "20.00")
    card = books.transaction("#1", "20.00")
    gift = books.transaction("#1", "60.00", account="gift_card")
    order = books.order("#1", "80.00", account="Gift Card + Shopify Payments")
    settled = books.settle()
    assert settled.together(line, card, order)
    assert settled.kind(line) == ("matched", "")
    assert settled.kind(gift) == ("matched", "manual_payment")


def test_set_13_a_gift_card_is_no_payment_in_odoo_unless_odoo_books_some_as_payments() -> None:
    books = Books()
    books.line("#1", "20.00")
    books.transaction("#1", "20.00")
    books.payment("#1", "20.00")
    books.line("#9", "20.00", day="2026-10-20")
    books.payment("#9", "20.00", day="2026-10-20")
    books.transaction("#9", "20.00", day="2026-10-20")
    gift = books.transaction("#1", "60.00", account="gift_card", day="2026-10-10")
    assert books.settle().kind(gift) == ("matched", "manual_payment")
    books.transaction("#2", "15.00", account="gift_card", day="2026-10-10")
    books.payment("#2", "15.00", account="Gift Cards", day="2026-10-10")
    assert books.settle().kind(gift) == ("missing", "not_booked")


def test_fx_01_presented_settled_and_booked_amounts_are_kept_apart() -> None:
    books = Books()
    line = books.line("#1", "74.10", "4.23", currency="USD", foreign_amount="100.00", foreign_currency="CAD")
    payment = books.payment("#1", "100.00", currency="CAD")
    settled = books.settle()
    assert settled.kind(line) == ("matched", "")
    assert settled.together(line, payment)
    assert settled.result.payouts[0].net == 6987


def test_fx_02_a_difference_of_rates_is_named_and_is_no_fee() -> None:
    books = Books()
    line = books.line("#1", "110.00", currency="USD", foreign_amount="100.00", foreign_currency="EUR")
    books.payment("#1", "108.00", currency="USD")
    settled = books.settle()
    assert settled.kind(line) == ("amount", "fx_difference")
    assert settled.case(line)["delta"] == -200


def test_pay_01_a_part_paid_order_is_open_and_not_broken() -> None:
    books = Books()
    line = books.line("#1", "80.00")
    books.transaction("#1", "80.00")
    order = books.order("#1", "200.00", status="partially_paid", open="120.00")
    settled = books.settle()
    assert settled.together(line, order)
    assert settled.kind(line) == ("timing", "part_paid")
    assert [note["open"] for note in settled.result.notes.values() if "open" in note] == [12000]


def test_edt_01_an_order_edited_after_the_payout_shows_what_is_still_open() -> None:
    books = Books()
    line = books.line("#1", "1989.72")
    books.transaction("#1", "1989.72")
    books.order("#1", "2139.72", open="150.00", extra='{"paid_at":"2026-10-05"}')
    settled = books.settle()
    assert settled.kind(line) == ("amount", "order_edited")
    assert settled.case(line)["delta"] == -15000


def test_a_tie_is_never_decided() -> None:
    books = Books()
    lines = [books.line("#1", "73.45"), books.line("#2", "73.45")]
    payments = [books.payment("", "73.45"), books.payment("", "73.45")]
    settled = books.settle()
    assert settled.together(*lines, *payments)
    assert settled.kind(lines[0]) == ("ambiguous", "same_amount_no_reference")


@pytest.mark.parametrize(
    ("booked", "cause"),
    [("97.10", "net_booked"), ("10.00", ""), ("010.00", "")],
)
def test_amounts_that_differ_get_a_cause_only_when_the_data_shows_it(booked: str, cause: str) -> None:
    books = Books()
    line = books.line("#1", "100.00", "2.90")
    books.payment("#1", booked)
    assert books.settle().kind(line) == ("amount", cause)


def test_swapped_digits_are_named() -> None:
    books = Books()
    line = books.line("#1", "184.90")
    books.payment("#1", "148.90")
    settled = books.settle()
    assert settled.kind(line) == ("amount", "digit_swap")
    assert settled.case(line)["delta"] == -3600


def test_booked_twice_and_charged_twice() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    twice = [books.payment("#1", "10.00"), books.payment("#1", "10.00", day="2026-10-06")]
    charged = [books.line("#2", "7.00"), books.line("#2", "7.00")]
    once = books.payment("#2", "7.00")
    settled = books.settle()
    assert settled.together(line, *twice)
    assert settled.kind(line) == ("duplicate", "booked_twice")
    assert settled.case(line)["delta"] == 1000
    assert settled.together(once, *charged)
    assert settled.kind(once) == ("duplicate", "charged_twice")
    assert settled.case(once)["delta"] == -700


def test_missing_is_only_missing_where_the_other_export_reaches() -> None:
    books = Books()
    early = books.line("#1", "10.00", day="2026-10-05")
    late = books.line("#2", "10.00", day="2026-10-31")
    books.payment("#9", "1.00", day="2026-10-01")
    books.payment("#8", "1.00", day="2026-10-31")
    settled = books.settle()
    assert settled.kind(early) == ("missing", "not_booked")
    assert missing_sides(int(settled.case(early)["missing"])) == (Side.ODOO,)
    assert settled.kind(late) == ("timing", "cut_off")


def test_a_side_that_was_not_loaded_is_not_missing() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    assert books.settle().kind(line) == ("matched", "")


def test_fees_not_booked_leave_exactly_the_fees_on_the_clearing_account() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00")
    books.payment("#1", "100.00", grp="PSHOP/1")
    books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05")
    payout = books.payout("97.00", ident="90001234")
    books._rows[RecordType.PAYMENT_LINE][0]["grp"] = "90001234"
    transfer = books.item("101410", "-97.00", ref="payout 90001234", grp="BNK1/1")
    settled = books.settle()
    assert settled.together(payout, transfer)
    assert settled.kind(payout) == ("amount", "fee_not_booked")
    assert settled.case(payout)["delta"] == 300
    books.item("101410", "-3.00", ref="payout 90001234 fees", grp="MISC/1")
    assert books.settle().kind(payout) == ("matched", "")


def test_set_03_a_negative_payout_that_the_bank_was_debited_with_stays_on_no_account() -> None:
    books = Books()
    books.line("#1", "-100.00", "3.00", grp="90001234")
    books.payment("#1", "-100.00", grp="PSHOP/1")
    books.item("101410", "-100.00", grp="PSHOP/1", day="2026-10-05")
    payout = books.payout("-103.00", ident="90001234")
    books.bank("-103.00", "SHOPIFY 90001234")
    books.item("101410", "-3.00", ref="payout 90001234 fees", grp="MISC/1")
    settled = books.settle()
    assert settled.kind(payout)[0] == "amount", "the transfer to Shopify is not booked"
    assert settled.case(payout)["delta"] == -10300
    books.item("101410", "103.00", ref="payout 90001234", grp="BNK1/1")
    assert books.settle().kind(payout) == ("matched", "")


@pytest.mark.parametrize(
    ("booked", "kind", "cause", "delta"),
    [
        (("-97.00", "-3.00"), "matched", "", NO_INT),
        (("-3.00",), "amount", "transfer_not_booked", 9700),
        (("-97.00", "-3.00", "-3.00"), "duplicate", "payout_booked_twice", -300),
        (("-97.00", "-97.00", "-3.00"), "duplicate", "payout_booked_twice", -9700),
        (("-97.00", "-2.99"), "amount", "", 1),
    ],
)
def test_what_of_a_payout_is_booked_twice_or_not_is_named(
    booked: tuple[str, ...], kind: str, cause: str, delta: int
) -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    books.payment("#1", "100.00", grp="PSHOP/1")
    books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05")
    payout = books.payout("97.00", ident="90001234")
    for number, amount in enumerate(booked):
        books.item("101410", amount, ref="payout 90001234", grp=f"MISC/{number}")
    settled = books.settle()
    assert settled.kind(payout) == (kind, cause)
    assert settled.case(payout)["delta"] == delta


def test_a_payout_that_the_bank_has_twice_is_a_duplicate() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    payout = books.payout("97.00", ident="90001234")
    books.bank("97.00", "SHOPIFY 90001234")
    books.bank("97.00", "SHOPIFY 90001234", day="2026-10-10")
    settled = books.settle()
    assert settled.kind(payout) == ("duplicate", "arrived_twice")
    assert settled.case(payout)["delta"] == 9700
    assert "bank and payout differ by 97.00 EUR" in settled.sentence(payout)


def test_one_deposit_for_two_payouts() -> None:
    books = Books()
    books.line("#1", "60.00", grp="P1")
    books.line("#2", "40.00", grp="P2")
    payouts = [books.payout("60.00", ident="P1"), books.payout("40.00", ident="P2")]
    deposit = books.bank("100.00", "SHOPIFY TRANSFER")
    settled = books.settle()
    assert settled.together(deposit, *payouts)
    assert settled.kind(deposit) == ("matched", "")


def test_equal_payouts_without_a_reference_are_left_to_a_person() -> None:
    books = Books()
    for name in ("P1", "P2"):
        books.line(f"#{name}", "60.00", grp=name)
    payouts = [books.payout("60.00", ident=name) for name in ("P1", "P2")]
    books.bank("60.00", "SHOPIFY")
    books.bank("60.00", "SHOPIFY")
    settled = books.settle()
    assert [settled.kind(payout)[0] for payout in payouts] == ["ambiguous", "ambiguous"]


def test_a_line_in_another_payout_explains_both_residuals() -> None:
    books = Books()
    for ref, grp in (("#1", "P1"), ("#2", "P2"), ("#3", "P2")):
        books.line(ref, {"#1": "77.00", "#2": "49.00", "#3": "7.00"}[ref], grp=grp)
    first, second = books.payout("84.00", ident="P1"), books.payout("49.00", ident="P2")
    settled = books.settle()
    assert settled.kind(first) == settled.kind(second) == ("amount", "line_in_other_payout")
    assert "charge #3 of 7.00 EUR" in settled.result.payouts[0].causes[0].text


def test_case_keys_stay_when_more_records_arrive() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    books.payment("#7", "1.00")
    before = int(books.settle().case(line)["key"])
    books.payment("#1", "10.00")
    after = books.settle().case(line)
    assert (after["kind"], int(after["key"])) == ("matched", before)


def test_every_record_stands_in_one_case_only() -> None:
    books = Books()
    for number in range(5):
        books.line(f"#{number}", f"{number + 1}.00")
        books.payment(f"#{number % 3}", f"{number % 3 + 1}.00")
        books.transaction(f"#{number}", f"{number + 1}.00")
    result = books.settle().result
    records = [*result.legs.record.tolist(), *result.support.record.tolist()]
    assert len(records) == len(set(records)) == 15


def test_totals_never_put_two_currencies_together() -> None:
    books = Books()
    line = books.line("#1", "110.00", currency="USD")
    shop = books.transaction("#1", "100.00", currency="EUR")
    case = books.settle().case(line)
    assert books.settle().together(line, shop)
    assert (case["kind"], case["currency"], case["sum_platform"], case["sum_shop"]) == (
        "matched",
        "USD",
        11000,
        NO_INT,
    )
