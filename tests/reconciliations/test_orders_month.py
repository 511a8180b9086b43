"""A made-up month of a shop whose books are right, and single faults in it."""

from __future__ import annotations

import random

import pytest

from recon_app.engine.tax import spread
from recon_app.models.record import RecordType
from recon_app.reconciliations._base import Reconciliation
from recon_app.reconciliations.fulfilment import Fulfilment
from recon_app.reconciliations.orders import Orders
from tests.reconciliations.desk import DAY, Desk, Found, Item, case_of, minor, money

_SKUS = [f"SKU-{number}" for number in range(12)]


def _month(recon: Reconciliation, *, included: bool, count: int = 120) -> Desk:
    """Orders with discounts, shipping, tips, tax, parcels and cancellations, the same on both sides."""
    desk, dice = Desk(recon), random.Random(7)  # noqa: S311 - no secret
    for number in range(count):
        ref, day = f"#{1000 + number}", DAY + number // 6
        items = [
            (sku, str(dice.randint(1, 4)), money(dice.randint(100, 9_000)))
            for sku in dice.sample(_SKUS, dice.randint(1, 4))
        ]
        extras = {
            "shipping": dice.choice(["0", "4.95"]),
            "tip": dice.choice(["0", "0", "2.00"]),
            "discount": dice.choice(["0", "0", "1.00"]),
        }
        _order(desk, ref, items, extras, day, included=included, cancelled=number % 17 == 0)
    return desk


def _order(
    desk: Desk,
    ref: str,
    items: list[Item],
    extras: dict[str, str],
    day: int,
    *,
    included: bool,
    cancelled: bool,
) -> None:
    values = [int(many) * minor(price) for _, many, price in items]
    parts = spread(minor(extras["discount"]), values)
    net = [value - part for value, part in zip(values, parts, strict=True)]
    # each line's tax is rounded, as both sides do
    taxes = [(value * 19 + (59 if included else 50)) // (119 if included else 100) for value in net]
    gone = {"cancelled_at": day * 86_400} if cancelled else {}
    desk.order(
        ref,
        *items,
        **extras,
        taxes=money(sum(taxes)),
        taxes_are="included" if included else "added",
        day=day,
        at=day * 86_400,
        extra=gone | {"tax_lines": [["VAT 19%", sum(taxes)]]},
        line={"status": "pending" if cancelled else "fulfilled"},
    )
    number = f"S{ref[1:]}"
    worth = [value - tax if included else value for value, tax in zip(net, taxes, strict=True)]
    free = minor(extras["shipping"]) + minor(extras["tip"])
    status = "cancel" if cancelled else "sale"
    desk.sale(
        number,
        ref,
        status=status,
        day=day,
        at=day * 86_400,
        amount=sum(worth) + sum(taxes) + free,
        extra={"untaxed": sum(worth) + free, "tax": sum(taxes)},
    )
    for (sku, many, _), value, tax in zip(items, worth, taxes, strict=True):
        told = {"total": value + tax, "taxes": "19%"}
        desk.sale_line(number, ref, sku, many, value, status=status, done=many, extra=told)
        if not cancelled:
            parcel = {"grp": ref[1:], "ident": f"F{ref}", "ref2": f"T{ref}", "status": "success", "day": day}
            desk.add(RecordType.FULFILMENT, ref=ref, sku=sku, quantity=many, **parcel)
    for sku, name in (("SHIP", "shipping"), ("TIP", "tip")):
        if minor(extras[name]):
            value = minor(extras[name])
            desk.sale_line(number, ref, sku, "1", value, status=status, extra={"total": value})
    if not cancelled:
        desk.add(RecordType.TRANSFER, grp=f"WH/OUT/{ref}", ref=number, ref2=f"T{ref}", status="done", day=day)


@pytest.mark.parametrize("included", [False, True])
@pytest.mark.parametrize("recon", [Orders(), Fulfilment()], ids=lambda recon: recon.id)
def test_a_clean_month_has_no_differences(recon: Reconciliation, *, included: bool) -> None:
    desk = _month(recon, included=included)
    assert [case.text for case in desk.odd()] == []
    assert desk.result is not None
    assert len(desk.result.cases) >= 100


@pytest.mark.parametrize("included", [False, True])
def test_a_cent_in_a_clean_month_is_the_only_difference(*, included: bool) -> None:
    desk = _month(Orders(), included=included)
    row = next(row for row in desk.rows[RecordType.SALE_ORDER] if row["ref"] == "#1042")
    row["amount"] += 1
    (found,) = desk.odd()
    assert found.facts.delta == 1
    assert found.facts.kind == "amount"


def test_a_missing_order_and_a_lost_parcel_are_found_in_a_clean_month() -> None:
    desk = _month(Orders(), included=True)
    for kind in (RecordType.SALE_ORDER, RecordType.SALE_ORDER_LINE):
        desk.rows[kind] = [row for row in desk.rows[kind] if row["ref"] != "#1042"]
    found: list[Found] = desk.odd()
    assert [case_of(found, "#1042").says[:2]] == [case.says[:2] for case in found]
    assert found[0].facts.cause == "order_not_imported"
    dock = _month(Fulfilment(), included=True)
    for row in dock.rows[RecordType.SALE_ORDER_LINE]:
        row["done"] = 0 if row["ref"] == "#1042" else row["done"]
    lost = dock.odd()
    assert {case.facts.cause for case in lost} == {"fulfilled_not_delivered"}
    assert {case.facts.note["order"] for case in lost} == {"#1042"}
