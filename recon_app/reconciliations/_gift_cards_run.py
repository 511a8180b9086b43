"""The run over gift cards: the debt to their holders from month to month, against its account (SET-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.engine.normalise import Ints
from recon_app.engine.zones import last_day, month_name, months
from recon_app.models.case import Kind
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.money import MoneyError, parse_minor
from recon_app.models.panel import Panel
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._gift_cards_records import (
    GIVEN_BACK,
    SOLD,
    SPENT,
    Account,
    Moves,
    account,
    moves,
)
from recon_app.reconciliations._gift_cards_words import NAMES
from recon_app.reconciliations._needed import needed

_NAMED = 6


@dataclass(frozen=True)
class _Month:
    """The debt of one month in one currency, minor units.

    Attributes:
        terms: Opening, sold, given_back, spent and expired, signed.
        balance: What the account says at its end; NO_INT where there is no account.
        gap: Balance less closing; arisen: what of it is of this month.
        orders: Orders whose moves and items differ, with that difference.
        used: Number of orders paid with cards, what they come to, and the part of the cards.
        codes: Codes of the account.
    """

    currency: str
    month: int
    terms: Mapping[str, int]
    balance: int
    arisen: int
    orders: tuple[tuple[str, int], ...]
    used: tuple[int, int, int]
    codes: tuple[str, ...]

    @property
    def closing(self) -> int:
        """What is owed at the end of the month."""
        return sum(self.terms.values())


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Gift cards", 0, 1)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    found = moves(inputs, result.proposals, result.remarks)
    if not len(found.frame):
        sold = (RecordType.ORDER_LINE, RecordType.SHOP_TRANSACTION, RecordType.ORDER)
        result.remarks += needed(inputs.frames, "gift cards are", sold) or [
            "The shop sold no gift card and took none, as far as its lines and payments are imported."
        ]
        return result
    made: list[_Month] = []
    for currency in sorted(set(found.frame["currency"])):
        mine = found.frame[found.frame["currency"] == currency].reset_index(drop=True)
        book = account(currency, inputs, mine, result.proposals, result.remarks)
        if not book.codes:
            result.remarks.append(
                f"No account of gift cards is known in {currency}; answer gift_card_account.{currency} with "
                "its code and import its journal items."
            )
        first = len(made)
        made += _roll(currency, mine, book, found, inputs.answers, result.remarks)
        _stand(mine, book, made[first:], first, result)
    result.cases = _cases(made)
    for number, each in enumerate(made):
        result.notes[number] = _note(each)
    result.panels = _panels(made)
    return result


def _roll(
    currency: str,
    mine: pd.DataFrame,
    book: Account,
    found: Moves,
    answers: Mapping[str, str],
    remarks: list[str],
) -> list[_Month]:
    month, booked = months(mine["day"].to_numpy(np.int64)), months(book.items["day"].to_numpy(np.int64))
    every = np.concatenate([month, booked])
    every = every[every != NO_INT]
    made: list[_Month] = []
    opening, before = book.opening, 0
    for number in range(int(month[month != NO_INT].min()), int(every.max()) + 1):
        inside, posted = mine[month == number], book.items[booked == number]
        terms = {"opening": opening}
        terms |= {
            what: int(inside["minor"][inside["what"] == what].sum()) for what in (SOLD, GIVEN_BACK, SPENT)
        }
        terms["expired"] = _expired(currency, number, posted, answers, remarks)
        closing = sum(terms.values())
        balance = (
            int(book.items["minor"][book.items["day"] <= last_day(number)].sum()) if book.codes else NO_INT
        )
        gap = balance - closing if book.codes else 0
        made.append(
            _Month(
                currency,
                number,
                terms,
                balance,
                gap - before,
                _orders(inside, posted) if book.codes else (),
                _used(found, inside),
                book.codes,
            )
        )
        opening, before = closing, gap
    return made


def _expired(
    currency: str, month: int, posted: pd.DataFrame, answers: Mapping[str, str], remarks: list[str]
) -> int:
    """What lapsed, negative: as answered, else what the account calls so."""
    asked = f"gift_card_expired.{currency} {month_name(month)}"
    if asked in answers:
        try:
            return -abs(parse_minor(answers[asked], currency))
        except MoneyError as error:
            remarks.append(f"The answer {asked}: {error}.")
    return int(posted["minor"][posted["expired"]].sum())


def _orders(inside: pd.DataFrame, posted: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Booked less moved of each order of the month, where they differ."""
    done = inside.groupby("order")["minor"].sum()
    named = posted[posted["order"] != ""].groupby("order")["minor"].sum()
    off = named.sub(done, fill_value=0)
    return tuple((str(order), int(minor)) for order, minor in sorted(off[off != 0].items()))


def _used(found: Moves, inside: pd.DataFrame) -> tuple[int, int, int]:
    orders = set(inside["order"][inside["what"] == SPENT])
    mine = found.used[found.used["order"].isin(orders)]
    return len(mine), int(mine["total"].sum()), int(mine["by_card"].sum())


def _stand(mine: pd.DataFrame, book: Account, made: list[_Month], first: int, result: Result) -> None:
    """The records of each month."""
    number = {each.month: first + place for place, each in enumerate(made)}
    for side, frame in ((Side.SHOP, mine), (Side.ODOO, book.items)):
        case = np.array(
            [number.get(month, -1) for month in months(frame["day"].to_numpy(np.int64)).tolist()], np.int64
        )
        part = Legs.of_side(side, case[case >= 0], frame["id"].to_numpy(np.int64)[case >= 0])
        result.legs = Legs.concat(result.legs, part)


def _cases(made: list[_Month]) -> pd.DataFrame:
    kinds, causes = [], []
    for each in made:
        kind, cause = _judged(each)
        kinds.append(str(kind))
        causes.append(cause)
    return money.case_table(
        [f"gift cards {each.currency} {month_name(each.month)}" for each in made],
        kind=np.array(kinds, object),
        cause=np.array(causes, object),
        rule="roll_forward",
        grp=np.array([f"Gift cards, {each.currency}" for each in made], object),
        day=_ints(last_day(each.month) for each in made),
        delta=_ints(each.arisen for each in made),
        currency=np.array([each.currency for each in made], object),
        sum_shop=_ints(each.closing for each in made),
        sum_odoo=_ints(each.balance for each in made),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int64)


def _judged(each: _Month) -> tuple[Kind, str]:
    """Kind and cause: a cause only where it makes up the whole difference."""
    if not each.arisen:
        return Kind.MATCHED, ""
    if sum(minor for _, minor in each.orders) != each.arisen:
        return Kind.AMOUNT, ""
    if len(each.orders) > 1:
        return Kind.AMOUNT, "orders_differ"
    return Kind.AMOUNT, "sale_not_booked" if each.arisen < 0 else "payment_not_booked"


def _note(each: _Month) -> dict[str, Any]:
    return {
        "month": month_name(each.month),
        "terms": dict(each.terms),
        "closing": each.closing,
        "balance": None if each.balance == NO_INT else each.balance,
        "orders": [list(pair) for pair in each.orders[:_NAMED]],
        "used": list(each.used),
        "codes": list(each.codes),
    }


_COLUMNS = (
    Column("item", "Item", width=40),
    Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=14),
    Column("currency", "Cur.", width=5),
)


def _panels(made: list[_Month]) -> list[Panel]:
    newest = sorted(made, key=lambda each: (-each.month, each.currency))
    return [_panel(each) for each in newest]


def _panel(each: _Month) -> Panel:
    figures = [(NAMES[name], minor) for name, minor in each.terms.items()]
    figures.append(("Owed at the end of the month", each.closing))
    if each.balance != NO_INT:
        figures += [("Balance of the account", each.balance), ("Not explained", each.balance - each.closing)]
    rows: list[Mapping[str, int | str]] = [
        {"item": item, "amount": minor, "currency": each.currency} for item, minor in figures
    ]
    about = "What is owed to holders of gift cards: the sale of a card is no revenue yet."
    return Panel(
        f"Gift cards {month_name(each.month)}, {each.currency}",
        _COLUMNS,
        tuple(rows),
        (0, *range(len(each.terms), len(rows))),
        about,
        month_name(each.month),
    )
