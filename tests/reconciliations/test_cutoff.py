"""The same month in shop time, by UTC, by payout date, by bank date and in Odoo's books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.record import RecordType
from recon_app.reconciliations.cutoff import Cutoff
from tests.reconciliations.ledger import Found, Ledger, day, same_backwards, stands_once

_NEW_YORK = "America/New_York"


class Clock(Ledger):
    """Movements with their moments."""

    def __init__(self, zone: str = _NEW_YORK) -> None:
        super().__init__(Cutoff(), {"zone.Shopify": zone} if zone else {})

    def sold(self, ref: str, amount: str, when: str, **values: Any) -> int:
        """A sale in the shop at a local moment with its offset."""
        at = datetime.fromisoformat(when)
        given = {"day": when[:10], "at": int(at.timestamp()), "source": "shopify_transactions"} | values
        return self.transaction(ref, amount, **given)

    def charged(self, ref: str, amount: str, when: str, paid: str, fee: str = "0.00", **values: Any) -> int:
        """The same on the platform, paid out on a day."""
        at = datetime.fromisoformat(when)
        given = {"day": when[:10], "at": int(at.timestamp()), "due": paid, "grp": f"P-{paid}"} | values
        return self.line(ref, amount, fee, **given)

    def moves(self) -> dict[str, Found]:
        """Cases of records that move, by their reference."""
        return {each.facts.note["ref"]: each for each in self.compare() if "ref" in each.facts.note}

    def bridge(self, month: str, currency: str = "EUR", cases: Sequence[Found] = ()) -> dict[str, Any]:
        """Figures of a month, after a check that every leg sums exactly and starts where another one ends."""
        (found,) = (
            each
            for each in cases or self.compare()
            if each.facts.note.get("bridge") == month and each.facts.currency == currency
        )
        figures: dict[str, Any] = {"case": found, "waiting": found.facts.note["waiting"]}
        for step in found.facts.note["steps"]:
            assert step["first"] + sum(minor for _, _, minor, _ in step["items"]) == step["last"]
            assert figures.setdefault(step["from"], step["first"]) == step["first"]
            figures[step["to"]] = step["last"]
        return figures


def test_set_07_payout_day_is_utc_and_sales_day_is_local() -> None:
    clock = Clock()
    for number in range(5):
        hour = 19 if number < 3 else 20
        clock.sold(f"#{number}", "100.00", f"2026-10-31T{hour}:30:00-04:00")
    october, november = clock.bridge("2026-10"), clock.bridge("2026-11")
    assert (october["shop"], october["utc"], november["utc"]) == (500_00, 300_00, 200_00)
    moves = clock.moves()
    assert {name: each.says for name, each in moves.items()} == dict.fromkeys(
        ("#3", "#4"), ("timing", "shop_day_earlier_than_utc", -10000)
    )
    assert moves["#3"].text == "#3: 100.00 EUR is of 2026-10-31 in shop time and of 2026-11-01 by UTC."


def test_set_07_the_border_is_19_00_when_the_clock_is_back() -> None:
    clock = Clock()
    clock.sold("#1", "100.00", "2026-11-30T18:59:59-05:00")
    clock.sold("#2", "100.00", "2026-11-30T19:00:00-05:00")
    assert clock.bridge("2026-11")["utc"] == 100_00
    assert list(clock.moves()) == ["#2"]


def test_set_08_timing_at_month_end_is_no_break() -> None:
    clock = Clock("Europe/Berlin")
    for number, when in enumerate(("2026-10-30T10:00:00+01:00", "2026-10-31T11:00:00+01:00")):
        clock.sold(f"#{number}", "200.00", when)
        clock.charged(f"#{number}", "200.00", when, "2026-11-03", "5.95")
    clock.payout("388.10", ident="P-2026-11-03", day="2026-11-03")
    clock.bank("388.10", "Shopify P-2026-11-03", day="2026-11-03")
    october, november = clock.bridge("2026-10"), clock.bridge("2026-11")
    assert (october["shop"], october["payout"], october["bank"]) == (400_00, 0, 0)
    assert october["waiting"] == 400_00
    assert (november["payout"], november["paid"], november["bank"], november["waiting"]) == (
        *(400_00, 388_10, 388_10),
        0,
    )
    assert {each.says[:2] for each in clock.moves().values()} == {("timing", "paid_out_later")}
    assert {each.facts.kind for each in clock.compare()} == {"timing"}
    text = clock.moves()["#0"].text
    assert text == "#0: 200.00 EUR is of 2026-10-30 by UTC and of 2026-11-03 by its payout."


def test_a_payout_that_reaches_the_bank_in_the_next_month() -> None:
    clock = Clock("Europe/Berlin")
    clock.charged("#1", "100.00", "2026-10-28T10:00:00+01:00", "2026-10-30")
    clock.payout("100.00", ident="P-2026-10-30", day="2026-10-30")
    clock.bank("100.00", "Shopify P-2026-10-30", day="2026-11-02")
    (case,) = clock.moves().values()
    assert case.says == ("timing", "in_bank_later", -100_00)
    assert case.text == (
        "Payout P-2026-10-30: 100.00 EUR is of 2026-10-30 by its payout and of 2026-11-02 at the bank."
    )
    assert sorted(str(side) for side in case.facts.legs) == ["bank", "platform"]
    assert clock.bridge("2026-10")["bank"] == 0
    assert clock.bridge("2026-11")["bank"] == 100_00


def test_booked_in_odoo_in_another_month() -> None:
    clock = Clock("Europe/Berlin")
    clock.sold("#1", "100.00", "2026-10-31T10:00:00+01:00")
    clock.payment("#1", "100.00", day="2026-11-02")
    (case,) = clock.moves().values()
    assert case.says == ("timing", "odoo_later_than_shop", -100_00)
    assert (clock.bridge("2026-10")["odoo"], clock.bridge("2026-11").get("odoo")) == (0, 100_00)


def test_what_is_in_no_payout_yet_is_told_only_of_platforms_that_tell_payouts() -> None:
    clock = Clock("Europe/Berlin")
    clock.charged("#1", "100.00", "2026-10-10T10:00:00+02:00", "2026-10-12")
    clock.charged("#2", "50.00", "2026-10-31T10:00:00+01:00", "2026-11-03", due=-(2**63), grp="")
    clock.charged(
        "#3", "50.00", "2026-10-31T10:00:00+01:00", "2026-11-03", due=-(2**63), grp="", account="paypal"
    )
    assert {name: each.facts.cause for name, each in clock.moves().items()} == {"#2": "not_paid_out_yet"}
    assert "is in no payout yet" in clock.moves()["#2"].text


def test_a_month_in_which_nothing_moves_is_a_match() -> None:
    clock = Clock("Europe/Berlin")
    for number in range(1, 20):
        when = f"2026-10-{number:02}T10:00:00+02:00"
        clock.sold(f"#{number}", "10.00", when)
        clock.charged(f"#{number}", "10.00", when, f"2026-10-{number + 3:02}")
        clock.payout("10.00", ident=f"P-2026-10-{number + 3:02}", day=f"2026-10-{number + 3:02}")
        clock.bank("10.00", f"Shopify P-2026-10-{number + 3:02}", day=f"2026-10-{number + 4:02}")
        clock.payment(f"#{number}", "10.00", day=when[:10])
    (bridge,) = clock.compare()
    assert bridge.says == ("matched", "", 0)
    assert bridge.text.startswith("2026-10: 190.00 EUR by shop time, 190.00 EUR by UTC, 190.00 EUR by payout")


def test_currencies_are_never_added_up() -> None:
    clock = Clock("Europe/Berlin")
    clock.sold("#1", "100.00", "2026-10-05T10:00:00+02:00")
    clock.charged("#1", "108.00", "2026-10-05T10:00:00+02:00", "2026-10-08", currency="USD")
    clock.sold("#2", "7.00", "2026-10-05T10:00:00+02:00")
    october = clock.bridge("2026-10")
    assert october["payout"] == 0
    steps = {step["to"]: step["items"] for step in october["case"].facts.note["steps"]}
    assert steps["payout"] == [["abroad", "", -100_00, 1], ["elsewhere", "", -7_00, 1]]
    assert clock.bridge("2026-10", "USD")["payout"] == 108_00


def test_the_zone_is_proposed_from_the_days_of_the_file() -> None:
    clock = Clock("")
    clock.sold("#1", "100.00", "2026-10-31T23:30:00-04:00")
    clock.sold("#2", "100.00", "2026-11-30T00:30:00-05:00")
    assert clock.bridge("2026-10")["shop"] == 100_00
    assert clock.result is not None
    assert clock.result.proposals == {"zone.Shopify": "America/New_York"}


def test_without_a_zone_days_count_as_they_are_written() -> None:
    clock = Clock("Mars/Olympus")
    clock.sold("#1", "100.00", "2026-10-31T23:30:00-04:00", source="shopify_bulk_transactions")
    assert clock.bridge("2026-10")["shop"] == 100_00
    assert any("is no time zone" in remark for remark in clock.remarks)
    assert any("No file shows the shop's time zone" in remark for remark in clock.remarks)


def test_without_records_there_is_nothing_to_say() -> None:
    clock = Clock()
    assert clock.compare() == []
    (said,) = clock.remarks
    assert "transactions of a payment platform" in said


def test_what_has_no_amount_is_left_out_and_said() -> None:
    clock = Clock()
    clock.charged("#1", "10.00", "2026-10-31T23:59:00-04:00", "2026-11-03")
    clock.add(
        RecordType.PAYMENT_LINE,
        ref="#2",
        category="charge",
        account="braintree",
        status="paid",
        day="2026-10-05",
    )
    assert clock.moves().keys() == {"#1"}
    assert clock.remarks[0] == "1 record of the platform of 2026-10-05 was left out: the file has no amount."


def test_the_bridge_is_a_table() -> None:
    clock = Clock()
    clock.sold("#1", "100.00", "2026-10-31T20:30:00-04:00")
    clock.compare()
    assert clock.result is not None
    october = clock.result.panels[1]
    assert october.title == "Cut-off 2026-10, EUR"
    assert [(row["item"], row["amount"]) for row in october.rows][:3] == [
        ("By shop time", 100_00),
        ("In 2026-11 by UTC", -100_00),
        ("By UTC", 0),
    ]
    assert {0, 2} <= set(october.strong)


def test_why_not() -> None:
    clock = Clock()
    one = clock.sold("#1", "1.00", "2026-10-31T20:30:00-04:00")
    two = clock.charged("#2", "2.00", "2026-10-31T20:30:00-04:00", "2026-11-02")
    item = clock.item("1", "1.00")
    assert [line.rule for line in Cutoff().why_not(clock.records[one], clock.records[two])] == [
        "ref",
        "amount",
    ]
    assert Cutoff().why_not(clock.records[one], clock.records[item])[0].rule == "type"


_ZONES = ("Europe/Berlin", _NEW_YORK, "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Cairo", "UTC")
#: Around the ends of months, and around both changes of the clock of most zones.
_NIGHTS = (
    *("2026-02-28", "2026-03-08", "2026-03-28", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-26"),
    *("2026-10-04", "2026-10-24", "2026-10-25", "2026-10-31", "2026-11-01", "2026-12-31"),
)
_MOVEMENT = st.tuples(
    st.sampled_from(_NIGHTS),
    st.integers(-86_400, 2 * 86_400),
    st.integers(1, 10**7),
    st.booleans(),
    st.sampled_from(("both", "shop", "platform")),
    st.integers(0, 9),
    st.integers(-1, 5),
    st.integers(-1, 40),
)


@settings(max_examples=30)
@given(st.sampled_from(_ZONES), st.lists(_MOVEMENT, max_size=12))
def test_every_bridge_sums_exactly_for_any_zone_and_moments(zone: str, rows: list[tuple[Any, ...]]) -> None:
    clock = Clock(zone)
    expected: dict[tuple[str, str], int] = {}
    for number, (night, seconds, minor, back, where, lag, bank, odoo) in enumerate(rows):
        moment = datetime.fromisoformat(f"{night}T00:00:00+00:00") + timedelta(seconds=seconds)
        local = moment.astimezone(ZoneInfo(zone))
        amount, ref = f"{'-' if back else ''}{minor // 100}.{minor % 100:02}", f"#{number}"
        paid = (moment + timedelta(days=lag)).date().isoformat()
        if where != "platform":
            clock.sold(ref, amount, local.isoformat())
        if where != "shop":
            clock.charged(ref, amount, local.isoformat(), paid, "0.30", grp=f"P{number}")
        if bank >= 0 and where != "shop":
            total = f"{(-minor if back else minor) - 30}"
            sign, cents = ("-", total[1:].zfill(3)) if total.startswith("-") else ("", total.zfill(3))
            net = f"{sign}{cents[:-2]}.{cents[-2:]}"
            on = (moment + timedelta(days=lag + bank)).date().isoformat()
            clock.bank(net, f"Shopify NAME{number:05}", day=on)
        if odoo >= 0:
            clock.payment(ref, amount, day=(moment + timedelta(days=odoo)).date().isoformat())
        signed = -minor if back else minor
        for basis, text in (("shop", local.date().isoformat()), ("utc", moment.date().isoformat())):
            expected[basis, text[:7]] = expected.get((basis, text[:7]), 0) + signed
    found = clock.compare()
    months = {each.facts.note["bridge"] for each in found if "bridge" in each.facts.note}
    assert {month for _, month in expected} <= months
    for month in months:
        figures = clock.bridge(month, cases=found)
        assert figures["shop"] == expected.get(("shop", month), 0)
        assert figures["utc"] == expected.get(("utc", month), 0)
    assert all(each.facts.kind in ("timing", "matched") for each in found)
    assert stands_once(clock)
    assert same_backwards(clock)


def test_the_day_of_a_case_is_the_shops() -> None:
    clock = Clock()
    clock.sold("#1", "100.00", "2026-10-31T20:30:00-04:00")
    assert clock.moves()["#1"].day == day("2026-10-31")


@pytest.mark.parametrize("code", ["out", "in", "gone", "new", "differs"])
def test_every_item_has_a_name(code: str) -> None:
    from recon_app.reconciliations._cutoff_words import item_title

    ends = {"out": ("utc", "payout", "bank", "odoo"), "in": ("utc", "payout", "bank", "odoo")}
    for end in ends.get(code, ("payout", "bank", "odoo")):
        assert item_title(code, end, "2026-10")
    assert item_title("abroad", "payout", "") != item_title("abroad", "odoo", "")


@pytest.mark.parametrize(
    ("bank_until", "moves"),
    [("2026-10-31", {"P-2026-10-30": "not_in_bank_yet"}), ("2026-11-20", {}), ("", {})],
)
def test_a_payout_beyond_the_days_of_the_bank_is_on_its_way(bank_until: str, moves: dict[str, str]) -> None:
    clock = Clock("Europe/Berlin")
    clock.charged("#1", "100.00", "2026-10-28T10:00:00+01:00", "2026-10-30")
    clock.payout("100.00", ident="P-2026-10-30", day="2026-10-30")
    if bank_until:
        clock.bank("5.00", "Rent", day=bank_until)
    assert {name: each.facts.cause for name, each in clock.moves().items()} == moves
    if moves:
        text = "Payout P-2026-10-30: 100.00 EUR of 2026-10-30 is not at the bank yet."
        assert clock.moves()["P-2026-10-30"].text == text


def test_a_refund_has_the_date_of_the_payment_of_its_credit_note() -> None:
    clock = Clock("Europe/Berlin")
    clock.sold("#1", "50.00", "2026-10-05T10:00:00+02:00")
    clock.sold("#1", "-12.95", "2026-10-30T10:00:00+01:00")
    clock.payment("#1", "50.00")
    clock.invoice("#1", "50.00", grp="INV/2026/00017")
    clock.invoice("Reversal of: INV/2026/00017, damaged", "-12.95", grp="RINV/2026/00004")
    paid = {"extra": '{"invoices":["RINV/2026/00004"]}'}
    clock.payment("re_7xQ", "-12.95", day="2026-11-02", **paid)
    october, november = clock.bridge("2026-10"), clock.bridge("2026-11")
    assert (october["shop"], october["odoo"], november["odoo"]) == (37_05, 50_00, -12_95)
