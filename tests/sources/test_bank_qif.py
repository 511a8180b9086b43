"""QIF: what the file leaves open is asked; splits are proven; nothing of a cut-off file is taken."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_qif import BankQif

RECORD = "D2026-01-31\nT-10.00\nPShop\n^\n"


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def read_text(text: str, **options: str) -> dict[str, Any]:
        path = tmp_path / "bank.qif"
        path.write_text(text, encoding="utf-8", newline="")
        return read_sample(BankQif(), path, {"currency": "EUR"} | options)

    return read_text


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(BankQif(), "two_accounts.qif", {"currency": "usd"})
    check_expected(result, "two_accounts.qif")
    found = [(record["account"], record["amount"]) for record in result["records"]]
    assert found == [("Shop account", -125050), ("Shop account", 41250), ("Shop card", -1999)]
    assert all(proof["ok"] for proof in result["proofs"])


def test_the_currency_is_asked(read: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnswerNeeded) as needed:
        read("!Type:Bank\n" + RECORD, currency="")
    assert needed.value.option == "currency"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31/1/99", "1999-01-31"),
        ("1/31'26", "2026-01-31"),
        ("1/31' 5", "2005-01-31"),
        ("1/31/1999", "1999-01-31"),
        ("31.01.2026", "2026-01-31"),
        ("2026-01-31", "2026-01-31"),
    ],
)
def test_dates_that_only_one_order_fits(read: Callable[..., dict[str, Any]], written: str, day: str) -> None:
    result = read(f"!Type:Bank\nD{written}\nT1.00\n^\n")
    assert result["records"][0]["day"] == day


def test_any_other_date_is_asked(read: Callable[..., dict[str, Any]]) -> None:
    text = "!Type:Bank\nD1/2'26\nT1.00\n^\n"
    with pytest.raises(AnswerNeeded) as needed:
        read(text)
    assert (needed.value.option, needed.value.choices) == ("date_order", ("dmy", "mdy"))
    assert read(text, date_order="dmy")["records"][0]["day"] == "2026-02-01"


def test_the_decimal_mark_is_asked(read: Callable[..., dict[str, Any]]) -> None:
    text = "!Type:Bank\nD2026-01-31\nT1,234\n^\n"
    with pytest.raises(AnswerNeeded) as needed:
        read(text)
    assert needed.value.option == "decimal_mark"
    assert read(text, decimal_mark="dot")["records"][0]["amount"] == 123400
    comma = read("!Type:Bank\nD2026-01-31\nT-1.234,50\n^\n")
    assert comma["records"][0]["amount"] == -123450
    assert "amounts are read with a decimal comma" in comma["notes"]


def test_splits_that_do_not_sum_fail_their_proof(read: Callable[..., dict[str, Any]]) -> None:
    result = read("!Type:Bank\nD2026-01-31\nT10.00\nSA\n$4.00\nSB\nD2026-01-01\n$5.00\n^\n" + RECORD)
    (proof,) = result["proofs"]
    assert (proof["expected"], proof["found"], proof["ok"]) == (
        "1 rows",
        "0 rows, first broken: row 1",
        False,
    )
    assert result["records"][0]["extra"] == {"splits": ["A 4.00", "B 5.00"]}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_and_remarks(read: Callable[..., dict[str, Any]], newline: str) -> None:
    text = f"# remark\n\n!type:bank \n{RECORD}\n!Type:Security\nNX\n^\n".replace("\n", newline)
    result = read(text)
    assert result["rows"] == 1
    assert "1 record of the section 'security' left out: no bank account" in result["notes"]


def test_unknown_lines_are_named(read: Callable[..., dict[str, Any]]) -> None:
    result = read("!Type:Cash\nD2026-01-31\nT1.00\nZwhat\n^\n")
    assert "1 line starting with 'Z', unknown to this version, left out" in result["notes"]


def test_a_file_without_transactions(read: Callable[..., dict[str, Any]]) -> None:
    assert read("!Type:Bank\n", currency="")["notes"] == ["the file has no transactions"]


@pytest.mark.parametrize(
    ("text", "row", "column", "words"),
    [
        ("!Type:Bank\n" + RECORD.replace("^\n", ""), 1, None, "has no end"),
        ("!Type:Bank\nD2026-01-31\n!Type:Cat\n", 1, None, "has no end"),
        ("!Type:Bank\n" + RECORD.replace("^\n", "") + RECORD, 1, "D", "stands twice"),
        ("!Type:Bank\nD2026-02-31\nT1.00\n^\n", 1, "D (date)", "is not a date"),
        ("!Type:Bank\nT1.00\n^\n" + RECORD, 1, "D (date)", "is empty"),
        (f"!Type:Bank\n{RECORD}D2026-01-31\n^\n", 2, "T (amount)", "is empty"),
        (f"!Type:Bank\n{RECORD}D2026-01-31\nT1.005\n^\n", 2, "T (amount)", "is not an exact amount in EUR"),
        ("!Type:Bank\nD2026-01-31\nT1.00\nSA\n$x\n^\n", 1, "$ (amount of a split)", "is not an exact amount"),
    ],
)
def test_faults_name_record_and_field(
    read: Callable[..., dict[str, Any]], text: str, row: int, column: str | None, words: str
) -> None:
    with pytest.raises(FileRejected, match=words) as caught:
        read(text)
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (row, column)


def test_text_before_the_first_section_is_no_qif(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("", "D1/2/26\n", "hello\n!Type:Bank\n", "!important\n", ":20:A\n"):
        path.write_text(text)
        assert not BankQif().recognises(InputFile(path))


_ORDERS = {"dmy": "{0.day}/{0.month}/{0:%y}", "mdy": "{0.month}/{0.day}'{0:%y}", "ymd": "{0:%Y-%m-%d}"}


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2079, 12, 31)),
            st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4),
            st.text("ABC xyz019", max_size=12).map(str.strip),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(list(_ORDERS)),
    st.booleans(),
)
def test_what_a_program_writes_is_read_back(
    tmp_path: Path, records: list[tuple[date, list[int], str]], order: str, comma: bool
) -> None:
    def written(minor: int) -> str:
        text = f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    text = "!Type:Bank\n"
    for day, parts, payee in records:
        text += f"D{_ORDERS[order].format(day)}\nT{written(sum(parts))}\nP{payee}\n"
        if len(parts) > 1:
            text += "".join(f"SX\n${written(part)}\n" for part in parts)
        text += "^\n"
    path = tmp_path / "written.qif"
    path.write_text(text)
    reading = Reading()
    options = {"currency": "EUR", "date_order": order, "decimal_mark": "comma" if comma else "dot"}
    batches = list(BankQif().read(InputFile(path), options, reading))
    reading.finish()
    found = [
        (int(day), int(amount))
        for batch in batches
        for day, amount in zip(batch["day"], batch["amount"], strict=True)
    ]
    assert found == [((day - date(1970, 1, 1)).days, sum(parts)) for day, parts, _ in records]
    assert all(proof.ok for proof in reading.proofs)


@settings(max_examples=150)
@given(st.integers(0, 420), st.text("0123456789.,'^!DTS$\n\x00ü", max_size=4))
def test_damage_ends_in_a_reading_a_question_or_a_clear_refusal(
    data: Path, tmp_path: Path, place: int, damage: str
) -> None:
    text = (data / "bank_qif" / "two_accounts.qif").read_text()
    path = tmp_path / "damaged.qif"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected, AnswerNeeded):
        for batch in BankQif().read(InputFile(path), {"currency": "USD"}, reading):
            rows += len(batch["row"])
    assert rows == reading.rows
