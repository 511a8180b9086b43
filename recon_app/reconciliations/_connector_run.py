"""The run over the behaviours of connectors: every rule looks at the same books, its hits become cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.aliases import applied
from recon_app.engine.cases import SIDES, Legs, missing_bits
from recon_app.engine.orders import order_hashes
from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._levels import Shelves
from recon_app.fingerprints._words import money
from recon_app.models.column import Column, ColumnType
from recon_app.models.panel import Panel
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._goods_cases import SEPARATOR, added, case_table, figure, told_once
from recon_app.reconciliations._settlement_shop import shop_once
from recon_app.reconciliations._stock_policy import not_for_sale, policy

#: What the preparation of the records needs beyond what the rules read.
_OWN = {
    RecordType.ORDER: ("ident", "ref", "ref2", "day", "at", "amount", "currency"),
    RecordType.SHOP_TRANSACTION: ("ident", "ref", "day", "at", "amount", "currency", "category", "status"),
    RecordType.PAYMENT_LINE: ("ident", "ref", "day", "at", "amount", "net", "currency"),
    RecordType.PAYOUT: ("ident", "ref", "day", "amount", "currency"),
    RecordType.ODOO_PRODUCT: ("sku", "unit"),
    RecordType.STOCK_MOVE: ("unit",),
    RecordType.STOCK_QUANT: ("location", "unit"),
    RecordType.INVENTORY_LEVEL: ("location", "available", "at", "unit"),
}
#: Lines of one order that several exports have count once, as the first of these tells them.
_BEST = {
    RecordType.ORDER_LINE: ("shopify_bulk_order_lines", "shopify_order_lines", "matrixify_order_lines"),
    RecordType.REFUND: ("shopify_bulk_refunds", "matrixify_refunds"),
}
#: Figures that rules add up.
_SUMMED = frozenset({"amount", "net", "refunded", "quantity", "reserved", "done"})
_LEVELS = ("shopify_inventory", "shopify_bulk_inventory")
_WORDS = {
    RecordType.ORDER: "orders of the shop",
    RecordType.REFUND: "refunds of the shop (Admin data, Matrixify)",
    RecordType.INVENTORY_LEVEL: "inventory of the shop",
    RecordType.PAYMENT_LINE: "transactions of a payment platform",
    RecordType.PAYOUT: "payouts",
    RecordType.SALE_ORDER: "sale orders",
    RecordType.SALE_ORDER_LINE: "lines of sale orders",
    RecordType.INVOICE: "invoices",
    RecordType.ODOO_PAYMENT: "payments of Odoo",
    RecordType.JOURNAL_ITEM: "journal items",
    RecordType.STOCK_MOVE: "stock moves",
    RecordType.STOCK_QUANT: "stock of Odoo",
}


def needed(rules: Iterable[Fingerprint]) -> dict[RecordType, tuple[str, ...]]:
    """The fields that all rules and the preparation of the records need."""
    found: dict[RecordType, dict[str, None]] = {}
    for part in (*(rule.reads for rule in rules), _OWN):
        for kind, names in part.items():
            found.setdefault(kind, {}).update(dict.fromkeys(names))
    return {kind: (*names, "source") for kind, names in found.items()}


def reconcile(inputs: Inputs, rules: Sequence[Fingerprint], progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Connector", 0, len(rules) + 1)
    books, remarks = _books(inputs)
    found: list[tuple[Fingerprint, Found]] = []
    absent: dict[str, str] = {}
    for number, rule in enumerate(rules):
        progress("Connector", number + 1, len(rules) + 1)
        lacking = [_WORDS.get(kind, str(kind)) for kind in rule.needs if not books.has(kind)]
        if lacking:
            absent[rule.code] = " and ".join(lacking)
        found.append((rule, Found() if lacking else rule.hits(books)))
    result = _result([(rule, hit) for rule, each in found for hit in sorted(each.hits, key=_place)])
    panel = _panel(found, absent)
    result.panels = [panel]
    said = [text for _, each in found for text in each.remarks]
    result.remarks = [*_counts(panel), *remarks, *said, *_unseen(absent)]
    return result


def _place(hit: Hit) -> tuple[int, str, int, str]:
    """Where a hit stands among those of its rule, whatever order the records came in."""
    return hit.day, hit.key, hit.value or 0, hit.text


def _unseen(absent: Mapping[str, str]) -> list[str]:
    """What to import for the rules that had nothing to look at."""
    by_words: dict[str, list[str]] = {}
    for code, words in absent.items():
        by_words.setdefault(words, []).append(code)
    return [f"Import {words} to look for {', '.join(codes)} too." for words, codes in by_words.items()]


def _books(inputs: Inputs) -> tuple[Books, list[str]]:
    """The records, each once, with the SKUs that Odoo has."""
    frames, remarks = shop_once(inputs.frames)
    frames = applied(frames, inputs.aliases)
    for kind, sources in _BEST.items():
        frames[kind] = _once(frames[kind], sources)
    for kind in (RecordType.SALE_ORDER_LINE, RecordType.STOCK_MOVE):
        frames[kind] = told_once(frames[kind])
    levels = frames[RecordType.INVENTORY_LEVEL]
    rank = levels["source"].map({name: place for place, name in enumerate(_LEVELS)}).fillna(len(_LEVELS))
    best = rank == rank.groupby(levels["location"]).transform("min")
    frames[RecordType.INVENTORY_LEVEL] = levels[best.to_numpy(bool)].reset_index(drop=True)
    _summable(frames)
    known = policy(frames, inputs.answers, inputs.written)
    # goods go to places, too, where nothing is left
    named = {name for name in frames[RecordType.STOCK_MOVE]["location_to"].unique() if not_for_sale(name)}
    named -= {name for name in named if inputs.answers.get(f"excluded.{name}") == "-"}
    shelves = Shelves(known.groups, known.places, named | known.excluded.keys(), known.safety)
    return Books(frames, shelves), remarks


def _summable(frames: Mapping[RecordType, pd.DataFrame]) -> None:
    """Refuse figures whose sums are not exact, whichever records a rule adds.

    Raises:
        UsageError: all figures of a column together need more than 64 bits.
    """
    for frame in frames.values():
        for name in _SUMMED.intersection(frame.columns):
            values = figure(frame[name].to_numpy(np.int64))
            added(np.zeros(len(values), np.int64), values, 1)


def _once(frame: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    """The lines of each order from the best export that has it."""
    rank = frame["source"].map({name: place for place, name in enumerate(sources)})
    best = rank.groupby(order_hashes(frame["ref"])).transform("min")
    return frame[(rank.isna() | (rank == best)).to_numpy(bool)].reset_index(drop=True)


def _result(hits: Sequence[tuple[Fingerprint, Hit]]) -> Result:
    twins: Counter[tuple[str, str]] = Counter()
    names, notes = [], {}
    for number, (rule, hit) in enumerate(hits):
        twins[rule.id, hit.key] += 1
        again = twins[rule.id, hit.key]
        names.append(SEPARATOR.join((rule.id, hit.key, *([str(again)] if again > 1 else []))))
        notes[number] = _note(rule, hit)
    figures = [_figure(hit) for _, hit in hits]

    def texts(values: Iterable[str]) -> np.ndarray[Any, Any]:
        return np.array([*values, ""], object)[:-1]

    cases = case_table(
        names,
        kind=texts(str(rule.kind) for rule, _ in hits),
        cause=texts(rule.id for rule, _ in hits),
        rule=texts(rule.id for rule, _ in hits),
        missing=np.array([missing_bits(*rule.missing) for rule, _ in hits], np.int64),
        grp=texts(group(rule) for rule, _ in hits),
        day=np.array([hit.day for _, hit in hits], np.int64),
        delta=np.array([delta for delta, _ in figures], np.int64),
        unit=texts(unit for _, unit in figures),
        currency=texts(hit.currency for _, hit in hits),
    )
    return Result(cases, _legs([hit for _, hit in hits]), Legs.none(), notes)


def group(rule: Fingerprint) -> str:
    """What the cases of a rule stand under."""
    return f"{rule.code} {rule.title}"


def _note(rule: Fingerprint, hit: Hit) -> dict[str, Any]:
    note: dict[str, Any] = {"text": hit.text, "next": list(rule.advice)}
    return {**note, "about": hit.about} if hit.about else note


def _figure(hit: Hit) -> tuple[int, str]:
    """What the case is about: millionths of a unit, or minor units of the hit's currency."""
    if hit.quantity is not None:
        return hit.quantity, hit.unit
    return (NO_INT, "") if hit.value is None else (hit.value, "")


def _legs(hits: Sequence[Hit]) -> Legs:
    found = [
        (number, SIDES.index(side), record)
        for number, hit in enumerate(hits)
        for side, records in hit.records.items()
        for record in dict.fromkeys(records)
    ]
    table = np.array(found, np.int64).reshape(-1, 3)
    return Legs(table[:, 0], table[:, 1], table[:, 2])


_COLUMNS = (
    Column("code", "No.", width=5),
    Column("title", "Behaviour", width=40),
    Column("hits", "Hits", ColumnType.NUMBER, width=6),
    Column("value", "Value", ColumnType.MONEY, width=12),
    Column("currency", "Cur.", width=5),
    Column("about", "Most often", width=40),
)


def _panel(found: Sequence[tuple[Fingerprint, Found]], absent: Mapping[str, str]) -> Panel:
    """How often each behaviour shows, and how much money it is about; a row per currency."""
    rows: list[Mapping[str, int | str]] = []
    for rule, each in found:
        by_currency: dict[str, list[Hit]] = {}
        for hit in each.hits:
            by_currency.setdefault(hit.currency, []).append(hit)
        for currency, hits in sorted(by_currency.items()) or [("", [])]:
            row: dict[str, int | str] = {"code": rule.code, "title": rule.title}
            if rule.code in absent:
                row["about"] = f"not looked for: import {absent[rule.code]}"
            else:
                row["hits"] = len(hits)
            if currency:
                row |= {"currency": currency, "value": sum(hit.value or 0 for hit in hits)}
            if named := Counter(hit.about for hit in hits if hit.about):
                row["about"] = ", ".join(f"{name} ({count})" for name, count in named.most_common(3))
            rows.append(row)
    said = "Each row is a known behaviour of a connector; 0 hits is what you want to see."
    return Panel("Behaviours of connectors", _COLUMNS, tuple(rows), about=said)


def _counts(panel: Panel) -> list[str]:
    """The rows with hits as sentences."""
    return [
        f"{row['code']} {row['title']}: {row['hits']} hit{'' if row['hits'] == 1 else 's'}"
        + (f", {money(int(row['value']), str(row['currency']))}" if row.get("value") else "")
        for row in panel.rows
        if row.get("hits")
    ]
