import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.paypal_stl import PaypalStl

SOURCE = PaypalStl()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["one_day.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_yen_are_asked_for(read_sample: Read) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, "yen.csv")
    assert (asked.value.option, asked.value.choices) == ("amount_unit", ("hundredths", "whole"))
    nets = [read_sample(SOURCE, "yen.csv", {"amount_unit": unit}) for unit in ("hundredths", "whole")]
    assert [result["totals"]["Net JPY"] for result in nets] == ["1457", "145700"]


def test_yen_that_are_no_hundredths_are_not_asked_for(read_sample: Read, data: Path, tmp_path: Path) -> None:
    text = (data / SOURCE.id / "yen.csv").read_text(encoding="utf-8").replace("4300", "4301")
    path = tmp_path / "yen.csv"
    path.write_text(text, encoding="utf-8")
    assert read_sample(SOURCE, path)["totals"]["Fee JPY"] == "4301"


def test_a_lost_line_breaks_the_totals(read_sample: Read, data: Path, tmp_path: Path) -> None:
    lines = (data / SOURCE.id / "one_day.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "cut.csv"
    path.write_text("".join(line for line in lines if "T1107" not in line), encoding="utf-8")
    failed = [proof["name"] for proof in read_sample(SOURCE, path)["proofs"] if not proof["ok"]]
    assert failed == [
        "Total gross debits EUR",
        "Total fee credits EUR",
        "Balance before and all transactions EUR",
        "Number of transactions",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"CR",5200', '"XX",5200', "'XX' is neither DR nor CR"),
        ('"CR",5200', '"CR",52.00', "'52.00' is not an amount in minor units"),
        ('5200,"EUR"', '5200,"EURO"', "'EURO' is not a currency"),
        ('225,"EUR"', '225,"USD"', "'USD' is not the currency of the line"),
        ("2026/11/06 00:00:31 -0800", "06.11.2026 00:00", "is not a time"),
        ("BUYER1,", "BUYER1,1,2,3,4,5,6,7,8,9,", "cells where the header has 21"),
    ],
)
def test_damaged_cells_reject_the_file(
    old: str, new: str, problem: str, read_sample: Read, data: Path, tmp_path: Path
) -> None:
    text = (data / SOURCE.id / "one_day.csv").read_text(encoding="utf-8")
    path = tmp_path / "damaged.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, path)
    assert problem in rejected.value.problems[0].problem
    assert rejected.value.problems[0].row == 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"SB",SL000000000000002', '"S8",SL000000000000002', "a line begins with 'S8'"),
        ('"RF","EUR"', '"RF","EURO"', "the totals of 'EURO' hold 'EURO'"),
        ('"RF","EUR",5527', '"RF","EUR",55Z7', "the totals of 'EUR' hold '55Z7'"),
    ],
)
def test_lines_of_no_known_kind_reject_the_file(
    old: str, new: str, problem: str, read_sample: Read, data: Path, tmp_path: Path
) -> None:
    text = (data / SOURCE.id / "one_day.csv").read_text(encoding="utf-8")
    path = tmp_path / "damaged.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileRejected, match=problem):
        read_sample(SOURCE, path)


def test_sections_with_other_columns_reject_the_file(read_sample: Read, data: Path, tmp_path: Path) -> None:
    text = (data / SOURCE.id / "one_day.csv").read_text(encoding="utf-8")
    path = tmp_path / "two.csv"
    path.write_text(text + '"CH","Transaction ID","Something else"\n', encoding="utf-8")
    with pytest.raises(FileRejected, match="different columns"):
        read_sample(SOURCE, path)


moves = st.lists(
    st.tuples(st.sampled_from(["T0006", "T1107", "T0200"]), st.integers(-9999, 9999), st.integers(-99, 99)),
    min_size=1,
    max_size=8,
)


@given(moves, st.integers(-(10**6), 10**6), st.data())
def test_a_changed_figure_never_goes_unnoticed(
    lines: list[tuple[str, int, int]], begin: int, chosen: st.DataObject
) -> None:
    rows: list[list[object]] = [
        [
            *("SB", f"ID{number}", "", "", "", code, MOMENT, MOMENT),
            *(side(gross), abs(gross), "EUR", side(-fee), abs(fee), "EUR"),
        ]
        for number, (code, gross, fee) in enumerate(lines)
    ]
    total = [sum(max(sign * gross, 0) for _, gross, _ in lines) for sign in (1, -1)]
    total += [sum(max(sign * fee, 0) for _, _, fee in lines) for sign in (-1, 1)]
    end = begin + total[0] - total[1] + total[2] - total[3]
    footer = ["RF", "EUR", *total, side(begin), abs(begin), side(end), abs(end), len(lines)]
    assert all(proofs_of([*rows, footer]))
    row, cell = chosen.draw(st.sampled_from([(row, cell) for row in rows for cell in (9, 12)]))
    row[cell] = int(str(row[cell])) + chosen.draw(st.integers(1, 999))
    assert not all(proofs_of([*rows, footer]))


MOMENT = "2026/11/06 00:00:30 -0800"
COLUMNS = [
    "CH",
    *("Transaction ID", "Invoice ID", "PayPal Reference ID", "PayPal Reference ID Type"),
    *("Transaction Event Code", "Transaction Initiation Date", "Transaction Completion Date"),
    *("Transaction Debit or Credit", "Gross Transaction Amount", "Gross Transaction Currency"),
    *("Fee Debit or Credit", "Fee Amount", "Fee Currency"),
]


def side(minor: int) -> str:
    return "DR" if minor < 0 else "CR"


def proofs_of(rows: list[list[object]]) -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.csv")
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([COLUMNS, *rows])
        reading = Reading()
        list(SOURCE.read(InputFile(path), {}, reading))
        reading.finish()
    return [proof.ok for proof in reading.proofs]
