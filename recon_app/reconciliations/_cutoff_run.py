"""The run over the cut-off: what moves between periods, and the bridge of every month and currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from recon_app.engine.cases import Legs
from recon_app.engine.normalise import Ints
from recon_app.engine.zones import last_day, month_name, months
from recon_app.models.case import Kind
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.panel import Panel
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._cutoff_bridge import FIGURES, Bridge, bridges
from recon_app.reconciliations._cutoff_records import Movements, Payout, Records, records
from recon_app.reconciliations._cutoff_words import item_title
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._needed import needed

#: Days that a payout usually needs to the bank.
_ON_ITS_WAY = 5


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Cut-off", 0, 2)
    found = records(inputs)
    progress("Cut-off", 1, 2)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    result.proposals, result.remarks = found.proposals, found.remarks
    parts = [_moved(found, result), _arrived(found.payouts, result)]
    made = bridges(found)
    parts.append(_bridge_cases(made, result, sum(len(names) for names, _ in parts)))
    names = np.concatenate([names for names, _ in parts]) if parts else np.array([], object)
    columns = {name: np.concatenate([values[name] for _, values in parts]) for name in parts[0][1]}
    result.cases = money.case_table(names, rule="day_of_each_system", **columns)
    result.panels = _panels(made)
    if not len(found.movements.amount):
        paid = (RecordType.SHOP_TRANSACTION, RecordType.ORDER, RecordType.PAYMENT_LINE)
        result.remarks += needed(inputs.frames, "the days of payments are", paid)
    elif not found.has_bank:
        result.remarks.append("No bank file is imported, so the bridge ends at the payout date.")
    return result


def _causes(moved: Movements) -> tuple[Texts, Mask]:
    """Why each movement counts in another period than by shop time, and whether it does."""
    shop, utc, due, booked = (months(day) for day in (moved.shop, moved.utc, moved.due, moved.booked_on))
    waiting = moved.paid_out & (due == NO_INT)
    in_books = booked != NO_INT
    cause = np.full(len(shop), "", object)
    # the first step at which the period changes is the cause
    for mask, code in (
        (in_books & (booked < shop), "odoo_earlier_than_shop"),
        (in_books & (booked > shop), "odoo_later_than_shop"),
        (waiting, "not_paid_out_yet"),
        ((due != NO_INT) & (due < utc), "paid_out_earlier"),
        ((due != NO_INT) & (due > utc), "paid_out_later"),
        (utc > shop, "shop_day_earlier_than_utc"),
        (utc < shop, "shop_day_later_than_utc"),
    ):
        cause[mask] = code
    return cause, cause != ""


def _moved(found: Records, result: Result) -> tuple[Texts, dict[str, Any]]:
    """One case per movement that changes its period on the way."""
    moved = found.movements
    cause, moves = _causes(moved)
    rows = np.flatnonzero(moves)
    case = np.arange(len(rows), dtype=np.int64)
    legs = [_legs(side, case, ids[rows]) for side, ids in moved.ids.items()]
    result.legs = Legs.concat(result.legs, *legs)
    for number, row in zip(case.tolist(), rows.tolist(), strict=True):
        days = {"shop": moved.shop, "utc": moved.utc, "payout": moved.due, "odoo": moved.booked_on}
        result.notes[number] = {
            "ref": moved.ref[row],
            "amount": int(moved.amount[row]),
            "days": {name: int(day[row]) for name, day in days.items() if day[row] != NO_INT},
        }
    return "movement" + moved.name[rows], {
        **_timing(len(rows)),
        "cause": cause[rows],
        "day": moved.shop[rows],
        "delta": -moved.amount[rows],
        "currency": moved.currency[rows],
        "grp": np.array(
            [f"moves from {name}" if name else "" for name in money.months_of(moved.shop[rows])], object
        ),
    }


def _legs(side: Side, case: Ints, ids: Ints) -> Legs:
    there = ids != NO_INT
    return Legs.of_side(side, case[there], ids[there])


def _timing(count: int) -> dict[str, Any]:
    none = np.full(count, NO_INT, np.int64)
    return {
        "kind": np.array([str(Kind.TIMING)], object).repeat(count),
        **{f"sum_{side}": none for side in (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.BANK)},
    }


def _arrived(paid: Payout, result: Result) -> tuple[Texts, dict[str, Any]]:
    """One case per payout that reaches the bank in another month, or did not reach it yet."""
    due, arrived = months(paid.due), months(paid.arrived)
    late = (due != NO_INT) & (arrived != NO_INT) & (arrived > due)
    early = (due != NO_INT) & (arrived != NO_INT) & (arrived < due)
    # beyond the days of the bank's files nobody knows
    covered = (paid.due != NO_INT) & (paid.bank_end != NO_INT) & (arrived == NO_INT)
    covered &= (paid.due <= paid.bank_end) & (paid.due + _ON_ITS_WAY > paid.bank_end) & (paid.target > 0)
    cause = np.where(late, "in_bank_later", np.where(early, "in_bank_earlier", "not_in_bank_yet")).astype(
        object
    )
    rows = np.flatnonzero(late | early | covered)
    first = len(result.notes)
    case = first + np.arange(len(rows), dtype=np.int64)
    bank = [
        (number, line)
        for number, row in zip(case.tolist(), rows.tolist(), strict=True)
        for line in paid.lines[row]
    ]
    carried = np.array(bank, np.int64).reshape(-1, 2)
    result.legs = Legs.concat(
        result.legs,
        _legs(Side.PLATFORM, case, paid.record[rows]),
        Legs.of_side(Side.BANK, carried[:, 0], carried[:, 1]),
    )
    for number, row in zip(case.tolist(), rows.tolist(), strict=True):
        days = {"payout": paid.due, "bank": paid.arrived}
        result.notes[number] = {
            "ref": paid.key[row],
            "amount": int(paid.target[row]),
            "days": {name: int(day[row]) for name, day in days.items() if day[row] != NO_INT},
        }
    return "payout" + goods.SEPARATOR + paid.name[rows], {
        **_timing(len(rows)),
        "cause": cause[rows],
        "day": paid.due[rows],
        "delta": -paid.target[rows],
        "currency": paid.currency[rows],
        "grp": np.array([f"moves from {name}" for name in money.months_of(paid.due[rows])], object),
    }


def _bridge_cases(made: list[Bridge], result: Result, first: int) -> tuple[Texts, dict[str, Any]]:
    """One case per month and currency: every figure, and what is between them."""
    for number, bridge in enumerate(made, first):
        result.notes[number] = {
            "bridge": month_name(bridge.month),
            "waiting": bridge.waiting,
            "steps": [_step(leg) for leg in bridge.legs],
        }
    figures = {code: np.array([bridge.figure(code) for bridge in made], np.int64) for code in FIGURES}
    last = np.where(figures["bank"] != NO_INT, figures["bank"], figures["paid"])
    calm = np.array([not any(leg.items for leg in bridge.legs) for bridge in made], np.bool_)
    closes = np.array([all(leg.closes for leg in bridge.legs) for bridge in made], np.bool_)
    kind = np.where(calm, str(Kind.MATCHED), str(Kind.TIMING)).astype(object)
    kind[~closes] = str(Kind.AMOUNT)
    month = [month_name(bridge.month) for bridge in made]
    return np.array(
        [f"bridge {bridge.currency} {name}" for bridge, name in zip(made, month, strict=True)], object
    ), {
        "kind": kind,
        "sum_shop": figures["shop"],
        "sum_platform": figures["payout"],
        "sum_odoo": figures["odoo"],
        "sum_bank": figures["bank"],
        "cause": np.where(calm, "", "bridge").astype(object),
        "day": np.array([last_day(bridge.month) for bridge in made], np.int64),
        "delta": last - figures["shop"],
        "currency": np.array([bridge.currency for bridge in made], object),
        "grp": np.array(
            [f"bridge of {name}, {each.currency}" for each, name in zip(made, month, strict=True)], object
        ),
    }


def _step(leg: Any) -> dict[str, Any]:
    return {
        "from": leg.start,
        "to": leg.end,
        "first": leg.first,
        "last": leg.last,
        "items": [
            [item.code, "" if item.month == NO_INT else month_name(item.month), item.minor, item.count]
            for item in leg.items
        ],
    }


_COLUMNS = (
    Column("item", "Item", width=46),
    Column("records", "Records", ColumnType.NUMBER, width=9),
    Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=14),
    Column("currency", "Cur.", width=5),
)


def _panels(made: list[Bridge]) -> list[Panel]:
    """The bridges as tables, the newest month first."""
    newest = sorted(made, key=lambda bridge: (-bridge.month, bridge.currency))
    return [_panel(bridge) for bridge in newest]


def _panel(bridge: Bridge) -> Panel:
    rows: list[Mapping[str, int | str]] = []
    strong = []
    shown = ""
    for leg in bridge.legs:
        if leg.start != shown:
            strong.append(len(rows))
            rows.append({"item": FIGURES[leg.start], "amount": leg.first, "currency": bridge.currency})
        for item in leg.items:
            title = item_title(item.code, leg.end, "" if item.month == NO_INT else month_name(item.month))
            rows.append(
                {"item": title, "records": item.count, "amount": item.minor, "currency": bridge.currency}
            )
        strong.append(len(rows))
        rows.append({"item": FIGURES[leg.end], "amount": leg.last, "currency": bridge.currency})
        shown = leg.end
    rows.append(
        {
            "item": "Captured and not at the bank at the end of the month",
            "amount": bridge.waiting,
            "currency": bridge.currency,
        }
    )
    return Panel(
        f"Cut-off {month_name(bridge.month)}, {bridge.currency}",
        _COLUMNS,
        tuple(rows),
        tuple(strong),
        "Each figure is the one above it plus the items between them, to the cent.",
        month_name(bridge.month),
    )
