"""TWINT: transactions of the merchant portal.

Totals stand above the table, in every language in the same order. The amount of a transaction is what is
credited, its costs are positive and already off it: gross = amount + costs. Transactions that failed are
listed and count in no total. The file names no payout; dates (``2026.04.20``) and times name no zone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import Category, RecordType
from recon_app.sources._balance import TypeTable, folded, noting_unknown
from recon_app.sources._bank import is_currency, minor_or_none
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source, chunks, clean_header
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._platform import identifiers, or_zero, padded, report, same, written_moments

_AMOUNT = ("Transaction amount", "Betrag Transaktion", "Montant de la transaction")
_COSTS = ("Transaction costs", "Transaktionskosten", "Coûts de transaction")
_DISCOUNT = ("Discount", "Rabatt", "Rabais")
_DATE = ("Date", "Datum")
_TYPE = ("Type", "Typ")
_STATE = ("State", "Status", "Statut")
_ORDER = ("TWINT order ID", "ID de commande TWINT")
_MERCHANT = (
    "Merchant transaction reference",
    "Referenz Transaktion Händler",
    "Référence de la transaction commerçant",
)
_ACQUIRER = (
    "Acquirer Transaction Reference",
    "Händlertransaktionsreferenz",
    "référence de transaction du commerçant",
)
_SHOP = ("Commerce", "Niederlassung")
_REVERSALS = frozenset(("reversal", "storno", "stornierung", "annulation"))
_CREDITS = frozenset(("credit", "gutschrift", "crédit", "refund"))
_TYPES = TypeTable(
    {
        **dict.fromkeys(("payment", "zahlung", "paiement"), Category.CHARGE),
        **dict.fromkeys((*_REVERSALS, *_CREDITS), Category.REFUND),
    }
)
_FAILED = frozenset(
    (
        "failed",
        "fehlgeschlagen",
        "échoué",
        "echoué",
        "échec",
        "cancelled",
        "canceled",
        "abgebrochen",
        "annulé",
    )
)
_IN_CURRENCY = re.compile(r"(.+) \(([A-Z]{3})\):?")
_TOTALS = ("reversals", "credits", "transaction amount", "discount", "transaction costs")
_NO_MONEY = Category.VOID.value
_ADVICE = "export it again"


class TwintTransactions(Source):
    """One record is one transaction."""

    id = "twint_transactions"
    title = "TWINT transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "text", "day", "amount", "currency")
    progress = ("status",)
    unproven = True

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has an amount with its currency and the id of a TWINT order."""
        return _header(file) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transactions, then compare them with the totals above.

        Raises:
            FileRejected: the totals are missing.
        """
        del options  # the format leaves nothing to ask
        header, currency = _header(file) or ((), "")
        sums: defaultdict[str, int] = defaultdict(int)
        width = next(len(row) for row in file.head_rows if set(header) <= set(map(clean_header, row)))
        parts = chunks(file, header, reading, records=padded(width))
        yield from noting_unknown((_converted(part, currency, sums, reading) for part in parts), reading)
        _prove(_totals(file, currency), sums, currency, reading)


def _header(file: InputFile) -> tuple[tuple[str, ...], str] | None:
    """The cells by which the header row is found, and the currency of its amounts."""
    for row in file.head_rows:
        cells = [clean_header(cell) for cell in row]
        orders = [cell for cell in cells if cell.casefold() in map(str.casefold, _ORDER)]
        for cell in cells:
            match = _IN_CURRENCY.fullmatch(cell)
            if orders and match and match[1] in _AMOUNT and is_currency(match[2]):
                return (cell, orders[0]), match[2]
    return None


def _totals(file: InputFile, currency: str) -> dict[str, int]:
    """The totals above the table: five cells that end in the currency, their values in the row below.

    Raises:
        FileRejected: they are not there, or a value is no amount.
    """
    rows = [[clean_header(cell) for cell in row] for row in file.head_rows]
    for labels, values in pairwise(rows):
        named = [index for index, cell in enumerate(labels) if cell.endswith(f"({currency}):")]
        if len(named) == len(_TOTALS):
            cells = [values[index] if index < len(values) else "" for index in named]
            minor = [minor_or_none(cell, currency) for cell in cells]
            if None not in minor:
                return dict(zip(_TOTALS, (value or 0 for value in minor), strict=True))
    problem = f"the five totals in {currency} are missing above the table"
    raise FileRejected(Problem(None, None, problem, _ADVICE))


def _converted(chunk: Chunk, currency: str, sums: defaultdict[str, int], reading: Reading) -> Batch:
    types, states = chunk.text(*_TYPE), chunk.text(*_STATE)
    failed = np.array([folded(state) in _FAILED for state in states], np.bool_)
    kinds = [folded(word) for word in types]
    credited, costs, discount = (_money(chunk, names, currency) for names in (_AMOUNT, _COSTS, _DISCOUNT))
    net = np.where(failed, 0, _signed(credited, kinds))
    fee = np.where(failed, 0, costs)
    amount = net + fee
    told = _TYPES.categories(types, amount)
    categories = [_NO_MONEY if no else word for word, no in zip(told, failed.tolist(), strict=True)]
    _add(sums, kinds, net, np.where(failed, 0, discount), fee)
    reading.add_totals(currency, {"Gross": amount, "Costs": fee, "Net": net})
    days, _ = written_moments(chunk, chunk.name(*_DATE) or _DATE[0], ("%Y.%m.%d", "%Y-%m-%d"), required=True)
    return {
        "row": chunk.rows,
        "category": categories,
        "ident": identifiers(chunk, *_ORDER),
        "ref": identifiers(chunk, *_MERCHANT),
        "ref2": identifiers(chunk, *_ACQUIRER),
        "account": same("twint", chunk),
        "status": states,
        "day": days,
        "amount": amount,
        "currency": same(currency, chunk),
        "fee": fee,
        "net": net,
        "text": types,
        "extra": json_objects(
            {
                "shop": chunk.text(*_SHOP),
                "discount": nonzero(discount),
                "failed_amount": _written(credited, currency, failed),
            }
        ),
    }


def _money(chunk: Chunk, names: Sequence[str], currency: str) -> Ints:
    """A column of amounts in the currency of the file, blanks as zero."""
    name = chunk.name(*(f"{name} ({currency})" for name in names)) or f"{names[0]} ({currency})"
    cells = chunk.text(name)
    minor = chunk.money(name, currency)
    if names is _AMOUNT:
        empty: Mask = np.array([not cell for cell in cells], np.bool_)
        report(chunk, name, cells, empty, "is empty", "every record needs an amount")
    return or_zero(minor)


def _signed(credited: Ints, kinds: Sequence[str]) -> Ints:
    """Reversals and credits are money for the customer, whatever sign the file gives them."""
    back = np.array([kind in _REVERSALS | _CREDITS for kind in kinds], np.bool_)
    return np.where(back, -np.abs(credited), credited)


def _add(sums: defaultdict[str, int], kinds: Sequence[str], net: Ints, discount: Ints, fee: Ints) -> None:
    for kind, minor in zip(kinds, net.tolist(), strict=True):
        total = "reversals" if kind in _REVERSALS else "credits" if kind in _CREDITS else "transaction amount"
        sums[total] += abs(minor) if total != "transaction amount" else minor
    sums["discount"] += int(discount.sum())
    sums["transaction costs"] += int(fee.sum())


def _written(minor: Ints, currency: str, chosen: Mask) -> list[str]:
    pairs = zip(minor.tolist(), chosen.tolist(), strict=True)
    return [f"{format_minor(value, currency)} {currency}" if shown else "" for value, shown in pairs]


def _prove(totals: Mapping[str, int], sums: Mapping[str, int], currency: str, reading: Reading) -> None:
    """Rows of each kind = its total above the table; totals of money back may be negative."""
    for name, told in totals.items():
        back = name in ("reversals", "credits")
        reading.sum_proof(f"Total {name}", currency, abs(told) if back else told, sums.get(name, 0))
