"""Whatever is in the files: every comparison finishes, says each thing once, and says it in words."""

from __future__ import annotations

import json
import re
from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app import registry
from recon_app.engine.texts import packed_frame, plain
from recon_app.models.case import Kind
from recon_app.models.lines import as_lines
from recon_app.models.record import INT_FIELDS, NO_INT, Category, RecordType
from recon_app.reconciliations._base import Facts, Inputs, Reconciliation, Result
from tests.reconciliations.cases import facts_of, record_of, stands

EXAMPLES = settings(max_examples=12, derandomize=True)
NAMES = sorted(registry.reconciliations())
#: A record may stand in several cases of these: of several findings, or of the shop and of a count.
OVERLAP = {"connector", "products", "stock"}
_KINDS = {str(kind) for kind in Kind}
#: What a value that is none looks like when it is written into a sentence.
_SENTINEL = re.compile(r"\bNone\b|\bnan\b|\bNaT\b|9223372036|92233720368547758")

_DAY = 20_740
_ODD = ("", "", "#", " ", "0", "#0", "ß#Ⅷ", "é", "e\u0301", "'", '"{}"', "%s", "\t", "x" * 300)
_POOLS: dict[str, tuple[str, ...]] = {
    "ident": ("1", "2", "3", "9000001"),
    "ref": ("#1", "#2", "1", "#01", " #1 ", "S1", "#1, #2", "Return of WH/OUT/1", "WH/OUT/1"),
    "ref2": ("S1", "S2", "#1", "WH/OUT/1", "P1", "INV/1", "5901234123457"),
    "grp": ("#1", "#2", "S1", "S2", "INV/1", "INV/2", "P1", "WH/OUT/1", "PO1", "9000001"),
    "account": ("shopify_payments", "stripe", "Stripe", "manual", "gift_card", "101410", "Bank", "217000"),
    "sku": ("A", "a", "B", "0A", "SHIP", "DISC", "KIT"),
    "barcode": ("5901234123457", "5901234123458", "1"),
    "location": ("WH/Stock", "Partners/Customers", "Partners/Vendors", "Transit", "Berlin"),
    "location_to": ("WH/Stock", "Partners/Customers", "Partners/Vendors", "Transit", "Virtual/Scrap"),
    "lot": ("L1",),
    "unit": ("Units", "Dozens", "Sacks", ""),
    "currency": ("EUR", "EUR", "EUR", "USD", "JPY"),
    "foreign_currency": ("USD", "EUR", "JPY"),
    "text": ("Gift card", "SHOPIFY 9000001", "[A] Pen", "Discount 10%", "Gutschein"),
    "source": ("shopify_orders", "shopify_bulk_orders", "odoo_invoices", "bank_camt", "stock_count"),
    "category": tuple(str(category) for category in Category),
    "status": (
        *("paid", "pending", "success", "failure", "refunded", "partially_refunded", "voided", "in_transit"),
        *("posted", "posted/paid", "posted/not_paid", "posted/partial", "draft/not_paid", "draft", "cancel"),
        *("sale", "done", "assigned", "waiting", "return", "no_restock", "fulfilled", "active", "archived"),
        *("phantom", "in_process", "purchase", "scheduled", "failed"),
    ),
}
_EXTRA: dict[str, tuple[object, ...]] = {
    "taxes": (0, 19, 160),
    "tax": (0, 19, -160),
    "untaxed": (100, -840, 10**15),
    "taxes_are": ("included", "added"),
    "tax_lines": ([["VAT 19%", 19]], [["VAT 19%", 19], ["VAT 7%", 3]], [["", 0]]),
    "taxes_of_line": ("19%",),
    "subtotal": (1000, 0),
    "shipping": (495,),
    "discount": (128,),
    "tip": (300,),
    "paid_at": (1_793_035_268,),
    "cancelled_at": (1_792_103_363,),
    "references": ("pay_1", "x + #1.2"),
    "fulfillment": ("fulfilled", "partial", "unfulfilled"),
    "price": (1000, 0, -5),
    "cost": ("5.96", "0"),
    "requires_shipping": ("true", "false"),
    "taxable": ("no",),
    "refund_total": (1000,),
    "restocked": ("true", "false"),
    "note": ("Leaked", ""),
    "invoices": (["INV/1"], ["INV/1", "INV/2"], []),
    "invoice_status": ("invoiced", "to invoice"),
    "reversal_of": ("INV/1", "INV/9"),
    "reversal_ref": ("#1",),
    "lines": ([["[A] Pen", 1000, "19%"]], [["", 0, ""]], []),
    "tax_line": ("19%", ""),
    "journal": ("Bank",),
    "account_name": ("Gift cards", "Bank"),
    "move": ("PSHOP/1",),
    "outstanding_account": ("101410 Clearing",),
    "matched": (False, True),
    "return_of": ("WH/OUT/1",),
    "backorder_of": ("WH/OUT/2",),
    "purchase_line": ("[A] Pen",),
    "bom_line": ("[B] Ink",),
    "kit": (True, "[KIT] Box"),
    "per": (1_000_000, 0),
    "type": ("consu", "service"),
    "storable": (True, False),
    "gift_card": ("true",),
    "company": ("Shop Ltd", "Other Ltd"),
    "charges": (1000,),
    "retried": (-1000,),
}
#: What the items of a journal say in other words than orders do.
_OF_ITEMS: dict[str, tuple[object, ...]] = {"taxes": ([], ["19%"], ["19%", "7%"])}
_MONEY = (0, 1, -1, 1000, -1000, 1000, -1000, 1999, 2000, -840, 10**15 - 1, -(10**15))
_MILLIONTHS = (0, 10**6, 10**6, 2 * 10**6, -(10**6), 500_000, 12 * 10**6, 10**8)
_QUANTITIES = ("quantity", "reserved", "available", "incoming", "done", "invoiced", "counted")
#: No source reads a record of money without them.
_ALWAYS = ("amount", "day")
_NO_INT = 0.15
_BLANK = 0.1
_MOST = 7


def _text(name: str, dice: Random, kind: RecordType) -> str:
    if name == "extra":
        if dice.random() < 2 * _BLANK:
            return ""
        told = _EXTRA | (_OF_ITEMS if kind is RecordType.JOURNAL_ITEM else {})
        return json.dumps({key: dice.choice(told[key]) for key in dice.sample(sorted(told), 12)})
    if name == "source":
        return dice.choice(_POOLS[name])
    if name not in ("currency", "foreign_currency") and dice.random() < _BLANK:
        return dice.choice(_ODD)
    return dice.choice(_POOLS[name])


def _number(name: str, dice: Random) -> int:
    if name not in _ALWAYS and dice.random() < _NO_INT:
        return NO_INT
    if name in ("day", "due"):
        return _DAY + dice.choice((0, 0, 1, 2, 9, 40, 400, -20_000))
    if name == "at":
        return (_DAY + dice.choice((0, 0, 1, 2, 400))) * 86_400 + dice.randrange(86_400)
    return dice.choice(_MILLIONTHS if name in _QUANTITIES else _MONEY)


def _rows(recon: Reconciliation, dice: Random) -> dict[RecordType, list[dict[str, Any]]]:
    """A few records of each type, some of them told twice."""
    made: dict[RecordType, list[dict[str, Any]]] = {}
    number = 0
    for kind, names in recon.reads.items():
        rows: list[dict[str, Any]] = []
        for _ in range(dice.randrange(_MOST + 1)):
            number += 1
            if rows and dice.random() < _BLANK:
                row = dict(dice.choice(rows))
            else:
                row = {
                    name: _number(name, dice) if name in INT_FIELDS else _text(name, dice, kind)
                    for name in names
                }
            if kind is RecordType.PAYMENT_LINE and "net" in names:
                fee = row.get("fee", NO_INT)
                row["net"] = row["amount"] - (0 if fee == NO_INT else fee)
            rows.append(row | {"id": number, "key": dice.getrandbits(62)})
        made[kind] = rows
    return made


def _frame(recon: Reconciliation, kind: RecordType, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in ("id", "key", *recon.reads[kind]):
        values = [row[name] for row in rows]
        integer = name in ("id", "key", *INT_FIELDS)
        columns[name] = np.array(values, np.int64) if integer else as_lines(values)
    frame = packed_frame(columns)
    return frame if kind in recon.packed else plain(frame)


def _compare(
    recon: Reconciliation,
    made: dict[RecordType, list[dict[str, Any]]],
    written: dict[RecordType, tuple[int, int]],
) -> Result:
    frames = {kind: _frame(recon, kind, rows) for kind, rows in made.items()}
    return recon.reconcile(Inputs(frames, {}, written=written), lambda *_: None)


def _partition(result: Result) -> list[tuple[object, ...]]:
    """Every case with its records and its note, without an order."""
    records: dict[int, set[tuple[int, int]]] = {number: set() for number in range(len(result.cases))}
    for part in (result.legs, result.support):
        for case, side, record in zip(
            part.case.tolist(), part.side.tolist(), part.record.tolist(), strict=True
        ):
            records[case].add((side, record))
    names = ("key", "kind", "cause", "rule", "missing", "delta", "currency", "grp", "day")
    columns = zip(*(result.cases[name].tolist() for name in names), strict=True)
    return sorted(
        (*values, *sorted(records[number]), json.dumps(result.notes.get(number, {}), sort_keys=True))
        for number, values in enumerate(columns)
    )


def _facts(result: Result, made: dict[RecordType, list[dict[str, Any]]]) -> list[Facts]:
    """What a person is told of each case."""
    records = {row["id"]: record_of(row["id"], kind, row) for kind, rows in made.items() for row in rows}
    stand = stands(result)
    return [
        facts_of(case, stand.get(number, []), records, result.notes.get(number, {}))
        for number, case in enumerate(result.cases.to_dict("records"))
    ]


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(seed=st.integers(0, 2**32))
def test_any_frames(name: str, seed: int) -> None:
    recon = registry.reconciliations()[name]
    dice = Random(seed)  # noqa: S311 - for tests only
    made = _rows(recon, dice)
    moment = (_DAY + 3) * 86_400
    written = {kind: (moment - 86_400, moment) for kind in made if dice.random() < 0.5}
    result = _compare(recon, made, written)

    keys = result.cases["key"].tolist()
    assert len(set(keys)) == len(keys)
    assert set(result.cases["kind"]) <= _KINDS
    if name not in OVERLAP:
        legs = Counter(result.legs.record.tolist())
        assert [record for record, count in legs.items() if count > 1] == []

    for facts in _facts(result, made):
        said = [
            recon.sentence(facts),
            *(found.text for found in recon.evidence(facts)),
            *(line.title for line in recon.bridge(facts)),
            *facts.note.get("next", ()),
        ]
        assert said[0].strip()
        assert [text for text in said if _SENTINEL.search(text)] == []
    assert [text for text in result.remarks if _SENTINEL.search(text)] == []

    shuffled = {kind: dice.sample(rows, len(rows)) for kind, rows in made.items()}
    assert _partition(_compare(recon, shuffled, written)) == _partition(result)
