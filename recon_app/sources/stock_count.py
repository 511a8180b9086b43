"""Filled count sheets: what a person counted at each place, as a CSV or a workbook saved from one.

The sheets are written by ``recon-app count sheet`` and by the window. A blank cell under Counted says that
nobody counted the line, which is not 0. The name and the time may be filled in once for the whole sheet. A
table with the same columns and without sheet numbers is a count of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, TableSource, checked, chunks
from recon_app.sources._dates import is_zone, moments_as
from recon_app.sources._detect import find_decimal_mark, plain_amounts
from recon_app.sources._extra import json_objects
from recon_app.sources._goods import Sums, known

_TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M")
_ZONED = tuple(f"{form}%z" for form in _TIMES)
_FORMULAS = ("=", "+", "-", "@")
_ADVICE = "correct the quantity, or leave it blank where nobody counted"


class StockCount(TableSource):
    """One record per line of a sheet: ``grp`` is the sheet, ``ident`` its line, ``account`` who counted."""

    id = "stock_count"
    title = "Filled count sheet"
    record_type = RecordType.STOCK_COUNT
    key = ("grp", "ident", "sku", "ref2", "location", "lot", "account")
    progress = ("counted", "day", "at", "barcode", "unit", "text", "extra")
    required = ("Sheet", "Line", "SKU", "Location", "Counted")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the sheet once it is known who counted, when, and how numbers are written.

        Raises:
            FileRejected: the option ``zone`` is no time zone, or a cell cannot be read.
            AnswerNeeded: the decimal mark is in doubt.
        """
        if options.get("zone") and not is_zone(options["zone"]):
            problem = f"{options['zone']!r} is not a time zone"
            raise FileRejected(Problem(None, None, problem, "give a name such as Europe/Berlin"))
        parts = list(chunks(file, self.required, reading))
        cells = [cell for part in parts for cell in part.text("Counted")]
        mark = find_decimal_mark(cells, options.get("decimal_mark", "")).value
        once = {name: _only([part.text(name) for part in parts]) for name in ("Counted by", "Counted at")}
        told = {"mark": mark, "zone": options.get("zone", ""), **once}
        sums = Sums()
        filled = 0
        for part in parts:
            batch = self.convert(part, told, reading)
            counted = np.asarray(batch["counted"])
            filled += int((counted != NO_INT).sum())
            sums.add({"counted": counted}, [str(unit) for unit in batch["unit"]])
            yield {"row": part.rows, **checked(batch, len(part))}
        sums.note(reading)
        if filled < reading.rows:
            reading.notes.append(f"Lines that nobody counted: {reading.rows - filled}; blank is not 0")

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn some lines into normalised fields; ``options`` say what holds for the whole sheet."""
        counted = _counted(chunk, options["mark"])
        who = [cell.strip() for cell in _filled(chunk, "Counted by", options)]
        days, at = _moments(chunk, options, counted)
        _complain(chunk, counted, who, at, reading)
        codes, names = _unprotected(chunk.ids("SKU")), _unprotected(chunk.text("Product"))
        return {
            "ident": [cell.strip() for cell in chunk.text("Line")],
            "grp": [cell.strip() for cell in chunk.text("Sheet")],
            "account": who,
            "sku": codes,
            "ref2": ["" if code else name for code, name in zip(codes, names, strict=True)],
            "barcode": chunk.ids("Barcode"),
            "location": _unprotected(chunk.text("Location")),
            "lot": _unprotected(chunk.ids("Lot")),
            "unit": chunk.text("Unit"),
            "counted": counted,
            "day": days,
            "at": at,
            "text": names,
            "extra": json_objects(
                {
                    "package": chunk.text("Package"),
                    "owner": chunk.text("Owner"),
                    "entered": chunk.text("Entered"),
                }
            ),
        }


def _unprotected(cells: list[str]) -> list[str]:
    """Texts without the mark that keeps a spreadsheet program from taking them for formulas."""
    return [cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULAS else cell for cell in cells]


def _only(columns: Sequence[Sequence[str]]) -> str:
    """The value of a column that was filled in once for all rows, "" when several were."""
    values = {cell.strip() for cells in columns for cell in cells} - {""}
    return values.pop() if len(values) == 1 else ""


def _filled(chunk: Chunk, name: str, once: Mapping[str, str]) -> list[str]:
    return [cell if cell.strip() else once[name] for cell in chunk.text(name)]


def _counted(chunk: Chunk, mark: str) -> Ints:
    """What was counted; nobody counts less than nothing."""
    cells = chunk.text("Counted")
    plain = plain_amounts(cells, mark)
    values = chunk.quantities("Counted", texts=plain.texts)
    bad = plain.bad | np.array([bool(code) for code in plain.codes], np.bool_)
    for index in np.flatnonzero(bad | ((values < 0) & (values != NO_INT))).tolist():
        chunk.problem(index, "Counted", f"{cells[index][:60]!r} is not a count", _ADVICE, "E_NUMBER")
    return values


def _moments(chunk: Chunk, options: Mapping[str, str], counted: Ints) -> tuple[Ints, Ints]:
    """When each counted line was counted; the sheet says in which zone, else the option ``zone``."""
    cells = _filled(chunk, "Counted at", options)
    zones = [cell.strip() or options["zone"] for cell in chunk.text("Zone")]
    days, at, bad = moments_as(cells, _ZONED)
    plain = moments_as(cells, _TIMES, zones)
    days, at = np.where(bad, plain[0], days), np.where(bad, plain[1], at)
    for index in np.flatnonzero(bad & plain[2]).tolist():
        advice = "write it as 2026-11-23 14:05"
        chunk.problem(index, "Counted at", f"{cells[index][:60]!r} is not a time", advice, "E_DATE")
    blank = counted == NO_INT
    return np.where(blank, NO_INT, days), np.where(blank, NO_INT, at)


def _complain(chunk: Chunk, counted: Ints, who: Sequence[str], at: Ints, reading: Reading) -> None:
    """Say what a count lacks: without a time it cannot be carried over moves, without a name not checked."""
    nameless = known(counted) & np.array([not name for name in who], np.bool_)
    for index in np.flatnonzero(nameless).tolist():
        text = "nobody's name stands beside the count"
        reading.warn("W_COUNT_BY", int(chunk.rows[index]), "Counted by", text, "fill it in")
    for index in np.flatnonzero(known(counted) & (at == NO_INT)).tolist():
        text = "the count has no time in a known zone, so moves since then cannot be taken into account"
        reading.warn("W_COUNT_AT", int(chunk.rows[index]), "Counted at", text, "fill it in")
