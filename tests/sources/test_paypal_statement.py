from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.paypal_statement import PaypalStatement

SOURCE = PaypalStatement()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", ["en_blocks.csv", "es_wide_header.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_an_abbreviation_among_names_of_zones_gives_no_guessed_moment(read_sample: Read) -> None:
    records = read_sample(SOURCE, "en_blocks.csv")["records"]
    assert [r.get("at", "") for r in records][-2:] == ["2026-09-05T04:15:11Z", ""]  # CET in September


def test_each_currency_has_its_own_balance(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "en_blocks.csv")
    rows[3][rows[0].index("Balance")] = "1,261.94"
    proofs = {p["name"]: p["ok"] for p in read_sample(SOURCE, write_csv(rows))["proofs"]}
    assert not proofs["Balance follows from the one before and Net, USD"]
    assert proofs["Balance follows from the one before and Net, EUR"]


def test_money_spent_and_given_back_is_neither_sale_nor_refund(read_sample: Read) -> None:
    records = read_sample(SOURCE, "es_wide_header.csv")["records"]
    assert {r["category"] for r in records} == {"adjustment"}


@pytest.mark.parametrize(("column", "cell"), [("Neto", "-28,01"), ("Saldo", "x"), ("Hora", "25:00:00")])
def test_damaged_cells_reject_the_file(
    column: str, cell: str, read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "es_wide_header.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected):
        read_sample(SOURCE, write_csv(rows))


def test_a_number_that_can_be_read_two_ways_is_asked(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "es_wide_header.csv")
    money = [rows[0].index(name) for name in ("Bruto ", "Comisión ", "Neto", "Saldo")]
    for row in rows[1:]:
        for index in money:
            row[index] = "0" if index == money[1] else "1.000"
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, write_csv(rows))
    assert asked.value.option == "decimal_mark"
