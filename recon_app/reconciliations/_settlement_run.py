"""The run of the settlements: payouts first, then line by line, then the records that stand behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.arrays import NumpyExtensionArray

from recon_app.engine import components, match, payouts
from recon_app.engine.cases import SIDES, Ints, Legs, earliest, missing_bits, summarise
from recon_app.engine.texts import Column, common_codes, different, distinct, named, told
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.models.rule import Rule
from recon_app.reconciliations import _settlement_payouts as by_payout
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._settlement_behind import attach
from recon_app.reconciliations._settlement_kinds import Cases, Coverage, judge

Mask = NDArray[np.bool_]
Frames = Mapping[RecordType, pd.DataFrame]

_LINE_SIDES = (Side.SHOP, Side.PLATFORM, Side.ODOO)


def reconcile(inputs: Inputs, rules: Sequence[Rule], progress: Progress) -> Result:
    """Run the whole reconciliation; see :meth:`Reconciliation.reconcile`."""
    scope.refuse_endless(inputs.frames)
    frames, remarks = scope.prepared(inputs.frames)
    accounts = scope.accounts(frames, inputs.answers)
    lines = frames[RecordType.PAYMENT_LINE]
    own = lines["category"].isin(scope.OWN_LINES).to_numpy(bool)
    progress("Payouts", 0, 0)
    items = _clearing_items(frames, accounts)
    given = _payout_inputs(frames, lines, own, items, accounts)
    paid = by_payout.payout_cases(given)
    progress("Payment lines", 0, 0)
    entries = _entries(frames, scope.where(lines, own), items, paid.items)
    coverage = _coverage(frames, entries)
    linked = _link(entries, rules, progress)
    expected = _expected(linked, entries, accounts, coverage)
    result = _line_cases(linked, entries, expected, coverage)
    _name_journals(result, linked, entries, accounts)
    _payout_of_lines(result, linked, entries[Side.PLATFORM], given.payouts, own)
    progress("Orders and invoices", 0, 0)
    taken = np.concatenate([entries[Side.ODOO]["id"].to_numpy(np.int64), paid.legs.record])
    attach(result, linked.case, entries, frames, taken)
    _leave_out(result, linked, expected)
    _add_cases(result, paid.frame, paid.legs, paid.notes)
    due = given.payouts.frame["due"].tolist()
    result.payouts = [given.proofs[row] for row in sorted(range(len(due)), key=lambda row: -due[row])]
    result.proposals = accounts.proposals
    result.remarks += remarks + _remarks(frames, accounts, coverage)
    result.remarks += scope.unknown_platforms(frames, inputs.answers)
    return result


def _clearing_items(frames: Frames, accounts: scope.Accounts) -> pd.DataFrame:
    """Posted items of the clearing accounts that are not one payment's own move and move money."""
    items, payments = frames[RecordType.JOURNAL_ITEM], frames[RecordType.ODOO_PAYMENT]
    moves = set(payments["grp"]) - {""} if len(items) else set()
    alone = ~items["grp"].isin(moves).to_numpy(bool)
    chosen = items["account"].isin(set(accounts.clearing)).to_numpy(bool) & scope.posted(items) & alone
    kept = scope.in_platform_currency(items[chosen], accounts.clearing, frames)
    return kept[kept["amount"] != 0].reset_index(drop=True)


def _payout_inputs(
    frames: Frames, lines: pd.DataFrame, own: Mask, items: pd.DataFrame, accounts: scope.Accounts
) -> by_payout.PayoutInputs:
    records = frames[RecordType.PAYOUT]
    found = payouts.group(lines, records)
    platforms = sorted(set(found.frame["account"]))
    bank = by_payout.bank_lines(frames[RecordType.BANK_LINE], platforms)
    bank_links = by_payout.link_bank(found, bank)
    has_items = len(frames[RecordType.JOURNAL_ITEM]) > 0
    proofs = payouts.prove(found, lines, by_payout.bank_amounts(bank_links, bank, found))
    gross = by_payout.own_amounts(found, lines, own)
    return by_payout.PayoutInputs(
        payouts=found,
        proofs=proofs,
        lines=lines,
        own=own,
        gross=gross,
        records=records,
        bank=bank,
        bank_links=bank_links,
        bank_span=scope.span(bank),
        items=items,
        item_links=by_payout.link_items(found, proofs, gross, items) if has_items else None,
        booked=_booked_days(frames[RecordType.JOURNAL_ITEM], accounts),
    )


def _booked_days(items: pd.DataFrame, accounts: scope.Accounts) -> dict[str, tuple[int, int]]:
    """First and last day on the clearing accounts of each platform."""
    platform = named(items["account"], accounts.clearing)
    spans = {name: scope.span(items[platform == name]) for name in set(accounts.clearing.values())}
    return {name: covered for name, covered in spans.items() if covered is not None}


def _entries(
    frames: Frames, own_lines: pd.DataFrame, items: pd.DataFrame, used: frozenset[int]
) -> dict[Side, pd.DataFrame]:
    """The records that are compared one by one, per side."""
    payments = frames[RecordType.ODOO_PAYMENT]
    payments = scope.where(payments, scope.alive(payments))
    free = np.ones(len(items), np.bool_)
    free[sorted(used)] = False
    booked = items[free] if len(frames[RecordType.PAYMENT_LINE]) else items[:0]
    return {
        Side.SHOP: scope.paid(frames),
        Side.PLATFORM: own_lines.reset_index(drop=True),
        Side.ODOO: pd.concat([payments, booked], ignore_index=True)
        if len(booked)
        else payments.reset_index(drop=True),
    }


def _coverage(frames: Frames, entries: Mapping[Side, pd.DataFrame]) -> Coverage:
    lines = frames[RecordType.PAYMENT_LINE]
    spans = {name: scope.span(lines[lines["account"] == name]) for name in different(lines["account"])}
    return Coverage(
        {
            Side.SHOP: scope.span(entries[Side.SHOP]),
            Side.PLATFORM: scope.span(lines),
            Side.ODOO: scope.span(entries[Side.ODOO]),
        },
        {name: covered for name, covered in spans.items() if covered is not None},
        refunds_in_shop=len(frames[RecordType.SHOP_TRANSACTION]) > 0,
    )


@dataclass(frozen=True)
class Linked:
    """Entries with their cases.

    Attributes:
        case: Case number per entry of each side.
        count: Number of cases.
        outcome: Gravest outcome of the links of each case, as a place in :data:`match.OUTCOMES`;
            :data:`match.UNLINKED` for cases of one record.
        rule: Rule of the first link of each case, "" for none.
    """

    case: dict[Side, Ints]
    count: int
    outcome: Ints
    rule: NDArray[np.object_]


def _link(entries: Mapping[Side, pd.DataFrame], rules: Sequence[Rule], progress: Progress) -> Linked:
    """Link platform with Odoo, platform with shop, and what the platform has not with each other."""
    platform, odoo, shop = (entries[side] for side in (Side.PLATFORM, Side.ODOO, Side.SHOP))
    made: list[tuple[Side, Side, match.Linking, NDArray[np.object_]]] = []

    def link(left: Side, right: Side, left_rows: Ints, right_rows: Ints, *, abroad: bool = False) -> None:
        chosen = [rule for rule in rules if (rule.left, rule.right) == (left, right)]
        one = _columns(entries[left], left_rows, chosen, "left_field", abroad=abroad)
        other = _columns(entries[right], right_rows, chosen, "right_field")
        linking = match.link(one, other, chosen)
        own = np.array([rule.name for rule in chosen], dtype=object)
        made.append(
            (left, right, _spread(linking, left_rows, right_rows, entries[left], entries[right]), own)
        )

    progress("Payment lines: platform and Odoo", 0, 3)
    every = {side: np.arange(len(frame)) for side, frame in entries.items()}
    link(Side.PLATFORM, Side.ODOO, every[Side.PLATFORM], every[Side.ODOO])
    abroad, free = _booked_as_presented(platform, odoo, made[0][2])
    if len(abroad) and len(free):
        link(Side.PLATFORM, Side.ODOO, abroad, free, abroad=True)
        made[0] = (*made[0][:2], _without(made[0][2], made[1][2]), made[0][3])
    progress("Payment lines: platform and shop", 1, 3)
    of_shop = np.flatnonzero(~platform["category"].isin(scope.NOT_OF_SHOP).to_numpy(bool))
    link(Side.PLATFORM, Side.SHOP, of_shop, every[Side.SHOP])
    progress("Payment lines: shop and Odoo", 2, 3)
    shop_rows = np.flatnonzero(_unlinked(made, Side.SHOP, len(shop)))
    odoo_rows = np.flatnonzero(_unlinked(made, Side.ODOO, len(odoo)))
    link(Side.SHOP, Side.ODOO, shop_rows, odoo_rows)
    case = components.cases(
        {side: len(entries[side]) for side in _LINE_SIDES}, [linked[:3] for linked in made]
    )
    count = 1 + max((int(numbers.max(initial=-1)) for numbers in case.values()), default=-1)
    return _gravest(case, count, made)


def _columns(
    frame: pd.DataFrame, rows: Ints, rules: Sequence[Rule], end: str, *, abroad: bool = False
) -> match.Entries:
    """The columns that the rules compare; ``abroad`` compares what the customer paid in their currency."""
    whole = len(rows) == len(frame)

    def texts(name: str) -> Column:
        if name not in frame:
            return [""] * len(rows)
        column: Any = frame[name].array
        values = column.to_numpy() if isinstance(column, NumpyExtensionArray) else column
        return values if whole else values[rows]

    def numbers(name: str) -> Ints:
        column = frame[name].to_numpy(np.int64)
        return column if whole else column[rows]

    amount = numbers("amount")
    if abroad:
        # the presented amount is positive on refunds too
        amount = np.sign(amount) * np.abs(numbers("foreign_amount"))
    fields = {getattr(key, end) for rule in rules for key in rule.on}
    return match.Entries(
        text={field: texts(field) for field in fields},
        amount=amount,
        currency=texts("foreign_currency" if abroad else "currency"),
        day=numbers("day"),
    )


def _spread(
    linking: match.Linking, left_rows: Ints, right_rows: Ints, left: pd.DataFrame, right: pd.DataFrame
) -> match.Linking:
    """Turn the linking of chosen rows into one of all rows."""
    groups = []
    for rows, part, frame in ((left_rows, linking.left, left), (right_rows, linking.right, right)):
        whole = np.full(len(frame), match.UNLINKED, np.int64)
        whole[rows] = part
        groups.append(whole)
    return match.Linking(groups[0], groups[1], linking.rule, linking.outcome)


def _booked_as_presented(
    platform: pd.DataFrame, odoo: pd.DataFrame, linking: match.Linking
) -> tuple[Ints, Ints]:
    """Lines and Odoo entries that may agree in the currency the customer paid in (rule FX-01)."""
    paid_in, settled_in = common_codes(platform["foreign_currency"], platform["currency"])
    foreign = (platform["foreign_currency"] != "").to_numpy(bool) & (paid_in != settled_in)
    foreign &= (platform["foreign_amount"] != NO_INT).to_numpy(bool)
    weak: Mask = np.append(linking.outcome == match.FIELD, [True])
    lines = np.flatnonzero(foreign & weak[linking.left])
    codes = different(platform["foreign_currency"].iloc[lines])
    booked = np.flatnonzero(odoo["currency"].isin(codes).to_numpy(bool) & weak[linking.right])
    return lines, booked


def _without(linking: match.Linking, better: match.Linking) -> match.Linking:
    """The linking without the groups that a better one takes rows from."""
    taken = np.zeros(len(linking.outcome) + 1, np.bool_)  # the last item is for rows without a group
    for mine, other in ((linking.left, better.left), (linking.right, better.right)):
        taken[mine[other != match.UNLINKED]] = True
    taken[match.UNLINKED] = False
    left, right = (np.where(taken[mine], match.UNLINKED, mine) for mine in (linking.left, linking.right))
    return match.Linking(left, right, linking.rule, linking.outcome)


def _unlinked(made: Sequence[tuple[Side, Side, match.Linking, object]], side: Side, count: int) -> Mask:
    free = np.ones(count, np.bool_)
    for left, right, linking, _ in made:
        if left == side:
            free &= linking.left == match.UNLINKED
        if right == side:
            free &= linking.right == match.UNLINKED
    return free


def _gravest(
    case: dict[Side, Ints],
    count: int,
    made: Sequence[tuple[Side, Side, match.Linking, NDArray[np.object_]]],
) -> Linked:
    """Gravest outcome and first rule over all links of each case."""
    worst = np.full(count, match.UNLINKED, np.int64)
    rule = np.full(count, -1, np.int64)
    names = np.concatenate([*(own for *_, own in made), [""]])
    before = len(names) - 1
    for left, right, linking, own in reversed(made):
        before -= len(own)
        outcome = linking.outcome
        if Side.SHOP in (left, right):
            # the shop counts in its own currency, whatever the platform settles in
            outcome = np.where(outcome == match.FIELD, match.MATCHED, outcome)
        for side, group in ((left, linking.left), (right, linking.right)):
            rows = np.flatnonzero(group != match.UNLINKED)
            numbers, of_group = case[side][rows], group[rows]
            np.maximum.at(worst, numbers, outcome[of_group])
            rule[numbers] = linking.rule[of_group] + before
    return Linked(case, count, worst, names[rule])


def _expected(
    linked: Linked, entries: Mapping[Side, pd.DataFrame], accounts: scope.Accounts, coverage: Coverage
) -> Ints:
    """Place of the platform whose lines each case should have, -1 where its gateway or journal has none."""
    expected = np.full(linked.count, -1, np.int64)
    place = {name: number for number, name in enumerate(coverage.platforms)}
    for side, names in (
        (Side.SHOP, accounts.platform_of_gateway),
        (Side.ODOO, {**accounts.platform_of_journal, **accounts.clearing}),
    ):
        codes, found = distinct(entries[side]["account"])
        platform = np.array([place.get(names.get(name, ""), -1) for name in found], np.int64)[codes]
        there = platform >= 0
        expected[linked.case[side][there]] = platform[there]
    return expected


def _line_cases(
    linked: Linked,
    entries: dict[Side, pd.DataFrame],
    expected: Ints,
    coverage: Coverage,
) -> Result:
    """Judge the cases of single lines."""
    table = summarise(entries, linked.case, linked.count)
    known = Cases(table, entries, linked.case, linked.outcome, expected, tuple(coverage.platforms))
    judged = judge(known, coverage)
    late = np.flatnonzero(linked.outcome == match.TIMING)
    late = late[judged.kind[late] == str(Kind.MATCHED)]
    judged.kind[late], judged.cause[late] = str(Kind.TIMING), "late_booking"
    cases = pd.DataFrame(
        {
            "key": _keys(table, entries),
            "kind": judged.kind,
            "cause": judged.cause,
            "rule": linked.rule,
            "missing": judged.missing,
            "grp": np.full(linked.count, "", object),
            "day": judged.day,
            "delta": judged.delta,
            "currency": judged.currency,
            **{f"sum_{side}": _own_currency(table, entries, judged.currency, side) for side in _LINE_SIDES},
            "sum_bank": np.full(linked.count, NO_INT, np.int64),
        },
        copy=False,
    )
    legs = Legs.concat(
        *(
            Legs.of_side(side, linked.case[side], entries[side]["id"].to_numpy(np.int64))
            for side in _LINE_SIDES
        )
    )
    return Result(cases=cases, legs=legs, support=Legs.none())


def _own_currency(
    table: pd.DataFrame, entries: Mapping[Side, pd.DataFrame], currency: NDArray[np.object_], side: Side
) -> Ints:
    """Sums of a side where it counts in the case's currency: two currencies are never put together."""
    first = table[f"first_{side}"].to_numpy(np.int64)
    there = np.flatnonzero(first >= 0)
    own, codes = common_codes(entries[side]["currency"], currency[there])
    there = there[own[first[there]] == codes]
    sums = np.full(len(table), NO_INT, np.int64)
    sums[there] = table[f"sum_{side}"].to_numpy(np.int64)[there]
    return sums


def _keys(table: pd.DataFrame, entries: Mapping[Side, pd.DataFrame]) -> Ints:
    """Stable keys: the source key of the platform's earliest entry, else of Odoo's, else of the shop's."""
    keys = np.zeros(len(table), np.int64)
    for side in (Side.SHOP, Side.ODOO, Side.PLATFORM):
        first = table[f"first_{side}"].to_numpy(np.int64)
        there = first >= 0
        own = entries[side]["key"].to_numpy(np.int64)[first[there]]
        # another side's record with the same key is another case
        keys[there] = own ^ np.int64(SIDES.index(side) << 56)
    return keys


def _leave_out(result: Result, linked: Linked, expected: Ints) -> None:
    """Take out what is no settlement, Odoo entries alone on a journal of no loaded platform."""
    outside = expected < 0
    for side in (Side.SHOP, Side.PLATFORM):
        outside[linked.case[side]] = False
    if not outside.any():
        return
    number = np.cumsum(~outside) - 1
    result.cases = result.cases[~outside].reset_index(drop=True)
    for name in ("legs", "support"):
        legs: Legs = getattr(result, name)
        kept = ~outside[legs.case]
        setattr(result, name, Legs(number[legs.case[kept]], legs.side[kept], legs.record[kept]))
    result.notes = {int(number[case]): note for case, note in result.notes.items() if not outside[case]}
    count = int(outside.sum())
    result.remarks.append(f"{count} Odoo payments on journals of no loaded platform were left out.")


def _add_cases(result: Result, cases: pd.DataFrame, legs: Legs, notes: Mapping[int, dict[str, Any]]) -> None:
    """Put further cases behind those that are there."""
    offset = len(result.cases)
    if not len(cases):
        return
    result.cases = pd.concat([result.cases, cases[result.cases.columns]], ignore_index=True)
    result.legs = Legs.concat(result.legs, Legs(legs.case + offset, legs.side, legs.record))
    result.notes.update({offset + number: note for number, note in notes.items()})


def _name_journals(
    result: Result, linked: Linked, entries: Mapping[Side, pd.DataFrame], accounts: scope.Accounts
) -> None:
    """Payments not booked on the journal that the platform has: the amounts agree, the account does not."""
    odoo, platform = entries[Side.ODOO], entries[Side.PLATFORM]
    if not len(odoo) or not len(platform):
        return
    platform_of = {**accounts.platform_of_journal, **accounts.clearing}
    booked_on, paid_by = common_codes(named(odoo["account"], platform_of), platform["account"])
    own = told(platform["account"], (set(platform_of.values()) - {""}).__contains__)
    expected = np.full(linked.count, -1, np.int64)
    expected[linked.case[Side.PLATFORM]] = np.where(own, paid_by, -1)
    case = linked.case[Side.ODOO]
    wrong = np.unique(case[(expected[case] >= 0) & (booked_on != expected[case])])
    kind = result.cases["kind"].to_numpy(object, copy=True)
    cause = result.cases["cause"].to_numpy(object, copy=True)
    wrong = wrong[np.isin(kind[wrong].astype(str), [str(Kind.MATCHED), str(Kind.TIMING)])]
    kind[wrong], cause[wrong] = str(Kind.FIELD), "wrong_account"
    result.cases = result.cases.assign(kind=kind, cause=cause)


def _payout_of_lines(
    result: Result, linked: Linked, lines: pd.DataFrame, found: payouts.Payouts, own: Mask
) -> None:
    """Name the payout of each line case; matched lines of an unpaid payout are in transit."""
    of_line = found.of_line[own]
    has = np.flatnonzero(of_line >= 0)
    case, of_line = linked.case[Side.PLATFORM][has], of_line[has]
    first = earliest(lines if len(has) == len(lines) else lines.iloc[has], case, linked.count)
    named_by = np.flatnonzero(first >= 0)
    grp, kind, cause = (result.cases[name].to_numpy(object, copy=True) for name in ("grp", "kind", "cause"))
    grp[named_by] = found.frame["key"].to_numpy(object)[of_line[first[named_by]]]
    waits, moves = (
        np.unique(case[mask[of_line]])
        for mask in (~found.frame["paid"].to_numpy(bool), found.frame["moving"].to_numpy(bool))
    )
    waits = waits[kind[waits] == str(Kind.MATCHED)]
    kind[waits], cause[waits] = str(Kind.TIMING), "pending_payout"
    cause[np.intersect1d(waits, moves)] = "in_transit"
    missing = result.cases["missing"].to_numpy(np.int64, copy=True)
    missing[waits] |= missing_bits(Side.BANK)
    result.cases = result.cases.assign(grp=grp, kind=kind, cause=cause, missing=missing)


def _remarks(frames: Frames, accounts: scope.Accounts, coverage: Coverage) -> list[str]:
    """Say what was left out."""
    payments = frames[RecordType.ODOO_PAYMENT]
    remarks = needed(frames, "settlements are", RecordType.PAYMENT_LINE)
    dead = int((~scope.alive(payments)).sum())
    if dead:
        remarks.append(f"{dead} Odoo payments are drafts or cancelled and were left out.")
    journals = accounts.platform_of_journal.items()
    outside = sorted(journal for journal, platform in journals if platform not in coverage.platforms)
    if outside:
        remarks.append(f"No platform file is loaded for the Odoo journals {', '.join(outside)}.")
    return remarks
