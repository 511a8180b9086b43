"""BAI2: signs by type code, continuation records, decimals by currency, proofs by sums and trailers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_bai2 import BankBai2

HEAD = "01,A,B,260305,0600,1,,,2/\n"
GROUP = "02,B,A,1,260304,2400,{currency},{modifier}/\n"
LINE = "16,142,41250,,BNK-1,PAYOUT-1,TEXT/\n"


def bai2(*lines: str, account: str = "03,1,EUR,,,,/\n", currency: str = "", modifier: str = "2") -> str:
    return (
        HEAD
        + GROUP.format(currency=currency, modifier=modifier)
        + account
        + "".join(lines)
        + "49,,/\n98,,,/\n99,,,/\n"
    )


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    def read_text(text: str) -> dict[str, Any]:
        path = tmp_path / "statement.bai"
        path.write_text(text)
        return read_sample(BankBai2(), path)

    return read_text


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(BankBai2(), "two_accounts.bai")
    check_expected(result, "two_accounts.bai")
    found = [(record["amount"], record["currency"]) for record in result["records"]]
    assert found == [(41250, "USD"), (40000, "USD"), (50000, "USD"), (-10700, "USD"), (-500, "JPY")]
    assert len(result["proofs"]) == 16
    assert all(proof["ok"] for proof in result["proofs"])


def test_without_balances_and_totals_nothing_is_proven(read: Callable[[str], dict[str, Any]]) -> None:
    result = read(bai2(LINE))
    assert result["proofs"] == []
    assert "no opening and no closing balance" in result["notes"][0]


def test_wrong_totals_fail_their_proof(read: Callable[[str], dict[str, Any]]) -> None:
    account = "03,1,EUR,010,0,,,015,1,,,100,2,2/\n"
    result = read(bai2(LINE, account=account).replace("49,,", "49,1,1").replace("98,,,", "98,2,3,4"))
    assert [proof["ok"] for proof in result["proofs"]] == [False] * 8


@pytest.mark.parametrize(
    ("code", "sign"), [("115", 1), ("399", 1), ("455", -1), ("721", 1), ("760", -1), ("930", 1), ("970", -1)]
)
def test_the_type_code_gives_the_sign(read: Callable[[str], dict[str, Any]], code: str, sign: int) -> None:
    (record,) = read(bai2(LINE.replace("142", code)))["records"]
    assert record["amount"] == sign * 41250
    assert record["extra"] == {"type": code}


@pytest.mark.parametrize(
    ("written", "currencies", "currency"),
    [("03,1,,", "CAD", "CAD"), ("03,1,,", "", "USD"), ("03,1,gbp,", "CAD", "GBP")],
)
def test_account_group_or_dollars(
    read: Callable[[str], dict[str, Any]], written: str, currencies: str, currency: str
) -> None:
    result = read(bai2(LINE, account=f"{written}/\n", currency=currencies))
    assert result["records"][0]["currency"] == currency
    assert any("taken as US dollars" in note for note in result["notes"]) is (currency == "USD")


@pytest.mark.parametrize(
    ("detail", "ident", "ref", "text", "due"),
    [
        ("16,142,1,Z,B1,C1,A, B/C\n88,D,E/\n", "B1", "C1", "A, B/C D,E", None),
        ("16,142,1/\n88,V,260306/\n88,1200,B1,C1,T\n", "B1", "C1", "T", "2026-03-06"),
        ("16,142,1,D,2,0,1,1,0,B1,C1,T/\n", "B1", "C1", "T", None),
        ("16,142,1,S,1,0,0,000,0000,T   /\n", None, None, "T", None),
        ("16,142,1,,B1\n", "B1", None, None, None),
    ],
)
def test_fields_and_continuations(
    read: Callable[[str], dict[str, Any]],
    detail: str,
    ident: str | None,
    ref: str | None,
    text: str | None,
    due: str | None,
) -> None:
    (record,) = read(bai2(detail))["records"]
    assert [record.get(name) for name in ("ident", "ref", "text", "due")] == [ident, ref, text, due]


def test_a_comma_too_many_at_the_end_of_a_line(read: Callable[[str], dict[str, Any]]) -> None:
    account = "03,1,EUR,010,0,,,015,41250,,,/\n88,100,41250,1,,400,0,0,/\n"
    result = read(bai2(LINE, account=account).replace("49,,", "49,123750,4"))
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 7


def test_records_in_one_line_are_parted(read: Callable[[str], dict[str, Any]]) -> None:
    text = bai2(LINE, LINE).replace("/\n02", "/  02").replace("/\n16", "/ 16")
    result = read(text.replace("98,,,", "98,,,7"))
    assert [record["amount"] for record in result["records"]] == [41250, 41250]
    assert "several records stand in one line" in result["notes"][0]
    with pytest.raises(FileRejected, match="does not belong here"):
        read(bai2(LINE).replace("/\n49", "/ 49"))  # only here, and so part of the text


def test_an_interim_report_is_kept_apart(read: Callable[[str], dict[str, Any]]) -> None:
    result = read(bai2(LINE, modifier="3"))
    assert result["records"][0]["status"] == "interim"
    assert result["totals"] == {"not booked, money in EUR": "412.50", "not booked, money out EUR": "0.00"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (bai2(LINE).replace("99,,,/\n", ""), None, "ends before its trailer"),
        (bai2("17,142/\n"), 4, "does not start with a record code"),
        (bai2("98,,,/\n"), 4, "does not belong here"),
        (HEAD + LINE, 2, "does not belong here"),
        (bai2(LINE) + "02,B,A,1,260304,,,/\n", 8, "does not belong here"),
        (bai2(LINE).replace("A,1,26", "A,4,26"), 2, "the group is a test"),
        (bai2(LINE).replace("260304", "260231"), 2, "is not a date YYMMDD"),
        (bai2(LINE.replace("41250", "412.50")), 4, "is not a whole number of the smallest unit of EUR"),
        (bai2(LINE, account="03,1,E,/\n"), 3, "'E' is not a currency"),
        (bai2(LINE.replace("41250,,", "41250,V260304,")), 4, "'V260304' is no funds type"),
        (bai2(LINE.replace("41250,,", "41250,D,x,")), 4, "'D' is no funds type"),
        (bai2(LINE.replace("142", "015")), None, "type code 015 is neither a credit nor a debit"),
        (bai2(LINE.replace("41250", "")), None, "is empty"),
    ],
)
def test_faults_are_told_with_their_line(
    read: Callable[[str], dict[str, Any]], text: str, line: int | None, words: str
) -> None:
    with pytest.raises(FileRejected, match=words) as caught:
        read(text)
    assert caught.value.problems[0].line == line


def test_only_a_file_header_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("", "01,A,B\n", "02,B,A,1,260304,2400,,2/\n", "01,02,2026,03,04,05\n"):
        path.write_text(text)
        assert not BankBai2().recognises(InputFile(path))


_TEXTS = st.text("ABC xyz019-.:", max_size=20).map(str.strip)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["142", "475"]),
            st.integers(0, 10**12),
            st.sampled_from(["", "Z,", "0,", "V,260306,1200,", "S,1,2,3,", "D,1,0,5,"]),
            _TEXTS,
            st.lists(_TEXTS, max_size=3),
        ),
        max_size=6,
    ),
    st.integers(0, 10**12),
    st.booleans(),
)
def test_what_a_bank_writes_is_read_back(
    tmp_path: Path, lines: list[tuple[str, int, str, str, list[str]]], opening: int, slash: bool
) -> None:
    end = "/\n" if slash else "\n"
    moved = [minor if code == "142" else -minor for code, minor, *_ in lines]
    closing = opening + sum(moved)
    records = [f"03,1,EUR,010,{opening},,,015,{closing},,{end}"]
    for code, minor, funds, text, more in lines:
        records.append(f"16,{code},{minor},{funds or ','}B1,C1,{text}{end}")
        records += [f"88,{piece}{end}" for piece in more]
    total = opening + closing + sum(minor for _, minor, *_ in lines)
    count = len(records) + 1
    records.append(f"49,{total},{count}{end}98,{total},1,{count + 2}{end}99,{total},1,{count + 4}{end}")
    path = tmp_path / "written.bai"
    path.write_text(HEAD + GROUP.format(currency="", modifier="2") + "".join(records))
    reading = Reading()
    batches = list(BankBai2().read(InputFile(path), {}, reading))
    assert [int(amount) for batch in batches for amount in batch["amount"]] == moved
    texts = [text for batch in batches for text in batch.get("text", [""] * len(batch["row"]))]
    assert texts == [" ".join(" ".join([text, *more]).split()) for *_, text, more in lines]
    assert [proof.ok for proof in reading.proofs] == [True] * 9


@settings(max_examples=150)
@given(st.integers(0, 700), st.text("0123456789,/\n\x00ü", max_size=5))
def test_damage_ends_in_a_reading_or_a_clear_refusal(
    data: Path, tmp_path: Path, place: int, damage: str
) -> None:
    text = (data / "bank_bai2" / "two_accounts.bai").read_text()
    path = tmp_path / "damaged.bai"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected):
        for batch in BankBai2().read(InputFile(path), {}, reading):
            rows += len(batch["row"])
    assert rows == reading.rows
