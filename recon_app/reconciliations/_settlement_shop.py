"""Which records of a Shopify store count when several kinds of its exports are loaded: each once.

The exports of the store, Matrixify and the data of the Admin interface tell of the same orders,
transactions, payment lines and payouts. They agree on ids where both have them, otherwise on order, moment
and amounts. What is in one kind only counts too; what the kinds tell differently is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import spans
from recon_app.models.record import NO_INT, RecordType
from recon_app.models.rule import Transform

Ints = NDArray[np.int64]

_NATIVE, _MATRIXIFY, _ADMIN = "Shopify's own exports", "Matrixify", "Admin data"
_DAY = 86_400  # seconds
#: Fields that a record which counts takes over from one that tells of the same.
_TAKEN = ("ref", "ref2", "grp", "account", "status", "due", "open", "foreign_amount", "foreign_currency")


@dataclass(frozen=True)
class _Told:
    """How the kinds of exports tell of one type of record.

    Attributes:
        what: Its name in sentences.
        sources: Source and kind of export, the one that says most first.
        keys: What has to be equal, the surest first; a blank equals nothing.
        same: Records with these in common that are not equal leave a doubt.
    """

    what: str
    sources: Mapping[str, str]
    keys: tuple[tuple[str, ...], ...]
    same: tuple[str, ...] = ()


#: In which order records of equal keys are counted.
_ORDER = ("moment", "date", "amount", "key")

_TOLD = {
    RecordType.ORDER: _Told(
        "orders",
        {"shopify_orders": _NATIVE, "shopify_bulk_orders": _ADMIN, "matrixify_orders": _MATRIXIFY},
        (("number",), ("order", "currency")),
    ),
    RecordType.SHOP_TRANSACTION: _Told(
        "shop transactions",
        {
            "shopify_bulk_transactions": _ADMIN,
            "matrixify_transactions": _MATRIXIFY,
            "shopify_transactions": _NATIVE,
        },
        (
            ("number",),
            ("order", "moment", "amount", "currency", "category", "status"),
            ("order", "date", "amount", "currency", "category", "status"),
        ),
        ("order",),
    ),
    RecordType.PAYMENT_LINE: _Told(
        "Shopify Payments lines",
        {
            "shopify_bulk_payout_lines": _ADMIN,
            "matrixify_payout_lines": _MATRIXIFY,
            "shopify_payment_transactions": _NATIVE,
        },
        (
            ("number",),
            ("order", "moment", "amount", "net", "currency"),
            ("moment", "amount", "net", "currency"),
            ("date", "amount", "net", "currency"),
        ),
        ("date", "currency"),
    ),
    RecordType.PAYOUT: _Told(
        "Shopify Payments payouts",
        {"shopify_bulk_payouts": _ADMIN, "matrixify_payouts": _MATRIXIFY, "shopify_payouts": _NATIVE},
        (("number",), ("date", "amount", "currency")),
        ("date", "currency"),
    ),
}


def shop_once(frames: Mapping[RecordType, pd.DataFrame]) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """The records that count, in their order, and what was left out or is doubtful, as sentences."""
    found, remarks = dict(frames), []
    for kind, told in _TOLD.items():
        sources = [name for name in told.sources if name in set(frames[kind]["source"].unique())]
        if len(sources) > 1:
            found[kind], said = _counted(frames[kind], told, sources)
            remarks += said
    lines, payouts = RecordType.PAYMENT_LINE, RecordType.PAYOUT
    known = {*_TOLD[lines].sources, *_TOLD[payouts].sources}
    if len({_kind(name) for kind in (lines, payouts) for name in known & set(frames[kind]["source"])}) > 1:
        found[lines] = found[lines].assign(grp=_numbers(found[lines]["grp"]))
        found[payouts] = found[payouts].assign(ident=_numbers(found[payouts]["ident"]))
    return found, remarks


def _kind(source: str) -> str:
    return next(told.sources[source] for told in _TOLD.values() if source in told.sources)


def _numbers(column: pd.Series) -> pd.Series:
    """Ids as all kinds of exports know them: without ``gid://shopify/Order/``."""
    return column.map(
        {text: text.rpartition("/")[2] if text.startswith("gid:") else text for text in column.unique()}
    )


def _with_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """The records with what tells which are equal; times are in UTC, because the kinds write other zones."""
    count = len(frame)
    moment = frame["at"].to_numpy(np.int64) if "at" in frame else np.full(count, NO_INT, np.int64)
    ident = frame["ident"] if "ident" in frame else pd.Series([""] * count, frame.index, object)
    date = np.where(moment == NO_INT, frame["day"].to_numpy(np.int64), moment // _DAY)
    order = spans(frame["ref"].tolist(), Transform.ORDER_REF).texts() if count else []
    return frame.assign(
        number=_numbers(ident), order=np.array(order, object), moment=moment, date=date.astype(np.int64)
    )


def _counted(frame: pd.DataFrame, told: _Told, sources: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    of_shop = frame["source"].isin(sources)
    keyed = _with_keys(frame[of_shop])
    kept = keyed[keyed["source"] == sources[0]]
    remarks: list[str] = []
    for source in sources[1:]:
        mine = keyed[keyed["source"] == source]
        places, again = _equal(kept, mine, told)
        rest = mine.drop(index=mine.index[again])
        other = kept["amount"].to_numpy(np.int64)[places] != mine["amount"].to_numpy(np.int64)[again]
        remarks += _said(told, kept, source, len(again), rest)
        if other.any():
            remarks.append(
                f"{int(other.sum())} {told.what} have another amount in {told.sources[source]} than "
                "elsewhere; the amount elsewhere counts."
            )
        kept = pd.concat([_completed(kept, places, mine.iloc[again]), rest])
    whole = pd.concat([frame[~of_shop], kept[frame.columns]]).sort_index()
    return whole.reset_index(drop=True), remarks


def _equal(kept: pd.DataFrame, mine: pd.DataFrame, told: _Told) -> tuple[Ints, Ints]:
    """Places of equal records in both, one to one."""
    one, other = np.arange(len(kept)), np.arange(len(mine))
    pairs: list[tuple[Ints, Ints]] = []
    for keys in told.keys:
        left, right = _paired(kept.iloc[one], mine.iloc[other], keys)
        left, right = one[left], other[right]
        if told is _TOLD[RecordType.ORDER]:
            # orders of two stores may have the same name
            first, second = kept["number"].to_numpy(object)[left], mine["number"].to_numpy(object)[right]
            fits = (first == second) | (first == "") | (second == "")
            left, right = left[fits], right[fits]
        pairs.append((left, right))
        one, other = np.setdiff1d(one, left), np.setdiff1d(other, right)
    if told is _TOLD[RecordType.PAYOUT]:
        left, right = _next_day(kept.iloc[one], mine.iloc[other])
        pairs.append((one[left], other[right]))
    return np.concatenate([left for left, _ in pairs]), np.concatenate([right for _, right in pairs])


def _paired(left: pd.DataFrame, right: pd.DataFrame, keys: Sequence[str]) -> tuple[Ints, Ints]:
    """Pair the earliest with the earliest, the second with the second of equal keys, in no order of files."""
    found = []
    for frame in (left, right):
        columns = frame[list(keys)]
        there = np.flatnonzero(~columns.isin(["", NO_INT]).any(axis=1).to_numpy(bool))
        columns = columns.iloc[there]
        if columns.duplicated().any():
            order = [name for name in _ORDER if name in frame]
            there = there[np.lexsort([frame[name].to_numpy()[there] for name in reversed(order)])]
            columns = frame[list(keys)].iloc[there]
        twin = columns.groupby(list(keys), sort=False).cumcount()
        found.append((there, pd.MultiIndex.from_frame(columns.assign(twin=twin))))
    (rows, known), (others, asked) = found
    place = known.get_indexer(asked)
    return rows[place[place >= 0]], others[place >= 0]


def _next_day(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Ints, Ints]:
    """Payouts of one amount that only the zone of their dates sets apart: one each, a day apart at most."""
    keys = ["amount", "currency"]
    alone = [np.flatnonzero(~frame.duplicated(keys, keep=False).to_numpy(bool)) for frame in (left, right)]
    one, other = _paired(left.iloc[alone[0]], right.iloc[alone[1]], keys)
    one, other = alone[0][one], alone[1][other]
    apart = left["date"].to_numpy(np.int64)[one] - right["date"].to_numpy(np.int64)[other]
    return one[np.abs(apart) <= 1], other[np.abs(apart) <= 1]


def _completed(kept: pd.DataFrame, places: Ints, again: pd.DataFrame) -> pd.DataFrame:
    """Fill what the records that count lack from those that tell of the same."""
    columns = {}
    for name in (name for name in _TAKEN if name in kept):
        own = kept[name].to_numpy(copy=True)
        blank = NO_INT if own.dtype.kind == "i" else ""
        take = own[places] == blank
        own[places[take]] = again[name].to_numpy()[take]
        columns[name] = own
    return kept.assign(**columns)


def _said(told: _Told, kept: pd.DataFrame, source: str, again: int, rest: pd.DataFrame) -> list[str]:
    remarks, kind = [], told.sources[source]
    if again:
        remarks.append(f"{again} {told.what} of {kind} were left out: another export has them too.")
    same = [*told.same]
    if same and len(rest):
        both = pd.MultiIndex.from_frame(rest[same]).isin(pd.MultiIndex.from_frame(kept[same]))
        names = " and ".join(dict.fromkeys(told.sources[name] for name in kept["source"]))
        if both.any():
            remarks.append(
                f"{int(both.sum())} {told.what} of {kind} are not in the export of {names}, although "
                f"that has others of the same {_SAME[same[0]]}; all of them count. Keep one kind of export."
            )
    return remarks


_SAME = {"order": "orders", "date": "days"}
