"""Samples and expected results of the sources.

``pytest tests/sources --regenerate`` writes every expected file anew; look at the difference before you
commit it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from recon_app.models.money import format_minor
from recon_app.models.record import INT_FIELDS, NO_INT
from recon_app.sources._base import Batch, InputFile, Reading, Source, checked

DATA = Path(__file__).parent / "data"
_EPOCH = date(1970, 1, 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the expected files of the sources anew")


@pytest.fixture
def read_sample() -> Callable[..., dict[str, Any]]:
    """``read_sample(source, path, options=None)``: the way an import reads a file, as plain JSON values.

    ``path`` is absolute or relative to ``data/<source id>``. Records are dicts of their non-empty fields:
    days as ISO dates, ``at`` as ISO times in UTC, amounts in minor units, ``extra`` as an object.
    Raises what an import would raise (FileRejected, AnswerNeeded).
    """
    return _read


def _read(source: Source, path: str | Path, options: Mapping[str, str] | None = None) -> dict[str, Any]:
    given = dict(options or {})
    file = InputFile(DATA / source.id / path, given.get("encoding", ""))
    assert source.recognises(file), f"{source.id} does not recognise {file.name}"
    reading = Reading()
    records: list[dict[str, Any]] = []
    for batch in source.read(file, given, reading):
        records += _records(batch)
    reading.finish()
    return {
        "source": source.id,
        "rows": reading.rows,
        "totals": {
            f"{name} {currency}".strip(): format_minor(minor, currency) if currency else minor
            for (name, currency), minor in sorted(reading.totals.items())
        },
        "proofs": [
            {"name": p.name, "expected": p.expected, "found": p.found, "ok": p.ok} for p in reading.proofs
        ],
        "notes": reading.notes,
        "records": records,
    }


def _records(batch: Batch) -> list[dict[str, Any]]:
    length = len(batch["row"])
    columns = {name: _plain(name, column) for name, column in checked(batch, length).items()}
    return [
        {name: column[index] for name, column in columns.items() if column[index] not in (None, "")}
        for index in range(length)
    ]


def _plain(name: str, column: Any) -> list[Any]:
    if name in INT_FIELDS:
        return [None if value == NO_INT else _readable(name, int(value)) for value in column]
    if name == "extra":
        return [json.loads(text) if text else None for text in column]
    assert all(isinstance(text, str) for text in column), f"{name} holds more than text"
    return list(column)


def _readable(name: str, value: int) -> int | str:
    if name in ("day", "due"):
        return (_EPOCH + timedelta(days=value)).isoformat()
    if name == "at":
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


@pytest.fixture
def check_expected(request: pytest.FixtureRequest) -> Callable[[dict[str, Any], str | Path], None]:
    """``check_expected(result, path)``: compare with ``<path>.expected.json``; ``path`` as in read_sample."""
    regenerate = bool(request.config.getoption("regenerate", default=False))

    def check(result: dict[str, Any], path: str | Path) -> None:
        sample = DATA / result["source"] / path
        expected = sample.with_name(f"{sample.name}.expected.json")
        if regenerate:
            text = json.dumps(result, ensure_ascii=False, indent=1)
            expected.write_text(text + "\n", encoding="utf-8", newline="\n")
        assert result == json.loads(expected.read_text(encoding="utf-8"))

    return check


@pytest.fixture
def data() -> Path:
    """The folder of the samples, one folder per source."""
    return DATA


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """``write_csv(rows, name="sample.csv", *, encoding="utf-8", delimiter=",", newline="\\n")``.

    ``encoding="utf-8-sig", newline="\\r\\n"`` is what a spreadsheet program leaves behind.
    """

    def write(
        rows: Sequence[Sequence[object]],
        name: str = "sample.csv",
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
        newline: str = "\n",
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter, lineterminator=newline).writerows(rows)
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """``write_xlsx(rows, name="sample.xlsx")``: a workbook of one sheet; cells keep their type."""

    def write(rows: Sequence[Sequence[object]], name: str = "sample.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
            sheet = book.add_worksheet()
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write_cell(sheet, index, column, cell)
        return path

    return write


def _write_cell(sheet: Any, row: int, column: int, cell: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)  # never a formula or a number
    else:
        sheet.write(row, column, cell)


@pytest.fixture
def csv_rows() -> Callable[[Path], list[list[str]]]:
    """``csv_rows(path)``: the cells of a CSV sample, to write it anew in another form."""

    def rows(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))

    return rows
