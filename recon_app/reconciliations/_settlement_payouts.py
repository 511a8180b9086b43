"""Payout cases: does the payout close, did it reach the bank, are transfer and fees booked in Odoo?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine import deposits
from recon_app.engine.cases import Ints, Legs, missing_bits
from recon_app.engine.payouts import Payouts
from recon_app.models.case import Kind
from recon_app.models.proof import PayoutProof
from recon_app.models.record import NO_INT, Side

#: A deposit arrives one to three business days after the payout date; a weekend and a holiday fit in six.
BANK_BEFORE, BANK_AFTER = 1, 6
_BOOKED_BEFORE, _BOOKED_AFTER = 2, 10


@dataclass
class PayoutCases:
    """Cases of payouts.

    Attributes:
        rows: One dict per case, see :class:`recon_app.reconciliations._base.Result`.
        legs: Record ids per case and side.
        case_of: Case number of each payout row.
        items: Rows of the clearing items that belong to payouts.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[Side, list[int]]] = field(default_factory=list)
    case_of: dict[int, int] = field(default_factory=dict)
    items: set[int] = field(default_factory=set)

    def flat_legs(self, offset: int) -> Legs:
        """All legs with case numbers from ``offset`` on."""
        parts = [
            Legs.of_side(side, np.full(len(ids), offset + case, np.int64), np.array(ids, np.int64))
            for case, sides in enumerate(self.legs)
            for side, ids in sides.items()
        ]
        empty = np.array([], np.int64)
        return Legs.concat(Legs(empty, empty, empty), *parts)


def bank_lines(lines: pd.DataFrame, platforms: list[str]) -> pd.DataFrame:
    """Bank lines prepared for linking: ``belongs`` says that the text names one of the platforms."""
    words = sorted({platform.split("_")[0] for platform in platforms})
    texts = (lines["text"] + " " + lines["ref"] + " " + lines["ref2"]).str.casefold()
    named = np.zeros(len(lines), np.bool_)
    for word in words:
        named |= texts.str.contains(word, regex=False).to_numpy(bool)
    return lines.assign(belongs=named)


def carrier_frame(payouts: Payouts, records: pd.DataFrame, sign: int) -> pd.DataFrame:
    """What a line carrying each payout looks like: ``sign`` -1 for the credit on the clearing account."""
    frame = payouts.frame
    target = np.where(frame["total"] == NO_INT, frame["net"], frame["total"]).astype(np.int64)
    index = frame["record"].to_numpy(np.int64)
    references = records["ref2"].to_numpy(object)
    reference = [references[row] if row >= 0 else "" for row in index]
    return pd.DataFrame(
        {
            "key": frame["key"],
            "reference": reference,
            "amount": sign * target,
            "currency": frame["currency"],
            "due": frame["due"],
        }
    )


def link_bank(payouts: Payouts, records: pd.DataFrame, lines: pd.DataFrame) -> deposits.Links:
    """Link payouts with bank lines; several payouts may arrive as one deposit."""
    return deposits.link(carrier_frame(payouts, records, 1), lines, BANK_BEFORE, BANK_AFTER)


def link_items(payouts: Payouts, records: pd.DataFrame, items: pd.DataFrame) -> deposits.Links:
    """Link payouts with the clearing account's items that transfer them or book their fees."""
    carriers = carrier_frame(payouts, records, -1)
    return deposits.link(carriers, items.assign(belongs=True), _BOOKED_BEFORE, _BOOKED_AFTER)


def bank_amounts(links: deposits.Links, lines: pd.DataFrame, payouts: Payouts) -> Ints:
    """What reached the bank per payout; a collected deposit that closes counts with each payout's total."""
    frame = payouts.frame
    target = np.where(frame["total"] == NO_INT, frame["net"], frame["total"]).astype(np.int64)
    amounts = np.full(len(frame), NO_INT, np.int64)
    booked = lines["amount"].to_numpy(np.int64)
    for payout, carried_by in links.lines.items():
        together = {other for line in carried_by for other in links.payouts[line]}
        total = int(sum(booked[line] for line in carried_by))
        if len(together) == 1:
            amounts[payout] = total
        elif total == sum(int(target[other]) for other in together):
            amounts[payout] = target[payout]
    return amounts


def own_amounts(payouts: Payouts, lines: pd.DataFrame, own: np.ndarray) -> Ints:
    """Sum per payout of the lines that are booked one by one (charges, refunds, disputes)."""
    sums = np.zeros(len(payouts.frame), np.int64)
    inside = own & (payouts.of_line >= 0)
    np.add.at(sums, payouts.of_line[inside], lines["amount"].to_numpy(np.int64)[inside])
    return sums


@dataclass(frozen=True)
class PayoutInputs:
    """Everything the payout cases are made from.

    Attributes:
        payouts: The payouts.
        proofs: Their proofs.
        lines: Payment lines.
        own: Mask of the lines that have cases of their own.
        records: Payout records.
        bank: Bank lines, ``bank_links`` their links; ``bank_span`` the days they cover.
        items: Clearing items, ``item_links`` their links; None when no journal items were loaded.
    """

    payouts: Payouts
    proofs: list[PayoutProof]
    lines: pd.DataFrame
    own: np.ndarray
    records: pd.DataFrame
    bank: pd.DataFrame
    bank_links: deposits.Links
    bank_span: tuple[int, int] | None
    items: pd.DataFrame
    item_links: deposits.Links | None


def payout_cases(given: PayoutInputs) -> PayoutCases:
    """Make one case per payout, or per set of payouts that arrived as one deposit."""
    made = PayoutCases()
    bank_ids, item_ids = given.bank["id"].tolist(), given.items["id"].tolist()
    record_ids, line_ids = given.records["id"].tolist(), given.lines["id"].tolist()
    rest: dict[int, list[int]] = {}
    for index in np.flatnonzero(~given.own & (given.payouts.of_line >= 0)).tolist():
        rest.setdefault(int(given.payouts.of_line[index]), []).append(line_ids[index])
    own = own_amounts(given.payouts, given.lines, given.own)
    for members in _together(given):
        legs: dict[Side, list[int]] = {Side.PLATFORM: [], Side.ODOO: [], Side.BANK: []}
        bank = sorted({line for row in members for line in given.bank_links.lines.get(row, ())})
        items: list[int] = []
        if given.item_links is not None:
            items = sorted({line for row in members for line in given.item_links.lines.get(row, ())})
        for row in members:
            record = int(given.payouts.frame["record"].iloc[row])
            legs[Side.PLATFORM] += ([record_ids[record]] if record >= 0 else []) + rest.get(row, [])
            made.case_of[row] = len(made.rows)
        legs[Side.BANK] = [bank_ids[line] for line in bank]
        legs[Side.ODOO] = [item_ids[line] for line in items]
        made.items.update(items)
        if any(legs.values()):
            made.rows.append(_row(given, members, bank, items, own))
            made.legs.append({side: ids for side, ids in legs.items() if ids})
    return made


def _together(given: PayoutInputs) -> list[list[int]]:
    """Payout rows that share a bank line or a clearing item, in order of their first row."""
    parent = list(range(len(given.payouts.frame)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for links in (given.bank_links, given.item_links):
        for rows in links.payouts.values() if links is not None else ():
            for row in rows[1:]:
                low, high = sorted((root(rows[0]), root(row)))
                parent[high] = low
    sets: dict[int, list[int]] = {}
    for row in range(len(parent)):
        sets.setdefault(root(row), []).append(row)
    return list(sets.values())


def _row(
    given: PayoutInputs, members: list[int], bank: list[int], items: list[int], own: Ints
) -> dict[str, Any]:
    """Judge one payout case: the first finding that applies names it."""
    frame = given.payouts.frame.iloc[members]
    head = frame.iloc[0]
    proofs = [given.proofs[row] for row in members]
    target = sum(proof.total if proof.total is not None else proof.net for proof in proofs)
    arrived = int(given.bank["amount"].iloc[bank].sum()) if bank else NO_INT
    booked = int(given.items["amount"].iloc[items].sum()) if items else NO_INT
    gross = int(sum(own[row] for row in members))
    findings = _findings(given, members, proofs, target, arrived, booked, gross)
    closed = "takes_carry_over" if _carried(proofs) else ""
    kind, cause, missing, delta = findings[0] if findings else (Kind.MATCHED, closed, 0, NO_INT)
    name = f"payout|{head['account']}|{head['currency']}|{head['key']}"
    return {
        "key": int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True),
        "kind": str(kind),
        "cause": cause,
        "rule": given.bank_links.rule.get(bank[0], "") if bank else "",
        "missing": missing,
        "grp": head["key"],
        "day": int(head["due"]),
        "delta": delta,
        "currency": head["currency"],
        "sum_platform": target,
        "sum_bank": arrived,
        "sum_odoo": booked,
        "note": {
            "payout": [str(key) for key in frame["key"]],
            "target": target,
            "fees": -int(frame["fees"].sum()),
            "gross": gross,
            "findings": [[str(found[0]), found[1], found[2], found[3]] for found in findings],
            "causes": [[cause.rule, cause.text] for proof in proofs for cause in proof.causes],
            "account": str(head["account"]),
            "rivals": _rivals(given, members),
        },
    }


def _carried(proofs: list[PayoutProof]) -> int:
    """What the payouts took over from negative ones before them."""
    return sum(minor for proof in proofs for term, minor in proof.terms if term == "carry-over")


def _rivals(given: PayoutInputs, members: list[int]) -> list[int]:
    """Record ids of bank lines that fit as well as others."""
    lines = {line for row in members for line in given.bank_links.rivals.get(row, ())}
    return [int(given.bank["id"].iloc[line]) for line in sorted(lines)]


def _findings(
    given: PayoutInputs,
    members: list[int],
    proofs: list[PayoutProof],
    target: int,
    arrived: int,
    booked: int,
    gross: int,
) -> list[tuple[Kind, str, int, int]]:
    """Everything that does not agree, the gravest first: kind, cause, missing bits, delta."""
    found: list[tuple[Kind, str, int, int]] = []
    if given.payouts.ambiguous and any(
        int(given.payouts.frame["record"].iloc[row]) in given.payouts.ambiguous for row in members
    ):
        found.append((Kind.AMBIGUOUS, "several_payouts_fit", 0, NO_INT))
    found += [
        (Kind.AMOUNT, str(proof.cause), 0, proof.residual)
        for proof in proofs
        if proof.residual and proof.total is not None
    ]
    found += _bank_findings(given, members, target, arrived)
    found += _odoo_findings(given, members, target, booked, gross)
    return found


def _bank_findings(
    given: PayoutInputs, members: list[int], target: int, arrived: int
) -> list[tuple[Kind, str, int, int]]:
    if arrived == target or given.bank_span is None:
        return []
    if arrived != NO_INT:
        cause = "bank_charge" if 0 <= arrived < target else ""
        return [(Kind.AMOUNT, cause, 0, arrived - target)]
    if any(given.bank_links.rivals.get(row) for row in members):
        return [(Kind.AMBIGUOUS, "same_amount_no_reference", 0, NO_INT)]
    timing = _not_yet_due(given.payouts.frame.iloc[members], target, given.bank_span)
    if timing is not None:
        return [(Kind.TIMING, timing, missing_bits(Side.BANK), NO_INT)] if timing else []
    return [(Kind.MISSING, "not_at_bank", missing_bits(Side.BANK), -target)]


def _not_yet_due(frame: pd.DataFrame, target: int, covered: tuple[int, int]) -> str | None:
    """Why no bank line is expected: a cause, "" when nothing was to be paid, None when one is."""
    if target <= 0:
        return "carried_over" if target else ""
    if not frame["paid"].all():
        return "in_transit" if frame["moving"].any() else "pending_payout"
    due = int(frame["due"].max())
    if due == NO_INT or due + BANK_AFTER > covered[1]:
        return "in_transit"
    return "cut_off" if due - BANK_BEFORE < covered[0] else None


def _odoo_findings(
    given: PayoutInputs, members: list[int], target: int, booked: int, gross: int
) -> list[tuple[Kind, str, int, int]]:
    """Transfer and fees together must clear what was booked line by line: Σ items = -gross.

    A negative payout is not transferred: its amount stays on the account until the next payout, which
    carries it over, takes it off.
    """
    frame = given.payouts.frame.iloc[members]
    carried = sum(minor for row in members for term, minor in given.proofs[row].terms if term == "carry-over")
    if given.item_links is None or not frame["paid"].all():
        return []
    days = given.items["day"]
    due = int(frame["due"].max())
    if booked == NO_INT:
        if not len(days) or due + BANK_AFTER > int(days.max()) or due < int(days.min()):
            return [(Kind.TIMING, "cut_off", 0, NO_INT)]
        return [(Kind.MISSING, "payout_not_booked", missing_bits(Side.ODOO), gross)]
    open_amount = booked + gross + carried - min(target, 0)
    if open_amount == 0:
        return []
    if open_amount == gross + carried - target:
        return [(Kind.AMOUNT, "fee_not_booked", missing_bits(Side.ODOO), open_amount)]
    return [(Kind.AMOUNT, "", 0, open_amount)]
