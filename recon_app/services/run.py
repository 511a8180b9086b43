"""Run a reconciliation over everything that was imported, and keep its result."""

from __future__ import annotations

import calendar
import gc
import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

from recon_app import registry
from recon_app.models.case import State
from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.models.record import MONEY_SIDES, NO_INT, RecordType, Side
from recon_app.services import aliases
from recon_app.store import results, settings
from recon_app.store.events import now
from recon_app.store.imports import ImportedFile, list_imports, written_spans
from recon_app.store.records import read_columns, read_packed
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from recon_app.engine.cases import Legs
    from recon_app.models.panel import Panel
    from recon_app.reconciliations._base import Inputs, Reconciliation, Result

Progress = Callable[[str, int, int], None]
_EPOCH = date(1970, 1, 1)
_MOST_PANELS = 12  # of single months
#: Keys of decisions that are kept: the mapping of gateways, journals and accounts.
ANSWERS = "mapping."


@dataclass(frozen=True)
class RunReport:
    """What a run found, in figures.

    Attributes:
        run: Number of the run.
        reconciliation: Its id.
        period: ``YYYY-MM`` or None.
        counts: Cases per kind.
        proposals: Answers that were assumed and should be confirmed.
        remarks: What was left out.
        ruled: Cases that learned rules accepted, by rule.
        changes: What screens should read again.
    """

    run: int
    reconciliation: str
    period: str | None
    counts: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    ruled: dict[str, int] = field(default_factory=dict)
    changes: Changes = field(default_factory=lambda: Changes(runs=True))


def quiet(step: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
    del step, done, total


def reconciliation(name: str) -> Reconciliation:
    """The reconciliation of that name.

    Raises:
        UsageError: there is none.
    """
    known: dict[str, Reconciliation] = registry.reconciliations()
    if name not in known:
        raise UsageError(f"there is no reconciliation {name!r}; choose one of {', '.join(sorted(known))}")
    return known[name]


def check(names: Iterable[str], period: str | None) -> None:
    """Refuse what no run can do.

    Raises:
        UsageError: there is no such reconciliation, or the period is not a month.
    """
    for name in names:
        reconciliation(name)
    _days(period)


def run(ws: Workspace, name: str, period: str | None = None, progress: Progress = quiet) -> RunReport:
    """Reconcile and replace the former result.

    Args:
        ws: The workspace.
        name: Reconciliation.
        period: ``YYYY-MM``: only cases of that month are kept; matching always sees everything.
        progress: Told of each step; raises Cancelled to stop, and then the former result stays.

    Raises:
        UsageError: no such reconciliation, or the period is not a month.
    """
    import numpy as np

    from recon_app.services import learning

    recon = reconciliation(name)
    days = _days(period)
    started = now()
    progress("Reading records", 0, 0)
    inputs = read_inputs(ws, recon, progress)
    result = recon.reconcile(inputs, progress)
    del inputs  # a million records are not needed twice
    if current_thread() is main_thread():  # a window has its own way, see recon_app.ui.garbage
        gc.collect()  # groupings of pandas hold each other, and the records with them
    if period is not None and days is not None:
        _keep_days(result, *days)
        result.panels = [shown for panel in result.panels if (shown := panel.of_month(period)) is not None]
    progress("Storing the result", 0, 0)
    lines = _lines(result, _states(ws, name, result.cases))
    keys = result.cases["key"].to_numpy(np.int64)
    summary = _summary(ws, result)
    number = results.save_run(
        ws,
        name,
        period,
        started,
        lines,
        {int(keys[case]): note for case, note in result.notes.items()},
        _supports(result.support, keys),
        summary,
    )
    kinds = result.cases["kind"].value_counts()
    return RunReport(
        number,
        name,
        period,
        {str(kind): int(count) for kind, count in kinds.items()},
        result.proposals,
        result.remarks,
        learning.apply(ws, name),
    )


_SIDES = tuple(str(side) for side in Side)


def _supports(legs: Legs, keys: np.ndarray[Any, Any]) -> list[tuple[int, str, int]]:
    """Key of the case, side and id of each supporting record."""
    columns = zip(legs.case.tolist(), legs.side.tolist(), legs.record.tolist(), strict=True)
    return [(int(keys[case]), _SIDES[side], record) for case, side, record in columns]


def _days(period: str | None) -> tuple[int, int] | None:
    """First and last day of a month."""
    if period is None:
        return None
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        raise UsageError(f"{period!r} is not a month; write it as 2026-10") from None
    start = (first - _EPOCH).days
    return start, start + calendar.monthrange(first.year, first.month)[1] - 1


def read_inputs(ws: Workspace, recon: Reconciliation, progress: Progress = quiet) -> Inputs:
    """Load what a reconciliation reads, the answers that were kept and the aliases of SKUs."""
    from recon_app.reconciliations._base import Inputs

    files = list_imports(ws)
    frames = {}

    def read(record_type: RecordType) -> list[tuple[str, _Columns]]:
        mine = [file for file in files if file.record_type == record_type]
        return _read(ws, mine, ("id", "key", *recon.reads[record_type]), packed=record_type in recon.packed)

    # while one type is turned into columns, the next is read
    with ThreadPoolExecutor(1) as pool:
        for record_type, parts in zip(recon.reads, pool.map(read, recon.reads), strict=True):
            # not in the pool: memory that a thread of it frees is of no use to others
            frames[record_type] = _frame(parts, packed=record_type in recon.packed)
            progress("Reading records", len(frames), len(recon.reads))
    return Inputs(frames, answers(ws), aliases.in_use(ws), written_spans(ws))


_Columns = dict[str, Any]


def _read(
    ws: Workspace, files: list[ImportedFile], fields: tuple[str, ...], *, packed: bool
) -> list[tuple[str, _Columns]]:
    """Columns of the records of some files; with the field ``source``, those of each source by themselves."""
    names = [name for name in fields if name != "source"]
    read = read_packed if packed else read_columns
    if "source" not in fields:
        return [("", dict(read(ws, [file.id for file in files], names)))]
    return [
        (source, dict(read(ws, [file.id for file in files if file.source == source], names)))
        for source in dict.fromkeys(file.source for file in files)
    ] or [("none", dict(read(ws, [], names)))]


def _frame(parts: list[tuple[str, _Columns]], *, packed: bool) -> pd.DataFrame:
    """The frame of what was read; each part tells its source, if that is asked for."""
    import pandas as pd

    make = _packed_frame if packed else _plain_frame
    frames = [make(columns, source) for source, columns in parts]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _plain_frame(columns: _Columns, source: str) -> pd.DataFrame:
    """A frame that keeps texts as plain Python objects: no conversion, no missing values."""
    import numpy as np
    import pandas as pd

    if source:
        columns["source"] = np.array([source], object).repeat(len(columns["id"]))
    return pd.DataFrame(
        {
            name: values if values.dtype.kind == "i" else pd.Series(values, dtype=object, copy=False)
            for name, values in columns.items()
        },
        copy=False,  # a million rows are held once
    )


def _packed_frame(columns: _Columns, source: str) -> pd.DataFrame:
    """A frame for the engine, with few Python objects; see :mod:`recon_app.engine.texts`."""
    from recon_app.engine.texts import packed_frame
    from recon_app.models.lines import Lines

    if source:
        count = len(columns["id"])
        columns["source"] = Lines(bytearray(f"{source}\n".encode()) * count, count)
    return packed_frame(columns)


def answers(ws: Workspace) -> dict[str, str]:
    """The mapping of gateways, journals and accounts that persons decided."""
    kept = settings.settings_under(ws, ANSWERS)
    return {key.removeprefix(ANSWERS): str(value) for key, value in kept.items()}


def keep_answer(ws: Workspace, name: str, value: str, who: str = "") -> Changes:
    """Keep one answer; it counts from the next run on.

    Raises:
        UsageError: no reconciliation asks for it, or it cannot be that.
    """
    return keep_answers(ws, {name: value}, who)


def keep_answers(ws: Workspace, given: Mapping[str, str], who: str = "") -> Changes:
    """Keep all of some answers, or none; they count from the next run on.

    Raises:
        UsageError: no reconciliation asks for one of them, or it cannot be that.
    """
    asks = {ask.word: ask for recon in registry.reconciliations().values() for ask in recon.asks}
    for name, value in given.items():
        word, _, about = name.partition(".")
        if word not in asks or not about:
            known = ", ".join(f"{word}.NAME" for word in sorted(asks))
            raise UsageError(f'nobody asks for {name!r}; the answers are {known}; "-" stands for none')
        if wrong := asks[word].wrong(about, value):
            raise UsageError(wrong)
    for name, value in given.items():
        settings.set_setting(ws, ANSWERS + name, value, who=who)
    return Changes(settings=bool(given))


def _keep_days(result: Result, first: int, last: int) -> None:
    """Keep only the cases of some days; cases without a day stay."""
    import numpy as np

    from recon_app.engine.cases import Legs

    day = result.cases["day"].to_numpy(np.int64)
    kept = (day == NO_INT) | ((day >= first) & (day <= last))
    number = np.cumsum(kept) - 1
    result.cases = result.cases[kept].reset_index(drop=True)
    for name in ("legs", "support"):
        legs: Legs = getattr(result, name)
        inside = kept[legs.case]
        block = None if legs.block is None else legs.block[inside]
        setattr(result, name, Legs(number[legs.case[inside]], legs.side[inside], legs.record[inside], block))
    result.notes = {int(number[case]): note for case, note in result.notes.items() if kept[case]}
    named = {name for note in result.notes.values() for name in note.get("payout", ())}
    named |= set(result.cases["grp"])
    result.payouts = [proof for proof in result.payouts if proof.payout in named]


def _lines(result: Result, states: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Columns of the result's lines in display order: by payout date, payout, day."""
    import numpy as np
    import pandas as pd

    from recon_app.engine.cases import lay_out
    from recon_app.engine.normalise import combined

    cases = result.cases
    day = cases["day"].to_numpy(np.int64)
    grp, _ = pd.factorize(cases["grp"], sort=True)
    # cases of goods come in the order of their products
    last = np.arange(len(cases)) if "unit" in cases else cases["key"].to_numpy(np.int64)
    number = np.arange(len(cases))
    rank = np.empty(len(cases), np.int64)
    rank[np.argsort(combined(grp, day, last, number))] = number
    laid = lay_out(result.legs, rank)
    case = laid.pop("case")
    keys = cases["key"].to_numpy(np.int64)
    names = ("missing", "day", "delta", "kind", "cause", "rule", "grp", "currency", "unit", "value")
    columns = {name: cases[name].to_numpy()[case] for name in names if name in cases}
    return {"case_key": keys[case], "state": states[case], **laid, **columns}


def _states(ws: Workspace, name: str, cases: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The state of every case, from decisions and corrections."""
    import numpy as np

    from recon_app.services.states import standings

    # np.full would make a text of its own for every case
    found = np.array([str(State.OPEN)], object).repeat(len(cases))
    standing = standings(ws, name)
    keys = cases["key"].to_numpy(np.int64)
    for place in np.flatnonzero(np.isin(keys, list(standing))).tolist():
        kind, cause, delta = (cases[column].iloc[place] for column in ("kind", "cause", "delta"))
        minor = None if delta == NO_INT else int(delta)
        found[place] = standing[int(keys[place])].seen_in(str(kind), str(cause), minor)
    return found


def _summary(ws: Workspace, result: Result) -> dict[str, Any]:
    import numpy as np

    of_payouts = np.zeros(len(result.cases), np.bool_)
    of_payouts[[case for case, note in result.notes.items() if "payout" in note]] = True
    currencies: dict[str, dict[str, int]] = {}
    for side in MONEY_SIDES:
        left_out = np.zeros_like(of_payouts) if side == Side.BANK else of_payouts
        for currency, minor in _sums(result.cases, side, left_out):
            currencies.setdefault(currency, {})[side] = minor
    return {
        "sides": currencies,
        "paid": dict(_sums(result.cases, Side.PLATFORM, ~of_payouts)),
        "proposals": result.proposals,
        "remarks": result.remarks,
        "inputs": inputs_digest(ws),
        "panels": [panel.to_json() for panel in _newest(result.panels)],
        "payouts": [
            {
                "payout": proof.payout,
                "currency": proof.currency,
                "terms": [list(term) for term in proof.terms],
                "total": proof.total,
                "bank": proof.bank,
                "causes": [[cause.rule, cause.text] for cause in proof.causes],
            }
            for proof in result.payouts
        ],
    }


def _newest(panels: list[Panel]) -> list[Panel]:
    """Panels of the newest months only: all of these are cases too; comparisons give the newest first."""
    of_months = [panel for panel in panels if panel.month][:_MOST_PANELS]
    return [panel for panel in panels if not panel.month or panel in of_months]


def _sums(cases: pd.DataFrame, side: str, without: np.ndarray[Any, Any]) -> list[tuple[str, int]]:
    """Sum of a side by currency, in minor units; none where goods are compared."""
    if f"sum_{side}" not in cases:
        return []
    known = (cases[f"sum_{side}"] != NO_INT).to_numpy(bool) & ~without
    by_currency = cases[["currency", f"sum_{side}"]][known].groupby("currency")
    return [(str(currency), int(minor)) for currency, minor in by_currency[f"sum_{side}"].sum().items()]


def inputs_digest(ws: Workspace) -> str:
    """Changes whenever a run would see other files, answers or aliases."""
    files = ",".join(f"{file.id}:{file.sha256}" for file in list_imports(ws))
    kept = ",".join(f"{key}={value}" for key, value in sorted(answers(ws).items()))
    named = ",".join(map(repr, aliases.in_use(ws).entries))
    return hashlib.sha256(f"{files}|{kept}|{named}".encode()).hexdigest()
