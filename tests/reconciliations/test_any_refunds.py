"""What holds for all refunds, whatever is in the files."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from recon_app.models.record import NO_INT, RecordType, Side
from tests.reconciliations.refund_books import Compared, Given

# always the same examples, as they are: to shrink one of them takes minutes
EXAMPLES = settings(max_examples=40, derandomize=True, phases=[Phase.explicit, Phase.generate])
_KINDS = (
    *("back", "admin", "paid", "failed", "chargeback", "note", "draft", "payment", "goods", "tried"),
    *("gift card", "pending", "won", "exchange", "dollars", "dollars paid", "dollars booked", "twin order"),
)


@st.composite
def random_refunds(draw: st.DrawFn) -> Given:
    """A few orders with any legs, in any number, of a few amounts and days, so that much of it ties."""
    books = Given()
    for number in range(draw(st.integers(1, 3))):
        ref = f"#{number}"
        books.sold(ref, "100.00")
        books.delivery(f"WH/OUT/{number}", ref)
        for kind, amount, day, named in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(_KINDS),
                    st.sampled_from(["10.00", "20.00", "30.00"]),
                    st.integers(2, 9),
                    st.integers(0, 4),
                ),
                max_size=9,
            )
        ):
            _put(books, kind, ref if named else "", amount, f"2026-11-0{day}", number)
    return books


def _put(books: Given, kind: str, ref: str, amount: str, day: str, number: int) -> None:
    """One leg; what has no order of its own is left to amount and date."""
    minus = f"-{amount}"
    if kind in ("back", "tried"):
        books.back(ref or "#0", minus, day=day, status="failure" if kind == "tried" else "success")
    elif kind == "admin":
        books.refund(ref or "#0", minus, sku="MUG", quantity=amount[0], status="return", day=day)
    elif kind in ("paid", "chargeback"):
        books.paid(ref, minus, day=day, category="chargeback" if kind == "chargeback" else "refund")
    elif kind == "failed":
        books.paid(ref, amount, day=day, category="refund_failure")
    elif kind in ("note", "draft"):
        books.note(ref, minus, "draft/not_paid" if kind == "draft" else "posted/paid", day=day)
    elif kind in _OTHERS:
        _put_other(books, kind, ref or "#0", amount, day)
    elif kind == "payment":
        books.payment(ref, minus, day=day)
    else:
        books.move("MUG", amount[0], ref=f"Return of WH/OUT/{number}", day=day)


_OTHERS = _KINDS[10:]


def _put_other(books: Given, kind: str, ref: str, amount: str, day: str) -> None:
    """What is rarer: other means, other currencies, exchanges, orders of the same name."""
    minus = f"-{amount}"
    if kind == "gift card":
        books.back(ref, minus, day=day, account="gift_card")
    elif kind == "pending":
        books.back(ref, minus, day=day, status="pending")
    elif kind == "won":
        books.paid(ref, amount, day=day, category="chargeback_reversal")
    elif kind == "exchange":  # goods of 5.00 more came back than money was given
        total = {"refund_total": int(amount[0]) * 1000 - 500}
        books.refund(ref, minus, sku="MUG", quantity="1", status="no_restock", day=day, extra=total)
        books.invoice(ref, "5.00", day=day)
    elif kind == "dollars":
        books.back(ref, minus, day=day, currency="USD")
    elif kind == "dollars paid":
        books.paid(ref, minus, day=day, foreign_amount=amount, foreign_currency="USD")
    elif kind == "dollars booked":
        books.note(ref, minus, day=day, currency="USD")
    else:
        books.order(ref, "100.00", day=day, refunded=amount)


def _legs(found: Compared) -> Counter[int]:
    return Counter(found.result.legs.record.tolist())


def _partition(found: Compared) -> set[tuple[object, ...]]:
    """Every case with its records, without an order."""
    cases, legs = found.result.cases, found.result.legs
    mine: dict[int, set[int]] = {number: set() for number in range(len(cases))}
    for case, record in zip(legs.case.tolist(), legs.record.tolist(), strict=True):
        mine[case].add(record)
    names = (
        "key",
        "kind",
        "cause",
        "missing",
        "delta",
        "sum_shop",
        "sum_platform",
        "sum_odoo",
        "grp",
        "rule",
    )
    columns = zip(*(cases[name].tolist() for name in names), strict=True)
    return {(*values, frozenset(mine[number])) for number, values in enumerate(columns)}


def _records(books: Given) -> dict[RecordType, pd.DataFrame]:
    return dict(books.inputs().frames)


@EXAMPLES
@given(random_refunds())
def test_every_refund_stands_in_one_case(books: Given) -> None:
    frames, found = _records(books), books.compare()
    legs = _legs(found)
    assert [record for record, count in legs.items() if count > 1] == []
    lines, shop = frames[RecordType.PAYMENT_LINE], frames[RecordType.SHOP_TRANSACTION]
    notes, moves = frames[RecordType.INVOICE], frames[RecordType.STOCK_MOVE]
    wanted = {
        *lines["id"][lines["category"] != "charge"],
        *shop["id"][(shop["category"] == "refund") & (shop["status"] == "success")],
        *notes["id"][notes["category"] == "credit_note"],
        *frames[RecordType.ODOO_PAYMENT]["id"],
        *moves["id"][moves["sku"] == "MUG"],
    }
    assert wanted <= set(legs)
    support = set(found.result.support.record.tolist())
    refunded = set(frames[RecordType.REFUND]["id"])
    assert refunded <= set(legs) | support
    for case in found.all():  # lines stand behind the transactions that moved the money
        mine = {record.id for record in case.facts.legs.get(Side.SHOP, ())} & set(legs)
        assert not mine & refunded or not mine & set(shop["id"])
    assert set(shop["id"][shop["status"] == "failure"]) <= set(legs) | support


@EXAMPLES
@given(random_refunds())
def test_sums_are_exact(books: Given) -> None:
    frames, found = _records(books), books.compare()
    cases, legs = found.result.cases, found.result.legs
    lines = frames[RecordType.PAYMENT_LINE]
    assert _sum(cases["sum_platform"]) == int(lines["amount"][lines["category"] != "charge"].sum())
    notes = frames[RecordType.INVOICE].set_index("id")
    # an invoice of exchanged goods is a leg beside the credit note
    notes = notes[(notes["category"] == "credit_note") | notes.index.isin(legs.record)]
    noted = {case.number for case in found.all() if case.note["credit_note"]}
    booked = cases["sum_odoo"][cases.index.isin(noted)]
    assert _sum(booked) == int(notes["amount"].sum())
    shop = frames[RecordType.SHOP_TRANSACTION]
    paid = shop[(shop["category"] == "refund") & (shop["status"] == "success")]
    moved = {record for record in legs.record.tolist() if record in set(paid["id"])}
    of_case = {number: set(legs.record[legs.case == number].tolist()) for number in range(len(cases))}
    refunds = frames[RecordType.REFUND].set_index("id")["amount"]
    behind = found.result.support
    told = frames[RecordType.REFUND]
    exchanged = set(told["id"][told["extra"].str.contains("refund_total")])
    for number, records in of_case.items():
        beside = set(behind.record[behind.case == number].tolist())
        mine = int(paid["amount"][paid["id"].isin(records & moved)].sum())
        listed = int(refunds[refunds.index.isin(records | beside)].sum())
        # an exchange states its total, and some refunds only their order tells
        of_lines = records <= set(refunds.index) | set(shop["id"])
        if int(cases["sum_shop"][number]) != NO_INT and of_lines and not (beside | records) & exchanged:
            assert int(cases["sum_shop"][number]) == (mine or listed)


def _sum(column: pd.Series) -> int:
    return int(column[column != NO_INT].sum())


@EXAMPLES
@given(random_refunds())
def test_the_order_of_the_records_does_not_matter(books: Given) -> None:
    assert _partition(books.compare()) == _partition(books.compare(backwards=True))


@EXAMPLES
@given(random_refunds())
def test_every_case_can_be_told(books: Given) -> None:
    found = books.compare()
    keys = found.result.cases["key"]
    assert not keys.duplicated().any()
    for case in found.all():
        assert case.text()
        assert all(line.text for line in case.evidence())
        assert bool(case.next) or case.says[0] in ("matched", "timing")
        dated = case.note["origin"] != "shop" or not case.note["cumulative"]
        assert (case.note["age"] is None) is (case.says[0] == "matched") or not dated
        assert (case.says[0] == "ambiguous") is bool(case.note["rivals"])
        done = {str(side) for side in ("shop", "platform", "odoo", "goods")} & set(case.state.split("+"))
        assert not {str(side) for side in case.missing} & done


def clean_month(orders: int) -> Given:
    """Orders of a month with full, partial, shipping and cancelled refunds, all of them complete."""
    books = Given()
    for number in range(orders):
        ref, day = f"#{2000 + number}", f"2026-10-{number % 28 + 1:02}"
        books.sold(ref, "100.00", fee="3.20")
        books.delivery(f"WH/OUT/{number}", ref)
        amount = ("-100.00", "-40.00", "-5.00", "-60.00")[number % 4]
        goods = {"sku": "MUG", "quantity": "1"}
        given_ = (
            {**goods, "status": "return"},
            {**goods, "status": "cancel"},
            {},
            {**goods, "status": "no_restock"},
        )[number % 4]
        parts = [(amount, given_)]
        if number % 7 == 3:
            parts.append(("-7.00", {}))
        for part, (minus, goods_of) in enumerate(parts):
            books.refund(ref, minus, f"{number}-{part}", day=day, **goods_of)
            books.back(ref, minus, day=day)
            books.paid(ref, minus, day=day)
            books.note(ref, minus, day=day)
        if number % 4 == 0:
            books.move("MUG", "1", ref=f"Return of WH/OUT/{number}", day=day)
    return books


def test_a_clean_month_has_no_difference() -> None:
    found = clean_month(56).compare()
    assert len(found) == 56 + 8
    assert set(found.result.cases["kind"]) == {"matched"}
    assert set(found.result.cases["delta"]) == {0}
    assert all(case.note["next"] == [] for case in found.all())
