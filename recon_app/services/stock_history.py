"""How the stock of a case came to be: Odoo's figure of now, reckoned back move by move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recon_app.models.balance import Balance, CountMark, Step
from recon_app.models.case import Case
from recon_app.models.record import Record, RecordType, Side
from recon_app.services import cases, states
from recon_app.store import results
from recon_app.store.imports import list_imports
from recon_app.store.records import fetch_records, ids_of_sku
from recon_app.store.workspace import Workspace

_DAY = 86_400
#: A longer history is cut at its old end: a picture of it would show nothing.
MOST_STEPS = 400


def history(ws: Workspace, case_id: str) -> Balance | None:
    """Every known move of a case's product into and out of its place, up to the export of Odoo.

    Returns:
        None when the case is of no place in Odoo, or its product has no SKU.
    """
    case = cases.case(ws, case_id)
    quants = [one for one in case.legs.get(Side.ODOO, ()) if one.type is RecordType.STOCK_QUANT]
    sku = _sku(case, quants)
    places = _places(ws, case_id, quants)
    if not sku or not places:
        return None
    known = [str(one.values.get("unit", "")) for one in quants]
    unit = known[0] if known else ""
    lots = {str(one.values.get("lot", "")) for one in quants} if Side.COUNT in case.legs else set()
    moves, by_lot = _moves(ws, sku)
    done = [move for move in moves if move.values.get("status") == "done"]
    if by_lot and lots:
        done = [move for move in done if str(move.values.get("lot", "")) in lots]
    told = [move for move in done if _way(move, places) and _when(move) is not None]
    unit = unit or next((str(move.values.get("unit", "")) for move in told), "")
    fitting = [move for move in told if str(move.values.get("unit", "")) in ("", unit)]
    now = sum(int(one.values.get("quantity", 0)) for one in quants if one.values.get("unit", "") == unit)
    steps = _steps(fitting, places, now)
    return Balance(
        unit=unit or "Units",
        places=places,
        now=now,
        steps=steps[-MOST_STEPS:],
        counts=_counts(ws, sku, places, lots),
        remark=_remark(moves, len(told) - len(fitting), max(0, len(steps) - MOST_STEPS)),
    )


def _sku(case: Case, quants: Sequence[Record]) -> str:
    records = [*quants, *(record for legs in case.legs.values() for record in legs)]
    return next((str(one.values["sku"]) for one in records if one.values.get("sku")), "")


def _places(ws: Workspace, case_id: str, quants: Sequence[Record]) -> tuple[str, ...]:
    """The Odoo locations of a case: those a person mapped, else those of its quants."""
    name, key = states.case_key(case_id)
    last = results.latest_run(ws, name)
    note = results.case_notes(ws, last.id, [key]).get(key, {}) if last is not None else {}
    mapped = [str(place) for place in note.get("places", ())]
    own = {str(one.values.get("location", "")) for one in quants} - {""}
    return tuple(mapped) or tuple(sorted(own))


def _moves(ws: Workspace, sku: str) -> tuple[list[Record], bool]:
    """Moves of a product, and whether they say their lots: single lines where there are any."""
    for record_type in (RecordType.STOCK_MOVE_LINE, RecordType.STOCK_MOVE):
        if found := _records(ws, record_type, sku):
            return found, record_type is RecordType.STOCK_MOVE_LINE
    return [], False


def _records(ws: Workspace, record_type: RecordType, sku: str) -> list[Record]:
    imports = [file.id for file in list_imports(ws) if file.record_type == record_type]
    return list(fetch_records(ws, ids_of_sku(ws, imports, sku)).values()) if imports else []


def _inside(location: object, places: Iterable[str]) -> bool:
    return any(location == place or str(location).startswith(f"{place}/") for place in places)


def _way(move: Record, places: Sequence[str]) -> int:
    """1 for a move into the places, -1 for one out of them, 0 for one that stays inside or outside."""
    values = move.values
    return _inside(values.get("location_to"), places) - _inside(values.get("location"), places)


def _when(move: Record) -> int | None:
    at, day = move.values.get("at"), move.values.get("day")
    if isinstance(at, int):
        return at
    return day * _DAY if isinstance(day, int) else None


def _steps(moves: Sequence[Record], places: Sequence[str], now: int) -> tuple[Step, ...]:
    ordered = sorted(moves, key=lambda move: (_when(move) or 0, move.id))
    changes = [_way(move, places) * int(move.values.get("done", 0)) for move in ordered]
    balance = now - sum(changes)
    found = []
    for move, change in zip(ordered, changes, strict=True):
        balance += change
        values = move.values
        other = values.get("location" if change > 0 else "location_to", "")
        way = "from" if change > 0 else "to"
        name = str(values.get("grp") or values.get("ref") or values.get("ref2") or "Move")
        found.append(Step(_when(move) or 0, "at" in values, change, balance, f"{name}, {way} {other}"))
    return tuple(found)


def _counts(ws: Workspace, sku: str, places: Sequence[str], lots: set[str]) -> tuple[CountMark, ...]:
    found = []
    for record in _records(ws, RecordType.STOCK_COUNT, sku):
        values, at = record.values, _when(record)
        if at is None or "counted" not in values or not _inside(values.get("location"), places):
            continue
        if not lots or str(values.get("lot", "")) in lots:
            found.append(CountMark(at, int(values["counted"]), str(values.get("account", ""))))
    return tuple(sorted(found, key=lambda mark: mark.at))


def _remark(moves: Sequence[Record], other_units: int, cut: int) -> str:
    if not moves:
        return "No moves of this product are loaded: import stock moves of Odoo to see how it got here."
    said = []
    if other_units:
        said.append(f"{other_units} moves in other units are not in it.")
    if cut:
        said.append(f"{cut} older moves are not shown.")
    return " ".join(said)
