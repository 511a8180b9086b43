"""Amazon: settlement report, flat file V1 and V2 (tab-separated text).

Amazon writes one row per component: principal, tax, shipping, commission of each order line. A record is
what was moved for one order in one shipment or return: prices and promotions are its amount, fees its fee,
and tax that Amazon keeps and remits is a record of its own. Rows without an order (subscription, storage,
advertising, reserves) are records by themselves. Amazon publishes no list of its types and descriptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _amazon
from recon_app.sources._amazon import Part
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, Source
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import identifiers

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_GUARANTEE = (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)

#: Movements of an order, by transaction type.
_ORDERS = TypeTable(
    {
        "order": Category.CHARGE,
        "order_retrocharge": Category.ADJUSTMENT,
        "refund": Category.REFUND,
        "chargeback_refund": _GUARANTEE,
        "a_to_z_guarantee_refund": _GUARANTEE,
    }
)
#: Everything else, by description and then by transaction type: the first table that knows the word decides.
_OTHERS = TypeTable(
    {
        "current_reserve_amount": _RESERVE,
        "previous_reserve_amount_balance": _RESERVE,
        "subscription_fee": Category.FEE,
        "storage_fee": Category.FEE,
        "storagerenewalbilling": Category.FEE,
        "disposalcomplete": Category.FEE,
        "removalcomplete": Category.FEE,
        "lowinventorylevelfee": Category.FEE,
        "inbound_transportation_fee": Category.FEE,
        "cost_of_advertising": Category.FEE,
        "shipping_label_purchase": Category.FEE,
        "fba*": Category.FEE,
        "warehouse_damage": Category.ADJUSTMENT,
        "warehouse_lost": Category.ADJUSTMENT,
        "missing_from_inbound": Category.ADJUSTMENT,
        "reversal_reimbursement": Category.ADJUSTMENT,
        "refund_reimbursal": Category.ADJUSTMENT,
        "safe_t_reimbursement": Category.ADJUSTMENT,
        "liquidations*": Category.ADJUSTMENT,
        "micro_deposit": Category.ADJUSTMENT,
        "amazon_capital_services": Category.ADVANCE,
        # a settlement below zero: Amazon takes the money from a card, or from the next settlement
        "payable_to_amazon": Category.CARRY_OVER,
        "successful_charge": Category.CARRY_OVER,
        "failed_disbursement": Category.CARRY_OVER,
        "servicefee": Category.FEE,
        "adjustment": Category.ADJUSTMENT,
    }
)
_WITHHELD = ("marketplacefacilitator", "itemwithheldtax", "tcs", "tds")


class AmazonSettlement(Source):
    """One record is what a settlement moved for one order, or one row without an order."""

    id = "amazon_settlement"
    title = "Amazon settlement report"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "category", "text", "ref", "ident", "day", "amount", "fee", "currency")
    required = _amazon.REQUIRED

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the movements, then prove each total.

        Raises:
            AnswerNeeded: the decimal mark is not certain.
        """
        report = _amazon.Report(file, options, reading)
        moved = _Movements(report)
        for chunk in report.whole.chunks:
            moved.add(chunk)
        batch = moved.batch()
        if len(batch["row"]):
            yield from noting_unknown(iter([batch]), reading)
        moved.finish(reading)


@dataclass(slots=True)
class _Movement:
    """What all rows of one movement add up to.

    Attributes:
        row: Its first row.
        minor: Amount without fees, minor units.
        fee: Fees, positive for a cost.
    """

    row: int
    settlement: str
    category: str
    kind: str
    text: str
    order: str
    order2: str
    ident: str
    day: int
    at: int
    minor: int = 0
    fee: int = 0
    skus: dict[str, None] = field(default_factory=dict)


class _Movements:
    """Collects components into movements, in the order of their first rows."""

    def __init__(self, report: _amazon.Report) -> None:
        self._report = report
        self._found: dict[tuple[str | int, ...], _Movement] = {}
        self._sums: defaultdict[str, int] = defaultdict(int)

    def add(self, chunk: Chunk) -> None:
        currency = self._report.currencies(chunk)
        parts = self._report.parts(chunk, currency)
        days, at = _amazon.posted(chunk)
        names = ("settlement-id", "transaction-type", "order-id", "merchant-order-id", "sku")
        texts = [identifiers(chunk, name) for name in names]
        of_return, shipped = identifiers(chunk, "adjustment-id"), identifiers(chunk, "shipment-id")
        idents = [one or other for one, other in zip(of_return, shipped, strict=True)]
        for index, (row, found, ident) in enumerate(zip(chunk.rows.tolist(), parts, idents, strict=True)):
            if found:
                when = (int(days[index]), int(at[index]))
                self._row(row, [column[index] for column in texts], ident, when, found)

    def _row(
        self, row: int, texts: Sequence[str], ident: str, when: tuple[int, int], parts: Sequence[Part]
    ) -> None:
        settlement, kind, order, order2, sku = texts
        self._sums[settlement] += sum(part.minor for part in parts)
        if order and _is_order(kind):
            self._of_order(row, (settlement, kind, order, order2, ident), when, sku, parts)
            return
        whole = sum(part.minor for part in parts)
        text, category = _other(kind, [part.description for part in parts], whole)
        self._found[row,] = _Movement(
            row, settlement, category, kind, text, order, order2, ident, *when, whole
        )

    def _of_order(
        self,
        row: int,
        texts: tuple[str, str, str, str, str],
        when: tuple[int, int],
        sku: str,
        parts: Sequence[Part],
    ) -> None:
        settlement, kind, order, order2, ident = texts
        for part in parts:
            tax = _is_withheld(part.description)
            key = (*texts, when[0], tax)
            if key not in self._found:
                category = Category.TAX.value if tax else ""
                self._found[key] = _Movement(
                    row, settlement, category, kind, kind, order, order2, ident, *when
                )
            one = self._found[key]
            if part.fee and not tax:
                one.fee -= part.minor
            else:
                one.minor += part.minor
            if sku:
                one.skus[sku] = None

    def batch(self) -> Batch:
        """All movements."""
        found = list(self._found.values())
        amount = np.array([one.minor for one in found], np.int64)
        fee = np.array([one.fee for one in found], np.int64)
        by_type = _ORDERS.categories([one.text for one in found], amount - fee)
        settlements = [self._report.settlements.get(one.settlement) for one in found]
        return {
            "row": np.array([one.row for one in found], np.int64),
            "category": [one.category or word for one, word in zip(found, by_type, strict=True)],
            "ident": [one.ident for one in found],
            "ref": [one.order for one in found],
            "ref2": ["" if one.order2 == one.order else one.order2 for one in found],
            "grp": [one.settlement for one in found],
            "account": ["amazon"] * len(found),
            "day": np.array([one.day for one in found], np.int64),
            "at": np.array([one.at for one in found], np.int64),
            "due": np.array([NO_INT if of is None else of.day for of in settlements], np.int64),
            "amount": amount,
            "currency": ["XXX" if of is None else of.currency for of in settlements],
            "fee": fee,
            "net": amount - fee,
            "text": [one.text for one in found],
            "extra": json_objects(
                {
                    "skus": [" ".join(one.skus) for one in found],
                    "type": ["" if one.kind == one.text else one.kind for one in found],
                }
            )
            if found
            else [],
        }

    def finish(self, reading: Reading) -> None:
        """Prove that the rows of each settlement add up to its total."""
        for settlement in self._report.settlements.values():
            found = self._sums.get(settlement.ident, 0)
            reading.total("Net", settlement.currency, np.array([found], np.int64))
            name = f"Settlement {settlement.ident}: all rows add up to the total"
            reading.sum_proof(name, settlement.currency, settlement.total, found)


def _is_withheld(description: str) -> bool:
    """Whether a component is tax that Amazon keeps and pays to the state."""
    return description.replace("_", "").replace(" ", "").casefold().startswith(_WITHHELD)


def _other(kind: str, descriptions: Sequence[str], minor: int) -> tuple[str, str]:
    """Text and category of a row without an order."""
    described = next(filter(None, descriptions), "")
    for word in (described, kind):
        category = _OTHERS.categories([word], np.array([minor], np.int64))[0]
        if category != Category.OTHER:
            break
    # the two versions of the file agree on the description more often than on the type
    return described or kind, category


def _is_order(kind: str) -> bool:
    """Whether a transaction type moves the money of one order."""
    return _ORDERS.categories([kind], np.zeros(1, np.int64))[0] != Category.OTHER
