"""OFX 1 and 2: one tolerant reader, local days, exact amounts; a file without an account is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_ofx import BankOfx

ENTRY = "<STMTTRN><DTPOSTED>{day}<TRNAMT>{amount}<FITID>1<NAME>{name}</STMTTRN>"


def ofx(*entries: str, currency: str = "EUR", header: str = "OFXHEADER:100\n", balance: str = "1.00") -> str:
    inside = "".join(entries)
    return (
        f"{header}\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}\n<BANKACCTFROM><ACCTID>42"
        f"</BANKACCTFROM><BANKTRANLIST>{inside}</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def entry(amount: str = "1.00", day: str = "20260105", name: str = "Shop") -> str:
    return ENTRY.format(amount=amount, day=day, name=name)


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def read_text(text: str, written_in: str = "utf-8", **options: str) -> dict[str, Any]:
        path = tmp_path / "statement.ofx"
        path.write_bytes(text.encode(written_in))
        return read_sample(BankOfx(), path, options)

    return read_text


@pytest.mark.parametrize("name", ["unclosed_tags.ofx", "xml_decimal_comma.ofx", "accounts_and_card.qfx"])
def test_samples(
    name: str, read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    check_expected(read_sample(BankOfx(), name), name)


def test_accounts_and_a_card_in_one_qfx(read_sample: Callable[..., dict[str, Any]]) -> None:
    result = read_sample(BankOfx(), "accounts_and_card.qfx")
    assert [(record["account"], record["amount"], record["currency"]) for record in result["records"]] == [
        ("4000123456", 41250, "USD"),
        ("4000123456", -10700, "USD"),
        ("XXXXXXXXXXXX1111", -1999, "EUR"),
        ("XXXXXXXXXXXX1111", 500, "USD"),
    ]
    assert result["totals"]["ledger balance of 4000999999 CAD"] == "0.00"


def test_local_midnight_stays_on_its_day(read_sample: Callable[..., dict[str, Any]]) -> None:
    records = read_sample(BankOfx(), "unclosed_tags.ofx")["records"]
    assert records[0]["day"] == "2026-01-05"


def test_repeated_fitids_are_two_lines(read_sample: Callable[..., dict[str, Any]]) -> None:
    records = read_sample(BankOfx(), "unclosed_tags.ofx")["records"]
    assert [record["row"] for record in records if record["ident"] == "b"] == [2, 3]


def test_ledger_balance_is_a_total_and_the_missing_proof_is_said(read: Callable[..., dict[str, Any]]) -> None:
    result = read(ofx(entry()))
    assert result["totals"]["ledger balance of 42 EUR"] == "1.00"
    assert result["proofs"] == []
    assert "no opening balance" in result["notes"][0]
    assert "ledger balance of 42 EUR" not in read(ofx(entry(), balance=""))["totals"]


@pytest.mark.parametrize(
    ("header", "encoding", "said"),
    [
        ("OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n", "cp1252", "cp1252"),
        ("OFXHEADER:100\nENCODING:USASCII\nCHARSET:1250\n", "cp1250", "cp1250"),
        ("OFXHEADER:100\nCHARSET:ISO-8859-1\n", "latin-1", "iso8859-1"),
        ("OFXHEADER:100\nCHARSET:8859-15\n", "iso8859-15", "iso8859-15"),
        ("OFXHEADER:100\nCHARSET:NONE\n", "cp1252", "cp1252"),
        ("<?xml version='1.0' encoding='us-ascii'?>", "cp1252", "cp1252"),
        ("OFXHEADER:100\nCHARSET:1252\n", "utf-8", ""),
        ("OFXHEADER:100\nCHARSET:1252\n", "utf-8-sig", ""),
    ],
)
def test_encodings(read: Callable[..., dict[str, Any]], header: str, encoding: str, said: str) -> None:
    result = read(ofx(entry(name="Müller"), header=header), encoding)
    assert result["records"][0]["text"] == "Müller"
    assert [note for note in result["notes"] if "read as" in note] == (
        [f"the text was read as {said}"] if said else []
    )


def test_currency_is_asked_when_the_file_names_none(read: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnswerNeeded) as needed:
        read(ofx(entry(), currency=""))
    assert needed.value.option == "currency"
    assert read(ofx(entry("7"), currency=""), currency="JPY")["records"][0]["amount"] == 7


def test_faults_name_record_and_tag(read: Callable[..., dict[str, Any]]) -> None:
    entries = [
        entry(),
        entry(day=""),
        entry(day="20120231"),
        entry("1.005"),
        entry("1.234,56"),
        entry("1,234"),
        entry(""),
        entry("1e3"),
        entry("NaN"),
    ]
    with pytest.raises(FileRejected) as caught:
        read(ofx(*entries, balance="x"))
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (2, "DTPOSTED"),
        (3, "DTPOSTED"),
        *((row, "TRNAMT") for row in range(4, 10)),
        (None, "BALAMT"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<OFX></OFX>", "the file holds no bank or card account"),
        (
            "<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></SONRS></OFX>",
            "the bank answered with an error: 15500 Signon invalid",
        ),
        (ofx(entry())[:-20], "the file ends before </OFX>"),
        ("OFXHEADER:100\n", "the file ends before </OFX>"),
    ],
)
def test_files_without_an_account_are_refused(
    read: Callable[..., dict[str, Any]], text: str, problem: str
) -> None:
    with pytest.raises(FileRejected) as caught:
        read(text)
    assert caught.value.problems[0].problem == problem


def test_a_transaction_before_the_beginning_is_refused(read: Callable[..., dict[str, Any]]) -> None:
    entry = ENTRY.format(day="20260105", amount="1.00", name="A")
    with pytest.raises(FileRejected, match="a transaction stands before <OFX>"):
        read(ofx(entry, header=f"OFXHEADER:100\n{entry}\n"))


def test_a_transaction_outside_of_any_statement_is_not_lost(read: Callable[..., dict[str, Any]]) -> None:
    text = ofx(entry()).replace("<STMTRS>", f"{entry(amount='2.00')}<STMTRS>")
    with pytest.raises(FileRejected, match="transactions that stand outside of any statement: 1"):
        read(text)


def test_accounts_without_lines_are_no_fault(read: Callable[..., dict[str, Any]]) -> None:
    assert read(ofx())["rows"] == 0


def test_other_text_is_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("", "<Document>camt.053.001.02", "!Type:Bank\n", ":20:A\n:60F:C260101EUR1,\n"):
        path.write_text(text, encoding="utf-8")
        assert not BankOfx().recognises(InputFile(path))


@settings(max_examples=150)
@given(st.integers(0, 2000), st.text("0123456789.,<>/&;-\x00ü", max_size=4))
def test_damage_ends_in_a_reading_a_question_or_a_clear_refusal(
    data: Path, tmp_path: Path, place: int, damage: str
) -> None:
    text = (data / "bank_ofx" / "unclosed_tags.ofx").read_text(encoding="utf-8")
    path = tmp_path / "damaged"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected, AnswerNeeded):
        for batch in BankOfx().read(InputFile(path), {}, reading):
            rows += len(batch["row"])
    assert rows == reading.rows
