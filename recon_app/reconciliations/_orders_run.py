"""The run over orders: number them on both sides, compare them, and say what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.aliases import applied
from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, Category, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations import _orders_money as figures
from recon_app.reconciliations import _orders_tax as tax
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._covered import said, span
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_guesses import CUT, NUMBER, REFERENCE, SIMILAR, SOURCE
from recon_app.reconciliations._orders_kinds import Judged, Standing, judge, standing_of
from recon_app.reconciliations._orders_lines import Both, Lines, compare
from recon_app.reconciliations._orders_records import (
    AMOUNT,
    NEVER,
    RANKS,
    Orders,
    orders,
    outside,
    sale_lines,
    shop_lines,
    untold,
)
from recon_app.reconciliations._orders_words import next_actions

Frames = Mapping[RecordType, pd.DataFrame]

_STATUS, _DEFAULT = "order_status.Shopify", "paid"
_RETURN = "Return of "


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Orders", 0, 4)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    frames = applied(inputs.frames, inputs.aliases)
    lacking = _not_imported(frames)
    if lacking:
        result.remarks = lacking
        return result
    found = orders(frames)
    own, tips = shop_lines(frames, found)
    booked = sale_lines(frames, found)
    progress("Orders: amounts", 1, 4)
    told = figures.classes(booked, frozenset(own["sku"]) - {""}, inputs.answers)
    amounts = figures.amounts(found, booked, own, tips, told.of_line)
    both = Both(own, tips, booked, told.of_line)
    progress("Orders: lines", 2, 4)
    lines = compare(frames, both, amounts, inputs.answers)
    delivered = (booked["done"] != NO_INT) & (booked["done"] > 0) & (told.of_line == figures.GOODS)
    left = goods.any_of(booked["code"].to_numpy(np.int64), delivered.to_numpy(bool), found.count)
    standing, remarks = _standing(frames, found, left, inputs.answers)
    taxes = tax.explain(_odd_taxes(standing, amounts), both, amounts, found.shop, lines.compared)
    progress("Orders: cases", 3, 4)
    judged = judge(standing, amounts, lines, taxes)
    _fill(result, found, standing, amounts, judged)
    bare = (found.sales["id"] < 0).to_numpy(bool)[booked["sale"].to_numpy(np.int64)]
    result.legs = Legs.concat(result.legs, _legs(Side.ODOO, booked[bare]))
    _add_notes(result, found, standing, amounts, lines, taxes, judged)
    _add_support(result, Both(own, tips, booked[~bare], told.of_line[~bare]), frames, found, judged)
    if _STATUS not in inputs.answers:
        result.proposals[_STATUS] = _DEFAULT
    result.proposals |= told.proposals
    result.remarks = [*found.remarks, *told.remarks, *lines.remarks, *remarks, *_unread(frames)]
    result.remarks += [*untold(frames, found), *_beyond(result.cases)]
    return result


def _beyond(cases: pd.DataFrame) -> list[str]:
    """Say once how many orders the files of the other side do not reach, and of which days."""
    day = cases["day"].to_numpy(np.int64)[(cases["cause"] == "outside_export").to_numpy(bool)]
    days = span(day)
    if days is None:
        return []
    were = counted(len(day), "order", "orders")
    text = (
        f"{were} of {said(days)}: the files of the other side do not reach these days, so that nothing is "
        "missing there. They count as timing."
    )
    return [text]


def _not_imported(frames: Frames) -> list[str]:
    """What has to be imported before anything can be compared."""
    found = []
    if not len(frames[RecordType.ORDER]):
        found.append("No orders of the shop were imported: import the orders export of Shopify.")
    if not len(frames[RecordType.SALE_ORDER]) and not len(frames[RecordType.SALE_ORDER_LINE]):
        found.append("No sale orders were imported: import the sale orders of Odoo.")
    return found


def _unread(frames: Frames) -> list[str]:
    """What was left out because no file has it."""
    found = []
    if not len(frames[RecordType.ORDER_LINE]):
        found.append("No lines of the shop's orders were imported, so only totals are compared.")
    if not len(frames[RecordType.SALE_ORDER_LINE]):
        found.append(
            "No lines of sale orders were imported, so only totals are compared: export the sale orders with "
            "Order Lines/Product/Internal Reference, Quantity and Subtotal."
        )
    return found


def _standing(
    frames: Frames, found: Orders, left: Mask, answers: Mapping[str, str]
) -> tuple[Standing, list[str]]:
    """How far each order has come on both sides; ``left`` says of which some goods were delivered."""
    count, code = found.count, found.shop["code"].to_numpy(np.int64)
    limit, remarks = _limit(answers)
    status = found.shop["status"].to_numpy(object)
    wanted = np.array(
        [word not in NEVER and RANKS.get(str(word), limit) >= limit for word in status], np.bool_
    )
    day, beyond = outside(found)
    today = goods.today(answers, day)
    age = np.where((day != NO_INT) & (today != NO_INT), np.maximum(today - day, 0), NO_INT)
    invoiced, unknown = _invoiced(frames, found)
    if unknown:
        remarks.append(
            "Nothing tells which sale orders are invoiced: export them with Invoice Status, or import the "
            "invoices."
        )
    return (
        standing_of(
            found,
            due=goods.any_of(code, wanted, count),
            picked=left | _transferred(frames, found),
            invoiced=invoiced,
            outside=beyond,
            age=age,
        ),
        remarks,
    )


def _limit(answers: Mapping[str, str]) -> tuple[int, list[str]]:
    """How far the payment of an order must have come before it must be in Odoo."""
    given = answers.get(_STATUS, _DEFAULT)
    if given in RANKS:
        return RANKS[given], []
    known = ", ".join(RANKS)
    return RANKS[_DEFAULT], [
        f"{_STATUS} is '{given}'; it must be one of {known}. Orders that are paid count."
    ]


def _invoiced(frames: Frames, found: Orders) -> tuple[Ints, bool]:
    """Whether each order has an invoice: 1, 0, or -1 where nobody knows; and whether that is so of all."""
    count, sales = found.count, found.sales[(found.sales["code"] >= 0) & found.sales["alive"]]
    code = sales["code"].to_numpy(np.int64)
    status = sales["invoice_status"].to_numpy(object)
    documents = frames[RecordType.INVOICE]
    documents = documents[
        (documents["category"] == str(Category.INVOICE))
        & ~_before(documents["status"], "/").isin(money.CANCELLED)
    ]
    has = (sales["invoices"] > 0).to_numpy(bool) | (status == "invoiced")
    has |= sales["grp"].isin(_words(documents["ref2"])).to_numpy(bool)
    named = set(money.references([text for text in documents["ref"] if text]))
    known = (status != "") | bool(len(documents))
    result = np.full(count, -1, np.int64)
    result[code[known]] = 0
    result[code[has]] = 1
    by_name = np.array([name in named for name in found.names], np.bool_)
    result[by_name & (result == 0)] = 1
    return result, bool(len(sales)) and not known.any()


def _before(column: pd.Series, separator: str) -> pd.Series:
    """What stands before a separator in each text."""
    return pd.Series([text.partition(separator)[0] for text in column], column.index, object)


def _words(column: pd.Series) -> set[str]:
    """The documents that origins name: ``S00012, S00013``."""
    return {part.strip() for text in set(column) for part in text.split(",")} - {""}


def _transferred(frames: Frames, found: Orders) -> Mask:
    """Orders with a transfer that is done and that nothing came back of."""
    count = found.count
    number = found.by_number
    transfers = frames[RecordType.TRANSFER]
    done = transfers[transfers["status"] == "done"]
    back = set(done["ref"][done["ref"].str.startswith(_RETURN)].str.removeprefix(_RETURN))
    origins = done["ref"][~done["ref"].str.startswith(_RETURN) & ~done["grp"].isin(back)]
    place = number.index.get_indexer(pd.Index(_before(origins, " - ")))
    result = np.zeros(count, np.bool_)
    result[number.to_numpy(np.int64)[place[place >= 0]]] = True
    return result


def _odd_taxes(standing: Standing, amounts: figures.Amounts) -> Ints:
    """Orders whose tax differs."""
    known = (amounts.shop_tax != NO_INT) & (amounts.odoo_tax != NO_INT)
    one = (standing.shop == 1) & (standing.alive > 0)
    return np.flatnonzero(one & known & (amounts.shop_tax != amounts.odoo_tax) & ~amounts.mixed)


def _fill(
    result: Result, found: Orders, standing: Standing, amounts: figures.Amounts, judged: Judged
) -> None:
    """The cases, and the orders of both sides as their legs."""
    day, _ = outside(found)
    odd = judged.kind != str(Kind.MATCHED)
    bits = np.where(judged.lacks_odoo, missing_bits(Side.ODOO), 0)
    bits = np.where(judged.lacks_shop, missing_bits(Side.SHOP), bits)
    known = (judged.shop != NO_INT) & (judged.odoo != NO_INT)
    sales = found.sales[(found.sales["code"] >= 0) & (found.sales["id"] >= 0)]
    result.cases = money.case_table(
        found.names,
        kind=judged.kind,
        cause=judged.cause,
        rule=_rules(found),
        missing=bits.astype(np.int64),
        grp=np.where(odd, goods.age_words(standing.age), "").astype(object),
        day=day,
        delta=np.where(known, judged.odoo - judged.shop, NO_INT),
        currency=amounts.currency,
        sum_shop=judged.shop,
        sum_odoo=judged.odoo,
    ).assign(unit="")  # which keeps them in the order of their numbers
    result.legs = Legs.concat(
        *(_legs(side, frame) for side, frame in ((Side.SHOP, found.shop), (Side.ODOO, sales)))
    )


def _legs(side: Side, frame: pd.DataFrame) -> Legs:
    return Legs.of_side(side, frame["code"].to_numpy(np.int64), frame["id"].to_numpy(np.int64))


def _rules(found: Orders) -> Texts:
    """The weakest rule by which a sale order was found."""
    rule = np.full(found.count, "", object)
    sales = found.sales[(found.sales["code"] >= 0) & (found.sales["rule"] != "")]
    for name in (REFERENCE, SOURCE, NUMBER, CUT, SIMILAR, AMOUNT):
        rule[sales["code"][sales["rule"] == name].to_numpy(np.int64)] = name
    return rule


def _add_notes(
    result: Result,
    found: Orders,
    standing: Standing,
    amounts: figures.Amounts,
    lines: Lines,
    taxes: Mapping[int, tax.Explained],
    judged: Judged,
) -> None:
    """What the sentences of cases need that are more than a match."""
    odd = (judged.kind != str(Kind.MATCHED)) | (judged.cause != "")
    numbers = _texts_of(found.sales[found.sales["alive"]], "grp", odd)
    names = _names_in_odoo(found, odd) | _texts_of(found.shop, "ref", odd)
    status = _texts_of(found.shop, "status", odd)
    differences = _by_order(lines.differing)
    ages = goods.age_words(standing.age)
    for code in np.flatnonzero(odd).tolist():
        note: dict[str, Any] = {
            "order": (names.get(code) or [""])[0] or found.names[code].partition(goods.SEPARATOR)[0],
            "sales": numbers.get(code, []),
            "status": (status.get(code) or [""])[0],
            "also": [cause for cause in judged.every[code] if cause != judged.cause[code]],
            "age": _int(standing.age[code]),
            "bucket": str(ages[code]),
            "unit": lines.unit,
            "differences": differences.get(code, []),
            "parts": {
                name: int(values[code])
                for name, values in amounts.parts.items()
                if values[code] not in (0, NO_INT) and standing.shop[code] == 1
            },
            "tax": taxes[code].note if code in taxes else {},
        }
        for name, values in (
            ("shop", amounts.shop),
            ("odoo", amounts.odoo),
            ("shop_tax", amounts.shop_tax),
            ("odoo_tax", amounts.odoo_tax),
            ("open", standing.open),
            ("refunded", standing.refunded),
        ):
            note[name] = _int(values[code])
        note["next"] = next_actions(str(judged.cause[code]), note)
        result.notes[code] = note


def _names_in_odoo(found: Orders, odd: Mask) -> dict[int, list[str]]:
    """What sale orders call an order that the shop does not have, as they write it."""
    alone = found.sales[(found.sales["rule"] == "") & (found.sales["code"] >= 0)]
    written = money.references(alone["ref"].tolist())
    same = [text == found.names[code] for text, code in zip(written, alone["code"], strict=True)]
    return _texts_of(alone[np.array(same, np.bool_)], "ref", odd)


def _int(value: Any) -> int | None:
    return None if value == NO_INT else int(value)


def _texts_of(frame: pd.DataFrame, name: str, odd: Mask) -> dict[int, list[str]]:
    """Texts of the records of some orders, sorted."""
    code = frame["code"].to_numpy(np.int64)
    chosen = np.flatnonzero((code >= 0) & odd[np.maximum(code, 0)])
    found: dict[int, list[str]] = {}
    for row in chosen.tolist():
        found.setdefault(int(code[row]), []).append(str(frame[name].iloc[row]))
    return {number: sorted(texts) for number, texts in found.items()}


def _by_order(differing: pd.DataFrame) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    columns = ("shop", "odoo", "shop_value", "odoo_value")
    for row in differing.to_dict("records"):
        item = {name: row[name] for name in ("what", "sku", "other")}
        item |= {name: _int(row[name]) for name in columns}
        found.setdefault(int(row["code"]), []).append(item)
    return found


def _add_support(result: Result, both: Both, frames: Frames, found: Orders, judged: Judged) -> None:
    """The lines behind orders that are more than a match, and the transfers of cancelled ones."""
    odd = judged.kind != str(Kind.MATCHED)
    parts = [
        _legs(side, frame[odd[frame["code"].to_numpy(np.int64)]])
        for side, frame in ((Side.SHOP, both.shop), (Side.ODOO, both.odoo))
    ]
    parts.append(
        _transfers(frames[RecordType.TRANSFER], found, np.array(judged.cause == "cancelled_after_pick"))
    )
    result.support = Legs.concat(*parts)


def _transfers(transfers: pd.DataFrame, found: Orders, wanted: Mask) -> Legs:
    """Transfers that name the sale orders of some orders."""
    number = found.by_number
    place = number.index.get_indexer(pd.Index(_before(transfers["ref"], " - ")))
    code = np.append(number.to_numpy(np.int64), -1)[place]
    rows = (code >= 0) & np.append(wanted, [False])[code]
    return Legs.of_side(Side.ODOO, code[rows], transfers["id"].to_numpy(np.int64)[rows])
