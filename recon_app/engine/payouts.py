"""Group sums: payment lines to payouts, and how each payout closes (rules SET-01 to SET-04).

A payout is known by its id where the file has one, otherwise by account, payout date and currency. Two
payouts of one account on one date are told apart by their exact sums or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import combined, ranked
from recon_app.engine.residuals import Residuals
from recon_app.engine.texts import distinct, plain, told
from recon_app.models.proof import PayoutProof
from recon_app.models.record import NO_INT, Category

Ints = NDArray[np.int64]

#: Terms of the proof in the order they are shown.
TERMS = (
    "gross",
    "refunds",
    "fees",
    "adjustments",
    "chargebacks",
    "tax",
    "reserve held",
    "reserve released",
    "advances",
    "carry-over",
    "other",
)
_TERM_OF: dict[str, str] = {
    Category.CHARGE: "gross",
    Category.REFUND: "refunds",
    Category.REFUND_FAILURE: "refunds",
    Category.FEE: "fees",
    Category.ADJUSTMENT: "adjustments",
    Category.CHARGEBACK: "chargebacks",
    Category.CHARGEBACK_REVERSAL: "chargebacks",
    Category.TAX: "tax",
    Category.RESERVE_HELD: "reserve held",
    Category.RESERVE_RELEASED: "reserve released",
    Category.ADVANCE: "advances",
    Category.CARRY_OVER: "carry-over",
}
#: Payout status words that mean the money is on its way, has not left the platform yet, or came back to it.
MOVING = frozenset({"in_transit", "in transit"})
UNPAID = frozenset({"pending", "scheduled", "failed", "canceled", "cancelled"}) | MOVING
_OF_RECORD = ("record", "total", "paid", "moving", "reference")


@dataclass(frozen=True)
class Payouts:
    """The payouts that the lines and the payout records tell of, one row each.

    Attributes:
        frame: Columns id (as in the files, "" for none), key (text shown to the user, no two are equal),
            name (text that stays the same whatever else is loaded), account, currency, reference (the bank's,
            or ""), due (days), paid and moving (bool), one int64 column per term, net, total
            (:data:`NO_INT` when unknown), record (index into the payout records or -1), lines (count, without
            the payout's own).
        of_line: Row of ``frame`` for each payment line, -1 for lines without a payout.
        ambiguous: Sets of rows, records and groups of lines of one day that fit each other in several ways.
    """

    frame: pd.DataFrame
    of_line: Ints
    ambiguous: tuple[tuple[int, ...], ...]


def group(lines: pd.DataFrame, records: pd.DataFrame) -> Payouts:
    """Group payment lines into payouts and join them with the payout records.

    Args:
        lines: Payment lines with the record fields category, grp, ref2, account, status, due, amount,
            currency, fee and net; proofs need day and key too.
        records: Payout records with ident, ref2, grp, account, status, day, amount and currency.
    """
    code, heads = _group_codes(lines)
    count = len(heads)
    inside = code >= 0
    due = np.full(count, NO_INT, np.int64)
    np.maximum.at(due, code[inside], lines["due"].to_numpy(np.int64)[inside])
    unpaid, moving = (
        np.bincount(code[inside & told(lines["status"], _among(words))], minlength=count)
        for words in (UNPAID, MOVING)
    )
    frame = pd.DataFrame(
        {
            "id": heads["grp"].to_numpy(object),
            "account": heads["account"].to_numpy(object),
            "currency": heads["currency"].to_numpy(object),
            "due": due,
            "paid": unpaid == 0,
            "moving": moving > 0,
        }
    )
    for term, minor in _terms(lines, code, count).items():
        frame[term] = minor
    frame["net"] = frame[list(TERMS)].sum(axis=1)
    inside &= (lines["category"] != Category.PAYOUT).to_numpy(bool)
    frame["lines"] = np.bincount(code[inside], minlength=count).astype(np.int64)
    frame["total"] = _own_totals(lines, code, frame["net"].to_numpy(np.int64))
    frame["reference"] = _own_references(lines, code, count)
    frame["record"] = np.int64(-1)
    frame, ambiguous = _join_records(frame, records)
    return Payouts(_named(frame), code, ambiguous)


def _among(words: Collection[str]) -> Callable[[str], bool]:
    """Whether a status is one of some words."""
    return lambda status: status.lower() in words


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every payout its name and a key that no other payout has.

    Payouts of one name are numbered by what they pay, so that the order of import does not show.
    """
    known = [
        ident or f"{_iso(due)} {currency}"
        for ident, due, currency in zip(frame["id"], frame["due"], frame["currency"], strict=True)
    ]
    heads = list(zip(frame["account"], frame["currency"], known, frame["total"], frame["net"], strict=True))
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    shown: dict[str, str] = {}
    names, keys = [""] * len(heads), [""] * len(heads)
    for row in sorted(range(len(heads)), key=heads.__getitem__):
        account, currency, key = heads[row][:3]
        seen[account, currency, key] += 1
        twin = seen[account, currency, key]
        name = names[row] = f"payout|{account}|{currency}|{key}" + (f"|{twin}" if twin > 1 else "")
        long = key if key.endswith(currency) else f"{key} {currency}"
        texts = (key, long, f"{key} {account}", f"{long} {account}", f"{long} {account} ({twin})", name)
        for text in texts:
            if shown.setdefault(text, name) == name:
                keys[row] = text
                break
    return frame.assign(name=names, key=keys)


def _group_codes(lines: pd.DataFrame) -> tuple[Ints, pd.DataFrame]:
    """Number the payouts of the lines; -1 for lines that name neither payout nor payout date.

    Returns:
        The number of each line, and one line of each payout.
    """
    named = (lines["grp"] != "").to_numpy(bool)
    due = lines["due"].to_numpy(np.int64)
    dated = np.where(named, np.int64(0), due)
    code = np.full(len(lines), -1, np.int64)
    grouped = named | (due != NO_INT)
    names = ["account", "currency", "grp"]
    codes = (distinct(lines[name])[0] for name in names)
    same, count = ranked(combined(*(column[grouped] for column in (*codes, dated))))
    one = np.empty(count, np.int64)
    one[same] = np.flatnonzero(grouped)
    heads = plain(lines[names].iloc[one]).assign(dated=dated[one])
    order = heads.reset_index(drop=True).sort_values(["account", "currency", "grp", "dated"]).index
    code[grouped] = np.argsort(order)[same]
    return code, heads.iloc[order]


def _terms(lines: pd.DataFrame, code: Ints, count: int) -> dict[str, Ints]:
    """Sum the lines of each payout by term; fees inside a line count as fees, not as gross."""
    sums = {term: np.zeros(count, np.int64) for term in TERMS}
    category, names = distinct(lines["category"])
    amount = lines["amount"].to_numpy(np.int64)
    fee = np.where(lines["fee"] == NO_INT, 0, lines["fee"]).astype(np.int64)
    inside = (code >= 0) & (lines["category"] != Category.PAYOUT).to_numpy(bool)
    for number, name in enumerate(names):
        chosen = inside & (category == number)
        np.add.at(sums[_TERM_OF.get(name, "other")], code[chosen], amount[chosen])
    np.subtract.at(sums["fees"], code[inside], fee[inside])
    return sums


def _own_totals(lines: pd.DataFrame, code: Ints, net: Ints) -> Ints:
    """Totals from payout rows inside the lines file: such a row takes the net out of the balance.

    Its sign varies between reports, so a total has the sign of the lines it closes.
    """
    own = (lines["category"] == Category.PAYOUT).to_numpy(bool) & (code >= 0)
    paid = np.zeros(len(net), np.int64)
    np.add.at(paid, code[own], lines["net"].to_numpy(np.int64)[own])
    told = np.zeros(len(net), np.bool_)
    told[code[own]] = True
    return np.where(told, np.where(net < 0, -1, 1) * np.abs(paid), NO_INT)


def _own_references(lines: pd.DataFrame, code: Ints, count: int) -> NDArray[np.object_]:
    """The bank's references that payout rows inside the lines file name."""
    own = (lines["category"] == Category.PAYOUT).to_numpy(bool) & (code >= 0)
    references = np.full(count, "", object)
    references[code[own]] = lines["ref2"].to_numpy(object)[own]
    return references


def _join_records(
    frame: pd.DataFrame, records: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[tuple[int, ...], ...]]:
    """Give each payout record its group of lines, by id or by date, currency and exact sum.

    Every record ends in one row: in that of its lines, else in one of its own.
    """
    by_id: dict[tuple[str, str, str], int] = {}
    by_date: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for row, (ident, account, currency, due) in enumerate(
        zip(frame["id"], frame["account"], frame["currency"], frame["due"], strict=True)
    ):
        by_date[account, currency, int(due)].append(row)
        if ident:
            by_id[account, currency, ident] = row
    of_row: dict[int, list[int]] = defaultdict(list)
    blocks: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    fields = zip(records["ident"], records["account"], records["currency"], records["day"], strict=True)
    for index, (ident, account, currency, day) in enumerate(fields):
        row = by_id.get((account, currency, ident), -1)
        (of_row[row] if row >= 0 else blocks[account, currency, int(day)]).append(index)
    taken: dict[int, int] = {}
    alone: list[int] = []
    unclear: list[tuple[list[int], list[int]]] = []
    nets, amounts = frame["net"].to_numpy(np.int64), records["amount"].to_numpy(np.int64)
    dated = (([row for row in by_date[key] if row not in of_row], same) for key, same in blocks.items())
    for rows, indexes in (*(([row], same) for row, same in of_row.items()), *dated):
        pairs, left_rows, left_indexes = _pair_by_sum(rows, indexes, nets, amounts)
        taken.update(pairs)
        if len(left_rows) == len(left_indexes) == 1:
            taken[left_rows[0]] = left_indexes[0]
            continue
        if left_rows and left_indexes:
            unclear.append((left_rows, left_indexes))
        alone += left_indexes
    joined = _with_records(frame, records, taken, alone)
    place = {index: len(frame) + number for number, index in enumerate(alone)}
    return joined, tuple((*rows, *(place[index] for index in indexes)) for rows, indexes in unclear)


def _with_records(
    frame: pd.DataFrame, records: pd.DataFrame, taken: dict[int, int], alone: list[int]
) -> pd.DataFrame:
    """Enter the records at the rows they were given, and put those without lines below."""
    unpaid, moving = (told(records["status"], _among(words)) for words in (UNPAID, MOVING))
    amounts = records["amount"].to_numpy(np.int64)
    rows, indexes = np.array(list(taken), np.int64), np.array(list(taken.values()), np.int64)
    columns = {name: frame[name].to_numpy(copy=True) for name in _OF_RECORD}
    columns["record"][rows], columns["total"][rows] = indexes, amounts[indexes]
    named = records["ref2"].to_numpy(object)[indexes]
    columns["reference"][rows] = np.where(named == "", columns["reference"][rows], named)
    columns["paid"][rows], columns["moving"][rows] = ~unpaid[indexes], moving[indexes]
    frame = frame.assign(**columns)
    if not alone:
        return frame
    extra = records.iloc[alone]
    added = pd.DataFrame(
        {
            "id": extra["ident"].to_numpy(object),
            "account": extra["account"].to_numpy(object),
            "currency": extra["currency"].to_numpy(object),
            "reference": extra["ref2"].to_numpy(object),
            "due": extra["day"].to_numpy(np.int64),
            "paid": ~unpaid[alone],
            "moving": moving[alone],
            **{term: np.int64(0) for term in (*TERMS, "net", "lines")},
            "total": amounts[alone],
            "record": np.array(alone, np.int64),
        }
    )
    return pd.concat([frame, added], ignore_index=True) if len(frame) else added


def _pair_by_sum(
    rows: list[int], indexes: list[int], nets: Ints, amounts: Ints
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair groups and records of one date whose sums are equal and occur once on each side."""
    by_net: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_net[int(nets[row])].append(row)
    by_amount: dict[int, list[int]] = defaultdict(list)
    for index in indexes:
        by_amount[int(amounts[index])].append(index)
    pairs = [
        (by_net[minor][0], same[0])
        for minor, same in by_amount.items()
        if len(same) == 1 and len(by_net.get(minor, ())) == 1
    ]
    used_rows = {row for row, _ in pairs}
    used_indexes = {index for _, index in pairs}
    return (
        pairs,
        [row for row in rows if row not in used_rows],
        [index for index in indexes if index not in used_indexes],
    )


def prove(payouts: Payouts, lines: pd.DataFrame, bank: Ints) -> list[PayoutProof]:
    """Build the proof of every payout, residuals with their candidate causes.

    Args:
        payouts: From :func:`group`.
        lines: The same lines.
        bank: What reached the bank per payout, :data:`NO_INT` when no bank line is linked.
    """
    frame = payouts.frame
    target = np.where(frame["total"] == NO_INT, bank, frame["total"]).astype(np.int64)
    residual = np.where(target == NO_INT, 0, target - frame["net"].to_numpy(np.int64))
    residuals = Residuals(frame, payouts.of_line, lines, residual)
    proofs = []
    for row, values in enumerate(frame.to_dict("records")):
        causes = residuals.causes(row) if residual[row] else ()
        terms = {term: int(values[term]) for term in TERMS}
        if [cause.rule for cause in causes] == ["carried_over"]:
            terms["carry-over"] += int(residual[row])
            causes = ()
        proofs.append(
            PayoutProof(
                payout=values["key"],
                currency=values["currency"],
                terms=tuple((term, minor) for term, minor in terms.items() if minor),
                total=None if values["total"] == NO_INT else int(values["total"]),
                bank=None if bank[row] == NO_INT else int(bank[row]),
                causes=causes,
            )
        )
    return proofs


def _iso(day: int) -> str:
    return "undated" if day == NO_INT else str(np.datetime64(int(day), "D"))
