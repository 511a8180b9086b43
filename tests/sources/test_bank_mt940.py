"""MT940: signs, dates, descriptions, proofs; nothing is lost and nothing is printed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_mt940 import BankMt940

START = ":20:A\n:25:DE1\n:28C:1\n:60F:C260101EUR10,00\n"
END = ":62F:C260131EUR{closing}\n-\n"
LINE = ":61:2601020102C1,00NTRFREF-1//BANK-1\n:86:Text\n"


def statement(*lines: str, closing: str = "11,00") -> str:
    return START + "".join(lines) + END.format(closing=closing)


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def read_text(text: str, written_in: str = "utf-8", **options: str) -> dict[str, Any]:
        path = tmp_path / "statement.sta"
        path.write_bytes(text.encode(written_in))
        return read_sample(BankMt940(), path, options)

    return read_text


@pytest.mark.parametrize("name", ["german_pages.sta", "dutch.sta"])
def test_samples(
    name: str, read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankMt940(), name)
    check_expected(result, name)
    assert all(proof["ok"] for proof in result["proofs"])


def test_reversals_turn_the_sign(read_sample: Callable[..., dict[str, Any]]) -> None:
    records = read_sample(BankMt940(), "german_pages.sta")["records"]
    signs = {record.get("text"): record["amount"] for record in records}
    assert signs["STORNO Rueckbuchung einer Gutschrift"] == -2000
    assert signs["STORNO Rueckbuchung einer Lastschrift"] == 300


def test_a_wrong_sum_fails_the_proof(read: Callable[..., dict[str, Any]]) -> None:
    assert [proof["ok"] for proof in read(statement(LINE))["proofs"]] == [True]
    result = read(statement(LINE, closing="12,00"))
    assert [(p["expected"], p["found"], p["ok"]) for p in result["proofs"]] == [
        ("12.00 EUR", "11.00 EUR", False)
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(read: Callable[..., dict[str, Any]], newline: str) -> None:
    assert read(statement(LINE).replace("\n", newline))["records"][0]["ref"] == "REF-1"


def test_text_that_is_not_utf8_is_read_as_windows_1252_and_said(read: Callable[..., dict[str, Any]]) -> None:
    text = statement(LINE.replace("Text", "Müller"))
    assert read(text)["records"][0]["text"] == "Müller"
    result = read(text, "cp1252")
    assert result["records"][0]["text"] == "Müller"
    assert "Windows-1252" in result["notes"][0]
    assert read(text, "cp850", encoding="cp850")["records"][0]["text"] == "Müller"
    undefined = read(text.replace("ü", "\x81"), "latin-1")
    assert undefined["records"][0]["text"] == "M\ufffdller"


def test_30_february_is_moved_and_said(read: Callable[..., dict[str, Any]]) -> None:
    line = ":61:2602300229C1,00NTRFX\n"
    result = read(START.replace("260101", "260230") + line + END.format(closing="11,00"))
    assert (result["records"][0]["day"], result["records"][0]["due"]) == ("2026-02-28", "2026-02-28")
    assert result["notes"] == [
        "3 dates such as 30 February (some banks count 30-day months) taken as the last day of February"
    ]


def test_entry_date_in_another_year(read: Callable[..., dict[str, Any]]) -> None:
    lines = ":61:2512310102C1,00NTRFX\n", ":61:2601021231D1,00NTRFX\n", ":61:260102C1,00NTRFX\n"
    records = read(statement(*lines))["records"]
    assert [(record["day"], record["due"]) for record in records] == [
        ("2026-01-02", "2025-12-31"),
        ("2025-12-31", "2026-01-02"),
        ("2026-01-02", "2026-01-02"),
    ]


def test_lines_without_a_type_stay_apart(read: Callable[..., dict[str, Any]]) -> None:
    result = read(statement(":61:2601020102C1,00\n", ":61:2601020102C2,00\n", closing="13,00"))
    assert [record["amount"] for record in result["records"]] == [100, 200]


def test_a_long_reference_keeps_the_bank_reference(read: Callable[..., dict[str, Any]]) -> None:
    line = ":61:2601020102C1,00NTRFBIPI-aB3dE5gH7jK9mN1pQ3rS5tU7//2026010212345678000\n"
    record = read(statement(line))["records"][0]
    assert (record["ref"], record["ident"]) == ("BIPI-aB3dE5gH7jK9mN1pQ3rS5tU7", "2026010212345678000")


def test_a_description_is_joined_where_the_bank_broke_it(read: Callable[..., dict[str, Any]]) -> None:
    full, rest = "x" * 60 + " Bros", "ch KG"  # 65 characters: broken anywhere
    text = f":61:2601020102C1,00NTRFX\n:86:{full}\n{rest}\nshort\nlines\n"
    assert read(statement(text))["records"][0]["text"] == "x" * 60 + " Brosch KG short lines"


def test_currency_is_asked_when_no_balance_names_it(read: Callable[..., dict[str, Any]]) -> None:
    text = f":20:A\n:25:DE1\n:28C:1\n{LINE}-\n"
    with pytest.raises(AnswerNeeded) as needed:
        read(text)
    assert needed.value.option == "currency"
    assert needed.value.choices == ()
    result = read(text, currency="chf")
    assert result["records"][0]["currency"] == "CHF"
    assert "no opening and no closing balance" in result["notes"][0]


@pytest.mark.parametrize(
    ("text", "row", "column", "advice"),
    [
        (LINE, None, ":20:", "it is only a part: download the whole statement"),
        (LINE + statement(), None, ":61:", "download the statement again or ask the bank"),
        (
            statement(LINE, ":61:26AB020102C1,00NTRFX\n"),
            2,
            ":61:",
            "download the statement again or ask the bank",
        ),
        (
            statement(LINE, ":61:2613020102C1,00NTRFX\n"),
            2,
            None,
            "download the statement again or ask the bank",
        ),
        (
            statement(LINE, ":61:2601020102C1,0,0NTRFX\n"),
            2,
            None,
            "download the statement again or ask the bank",
        ),
        (
            statement(LINE, ":61:2601020102C1,005NTRFX\n"),
            2,
            ":61:",
            "download the statement again or ask the bank",
        ),
        (statement(LINE, closing="1,005"), None, ":62:", "download the statement again or ask the bank"),
        (
            f"{statement(LINE)}:20:A\n:25:DE1\n:28C:1\n:34F:EURD0,\n{LINE}",
            None,
            ":34F:",
            "import the two kinds as files of their own",
        ),
    ],
)
def test_faults_name_line_and_field(
    read: Callable[..., dict[str, Any]], text: str, row: int | None, column: str | None, advice: str
) -> None:
    with pytest.raises(FileRejected) as caught:
        read(text)
    problem = caught.value.problems[0]
    assert (problem.row, problem.column, problem.advice) == (row, column, advice)


def test_the_library_prints_and_logs_nothing(
    read: Callable[..., dict[str, Any]], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(FileRejected):
        read(statement(":61:secret\n"))
    assert capfd.readouterr() == ("", "")
    assert "secret" not in caplog.text


def test_other_text_is_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("", "a :61:260102", "!Type:Bank\nD1/2/26\n", "01,X,Y,260102,1200,1,,,2/\n", "<OFX>"):
        path.write_text(text, encoding="utf-8")
        assert not BankMt940().recognises(InputFile(path))


@settings(max_examples=200)
@given(st.integers(0, 200), st.text(":0123456789,CDR/N?\n\x00ü", max_size=6))
def test_damage_ends_in_a_reading_or_a_clear_refusal(tmp_path: Path, place: int, damage: str) -> None:
    text = statement(LINE, LINE)
    path = tmp_path / "damaged.sta"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected, AnswerNeeded):
        for batch in BankMt940().read(InputFile(path), {}, reading):
            rows += len(batch["row"])
        reading.finish()
    assert rows == reading.rows


def test_a_statement_that_may_be_missing_is_told(read: Callable[..., dict[str, Any]]) -> None:
    first, second = statement(LINE), statement(LINE, closing="12,00").replace("EUR10,00", "EUR11,00")
    later = second.replace("EUR11,00", "EUR15,00").replace("EUR12,00", "EUR16,00")
    for text in (first + second, second + first, first + first, first + later.replace("DE1", "DE2")):
        assert read(text)["notes"] == []
    for text in (first + later, later + second + first):
        (note,) = read(text)["notes"]
        assert note.startswith("DE1: statements begin with 10.00 EUR and 15.00 EUR, with which no other ends")


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["C", "D", "RC", "RD"]),
        st.integers(0, 10**9),
        st.dates(date(2020, 1, 2), date(2030, 12, 30)),
        st.integers(-1, 1),
        st.text("ABCXYZ019-", min_size=1, max_size=16).filter(
            lambda text: text.strip() not in ("", "NONREF")
        ),
    ),
    max_size=8,
)


def _written(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"


@settings(max_examples=150)
@given(_LINES, st.integers(-(10**9), 10**9))
def test_what_a_bank_writes_is_read_back(
    tmp_path: Path, lines: list[tuple[str, int, date, int, str]], opening: int
) -> None:
    signs = {"C": 1, "D": -1, "RD": 1, "RC": -1}
    closing = opening + sum(signs[mark] * minor for mark, minor, *_ in lines)
    marks = {code: "D" if minor < 0 else "C" for code, minor in ((60, opening), (62, closing))}
    text = f":20:A\n:25:DE1\n:28C:1\n:60F:{marks[60]}200101EUR{_written(abs(opening))}\n"
    for mark, minor, value, later, reference in lines:
        entry = value + timedelta(days=later)
        text += f":61:{value:%y%m%d}{entry:%m%d}{mark}{_written(minor)}NTRF{reference}\n:86:Text\n"
    text += f":62F:{marks[62]}301231EUR{_written(abs(closing))}\n-\n"
    path = tmp_path / "written.sta"
    path.write_text(text)
    reading = Reading()
    batches = list(BankMt940().read(InputFile(path), {}, reading))
    found = [
        (int(amount), int(day), int(due), reference)
        for batch in batches
        for amount, day, due, reference in zip(
            batch["amount"], batch["day"], batch["due"], batch["ref"], strict=True
        )
    ]
    epoch = date(1970, 1, 1)
    assert found == [
        (signs[mark] * minor, (value - epoch).days + later, (value - epoch).days, reference)
        for mark, minor, value, later, reference in lines
    ]
    assert [proof.ok for proof in reading.proofs] == [True]
