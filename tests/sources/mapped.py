"""How a made-up table ends when a mapped source reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.sources._base import InputFile, Reading

Place = tuple[str, int | None, str | None]
HEADER = "no,item,pieces,total,cur,when,note"
OPTIONS = {
    "mapping.order": "no",
    "mapping.sku": "item",
    "mapping.quantity": "pieces",
    "mapping.amount": "total",
    "mapping.currency": "cur",
    "mapping.date": "when",
    "mapping.text": "note",
}
ROW = {
    "no": "A1",
    "item": "mug",
    "pieces": "2",
    "total": "19.90",
    "cur": "EUR",
    "when": "2026-03-31",
    "note": "x",
}


@dataclass
class End:
    """How a file ended.

    Attributes:
        result: "ok", "warn", "ask" or "reject".
        places: Code, line and column of all that was found.
        records: The records, plain values.
        option: What is asked.
        choices: Its answers.
        notes: What the user is told.
    """

    result: str
    places: set[Place]
    records: list[dict[str, Any]] = field(default_factory=list)
    option: str = ""
    choices: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def places(problems: list[Problem] | tuple[Problem, ...]) -> set[Place]:
    """Code, line and column of problems."""
    return {(each.code, each.line, each.column) for each in problems}


def read(path: Path, options: Mapping[str, str] = OPTIONS, source: str = "mapped_orders") -> End:
    """Read a file as an import does."""
    reading = Reading()
    records: list[dict[str, Any]] = []
    try:
        file = InputFile(path, options.get("encoding", ""))
        for batch in registry.sources()[source].read(file, options, reading):
            columns = {name: list(column) for name, column in batch.items()}
            records += [
                dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
            ]
        reading.finish()
    except AnswerNeeded as asked:
        return End("ask", places((*asked.problems, *reading.warnings)), [], asked.option, asked.choices)
    except FileRejected as rejected:
        return End("reject", places((*rejected.problems, *reading.warnings)))
    found = places(reading.warnings)
    return End("warn" if found else "ok", found, records, notes=reading.notes)


def table(*rows: Mapping[str, str], header: str = HEADER) -> str:
    """A table of :data:`ROW` with changed cells, numbered orders, quoted where needed."""
    lines = [header]
    for number, changed in enumerate(rows, 1):
        cells = {**ROW, "no": f"A{number}", **changed}
        lines.append(",".join(_quoted(cells[name]) for name in HEADER.split(",")))
    return "\r\n".join(lines) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell


Reader = Callable[..., End]
