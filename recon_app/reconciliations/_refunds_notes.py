"""What a screen shows of a refund beside its records: the timeline, the next steps, the figures behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _refunds_steps as steps
from recon_app.reconciliations._refunds_cases import GOODS, NOTE, PAYMENT, PLATFORM, Cases
from recon_app.reconciliations._refunds_judge import Standing
from recon_app.reconciliations._refunds_scope import World
from recon_app.reconciliations._stock_policy import PIECE

Note = dict[str, Any]


def notes(seen: World, cases: Cases, made: Standing) -> dict[int, Note]:
    """The note of every case; see :mod:`recon_app.reconciliations.refunds`."""
    legs, told = _rows(seen, cases), steps.Told(made)
    none: list[Note] = []
    several = _several(cases)
    found = {}
    for case, plain in enumerate(_plain(seen, cases, made)):
        mine: steps.Legs = {side: rows.get(case, none) for side, rows in legs.items()}
        note = {
            **plain,
            **_of_legs(mine),
            "rivals": cases.rivals.get(case, []),
            "shared": _shared(mine) if case in several else [],
        }
        note["legs"], note["items_back"] = steps.timeline(case, told, mine, note)
        note["next"] = steps.actions(case, told, mine, note)
        found[case] = note
    return found


def _several(cases: Cases) -> set[int]:
    """Cases with a credit note or payment that stands for several."""
    links = [cases.links[side] for side in (NOTE, PAYMENT)]
    return {case for each in links for case in each["case"][each["row"].duplicated(keep=False)].tolist()}


def _shared(mine: steps.Legs) -> list[str]:
    return sorted({str(row["number"]) for side in (NOTE, PAYMENT) for row in mine[side] if row["shared"]})


def _plain(seen: World, cases: Cases, made: Standing) -> Iterator[Note]:
    """What is one figure or word per case."""
    size, shop, sums = len(cases), seen.shop.table, made.money
    rest = [""] * (size - len(shop))
    none = [None] * len(rest)
    columns: dict[str, list[Any]] = {
        "state": made.states(),
        "order": _named(seen, cases),
        "refund": [*shop["number"].tolist(), *rest],
        "reason": [*shop["reason"].tolist(), *rest],
        "gateway": [*shop["account"].tolist(), *rest],
        "status": made.status.tolist(),
        "cumulative": [*shop["cumulative"].tolist(), *([False] * len(rest))],
        "credit": [*shop["credit"].tolist(), *([False] * len(rest))],
        "origin": cases.table["origin"].tolist(),
        "amount": np.abs(cases.table["amount"].to_numpy(np.int64)).tolist(),
        "currency": cases.table["currency"].tolist(),
        "age": _open_only(made.age, made),
        "bucket": np.where(made.open & (made.age != NO_INT), goods.age_words(made.age), "").tolist(),
        "fee_kept": _known(sums.fee_kept),
        "exchange": _known(sums.exchange),
        "said": [*_known(shop["said"].to_numpy(np.int64)), *none],
        "parts": [*_known(shop["parts"].to_numpy(np.int64)), *none],
        "shop_tax": _known(sums.shop_tax),
        "odoo_tax": _known(sums.odoo_tax),
        "booked": _known(sums.odoo),
        "rate": sums.rate.tolist(),
        "rate_currency": sums.rate_currency.tolist(),
        "charged": _known(sums.charged),
    }
    why = sums.why_tax.notes
    for case, values in enumerate(zip(*columns.values(), strict=True)):
        note = dict(zip(columns, values, strict=True))
        note["tax"] = {"shop": note.pop("shop_tax"), "odoo": note.pop("odoo_tax"), "why": why.get(case)}
        said, parts = note.pop("said"), note["parts"]
        note["parts"] = None if said is None else {"order": said, "refunds": parts}
        difference, currency, charged = note["rate"], note.pop("rate_currency"), note.pop("charged")
        note["rate"] = (
            {
                "charged": charged,
                "refunded": charged - difference,
                "difference": difference,
                "currency": currency,
            }
            if difference
            else None
        )
        yield note


def _known(values: Ints) -> list[int | None]:
    return [None if value == NO_INT else value for value in values.tolist()]


def _open_only(age: Ints, made: Standing) -> list[int | None]:
    return _known(np.where(made.open, age, NO_INT))


def _rows(seen: World, cases: Cases) -> dict[str, dict[int, list[Note]]]:
    """The rows of each side by case, with what is needed of them."""
    wanted = {
        PLATFORM: (seen.paid.table, ("day", "amount", "net", "currency", "fee", "account", "kind", "failed")),
        NOTE: (seen.booked.notes, ("id", "day", "amount", "currency", "number", "draft", "paid")),
        PAYMENT: (seen.booked.payments, ("id", "day", "amount", "currency", "number")),
        GOODS: (seen.back.table, ("id", "day", "sku", "done", "grp", "location_to", "held")),
    }
    first = seen.paid.legs.drop_duplicates("unit").set_index("unit")["record"]
    found: dict[str, dict[int, list[Note]]] = {}
    for side, (table, names) in wanted.items():
        links = cases.links[side]
        row = links["row"].to_numpy(np.int64)
        columns = {name: table[name].iloc[row].tolist() for name in names}
        if side == PLATFORM:
            columns["id"] = first.reindex(row).tolist()
        columns |= {"part": links["amount"].tolist(), "rule": links["rule"].tolist()}
        columns["shared"] = links["row"].duplicated(keep=False).tolist()
        mine = found.setdefault(side, {})
        for case, values in zip(links["case"].tolist(), zip(*columns.values(), strict=True), strict=True):
            mine.setdefault(case, []).append(dict(zip(columns, values, strict=True)))
    found["lines"] = _lines(seen)
    found["order"] = _orders(seen, cases)
    found["shop"] = _shop(seen)
    return found


def _lines(seen: World) -> dict[int, list[Note]]:
    found: dict[int, list[Note]] = {}
    lines = seen.shop.goods
    for unit, sku, quantity, restock in zip(
        *(lines[name].tolist() for name in ("unit", "sku", "quantity", "restock")), strict=True
    ):
        found.setdefault(unit, []).append({"sku": sku, "quantity": quantity, "restock": restock})
    return found


def _named(seen: World, cases: Cases) -> list[str]:
    """How the order of each case is called: as the shop calls it, where a leg names another document."""
    told = cases.orders.agreed(seen.orders.table["ref"].to_numpy(object))
    told[: len(seen.shop.table)] = ""
    named: list[str] = np.where(told != "", told, cases.table["name"].to_numpy(object)).tolist()
    return named


def _orders(seen: World, cases: Cases) -> dict[int, list[Note]]:
    """The orders that each case may be of."""
    table, row = seen.orders.table, cases.orders.row
    found: dict[int, list[Note]] = {}
    for case, record, day in zip(
        cases.orders.asked.tolist(),
        *(table[name].to_numpy()[row].tolist() for name in ("id", "day")),
        strict=True,
    ):
        found.setdefault(case, []).append({"id": record, "day": day})
    return found


def _shop(seen: World) -> dict[int, list[Note]]:
    legs = seen.shop.legs.drop_duplicates("unit")
    pairs = zip(legs["unit"].tolist(), legs["record"].tolist(), strict=True)
    return {unit: [{"id": record}] for unit, record in pairs}


def _of_legs(mine: steps.Legs) -> Note:
    """What the platform, Odoo and the shelf say."""
    paid, noted = mine[PLATFORM], mine[NOTE]
    found: Note = {"paid": None, "credit_note": None, "unit": PIECE}
    held = [row for row in paid if row["net"] != 0]
    if held:
        fees = [row["fee"] for row in held if row["fee"] != NO_INT]
        found["paid"] = {
            "day": _day(max(row["day"] for row in held)),
            "amount": sum(abs(row["part"] if row["shared"] else row["net"]) for row in held),
            "currency": held[0]["currency"],
            "fee": sum(fees) if fees else None,
        }
    if noted:
        one = noted[0]
        found["credit_note"] = {
            "number": one["number"],
            "status": "draft" if one["draft"] else "posted",
            "paid": one["paid"],
            "day": _day(one["day"]),
        }
    found["goods"] = _goods(mine) if mine["lines"] or mine[GOODS] else []
    found["stock"] = [
        {"sku": line["sku"], **steps.effect(line["restock"], line["quantity"])} for line in mine["lines"]
    ]
    return found


def _goods(mine: steps.Legs) -> list[Note]:
    """Refunded and received quantities by product."""
    found: dict[str, Note] = {}

    def of(sku: str) -> Note:
        return found.setdefault(
            sku, {"sku": sku, "refunded": None, "received": None, "waiting": None, "restock": ""}
        )

    for line in mine["lines"]:
        row = of(line["sku"])
        row["refunded"] = (row["refunded"] or 0) + line["quantity"]
        row["restock"] = line["restock"]
    for move in mine[GOODS]:
        row, name = of(move["sku"]), "received" if move["done"] else "waiting"
        if move["part"] != NO_INT:
            row[name] = (row[name] or 0) + move["part"]
    return list(found.values())


def _day(day: int) -> int | None:
    return None if day == NO_INT else int(day)
