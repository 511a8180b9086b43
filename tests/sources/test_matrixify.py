"""Files of Matrixify: orders with all that hangs on them, and payouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from recon_app import registry
from recon_app.models.problem import FileRejected
from recon_app.sources import _base
from recon_app.sources._base import InputFile, Source

Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
DATA = Path(__file__).parent / "data"
ORDERS, PAYOUTS = DATA / "matrixify_orders" / "Orders.csv", DATA / "matrixify_payouts" / "Payouts.csv"
OF_ORDERS = (
    "matrixify_orders",
    "matrixify_order_lines",
    "matrixify_refunds",
    "matrixify_fulfilments",
    "matrixify_transactions",
)
OF_PAYOUTS = ("matrixify_payouts", "matrixify_payout_lines")
ALL = [*((name, ORDERS) for name in OF_ORDERS), *((name, PAYOUTS) for name in OF_PAYOUTS)]


def _source(name: str) -> Source:
    return registry.sources()[name]


@pytest.fixture
def expected(read_sample: Read, check_expected: Callable[..., None]) -> Callable[[str, Path], dict[str, Any]]:
    """Read a file with a source and compare with ``<source id>/<file>.expected.json``."""

    def read(name: str, path: Path) -> dict[str, Any]:
        (DATA / name).mkdir(exist_ok=True)
        result = read_sample(_source(name), path)
        check_expected(result, path.name)
        return result

    return read


@pytest.mark.parametrize(("name", "path"), ALL)
def test_samples(name: str, path: Path, expected: Callable[[str, Path], dict[str, Any]]) -> None:
    assert expected(name, path)["records"]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize(("name", "path"), ALL)
def test_orders_may_cross_chunks(
    name: str, path: Path, size: int, read_sample: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample(_source(name), path)
    monkeypatch.setattr(_base, "CHUNK_ROWS", size)
    assert read_sample(_source(name), path) == whole


def test_a_workbook_with_a_sheet_per_kind_is_read_by_all(
    tmp_path: Path, csv_rows: Rows, read_sample: Read
) -> None:
    path = tmp_path / "Export.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, sample in (("Products", None), ("Orders", ORDERS), ("Payouts", PAYOUTS)):
            sheet = book.add_worksheet(name)
            for index, row in enumerate(csv_rows(sample) if sample else [["Handle", "Title"]]):
                sheet.write_row(index, 0, row)
    for name, sample in ALL:
        assert read_sample(_source(name), path)["records"] == read_sample(_source(name), sample)["records"]


def test_a_file_of_payouts_has_no_orders(read_sample: Read) -> None:
    assert read_sample(_source("matrixify_orders"), PAYOUTS)["records"] == []
    assert not _source("matrixify_refunds").recognises(InputFile(PAYOUTS))
    assert not _source("matrixify_payouts").recognises(InputFile(ORDERS))


def test_nothing_personal_is_kept(read_sample: Read) -> None:
    text = str([read_sample(_source(name), path) for name, path in ALL])
    assert "example.com" not in text
    assert "Sample" not in text


def test_refunds_take_money_from_the_merchant_however_they_are_signed(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    signed = read_sample(_source("matrixify_refunds"), ORDERS)["records"]
    rows = csv_rows(ORDERS)
    for row in rows:
        if row[rows[0].index("Line: Type")].startswith("Refund"):
            for name in ("Line: Quantity", "Line: Total"):
                place = rows[0].index(name)
                row[place] = row[place].removeprefix("-")
    assert read_sample(_source("matrixify_refunds"), write_csv(rows))["records"] == signed
    assert [(record["amount"], record.get("quantity")) for record in signed] == [
        (-1250, 1_000_000),
        (-500, None),
    ]


def test_tax_and_reason_of_a_refund_are_kept(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(ORDERS)
    kind = rows[0].index("Line: Type")
    more = {"Refund Line": ("-2.00", "too small")}
    given = [[*row, *more.get(row[kind], ("", ""))] for row in rows[1:]]
    path = write_csv([[*rows[0], "Line: Tax Total", "Refund: Note"], *given])
    first, second = read_sample(_source("matrixify_refunds"), path)["records"]
    assert (first["extra"]["tax"], first["extra"]["note"]) == (200, "too small")
    assert not {"tax", "note"} & set(second["extra"])


@pytest.mark.parametrize(
    ("path", "source", "column", "row", "cell"),
    [
        (ORDERS, "matrixify_orders", "Price: Total Refund", 1, "17.49"),
        (ORDERS, "matrixify_orders", "Transaction: Amount", 6, "17.51"),
        (PAYOUTS, "matrixify_payouts", "Amount", 1, "32.37"),
    ],
)
def test_what_does_not_add_up_breaks_the_proof(
    path: Path,
    source: str,
    column: str,
    row: int,
    cell: str,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
    read_sample: Read,
) -> None:
    rows = csv_rows(path)
    rows[row][rows[0].index(column)] = cell
    proof = read_sample(_source(source), write_csv(rows))["proofs"][0]
    assert not proof["ok"]
    assert "first broken: row 1" in proof["found"]


@pytest.mark.parametrize(
    ("path", "source", "column", "row", "cell", "problem"),
    [
        (ORDERS, "matrixify_orders", "ID", 1, "5.0971E+12", "has lost its digits"),
        (ORDERS, "matrixify_orders", "Price: Total", 1, "", "the order has no total"),
        (ORDERS, "matrixify_transactions", "Transaction: Amount", 5, "50,80", "is not an exact amount"),
        (ORDERS, "matrixify_refunds", "Refund: Created At", 7, "2026-11-03 09:00:00", "lost its time zone"),
        (PAYOUTS, "matrixify_payout_lines", "Transaction: Net", 1, "49.85", "is not Transaction: Amount"),
        (PAYOUTS, "matrixify_payouts", "Amount", 1, "", "the payout has no amount"),
    ],
)
def test_damaged_cells_reject_the_file(
    path: Path,
    source: str,
    column: str,
    row: int,
    cell: str,
    problem: str,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
    read_sample: Read,
) -> None:
    rows = csv_rows(path)
    rows[row][rows[0].index(column)] = cell
    with pytest.raises(FileRejected, match=problem) as rejected:
        read_sample(_source(source), write_csv(rows))
    assert rejected.value.problems[0].row == row


def test_unknown_line_types_are_named(read_sample: Read) -> None:
    notes = read_sample(_source("matrixify_orders"), ORDERS)["notes"]
    assert notes == ["Rows of a Line: Type this version does not know, not read: Note Line (1)"]


def test_the_payout_itself_is_no_part_of_what_it_pays(read_sample: Read) -> None:
    result = read_sample(_source("matrixify_payout_lines"), PAYOUTS)
    assert result["totals"]["Net EUR"] == "43.86"
