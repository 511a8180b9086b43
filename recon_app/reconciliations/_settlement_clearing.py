"""Clearing account proof: what the platform still owes at a cut-off is the account's balance (SET-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import payouts
from recon_app.engine.cases import Ints
from recon_app.models.proof import ClearingProof
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _settlement_payouts as by_payout
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations._base import Inputs, Result
from recon_app.reconciliations._settlement_words import CAUSES, iso

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Ground:
    """What all accounts of one proof share.

    Attributes:
        result: The run.
        lines: Payment lines that are booked one by one, with their case and payout row (-1 for none).
        items: Posted items in the platform's currency, with their case (-1 for none).
        found: The payouts.
        arrived: Day each payout reached the bank, NO_INT when it did not.
        case_of: Case of each payout row, -1 for none.
        cut_off: Last day that counts.
    """

    result: Result
    lines: pd.DataFrame
    items: pd.DataFrame
    found: payouts.Payouts
    arrived: Ints
    case_of: Ints
    cut_off: int


def clearing(inputs: Inputs, result: Result, cut_off: int) -> list[ClearingProof]:
    """Prove the clearing accounts of every platform per currency: charges and refunds may have one each.

    The platform owes what was captured up to the cut-off and had not reached the bank by then. Fees count as
    owed until they are booked with their payout, so that both sides are gross. Every case whose bookings and
    lines differ by then is listed; nothing is netted away.
    """
    frames, _ = scope.prepared(inputs.frames)
    if not len(frames[RecordType.JOURNAL_ITEM]):
        return []
    accounts = scope.accounts(frames, inputs.answers)
    ground = _ground(frames, accounts.clearing, result, cut_off)
    of_platform: dict[str, list[str]] = defaultdict(list)
    for account, platform in sorted(accounts.clearing.items()):
        of_platform[platform].append(account)
    return [
        _prove(ground, mine, platform, currency)
        for platform, mine in sorted(of_platform.items(), key=lambda pair: pair[1])
        for currency in sorted(
            {
                *ground.lines["currency"][ground.lines["account"] == platform],
                *ground.items["currency"][ground.items["account"].isin(mine)],
            }
        )
    ]


def _ground(
    frames: Mapping[RecordType, pd.DataFrame], clearing: Mapping[str, str], result: Result, cut_off: int
) -> _Ground:
    lines = frames[RecordType.PAYMENT_LINE]
    found = payouts.group(lines, frames[RecordType.PAYOUT])
    own = lines["category"].isin(scope.OWN_LINES).to_numpy(bool)
    of_record = _case_of_record(result)
    case_of = np.full(len(found.frame), -1, np.int64)
    for number, note in result.notes.items():
        case_of[note.get("rows", [])] = number
    items = frames[RecordType.JOURNAL_ITEM]
    items = items[scope.posted(items) & items["account"].isin(set(clearing)).to_numpy(bool)]
    items = scope.in_platform_currency(items, clearing, frames)
    return _Ground(
        result=result,
        lines=lines.assign(case=_cases(lines, of_record), payout=found.of_line)[own],
        items=items.assign(case=_cases(items, of_record)),
        found=found,
        arrived=_arrival(frames, found),
        case_of=case_of,
        cut_off=cut_off,
    )


def _case_of_record(result: Result) -> pd.Series:
    record = np.concatenate([result.legs.record, result.support.record])
    case = np.concatenate([result.legs.case, result.support.case])
    return pd.Series(case, index=record)


def _cases(frame: pd.DataFrame, of_record: pd.Series) -> Ints:
    found: Ints = of_record.reindex(frame["id"]).fillna(-1).to_numpy(np.int64)
    return found


def _arrival(frames: Mapping[RecordType, pd.DataFrame], found: payouts.Payouts) -> Ints:
    """Day each payout reached the bank; its payout date where no bank file was loaded."""
    platforms = sorted(set(found.frame["account"]))
    bank = by_payout.bank_lines(frames[RecordType.BANK_LINE], platforms)
    if not len(bank):
        paid = found.frame["paid"].to_numpy(bool)
        return np.where(paid, found.frame["due"].to_numpy(np.int64), NO_INT)
    day = np.full(len(found.frame), NO_INT, np.int64)
    links = by_payout.link_bank(found, bank)
    booked = bank["day"].to_numpy(np.int64)
    for payout, carried_by in links.lines.items():
        day[payout] = max(int(booked[line]) for line in carried_by)
    _carry(found.frame, day)
    return day


def _carry(frame: pd.DataFrame, day: Ints) -> None:
    """A negative payout is settled when the next one of its account arrives (rule SET-03)."""
    target = np.where(frame["total"] == NO_INT, frame["net"], frame["total"])
    for row in np.flatnonzero((target < 0) & (day == NO_INT)).tolist():
        later = (frame["account"] == frame["account"][row]) & (frame["currency"] == frame["currency"][row])
        later &= (frame["due"] > frame["due"][row]) & (day != NO_INT)
        if later.any():
            day[row] = day[int(str(frame["due"].where(later).idxmin()))]


def _prove(ground: _Ground, accounts: list[str], platform: str, currency: str) -> ClearingProof:
    lines, items = ground.lines, ground.items
    lines = lines[
        (lines["account"] == platform) & (lines["currency"] == currency) & (lines["day"] <= ground.cut_off)
    ]
    items = items[
        items["account"].isin(accounts) & (items["currency"] == currency) & (items["day"] <= ground.cut_off)
    ]
    received = _received(ground, lines["payout"].to_numpy(np.int64))
    owed = lines[~received]
    lumps = _lumps(ground, platform, currency)
    return ClearingProof(
        account=" + ".join(accounts),
        currency=currency,
        cut_off=iso(ground.cut_off),
        owed=int(owed["amount"].sum()) - sum(lumps.values()),
        balance=int(items["amount"].sum()),
        items=(*_by_payout(ground, owed), *_taken_out(ground, lumps)),
        differences=tuple(_differences(ground, lines, lines[received], items, lumps)),
    )


def _lumps(ground: _Ground, platform: str, currency: str) -> dict[int, int]:
    """Payouts that arrived by the cut-off and of which no file tells the lines (rule SET-09), and their sums.

    PayPal's withdrawals are such, and manual payouts: they lower what is owed, whichever sales they were.
    """
    free = ground.lines
    free = free[(free["account"] == platform) & (free["currency"] == currency) & (free["payout"] < 0)]
    if not len(free):
        return {}
    frame = ground.found.frame
    mine = (frame["account"] == platform) & (frame["currency"] == currency)
    mine &= (frame["lines"] == 0) & (frame["total"] != NO_INT)
    # one of other days took out what no loaded file tells of
    mine &= (frame["due"] >= free["day"].min()) & (frame["due"] <= free["day"].max() + by_payout.BANK_AFTER)
    arrived = _received(ground, np.arange(len(frame)))
    rows = np.flatnonzero(mine.to_numpy(bool) & arrived).tolist()
    return {row: int(frame["total"].iloc[row]) for row in rows}


def _taken_out(ground: _Ground, lumps: Mapping[int, int]) -> Iterator[tuple[str, int]]:
    for row, minor in lumps.items():
        yield f"payout {ground.found.frame['key'][row]}, of sales that no file names", -minor


def _received(ground: _Ground, payout: Ints) -> Mask:
    """Lines whose payout had reached the bank by the cut-off."""
    if not len(ground.arrived):
        return np.zeros(len(payout), np.bool_)
    day = np.where(payout >= 0, ground.arrived[np.maximum(payout, 0)], NO_INT)
    received: Mask = (day != NO_INT) & (day <= ground.cut_off)
    return received


def _by_payout(ground: _Ground, owed: pd.DataFrame) -> Iterator[tuple[str, int]]:
    for payout, minor in owed.groupby("payout")["amount"].sum().items():
        row = int(str(payout))
        yield ("no payout yet" if row < 0 else f"payout {ground.found.frame['key'][row]}"), int(minor)


def _differences(
    ground: _Ground,
    lines: pd.DataFrame,
    received: pd.DataFrame,
    items: pd.DataFrame,
    lumps: Mapping[int, int],
) -> Iterator[tuple[str, int]]:
    """Case by case: booked by the cut-off minus what the platform's lines support.

    A line supports its booking; a payout that arrived supports the entry that clears its lines, or its sum
    where nothing tells its lines.
    """
    sums: dict[int, int] = defaultdict(int)
    for case, minor in items.groupby("case")["amount"].sum().items():
        sums[int(str(case))] += int(minor)
    for case, minor in lines.groupby("case")["amount"].sum().items():
        sums[int(str(case))] -= int(minor)
    unbooked: dict[str, int] = {}
    cleared = {int(str(row)): int(minor) for row, minor in received.groupby("payout")["amount"].sum().items()}
    for row, minor in {**cleared, **lumps}.items():
        if ground.case_of[row] >= 0:
            sums[int(ground.case_of[row])] += minor
        elif minor:
            key = ground.found.frame["key"][row]
            unbooked[f"Payout {key}: it arrived, and nothing of it is booked."] = minor
    differing = [case for case, minor in sorted(sums.items()) if minor]
    refs = _first_refs(differing, lines, items)
    for case in differing:
        yield _name(ground.result, case, refs.get(case, "")), sums[case]
    yield from unbooked.items()


def _first_refs(cases: list[int], *frames: pd.DataFrame) -> dict[int, str]:
    """First reference of each case."""
    found: dict[int, str] = {}
    for frame in frames:
        named = frame[frame["case"].isin(cases) & (frame["ref"] != "")]
        for case, ref in zip(named["case"].tolist(), named["ref"], strict=True):
            found.setdefault(case, ref)
    return found


def _name(result: Result, case: int, ref: str) -> str:
    if case < 0:
        return "Items of the account that belong to no payment and no payout."
    cases = result.cases
    payout = str(cases["grp"].iloc[case])
    order = ref if "payout" not in result.notes.get(case, {}) else ""
    subject = order or (f"Payout {payout}" if payout else "Without reference")
    return f"{subject}: {CAUSES.get(str(cases['cause'].iloc[case]), 'Booked differently.')}"
