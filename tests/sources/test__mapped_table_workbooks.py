"""Tables of any origin in workbooks: what a number cell says of an identifier, an amount or a date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading, Source
from recon_app.sources.bank_csv import BankCsv
from recon_app.sources.mapped_orders import MappedOrders
from tests.sources.workbooks import BOOK, book, cell, pack, parts, row, sheet

HEADER = row(1, "order", "sku", "amount", "date", "currency")
DAY = ' s="1"'
Case = tuple[list[tuple[str, int | None, str | None]], dict[str, object]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Case]:
    """``read(order, sku, amount, date)``: code, row and column of the warnings, and the record."""

    def import_row(*values: str | float, **options: str) -> Case:
        path = pack(tmp_path / "orders.xlsx", parts(HEADER, row(2, *values, "EUR")))
        reading = Reading()
        (batch,) = MappedOrders().read(InputFile(path), options, reading)
        record = {name: column[0] for name, column in batch.items()}
        return [(each.code, each.line, each.column) for each in reading.warnings], record

    return import_row


def day(serial: float, style: str = DAY) -> str:
    return cell("D2", serial, style)


def test_text_cells_are_taken_as_they_are(read: Callable[..., Case]) -> None:
    warnings, record = read("1001", "00123", 10.5, day(46349))
    assert warnings == []
    assert (record["ident"], record["sku"], record["amount"]) == ("1001", "00123", 1050)
    assert record["day"] == 20780


def test_an_order_that_is_a_number_is_told(read: Callable[..., Case]) -> None:
    warnings, record = read(1001.0, "00123", 10.5, day(46349))
    assert warnings == [("W_LOOKALIKE", 2, "order")]
    assert record["ident"] == "1001"


def test_a_product_code_that_is_a_number_is_asked(read: Callable[..., Case]) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read("1001", 123.0, 10.5, day(46349))
    assert [(each.code, each.line, each.column) for each in asked.value.problems] == [
        ("E_ID_DAMAGED", 2, "sku")
    ]
    assert read("1001", 123.0, 10.5, day(46349), **{"mapping.ids": "as_is"})[1]["sku"] == "123"


def test_the_noise_of_a_number_is_told(read: Callable[..., Case]) -> None:
    warnings, record = read("1001", "00123", 12.340000000000001, day(46349))
    assert warnings == [("W_FLOAT_NOISE", 2, "amount")]
    assert record["amount"] == 1234


@pytest.mark.parametrize(
    ("amount", "date", "expected"),
    [
        (12.345, day(46349), ("E_SCALE", 2, "amount")),
        (cell("C2", 1.0).replace("1.0", "1e400"), day(46349), ("E_NUMBER", 2, "amount")),
        (cell("C2", 1.0).replace("1.0", "NaN"), day(46349), ("E_NUMBER", 2, "amount")),
        (10.5, day(60), ("E_RANGE", 2, "date")),
        (10.5, day(-1), ("E_DATE", 2, "date")),
        (10.5, day(2958466), ("E_DATE", 2, "date")),
    ],
)
def test_what_no_amount_or_day_can_be_is_refused(
    read: Callable[..., Case], amount: float | str, date: str, expected: tuple[str, int, str]
) -> None:
    with pytest.raises(FileRejected) as caught:
        read("1001", "00123", amount, date)
    assert expected in [(each.code, each.line, each.column) for each in caught.value.problems]


def test_a_number_that_may_be_a_day_is_asked(read: Callable[..., Case]) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read("1001", "00123", 10.5, day(46349, ""))
    assert asked.value.problems[0].code == "E_DATE_AMBIGUOUS"


def test_a_table_whose_name_has_no_ending_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_text("order,amount,date,currency\n1,10.50,2026-11-23,EUR\n")
    with pytest.raises(AnswerNeeded) as asked:
        list(MappedOrders().read(InputFile(path), {}, Reading()))
    assert (asked.value.option, asked.value.problems[0].code) == ("ending", "E_NOT_TEXT")
    (batch,) = MappedOrders().read(InputFile(path), {"ending": "csv"}, Reading())
    assert list(batch["ident"]) == ["1"]


@pytest.mark.parametrize("source", [BankCsv(), MappedOrders()])
def test_the_chosen_sheet_stays_chosen_whatever_else_is_told(source: Source, tmp_path: Path) -> None:
    lines = [
        row(1, "Order", "Booking Date", "Amount", "Currency", "Description"),
        row(2, "1", day(46349).replace("D2", "B2"), 10.5, "EUR", "a"),
        row(3, "2", day(46350).replace("D2", "B3"), 5.0, "EUR", "b"),
    ]
    members = parts(row(1, "other"), sheets=[sheet(*lines)])
    members[BOOK] = book(["Notes", "Lines"])
    path = pack(tmp_path / "book.xlsx", members)
    options = {"sheet": "Lines", "mapping.delimiter": "semicolon", "mapping.account_id": "DE1"}
    options |= {"mapping.order": "Order", "mapping.date": "Booking Date", "mapping.amount": "Amount"}
    batches = list(source.read(InputFile(path, sheet="Lines"), options, Reading()))
    assert [list(batch["amount"]) for batch in batches] == [[1050, 500]]
