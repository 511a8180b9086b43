from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.shopify_payouts import ShopifyPayouts

SOURCE = ShopifyPayouts()
Read = Callable[..., dict[str, Any]]
HEADER = [
    "Payout Date",
    "Status",
    "Charges",
    "Refunds",
    "Adjustments",
    "Reserved Funds",
    "Fees",
    "Retried Amount",
    "Total",
    "Currency",
]


def _row(charges: str, fees: str, total: str, currency: str = "EUR") -> list[str]:
    return ["2026-05-14", "paid", charges, "0.00", "0.00", "0.00", fees, "0.00", total, currency]


@pytest.mark.parametrize(
    "sample",
    [
        "10_columns_negative_fees.csv",
        "13_columns_positive_fees.csv",
        "15_columns_entity.csv",
        "header_only.csv",
    ],
)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_sign_of_the_fees_does_not_change_the_result(
    read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    positive = read_sample(SOURCE, write_csv([HEADER, _row("100.00", "3.20", "96.80")]))
    negative = read_sample(SOURCE, write_csv([HEADER, _row("100.00", "-3.20", "96.80")]))
    assert positive == negative
    assert positive["records"][0]["fee"] == 320
    assert positive["proofs"][0]["ok"]


def test_payout_whose_columns_do_not_add_up_is_kept_and_marked(read_sample: Read) -> None:
    result = read_sample(SOURCE, "13_columns_positive_fees.csv")
    assert result["records"][1]["amount"] == 27_920
    assert result["records"][1]["extra"] == {"charges": 30_000, "residual": -1_180}
    proof = result["proofs"][0]
    assert (proof["found"], proof["ok"]) == ("4 rows, first broken: row 2", False)


def test_sign_of_the_fees_decides_itself_where_no_payout_closes(
    read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    result = read_sample(SOURCE, write_csv([HEADER, _row("100.00", "-3.20", "90.00")]))
    assert result["records"][0]["fee"] == 320
    assert result["records"][0]["extra"]["residual"] == -680


def test_fees_that_contradict_each_other_are_asked_about(
    read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    path = write_csv([HEADER, _row("100.00", "-3.20", "96.80"), _row("50.00", "2.00", "48.00")])
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path)
    assert (asked.value.option, asked.value.choices) == ("fees", ("positive", "negative"))
    result = read_sample(SOURCE, path, {"fees": "positive"})
    assert [record["fee"] for record in result["records"]] == [-320, 200]


@pytest.mark.parametrize(
    ("grouped", "amount"), [("1,000", 100_000), ("1,234,567.89", 123_456_789), ("-1,000.50", -100_050)]
)
def test_thousands_marks_are_read_where_they_are_certain(
    grouped: str, amount: int, read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    result = read_sample(SOURCE, write_csv([HEADER, _row(grouped, "0", grouped)]))
    assert result["records"][0]["amount"] == amount


@pytest.mark.parametrize(
    ("total", "currency"), [("12,50", "EUR"), ("1,23.00", "EUR"), ("1.234,00", "EUR"), ("1,234", "KWD")]
)
def test_other_commas_reject_the_file(
    total: str, currency: str, read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    with pytest.raises(FileRejected, match="is not an exact amount"):
        read_sample(SOURCE, write_csv([HEADER, _row("1.00", "0.00", total, currency)]))


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Total", "", "is empty"),
        ("Payout Date", "14/05/2026", "'14/05/2026' is not a date"),
        ("Payout Date", "", "is empty"),
        ("Bank Reference", "1.2E+15", "'1.2E+15' has lost its digits"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "13_columns_positive_fees.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem
    assert rejected.value.problems[0].row == 1


def test_workbook_with_real_numbers_and_dates(
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_xlsx: Callable[..., Path],
) -> None:
    from datetime import datetime

    sample = data / SOURCE.id / "13_columns_positive_fees.csv"
    header, *rows = csv_rows(sample)
    typed: list[list[object]] = [
        [datetime.fromisoformat(row[0]), row[1], *map(float, row[2:11]), *row[11:]] for row in rows
    ]
    assert read_sample(SOURCE, write_xlsx([header, *typed])) == read_sample(SOURCE, sample)
