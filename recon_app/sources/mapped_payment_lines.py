"""Transactions of any payment platform, as a CSV or workbook whose columns a person names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.problem import AnswerNeeded, UsageError
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _mapped_columns as columns
from recon_app.sources._bank_mapping import fold, is_bank_table
from recon_app.sources._base import Batch, InputFile, Ints
from recon_app.sources._goods import known
from recon_app.sources._mapped import MappedSource
from recon_app.sources._mapped_columns import PREFIX, Kind, Target
from recon_app.sources._mapped_table import Table

_FEE_SIGNS = {"cost": 1, "negative": -1}
_WORDS = {
    Category.CHARGE: """charge payment sale capture zahlung verkauf paiement vente pago venta
    pagamento vendita betaling""",
    Category.REFUND: "refund ruckerstattung erstattung remboursement reembolso rimborso terugbetaling credit",
    Category.FEE: "fee fees gebuhr gebuhren frais comision commissione kosten",
    Category.CHARGEBACK: "chargeback dispute ruckbuchung ruckbelastung litige contracargo storno",
    Category.PAYOUT: "payout transfer withdrawal auszahlung versement retiro bonifico uitbetaling",
    Category.ADJUSTMENT: "adjustment correction anpassung korrektur ajustement ajuste correctie",
    Category.TAX: "tax steuer taxe impuesto imposta belasting",
    Category.RESERVE_HELD: "reserve hold",
    Category.RESERVE_RELEASED: "release",
}
_CATEGORIES = {word: category for category, words in _WORDS.items() for word in words.split()}


class MappedPaymentLines(MappedSource):
    """One record is one movement of the platform's balance."""

    id = "mapped_payment_lines"
    title = "Transactions of any platform (CSV or Excel, you name the columns)"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "category", "ref", "day", "amount", "currency")
    progress = ("status", "grp", "due")
    asks_overlap = True
    unique = ("transaction",)
    targets = (
        Target(
            "transaction",
            "ident",
            Kind.ID,
            """transaction id; transaction; payment id; transaction number; charge id; id transaction;
            transaction_id; transaktionsnummer; transaktions-id; zahlungsnummer;
            transactie; id transaccion; id transazione""",
            required=True,
            filled=True,
        ),
        columns.DATE,
        columns.AMOUNT,
        columns.DEBIT,
        columns.CREDIT,
        columns.DIRECTION,
        columns.CURRENCY,
        Target(
            "type",
            "text",
            Kind.CATEGORY,
            "type; transaction type; typ; art; tipo; kind; category; transactietype",
        ),
        Target("order", "ref", Kind.ID, columns.ORDER_WORDS),
        Target(
            "fee", "fee", Kind.MONEY, "fee; fees; gebuhr; gebuhren; frais; commissioni; comisiones; kosten"
        ),
        Target("net", "net", Kind.MONEY, "net; net amount; netto; nettobetrag; net total; neto"),
        Target(
            "payout", "grp", Kind.ID, "payout id; payout; settlement id; transfer id; auszahlung; versement"
        ),
        Target(
            "payout_date", "due", Kind.DATE, "payout date; available on; settlement date; auszahlungsdatum"
        ),
        columns.STATUS,
        Target(
            "reference", "ref2", Kind.ID, "reference; referenz; merchant reference; referencia; riferimento"
        ),
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether the header words name all columns that are needed, and those of a bank do not."""
        return not is_bank_table(file.head_rows) and super().recognises(file)

    def complete(self, table: Table, batch: Batch, options: Mapping[str, str]) -> None:
        """Put fees and types into their common form and check net = amount - fee."""
        amount = batch.get("amount")
        if not isinstance(amount, np.ndarray):
            return
        batch["category"] = _categories(table, batch, amount)
        fee, net = batch.get("fee"), batch.get("net")
        if isinstance(fee, np.ndarray):
            fee = _as_cost(table, amount, fee, net if isinstance(net, np.ndarray) else None, options)
            batch["fee"] = fee
            if isinstance(net, np.ndarray):
                stated = known(amount, fee, net)
                closes = amount[stated] - fee[stated] == net[stated]
                rows = np.array(table.rows, np.int64)[stated]
                table.reading.identity("net = amount - fee", closes, rows)


def _categories(table: Table, batch: Batch, amount: Ints) -> list[str]:
    """The kind of each movement: of its word, or without a column of types by the sign."""
    words = batch.get("text")
    if not isinstance(words, list):
        table.reading.notes.append("no column names the type: positive is a charge, negative a refund")
        return [(Category.REFUND if value < 0 else Category.CHARGE).value for value in amount.tolist()]
    found = {word: _category(word) for word in set(words)}
    if Category.OTHER in found.values():
        _note_unknown(table, words, {word for word in found if found[word] is Category.OTHER}, amount, batch)
    return [found[word].value for word in words]


def _note_unknown(table: Table, words: list[str], unknown: set[str], amount: Ints, batch: Batch) -> None:
    """Name the types that are not known, with what they add up to."""
    counts: Counter[str] = Counter()
    sums: Counter[tuple[str, str]] = Counter()
    for word, currency, minor in zip(words, batch["currency"], amount.tolist(), strict=True):
        if word in unknown:
            counts[word] += 1
            sums[word, str(currency)] += 0 if minor == NO_INT else minor
    for word, count in counts.items():
        shown = ", ".join(
            f"{format_minor(minor, currency)} {currency}"
            for (name, currency), minor in sums.items()
            if name == word and currency
        )
        table.reading.notes.append(f"Records of unknown type {word!r}, kept as other: {count}, {shown}")


def _category(text: str) -> Category:
    words = fold(text)[0].replace("_", " ").replace("-", " ").split()
    kinds = {_CATEGORIES[word] for word in words if word in _CATEGORIES}
    if Category.REFUND in kinds and Category.CHARGE in kinds:  # payment refund
        kinds.discard(Category.CHARGE)
    return kinds.pop() if len(kinds) == 1 else Category.OTHER


def _as_cost(table: Table, amount: Ints, fee: Ints, net: Ints | None, options: Mapping[str, str]) -> Ints:
    """Fees with costs positive, whichever sign the table uses for them."""
    told = options.get(PREFIX + "fee_sign", "")
    if told and told not in _FEE_SIGNS:
        raise UsageError(f"fee_sign is {told!r}; it must be cost or negative")
    given = fee != NO_INT
    sign = _FEE_SIGNS.get(told, 0)
    if not sign and net is not None:
        stated = known(amount, fee, net) & (fee != 0)
        as_cost = int((amount[stated] - fee[stated] == net[stated]).sum())
        negative = int((amount[stated] + fee[stated] == net[stated]).sum())
        sign = (as_cost > negative) - (as_cost < negative)
    if not sign and not (given & (fee < 0)).any():
        sign = 1
    if not sign and not (given & (fee > 0)).any():
        sign = -1
    if not sign:
        question = "Some fees are positive and some negative. Which sign is a cost?"
        table.questions.append(AnswerNeeded(PREFIX + "fee_sign", tuple(_FEE_SIGNS), question))
    return np.where(given, fee * (sign or 1), fee)
