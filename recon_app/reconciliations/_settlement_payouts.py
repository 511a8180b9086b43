"""Payout cases: does the payout close, did it reach the bank, are transfer and fees booked in Odoo?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine import deposits
from recon_app.engine.cases import SIDES, Ints, Legs, missing_bits
from recon_app.engine.payouts import Payouts
from recon_app.models.case import CALM, Kind
from recon_app.models.proof import PayoutProof
from recon_app.models.record import MONEY_SIDES, NO_INT, Side

#: A deposit arrives one to three business days after the payout date; a weekend and a holiday fit in six.
BANK_BEFORE, BANK_AFTER = 1, 6
_BOOKED_BEFORE, _BOOKED_AFTER = 2, 10
_CHARGE_PART = 10  # what a bank keeps is a small part of what it passes on
#: Terms of a payout that are neither booked line by line nor fees.
_NOT_FEES = ("adjustments", "tax", "reserve held", "reserve released", "advances", "other")


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree.

    Attributes:
        kind: What differs.
        cause: Cause code, "" for none.
        missing: Sides something is missing on, as bits.
        delta: Minor units or NO_INT.
        between: What was compared: "lines", "bank" or "odoo".
    """

    kind: Kind
    cause: str
    missing: int = 0
    delta: int = NO_INT
    between: str = ""


@dataclass(frozen=True)
class PayoutCases:
    """Cases of payouts and of what belongs to payouts.

    Attributes:
        frame: Cases, see :class:`recon_app.reconciliations._base.Result`.
        legs: Their records.
        notes: Facts by case number.
        items: Rows of the clearing items that belong to payouts.
    """

    frame: pd.DataFrame
    legs: Legs
    notes: dict[int, dict[str, Any]]
    items: frozenset[int]


def bank_lines(lines: pd.DataFrame, platforms: list[str]) -> pd.DataFrame:
    """Bank lines prepared for linking; what the bank converted counts as it was before, where it says so.

    ``platform`` is the account that the text names by its first word, "" for none; ``belongs`` says that
    there is one.
    """
    texts = (lines["text"] + " " + lines["ref"] + " " + lines["ref2"]).str.casefold()
    named = np.full(len(lines), "", object)
    for platform in reversed(platforms):
        word = platform.casefold().split("_")[0]
        if word:
            named[texts.str.contains(word, regex=False).to_numpy(bool)] = platform
    abroad = (lines["foreign_amount"] != NO_INT) & (lines["foreign_currency"] != "") & (named != "")
    foreign = np.sign(lines["amount"]) * np.where(abroad, np.abs(lines["foreign_amount"]), 0)
    return lines.assign(
        platform=named,
        belongs=named != "",
        amount=np.where(abroad, foreign, lines["amount"]).astype(np.int64),
        currency=np.where(abroad, lines["foreign_currency"], lines["currency"]),
    )


def carrier_frame(payouts: Payouts, sign: int) -> pd.DataFrame:
    """What a line carrying each payout looks like: ``sign`` -1 for the credit on the clearing account."""
    frame = payouts.frame
    target = targets(payouts)
    return pd.DataFrame(
        {
            "id": frame["id"],
            "reference": frame["reference"],
            "amount": sign * target,
            "currency": frame["currency"],
            "due": frame["due"],
        }
    )


def targets(payouts: Payouts) -> Ints:
    """What each payout pays: its total, or the sum of its lines where no total is known."""
    total, net = (payouts.frame[name].to_numpy(np.int64) for name in ("total", "net"))
    return np.where(total == NO_INT, net, total)


def link_bank(payouts: Payouts, lines: pd.DataFrame) -> deposits.Links:
    """Link payouts with bank lines; several payouts may arrive as one deposit."""
    return deposits.link(carrier_frame(payouts, 1), lines, BANK_BEFORE, BANK_AFTER)


def link_items(
    payouts: Payouts, proofs: Sequence[PayoutProof], gross: Ints, items: pd.DataFrame
) -> deposits.Links:
    """Link payouts with the clearing account's items that transfer them or book their fees.

    Without a name the transfer has the payout's amount, or that of all its lines when its fees are booked
    with it; the fees are what the transfer leaves open.
    """
    carriers, lines = carrier_frame(payouts, -1), items.assign(belongs=True)
    window = _BOOKED_BEFORE, _BOOKED_AFTER
    links = deposits.link(carriers, lines, *window)
    whole = to_clear(payouts, proofs, gross)
    untouched = [row not in links.lines and not links.rivals.get(row) for row in range(len(whole))]
    deposits.link_more(links, carriers.assign(amount=np.where(untouched, -whole, 0)), lines, *window, "gross")
    booked = items["amount"].to_numpy(np.int64)
    left = np.zeros(len(whole), np.int64)
    for row, carried_by in links.lines.items():
        if all(links.payouts[line] == [row] for line in carried_by):
            left[row] = whole[row] + booked[carried_by].sum()
    deposits.link_more(links, carriers.assign(amount=-left), lines, *window, "rest")
    return links


def to_clear(payouts: Payouts, proofs: Sequence[PayoutProof], gross: Ints) -> Ints:
    """What transfer and fees of each payout take off the clearing account together.

    A negative payout is not transferred: its amount stays on the account until the next payout, which
    carries it over, takes it off; where the bank was debited with it, nothing stays. A payout without lines
    takes off what it pays.
    """
    carried = [sum(minor for term, minor in proof.terms if term == "carry-over") for proof in proofs]
    target = targets(payouts)
    alone = (payouts.frame["lines"] == 0).to_numpy(bool) & (target > 0)
    debited = np.array([proof.bank is not None for proof in proofs], np.bool_)
    stays = np.where(debited, 0, np.minimum(target, 0))
    cleared: Ints = np.where(alone, target, gross) + np.array(carried, np.int64) - stays
    return cleared


def bank_amounts(links: deposits.Links, lines: pd.DataFrame, payouts: Payouts) -> Ints:
    """What reached the bank per payout; a collected deposit that closes counts with each payout's total."""
    target = targets(payouts)
    amounts = np.full(len(payouts.frame), NO_INT, np.int64)
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
        own: Mask of the lines that have cases of their own; ``gross`` their sum per payout.
        records: Payout records.
        bank: Bank lines, ``bank_links`` their links; ``bank_span`` the days they cover.
        items: Clearing items, ``item_links`` their links; None when no journal items were loaded.
        booked: First and last day of everything on the clearing accounts, per platform account.
    """

    payouts: Payouts
    proofs: list[PayoutProof]
    lines: pd.DataFrame
    own: np.ndarray
    gross: Ints
    records: pd.DataFrame
    bank: pd.DataFrame
    bank_links: deposits.Links
    bank_span: tuple[int, int] | None
    items: pd.DataFrame
    item_links: deposits.Links | None
    booked: Mapping[str, tuple[int, int]]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The frame of the payouts, row by row."""
        return [
            {str(name): value for name, value in row.items()} for row in self.payouts.frame.to_dict("records")
        ]

    @cached_property
    def target(self) -> Ints:
        """What each payout pays."""
        return targets(self.payouts)

    @cached_property
    def whole(self) -> Ints:
        """What transfer and fees of each payout take off the clearing account."""
        return to_clear(self.payouts, self.proofs, self.gross)

    @cached_property
    def unclear(self) -> frozenset[int]:
        """Payouts that cannot be told apart from others."""
        return frozenset(row for rows in self.payouts.ambiguous for row in rows)

    @cached_property
    def told(self) -> dict[tuple[str, str], tuple[int, int]]:
        """First and last date of the payouts that have lines, by account and currency."""
        frame = self.payouts.frame[self.payouts.frame["lines"] > 0]
        due = frame.groupby(["account", "currency"])["due"].agg(["min", "max"])
        return {key: (int(first), int(last)) for key, first, last in due.itertuples(name=None)}


def payout_cases(given: PayoutInputs) -> PayoutCases:
    """Make one case per payout or set of payouts that cannot be told apart, and of what has no payout."""
    bank_ids, item_ids = given.bank["id"].tolist(), given.items["id"].tolist()
    record_ids, line_ids = given.records["id"].tolist(), given.lines["id"].tolist()
    rest: dict[int, list[int]] = {}
    for index in np.flatnonzero(~given.own & (given.payouts.of_line >= 0)).tolist():
        rest.setdefault(int(given.payouts.of_line[index]), []).append(line_ids[index])
    record_of = given.payouts.frame["record"].tolist()
    rows: list[dict[str, Any]] = []
    notes: dict[int, dict[str, Any]] = {}
    parts, used = [Legs.none()], set()
    for members in _together(given):
        bank = _carriers(given.bank_links, members)
        items = _carriers(given.item_links, members)
        row, note = _row(given, members, bank, items)
        platform = [record_ids[record_of[member]] for member in members if record_of[member] >= 0]
        platform += [line for member in members for line in rest.get(member, ())]
        legs = {
            Side.PLATFORM: platform,
            Side.ODOO: [item_ids[item] for item in items],
            Side.BANK: [bank_ids[line] for line in bank],
        }
        # a payout that only its lines tell of is a case of its own when it needs a person
        if any(legs.values()) or row["kind"] not in CALM:
            number = len(rows)
            parts += [
                Legs.of_side(side, np.full(len(ids), number), np.array(ids, np.int64))
                for side, ids in legs.items()
            ]
            notes[number] = note
            rows.append(row)
            used.update(items)
    others = _without_payout(given)
    parts.append(Legs(others.legs.case + len(rows), others.legs.side, others.legs.record))
    frame = pd.concat([_as_frame(rows), others.frame], ignore_index=True)
    return PayoutCases(frame, Legs.concat(*parts), notes, frozenset(used))


def _as_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    texts = ("kind", "cause", "rule", "grp", "currency")
    names = ("key", *texts, "missing", "day", "delta", *(f"sum_{side}" for side in MONEY_SIDES))
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=object if name in texts else np.int64)
            for name in names
        }
    )


def _carriers(links: deposits.Links | None, members: list[int]) -> list[int]:
    """Lines that carry the payouts or may do so."""
    return [] if links is None else sorted({line for row in members for line in links.of(row)})


def _without_payout(given: PayoutInputs) -> PayoutCases:
    """Cases of single lines: of the platform without a payout, of the bank naming a platform without one."""
    loose = np.flatnonzero(~given.own & (given.payouts.of_line == -1))
    lines = given.lines.iloc[loose]
    timing = np.full(len(lines), str(Kind.TIMING), object)
    pending = _single(lines, Side.PLATFORM, timing, "pending_payout", missing_bits(Side.BANK))
    lumped = lines["account"].isin(_lumping(given.payouts)).to_numpy(bool)
    pending = pending.assign(sum_platform=lines["net"].to_numpy(np.int64))
    pending.loc[lumped, ["cause", "missing"]] = "payout_not_named", 0
    free = given.bank["belongs"].to_numpy(bool) & (given.bank["amount"] > 0).to_numpy(bool)
    free[list(given.bank_links.by_line())] = False
    bank = given.bank[free]
    amount, told = bank["amount"].to_numpy(np.int64), _told_of(given, bank)
    kind = np.where(told, str(Kind.MISSING), str(Kind.TIMING)).astype(object)
    unknown = _single(bank, Side.BANK, kind, "no_payout", missing_bits(Side.PLATFORM))
    unknown.loc[~told, "cause"] = "cut_off"
    unknown = unknown.assign(sum_bank=amount, delta=amount)
    legs = Legs.concat(
        Legs.of_side(Side.PLATFORM, np.arange(len(lines)), lines["id"].to_numpy(np.int64)),
        Legs.of_side(Side.BANK, np.arange(len(bank)) + len(lines), bank["id"].to_numpy(np.int64)),
    )
    return PayoutCases(pd.concat([pending, unknown], ignore_index=True), legs, {}, frozenset())


def _lumping(payouts: Payouts) -> set[str]:
    """Accounts that pay out without saying what for, as PayPal does: none of their payouts has a line."""
    frame = payouts.frame
    return set(frame["account"]) - set(frame["account"][frame["lines"] > 0])


def _told_of(given: PayoutInputs, bank: pd.DataFrame) -> np.ndarray:
    """Bank lines whose payout would stand in the platform's file, were there one."""
    told = np.zeros(len(bank), np.bool_)
    day, platform = bank["day"].to_numpy(np.int64), bank["platform"].to_numpy(object)
    frame = given.payouts.frame[given.payouts.frame["due"] != NO_INT]
    for name, due in frame.groupby("account")["due"]:
        told |= (platform == name) & (day - BANK_AFTER >= due.min()) & (day + BANK_BEFORE <= due.max())
    return told


def _single(records: pd.DataFrame, side: Side, kind: np.ndarray, cause: str, missing: int) -> pd.DataFrame:
    """One case per record, with no amounts yet."""
    none = np.full(len(records), NO_INT, np.int64)
    blank = np.full(len(records), "", object)
    return pd.DataFrame(
        {
            "key": records["key"].to_numpy(np.int64) ^ np.int64(SIDES.index(side) << 56),
            "kind": kind,
            "cause": np.full(len(records), cause, object),
            "rule": blank,
            "missing": np.full(len(records), missing, np.int64),
            "grp": blank,
            "day": records["day"].to_numpy(np.int64),
            "delta": none,
            "currency": records["currency"].to_numpy(object),
            **{f"sum_{name}": none for name in MONEY_SIDES},
        }
    )


def _together(given: PayoutInputs) -> list[list[int]]:
    """Payout rows that share a bank line or a clearing item, or cannot be told apart."""
    parent = list(range(len(given.payouts.frame)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    shared: list[Sequence[int]] = list(given.payouts.ambiguous)
    for links in (given.bank_links, given.item_links):
        if links is not None:
            shared += links.by_line().values()
    for rows in shared:
        for row in rows[1:]:
            low, high = sorted((root(rows[0]), root(row)))
            parent[high] = low
    sets: dict[int, list[int]] = {}
    names = given.payouts.frame["name"].tolist()
    for row in sorted(range(len(parent)), key=names.__getitem__):  # whatever order the files were loaded in
        sets.setdefault(root(row), []).append(row)
    return list(sets.values())


def _row(
    given: PayoutInputs, members: list[int], bank: list[int], items: list[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Judge one payout case: the first finding that applies names it."""
    head = given.rows[members[0]]
    unclear = not given.unclear.isdisjoint(members)
    # where records and lines cannot be told apart, both tell of the same money
    counted = [row for row in members if not unclear or given.rows[row]["record"] >= 0]
    target = int(given.target[counted].sum())
    home = [line for line in bank if given.bank["currency"].iloc[line] == head["currency"]]
    arrived = int(given.bank["amount"].iloc[home].sum()) if home else NO_INT
    own = [item for item in items if given.items["currency"].iloc[item] == head["currency"]]
    booked = int(given.items["amount"].iloc[own].sum()) if own else NO_INT
    found = [Finding(Kind.AMBIGUOUS, "several_payouts_fit")] if unclear else []
    if not unclear:
        found += _residuals(given, members)
    found += _bank_findings(given, members, target, arrived)
    if not unclear:
        found += _odoo_findings(given, members, target, booked)
    first = found[0] if found else Finding(Kind.MATCHED, _calm(given, members))
    row = {
        "key": int.from_bytes(
            hashlib.blake2b(head["name"].encode(), digest_size=8).digest(), "big", signed=True
        ),
        "kind": str(first.kind),
        "cause": first.cause,
        "rule": given.bank_links.rule.get(bank[0], "") if bank else "",
        "missing": first.missing,
        "grp": head["key"],
        "day": int(head["due"]),
        "delta": first.delta,
        "currency": head["currency"],
        "sum_shop": NO_INT,
        "sum_platform": target,
        "sum_odoo": booked,
        "sum_bank": arrived,
    }
    note = {
        "payout": [str(given.rows[row]["key"]) for row in counted],
        "rows": members,
        "target": target,
        "findings": [[str(one.kind), one.cause, one.missing, one.delta, one.between] for one in found],
        "causes": [[cause.rule, cause.text] for row in members for cause in given.proofs[row].causes],
    }
    return row, note


def _calm(given: PayoutInputs, members: list[int]) -> str:
    """What is worth telling of a payout in which nothing differs."""
    if any(term == "carry-over" and minor for row in members for term, minor in given.proofs[row].terms):
        return "takes_carry_over"
    return "no_lines" if any(_has_no_lines(given, row) for row in members) else ""


def _has_no_lines(given: PayoutInputs, row: int) -> bool:
    return not given.rows[row]["lines"] and bool(given.rows[row]["total"])


def _residuals(given: PayoutInputs, members: list[int]) -> list[Finding]:
    """Payouts that their lines do not explain.

    A manual payout carries no lines (rule SET-09), and neither does one outside the lines' days: it is
    compared with the bank, and a person is asked only where the file tells of others around it.
    """
    found = []
    for row in members:
        proof, payout = given.proofs[row], given.rows[row]
        if not proof.residual or proof.total is None:
            continue
        if not _has_no_lines(given, row):
            found.append(Finding(Kind.AMOUNT, str(proof.cause), 0, proof.residual, "lines"))
            continue
        span = given.told.get((payout["account"], payout["currency"]))
        if span is not None and span[0] <= payout["due"] <= span[1]:
            found.append(Finding(Kind.AMOUNT, "no_lines", 0, proof.residual, "lines"))
    return sorted(found, key=lambda one: (-abs(one.delta), one.delta))


def _bank_findings(given: PayoutInputs, members: list[int], target: int, arrived: int) -> list[Finding]:
    if any(given.bank_links.rivals.get(row) for row in members):
        return [Finding(Kind.AMBIGUOUS, "same_amount_no_reference")]
    if arrived == target or given.bank_span is None:
        return []
    if arrived == NO_INT and any(given.bank_links.abroad.get(row) for row in members):
        return [Finding(Kind.FIELD, "other_currency_at_bank")]
    if arrived != NO_INT:
        twice = arrived == 2 * target > 0
        charge = 0 < arrived < target and (target - arrived) * _CHARGE_PART <= target
        kind = Kind.DUPLICATE if twice else Kind.AMOUNT
        cause = "arrived_twice" if twice else "bank_charge" if charge else ""
        return [Finding(kind, cause, 0, arrived - target, "bank")]
    timing = _not_yet_due([given.rows[row] for row in members], target, given.bank_span)
    if timing is not None:
        return [Finding(Kind.TIMING, timing, missing_bits(Side.BANK))] if timing else []
    return [Finding(Kind.MISSING, "not_at_bank", missing_bits(Side.BANK), -target)]


def _not_yet_due(rows: list[dict[str, Any]], target: int, covered: tuple[int, int]) -> str | None:
    """Why no bank line is expected: a cause, "" when nothing was to be paid, None when one is."""
    if target <= 0:
        return "carried_over" if target else ""
    if not all(row["paid"] for row in rows):
        return "in_transit" if any(row["moving"] for row in rows) else "pending_payout"
    due = max(row["due"] for row in rows)
    if due == NO_INT or due + BANK_AFTER > covered[1]:
        return "in_transit"
    return "cut_off" if due - BANK_BEFORE < covered[0] else None


def _odoo_findings(given: PayoutInputs, members: list[int], target: int, booked: int) -> list[Finding]:
    """Transfer and fees together must clear what was booked line by line."""
    rows = [given.rows[row] for row in members]
    paid = all(row["paid"] for row in rows)
    if given.item_links is None or not paid or rows[0]["account"] not in given.booked:
        return []
    whole = int(given.whole[members].sum())
    open_amount = whole + (0 if booked == NO_INT else booked)
    if open_amount == 0:
        return []
    if booked == NO_INT:
        return [_not_booked(given, members, given.item_links.abroad, whole)]
    if any(given.item_links.rivals.get(row) for row in members):
        return [Finding(Kind.AMBIGUOUS, "same_amount_no_reference")]
    return [_booked_otherwise(rows, target, whole, open_amount)]


def _booked_otherwise(rows: list[dict[str, Any]], target: int, whole: int, open_amount: int) -> Finding:
    """What is booked of payouts leaves something open: which part of them that is, where it is one."""
    if target <= 0:
        return Finding(Kind.AMOUNT, "", 0, open_amount, "odoo")
    if open_amount in {-target, target - whole}:
        return Finding(Kind.DUPLICATE, "payout_booked_twice", 0, open_amount, "odoo")
    # reserves and adjustments are no fees (rule SET-04)
    only_fees = not any(row[term] for row in rows for term in _NOT_FEES)
    fees = "fee_not_booked" if only_fees else "deductions_not_booked"
    cause = {target: "transfer_not_booked", whole - target: fees}.get(open_amount, "")
    return Finding(Kind.AMOUNT, cause, missing_bits(Side.ODOO) if cause else 0, open_amount, "odoo")


def _not_booked(
    given: PayoutInputs, members: list[int], abroad: Mapping[int, list[int]], whole: int
) -> Finding:
    """Nothing of a payout is booked in its currency, or it lies outside the days that were exported."""
    if any(abroad.get(row) for row in members):
        return Finding(Kind.FIELD, "wrong_currency")
    first, last = given.booked[given.rows[members[0]]["account"]]
    due = max(given.rows[row]["due"] for row in members)
    if due + BANK_AFTER > last or due < first:
        return Finding(Kind.TIMING, "cut_off")
    return Finding(Kind.MISSING, "payout_not_booked", missing_bits(Side.ODOO), whole)
