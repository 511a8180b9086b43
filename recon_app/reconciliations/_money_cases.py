"""What the comparisons of documents have in common: further values, references, groups, cases, words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.engine.normalise import Ints, span_hashes, spans
from recon_app.engine.union import connected
from recon_app.models.case import Evidence, Kind
from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.models.rule import Transform
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._settlement_shop import shop_once

#: State words of documents that count for nothing.
CANCELLED = frozenset({"cancel", "canceled", "cancelled", "rejected", "reject"})
DRAFT = "draft"
_SHOP = (RecordType.ORDER, RecordType.SHOP_TRANSACTION, RecordType.PAYMENT_LINE, RecordType.PAYOUT)
_OF_SHOP = ("source", "ref", "ref2", "grp", "account", "status", "ident", "currency")


def orders_once(frames: Mapping[RecordType, pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Orders of the shop, each once, whichever exports tell of them; and what was left out, as sentences."""
    found, remarks = told_by_shop(frames)
    return found[RecordType.ORDER].reset_index(drop=True), remarks


def told_by_shop(
    frames: Mapping[RecordType, pd.DataFrame],
) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """The frames with orders and transactions of the shop once each; types that are not there are empty."""
    blank = pd.DataFrame({name: pd.Series([], dtype=object) for name in _OF_SHOP})
    blank = blank.assign(**{name: np.array([], np.int64) for name in ("day", "amount")})
    found, remarks = shop_once({kind: frames.get(kind, blank) for kind in _SHOP})
    return {**frames, **found}, remarks


def parsed(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The further values of each record; equal texts are read once."""
    known = {text: json.loads(text) if text else {} for text in set(frame["extra"])}
    return [known[text] for text in frame["extra"]]


def texts(values: Sequence[Mapping[str, Any]], name: str) -> Texts:
    """One of the further values as text, "" for none."""
    return np.array([str(each.get(name) or "") for each in values], object)


def numbers(values: Sequence[Mapping[str, Any]], name: str, blank: int = NO_INT) -> Ints:
    """One of the further values as whole number."""
    return np.array([int(each.get(name, blank)) for each in values], np.int64)


def states(frame: pd.DataFrame) -> Texts:
    """State of documents without their payment state; a draft without either has no number."""
    known = {status: status.partition("/")[0] for status in set(frame["status"])}
    drafts = (name.startswith("Draft (") for name in frame["grp"])
    named = zip(frame["status"], drafts, strict=True)
    return np.array([DRAFT if draft else known[status] for status, draft in named], object)


def references(values: Sequence[str]) -> list[str]:
    """Order references as all comparisons see them: without one leading ``#``, case and blanks."""
    return spans(list(values), Transform.ORDER_REF).texts() if len(values) else []


def joined(nodes: Ints, tokens: Sequence[str], count: int) -> Ints:
    """Number the groups of records that have a token in common.

    Args:
        nodes: A record for each token.
        tokens: What the records name; "" names nothing.
        count: Number of records.

    Returns:
        The group of each record, numbered without gaps in the order of their first records.
    """
    named = np.array([bool(token) for token in tokens], np.bool_)
    code, _ = pd.factorize(np.array(tokens, object)[named])
    size = count + int(code.max(initial=-1)) + 1
    smallest = connected(nodes[named], count + code.astype(np.int64), size)[:count]
    dense: Ints = (np.cumsum(smallest == np.arange(count)) - 1)[smallest]
    return dense


def total(code: Ints, values: Ints, chosen: Mask, count: int) -> Ints:
    """Sum of the chosen values per group; those that are not there count as 0.

    Raises:
        UsageError: the sums may not be exact.
    """
    used = chosen & (values != NO_INT)
    return goods.added(code[used], values[used], count)


def tally(code: Ints, chosen: Mask, count: int) -> Ints:
    """How many rows of each group are chosen."""
    return np.bincount(code[chosen], minlength=count).astype(np.int64)


def first_text(code: Ints, values: Texts, chosen: Mask, count: int) -> Texts:
    """The smallest text of the chosen rows of each group, whatever order they come in; "" for none."""
    found = np.full(count, "", object)
    order = np.argsort(values[chosen].astype(str), kind="stable")[::-1]
    found[code[chosen][order]] = values[chosen][order]
    return found


def one_currency(code: Ints, currency: Texts, count: int) -> tuple[Texts, Mask]:
    """The currency of each group, and whether it has several."""
    found = first_text(code, currency, currency != "", count)
    several = np.zeros(count, np.bool_)
    several[code[(currency != "") & (currency != found[code])]] = True
    return found, several


def case_table(names: Sequence[str] | Texts, **columns: Ints | Texts | str | int) -> pd.DataFrame:
    """One case of money per name, from which its key is made; columns that are left out are empty."""
    count = len(names)
    table: dict[str, Ints | Texts] = {
        "key": span_hashes(spans(list(names), Transform.EXACT)) if count else np.array([], np.int64)
    }
    empty: dict[str, str | int] = {
        **dict.fromkeys(("kind", "cause", "rule"), ""),
        "missing": 0,
        **dict.fromkeys(("grp", "currency"), ""),
        **dict.fromkeys(("day", "delta"), NO_INT),
        **{f"sum_{side}": NO_INT for side in (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.BANK)},
    }
    for name, default in empty.items():
        given = columns.get(name, default)
        if isinstance(given, np.ndarray):
            table[name] = given
        else:
            table[name] = np.full(count, given, object if isinstance(given, str) else np.int64)
    return pd.DataFrame(table)


def legs(side: Side, code: Ints, ids: pd.Series, number: Ints) -> Legs:
    """Records of one side, whose groups are cases; -1 for groups that are none."""
    case = number[code] if len(number) else np.full(len(code), -1, np.int64)
    return Legs.of_side(side, case[case >= 0], ids.to_numpy(np.int64)[case >= 0])


def judged(count: int, *steps: tuple[Mask, Kind, str]) -> tuple[Texts, Texts, list[list[str]]]:
    """Kind and cause of each case, a later step overruling an earlier one, and all causes that hold."""
    kind, cause = goods.judged(count, *steps)
    every: list[list[str]] = [[] for _ in range(count)]
    for mask, _, why in reversed(steps):
        for row in np.flatnonzero(mask).tolist():
            if why not in every[row]:
                every[row].append(why)
    return kind, cause, every


def said(minor: int, currency: str) -> str:
    """An amount with its currency, without its sign."""
    return f"{format_minor(abs(minor), currency)} {currency}"


def figures_said(figures: Mapping[str, int], words: Mapping[str, str], currency: str) -> list[Evidence]:
    """The figures that a case has, in one sentence; nothing where it has none."""
    told = [f"{word} {said(figures[name], currency)}" for name, word in words.items() if name in figures]
    text = f"{', '.join(told)}."
    return [Evidence("figures", f"{text[:1].upper()}{text[1:]}")] if told else []


def signed(minor: int, currency: str) -> str:
    """An amount with its sign and currency."""
    return f"{format_minor(minor, currency)} {currency}"


def days_of(day: Ints) -> Texts:
    """Days as 2026-11-23, "" for none."""
    known = {value: goods.iso(value) if value != NO_INT else "" for value in set(day.tolist())}
    return np.array([known[value] for value in day.tolist()], object)


def months_of(day: Ints) -> Texts:
    """Months as 2026-11, "" for days that are not known."""
    return np.array([text[:7] for text in days_of(day)], object)
