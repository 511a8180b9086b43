from __future__ import annotations

import pytest

from recon_app.engine.match import link
from recon_app.engine.why_not import why, why_not
from recon_app.models.record import Origin, Record, RecordType, Side
from recon_app.models.rule import Amounts, Rule, Transform
from tests.engine.tables import (
    ALL,
    CUT,
    NO_REFERENCE,
    NUMBER,
    REFERENCE,
    REFERENCE_ONLY,
    SIMILAR,
    entries,
    rule,
)

ORIGIN = Origin("", "file.csv", "source", 1)


def record(kind: RecordType, **values: int | str) -> Record:
    return Record(1, kind, ORIGIN, {"amount": 5000, "currency": "EUR", "day": 100, **values})


def line(**values: int | str) -> Record:
    return record(RecordType.PAYMENT_LINE, **{"ref": "#1001", **values})


def payment(**values: int | str) -> Record:
    return record(RecordType.ODOO_PAYMENT, **{"ref": "1001", **values})


AMOUNT_AND_DATE = rule("amount and date", None, 5)
ABROAD = rule("abroad", Transform.CORE, same_currency=False)
NUMBER_ANY = rule("number only", Transform.CORE, amount=Amounts.ANY)


@pytest.mark.parametrize(
    ("tested", "booked", "sentence"),
    [
        (REFERENCE, payment(ref="1010"), "Order reference #1001 ≠ 1010."),
        (REFERENCE, payment(ref=""), "The Odoo record has no order reference."),
        (REFERENCE, payment(amount=3750), "Amounts differ by 12.50 EUR."),
        (REFERENCE, payment(ref="7", amount=3750), "Order reference #1001 ≠ 7; amounts differ by 12.50 EUR."),
        (REFERENCE, payment(currency="USD"), "50.00 EUR and 50.00 USD are different currencies."),
        (
            REFERENCE,
            payment(amount=-5000),
            "50.00 EUR and -50.00 EUR move money in opposite directions; amounts differ by 100.00 EUR.",
        ),
        (REFERENCE, payment(), "All agrees, but a record with the same values was linked first."),
        (
            REFERENCE_ONLY,
            payment(amount=-1, ref="1001"),
            "50.00 EUR and -0.01 EUR move money in opposite directions.",
        ),
        (NUMBER, payment(ref="SO 77"), "The Odoo record has no number in the order reference."),
        (NUMBER, payment(ref="SO 777"), "Number in the order reference #1001 ≠ SO 777."),
        (NUMBER, payment(), "All agrees, but another record fits as well or was linked first."),
        (AMOUNT_AND_DATE, payment(day=111), "11 days apart, the window is 5."),
        (AMOUNT_AND_DATE, payment(day=94), "6 days apart, the window is 5."),
        (SIMILAR, payment(ref="1010"), "All agrees, but another record fits as well or was linked first."),
        (SIMILAR, payment(ref="1001"), "Order reference #1001 = 1001: this rule is for slips."),
        (SIMILAR, payment(ref="1310"), "Order reference #1001 ≠ 1310."),
        (CUT, payment(ref="10019"), "All agrees, but another record fits as well or was linked first."),
        (NO_REFERENCE, payment(), "Order reference #1001 and 1001: this rule is for empty ones."),
        (NO_REFERENCE, payment(ref=" "), "All agrees, but another record fits as well or was linked first."),
        (ABROAD, payment(currency="USD"), "All agrees, but another record fits as well or was linked first."),
        (NUMBER_ANY, payment(amount=1), "All agrees, but another record fits as well or was linked first."),
    ],
)
def test_the_comparison_that_failed_is_named(tested: Rule, booked: Record, sentence: str) -> None:
    assert [found.text for found in why_not(line(), booked, [tested])] == [sentence]
    assert [found.text for found in why_not(booked, line(), [tested])] == [sentence]


def test_a_record_without_amount_or_date_is_told() -> None:
    nothing = Record(1, RecordType.ODOO_PAYMENT, ORIGIN, {"ref": "1001"})
    found = why_not(line(), nothing, [AMOUNT_AND_DATE])
    assert found[0].text == "The Odoo record has no amount; the Odoo record has no date."


def test_each_rule_of_the_two_sides_speaks_in_order() -> None:
    other = Rule("other sides", Side.SHOP, Side.ODOO, REFERENCE.on, None, REFERENCE.strength)
    found = why_not(line(), payment(ref="X"), [other, *ALL])
    assert [evidence.rule for evidence in found] == [tested.name for tested in ALL]


@pytest.mark.parametrize(
    ("kind", "side"), [(RecordType.BANK_LINE, "bank"), (RecordType.STOCK_COUNT, "count")]
)
def test_sides_that_no_rule_compares(kind: RecordType, side: str) -> None:
    found = why_not(line(), record(kind), ALL)
    assert [evidence.text for evidence in found] == [f"No rule compares platform with {side} records."]


def test_a_known_rival_is_named() -> None:
    found = why_not(line(), payment(), [REFERENCE], rival="payment.csv row 7")
    assert found[0].text == "All agrees, but payment.csv row 7 was linked first."


def test_why_tells_all_that_was_compared() -> None:
    late = payment(day=103, ref="SO-1001")
    told = why(line(), late, NUMBER).text
    assert told == "Number in the order reference #1001 = SO-1001; 50.00 EUR = 50.00 EUR; 3 days apart."
    assert why(line(), payment(), AMOUNT_AND_DATE).text == "50.00 EUR = 50.00 EUR; same day."
    swapped = why(line(), payment(ref="1010"), SIMILAR).text
    assert swapped.startswith("Order reference #1001 ≈ 1010;")


@pytest.mark.parametrize("tested", [*ALL, AMOUNT_AND_DATE, ABROAD], ids=lambda tested: tested.name)
def test_why_not_and_the_engine_agree(tested: Rule) -> None:
    texts = ("#1001", "1001", "1010", "10019", "A-1001", "", "zero")
    for reference in texts:
        for day in (0, 5, 6, 30, 31):
            for amount, currency in (
                (5000, "EUR"),
                (4000, "EUR"),
                (-5000, "EUR"),
                (5000, "USD"),
                (4000, "USD"),
            ):
                booked = payment(ref=reference, day=100 + day, amount=amount, currency=currency)
                linking = link(
                    entries([("#1001", 5000, 100)]),
                    entries([(reference, amount, 100 + day, currency)]),
                    [tested],
                )
                told = why_not(line(), booked, [tested])[0].text
                assert (linking.left[0] >= 0) == told.startswith("All agrees"), (
                    reference,
                    day,
                    amount,
                    currency,
                )
