"""The sentences of settlement cases: short, plain, with the amounts and the records they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from recon_app.models.case import Evidence, Kind
from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT, Record, RecordType, Side
from recon_app.reconciliations._base import Facts

_SIDE_WORDS = {
    Side.SHOP: "the shop",
    Side.PLATFORM: "the platform",
    Side.ODOO: "Odoo",
    Side.BANK: "the bank",
}
_PLACE_WORDS = {
    Side.SHOP: "in the shop",
    Side.PLATFORM: "on the platform",
    Side.ODOO: "in Odoo",
    Side.BANK: "at the bank",
}

#: What each cause means for the reader; the sentence of a case starts with what its records say.
CAUSES = {
    "not_booked": "The payment is not booked in Odoo.",
    "refund_not_booked": "The refund was paid out and is not booked in Odoo.",
    "chargeback_not_booked": "The chargeback was taken by the platform and is not booked in Odoo.",
    "no_platform_line": "The platform's file has no payment for it.",
    "no_shop_record": "The shop's file has no transaction for it.",
    "booked_twice": "Odoo has it more often than the platform: booked twice.",
    "charged_twice": "The platform has it more often than Odoo: charged twice, or one booking is missing.",
    "more_often": "One side has it more often than the other: a double record, or one is missing.",
    "net_booked": "Odoo booked the net amount: the platform's fee was already taken off.",
    "digit_swap": "The two amounts have the same digits in another order: a typing error.",
    "fx_difference": "Paid in another currency: the two amounts use the rates of different days.",
    "wrong_account": "The amount is right, but it is not booked on the platform's journal or account.",
    "wrong_currency": "The amount is booked in another currency.",
    "same_amount_no_reference": (
        "Several records fit equally well. An order reference or a payment id would tell them apart."
    ),
    "several_payouts_fit": ("Several payouts of one day fit. A payout id in the file would tell them apart."),
    "cut_off": "Its counterpart can lie outside the days that the other file covers.",
    "pending_payout": "The platform has not paid it out yet.",
    "payout_not_named": "The platform does not say which payout it went into.",
    "in_transit": "Paid out shortly before the bank file ends: the deposit is on its way.",
    "carried_over": "The payout was negative: it is carried over to the next one.",
    "takes_carry_over": "It takes over the negative payout before it, and closes with it.",
    "not_at_bank": "The platform says it was paid, and no bank line carries it.",
    "no_payout": "The bank line names the platform, and no payout is known that it carries.",
    "other_currency_at_bank": (
        "The bank line that names it is in another currency and does not say what it was before."
    ),
    "no_lines": "The platform's file lists no lines for it, as for a manual payout.",
    "arrived_twice": "The bank has exactly twice what the platform paid: a double payout or record.",
    "bank_charge": "The bank credited less than the platform paid: usually a charge of the bank.",
    "fee_not_booked": "The transfer is booked in Odoo, the platform's fees are not.",
    "deductions_not_booked": (
        "The transfer is booked in Odoo; the fees, adjustments and reserves that the platform kept are not."
    ),
    "transfer_not_booked": "What the platform kept is booked in Odoo, the transfer to the bank is not.",
    "payout_booked_twice": "The difference is exactly the transfer or the fees: booked twice in Odoo.",
    "payout_not_booked": "Neither transfer nor fees of the payout are booked in Odoo.",
    "line_in_other_payout": "The difference is exactly one line that stands under another payout.",
    "line_not_paid": "The difference is exactly one line that is listed and was not paid.",
    "line_without_payout": "The difference is exactly the sum of lines for which the file names no payout.",
    "unexplained_residual": (
        "The lines do not add up to the payout, and nothing in the files explains it for certain."
    ),
    "order_edited": "The order was changed after it was paid.",
    "part_paid": "The order is paid in part; the rest is still open.",
    "manual_payment": (
        "No file of a platform is loaded for it: cash on delivery, a transfer, or a platform left out."
    ),
    "late_booking": "It belongs together, and its dates lie unusually far apart.",
}

RULE_WORDS = {
    "platform_id": "the platform's transaction id",
    "payment_reference": "the payment reference",
    "order_reference": "the order reference",
    "invoice_of_order": "the order of the invoice",
    "order_number": "the order number inside the reference, amount and date",
    "similar_reference": "a reference with one typing error, the amount and the date",
    "order_number_other_currency": "the order number inside the reference and the amount",
    "order_number_only": "the order number inside the reference and the date",
    "cut_reference": "a reference without its end, the amount and the date",
    "amount_and_date": "the amount and the date, which fit these two only",
    "platform_id_only": "the platform's transaction id",
    "order_reference_only": "the order reference",
    "invoice_of_order_only": "the order of the invoice",
    "shop_order": "the order reference",
    "shop_order_only": "the order reference",
    "shop_order_in_odoo": "the order reference",
    "shop_order_invoice": "the order of the invoice",
    "shop_order_in_odoo_only": "the order reference",
    "names_payout": "the payout's id or bank reference",
    "sum_of_payouts": "the sum of several payouts",
}


def sentence(facts: Facts) -> str:
    """One plain sentence or two: what it is, what differs, why."""
    subject = _subject(facts)
    what = _what(facts)
    why = CAUSES.get(facts.cause, "")
    return " ".join(part for part in (f"{subject}{what}", why) if part)


def _subject(facts: Facts) -> str:
    if facts.note.get("payout"):
        names = ", ".join(facts.note["payout"])
        target = money(facts.note["target"], facts.currency)
        return f"Payout {names} of {target}"
    for side in (Side.PLATFORM, Side.ODOO, Side.SHOP, Side.BANK):
        for record in facts.legs.get(side, ()):
            return _name(record)
    return "The case"


def _name(record: Record) -> str:
    values = record.values
    kind = {
        RecordType.ODOO_PAYMENT: "Odoo payment",
        RecordType.JOURNAL_ITEM: "Odoo item",
        RecordType.ORDER: "order",
        RecordType.BANK_LINE: "bank line",
    }.get(record.type, str(values.get("category", "record")).replace("_", " "))
    name = f"{kind} {values.get('ref') or values.get('grp') or values.get('ident') or ''}".strip()
    amount = money(values.get("amount"), str(values.get("currency", "")))
    return f"{name[0].upper()}{name[1:]} of {amount}"


def _what(facts: Facts) -> str:
    if facts.cause == "order_edited":
        currency = str(facts.note.get("open_currency", facts.currency))
        return f": {money(facts.note.get('open'), currency)} of the order are not paid."
    if facts.kind == Kind.MATCHED:
        return _agrees(facts)
    if facts.kind in (Kind.AMOUNT, Kind.DUPLICATE) and facts.delta:
        return f": {_between(facts)} differ by {money(facts.delta, facts.currency)}."
    if facts.kind == Kind.MISSING:
        return f": there is no record of it {_listed(facts.missing)}."
    return "."


def _agrees(facts: Facts) -> str:
    if not facts.note.get("payout"):
        alone = len(_compared_sums(facts)) < 2
        return ": no other side has anything to compare it with." if alone else " agrees on every side."
    closes = "" if facts.cause == "no_lines" else " closes"
    if Side.BANK in facts.legs:
        return f"{closes} and arrived." if closes else " arrived."
    return f"{closes}." if closes else "."


_BETWEEN = {
    "lines": "the payout and its lines",
    "bank": "bank and payout",
    "odoo": "Odoo's clearing account and the payout",
}
_PAIRS = (
    (Side.PLATFORM, Side.ODOO, "Odoo and the platform"),
    (Side.SHOP, Side.PLATFORM, "platform and shop"),
    (Side.SHOP, Side.ODOO, "Odoo and the shop"),
)


def _between(facts: Facts) -> str:
    """The two figures that the delta lies between."""
    for finding in facts.note.get("findings", ()):
        return _BETWEEN.get(finding[4], "the payout's figures")
    sums = _compared_sums(facts)
    pairs = [pair for pair in _PAIRS if pair[0] in sums and pair[1] in sums]
    exact = [words for left, right, words in pairs if sums[right] - sums[left] == facts.delta]
    return exact[0] if exact else pairs[0][2] if pairs else "the two sides"


#: What is compared per side; the first type that a case has counts, the others stand behind it.
_COMPARED = {
    Side.SHOP: (RecordType.SHOP_TRANSACTION, RecordType.ORDER),
    Side.PLATFORM: (RecordType.PAYMENT_LINE,),
    Side.ODOO: (RecordType.ODOO_PAYMENT, RecordType.JOURNAL_ITEM),
}


def _compared_sums(facts: Facts) -> dict[Side, int]:
    """Sums of the compared records per side."""
    sums = {}
    for side, types in _COMPARED.items():
        for kind in types:
            records = [record.values for record in facts.legs.get(side, ()) if record.type is kind]
            if records:
                sums[side] = sum(int(values.get("amount", 0)) for values in records)
                break
    return sums


def _listed(sides: tuple[Side, ...]) -> str:
    return " and ".join(_PLACE_WORDS[side] for side in sides)


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Why the records belong together, then the sums, then candidate causes."""
    found: list[Evidence] = []
    if facts.rule:
        found.append(Evidence(facts.rule, f"Linked by {RULE_WORDS.get(facts.rule, facts.rule)}."))
    found += _compared(facts)
    found += [Evidence(code, f"Sum-exact candidate: {text}.") for code, text in facts.note.get("causes", ())]
    found += [_also(finding, facts.currency) for finding in facts.note.get("findings", ())[1:]]
    if "open" in facts.note and facts.cause in ("part_paid", "order_edited"):
        currency = str(facts.note.get("open_currency", facts.currency))
        found.append(Evidence("open", f"Still open: {money(facts.note['open'], currency)}."))
    return tuple(found)


def _also(finding: Sequence[Any], currency: str) -> Evidence:
    """A further finding of a payout."""
    kind, cause, _, delta, between = finding
    differ = f"{_BETWEEN[between]} differ by {money(delta, currency)}" if between and delta != NO_INT else ""
    why = CAUSES.get(cause, "")
    text = ". ".join(part.rstrip(".") for part in (f"Also: {differ or kind}", why) if part)
    return Evidence(cause or kind, f"{text}.")


def _compared(facts: Facts) -> list[Evidence]:
    lines = []
    for side, records in facts.legs.items():
        for record in records:
            values = record.values
            if "amount" not in values:
                continue
            when = f", {iso(values.get('day'))}" if "day" in values else ""
            own = facts.grp if record.type is RecordType.PAYOUT else ""
            who = values.get("ref") or values.get("grp") or values.get("ident") or own or "no reference"
            amount = money(values["amount"], str(values.get("currency", "")))
            lines.append(
                Evidence(
                    str(side),
                    f"{_SIDE_WORDS[side][0].upper()}{_SIDE_WORDS[side][1:]}: {who}, {amount}{when}"
                    f" ({record.origin.file}, row {record.origin.row})",
                )
            )
    return lines


def money(minor: object, currency: str) -> str:
    """An amount with its currency, empty for none."""
    if not isinstance(minor, int) or not currency:
        return ""
    return f"{format_minor(minor, currency)} {currency}"


def iso(day: object) -> str:
    """A day number as an ISO date."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat() if isinstance(day, int) else ""
