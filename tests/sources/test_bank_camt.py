"""CAMT: statements, reports, notifications, archives; batches, charges, signs, proofs."""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources import _camt_files
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_camt import BankCamt
from recon_app.sources.bank_camt052 import BankCamt052
from recon_app.sources.bank_camt054 import BankCamt054

BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
)
ENTRY = (
    "<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"
)


def message(*parts: str, namespace: str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02") -> str:
    inside = "".join(parts)
    statement = f"<Stmt><Id>S1</Id><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{inside}</Stmt>"
    return f"<Document xmlns='{namespace}'><BkToCstmrStmt>{statement}</BkToCstmrStmt></Document>"


def balance(code: str, amount: str, currency: str = "EUR") -> str:
    return BALANCE.format(code=code, amount=amount, currency=currency)


def entry(amount: str = "1.00", mark: str = "CRDT", day: str = "2026-01-02") -> str:
    return ENTRY.format(amount=amount, mark=mark, day=day)


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    def read_text(text: str, encoding: str = "utf-8") -> dict[str, Any]:
        path = tmp_path / "statement.xml"
        path.write_text(text, encoding=encoding)
        return read_sample(BankCamt(), path)

    return read_text


def test_two_statements(
    read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankCamt(), "two_statements.xml")
    check_expected(result, "two_statements.xml")
    assert [record["amount"] for record in result["records"]] == [41250, -2000, -1005, -1000, 9999, -500]
    assert all(proof["ok"] for proof in result["proofs"])


def test_pages_close_one_by_one_and_charges_are_taken_off(
    read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankCamt(), "pages_and_charges.xml")
    check_expected(result, "pages_and_charges.xml")
    assert [record["amount"] for record in result["records"]] == [14850, 9850, -34995]
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 4


def test_an_intraday_report_keeps_apart_what_is_not_booked(
    read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankCamt052(), "intraday.xml")
    check_expected(result, "intraday.xml")
    amounts = [(record["amount"], record.get("status")) for record in result["records"]]
    assert amounts == [(-7000, None), (2000, None), (9999, "PDNG"), (1000, "INFO")]
    assert result["totals"]["money in EUR"] == "20.00"
    assert result["totals"]["not booked, money in EUR"] == "109.99"
    assert all(proof["ok"] for proof in result["proofs"])


def test_a_notification_has_no_balances(
    read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankCamt054(), "batch.xml")
    check_expected(result, "batch.xml")
    assert [record["amount"] for record in result["records"]] == [40000, 1250]
    assert "repeats what the statement books" in result["notes"][0]


def test_sums_of_the_message_are_proven_with_or_without_pending(
    read: Callable[[str], dict[str, Any]],
) -> None:
    pending = entry().replace("BOOK", "PDNG")
    summary = "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>{}</Sum>"
    for told, total, ok in ((2, "2.00", True), (1, "1.00", True), (3, "3.00", False)):
        text = message(f"{summary.format(told, total)}</TtlCdtNtries></TxsSummry>", entry(), pending)
        assert [proof["ok"] for proof in read(text)["proofs"]] == [ok, ok]


def test_a_statement_that_may_be_missing_is_told(read: Callable[[str], dict[str, Any]]) -> None:
    def statements(*openings: int) -> str:
        parts = (
            f"<Stmt><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{balance('OPBD', f'{minor}.00')}"
            f"{balance('CLBD', f'{minor + 1}.00')}{entry()}</Stmt>"
            for minor in openings
        )
        return f"<Document><BkToCstmrStmt>{''.join(parts)}</BkToCstmrStmt></Document>"

    assert read(statements(2, 1))["notes"] == []
    (note,) = read(statements(1, 2, 5))["notes"]
    assert note.startswith("DE1: statements begin with 1.00 EUR and 5.00 EUR, with which no other ends")


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in members.items():
            written.writestr(name.replace("_", "."), text)
    return path


def test_an_archive_is_one_import_and_repeated_lines_count_once(
    tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    twice = message(balance("OPBD", "1.00"), balance("CLBD", "3.00"), entry(), entry())
    more = message(balance("OPBD", "1.00"), balance("CLBD", "6.00"), entry(), entry(), entry("3.00"))
    path = archive(tmp_path / "bank.zip", daily_xml=twice, monthly_xml=more, readme_txt="hello")
    result = read_sample(BankCamt(), path)
    found = [(record["row"], record["amount"], record["extra"]["member"]) for record in result["records"]]
    assert found == [(1, 100, "monthly.xml"), (2, 100, "monthly.xml"), (5, 300, "monthly.xml")]
    assert result["rows"] == 3
    assert [proof["ok"] for proof in result["proofs"]] == [True, True]
    assert result["notes"] == [
        "1 file of the archive left out, for it is no CAMT message: readme.txt",
        "2 lines in more than one file of the archive: counted once",
    ]


def test_an_archive_of_two_kinds_must_be_unpacked(tmp_path: Path) -> None:
    other = message().replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
    file = InputFile(archive(tmp_path / "bank.zip", a_xml=message(entry()), b_xml=other))
    assert BankCamt().recognises(file)
    assert not BankCamt054().recognises(file)
    with pytest.raises(FileRejected, match=r"camt\.053 and camt\.054 messages; unpack the archive"):
        list(BankCamt().read(file, {}, Reading()))


def test_damaged_and_foreign_archives_are_not_recognised(tmp_path: Path) -> None:
    path = archive(tmp_path / "bank.zip", a_xml=message(entry()))
    path.write_bytes(path.read_bytes()[:-30])
    assert not BankCamt().recognises(InputFile(path))
    assert not BankCamt().recognises(InputFile(archive(tmp_path / "other.zip", a_txt="hello")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> None:
    path = tmp_path / "bank.zip"
    with zipfile.ZipFile(path, "w") as written:
        for amount in ("1.00", "2.00"):
            written.writestr("statement.xml", message(entry(amount)))
    assert [record["amount"] for record in read_sample(BankCamt(), path)["records"]] == [100, 200]


@settings(max_examples=150)
@given(st.integers(0, 700), st.binary(max_size=4))
def test_damage_to_an_archive_ends_in_a_reading_or_a_refusal(
    tmp_path: Path, place: int, damage: bytes
) -> None:
    whole = archive(tmp_path / "bank.zip", a_xml=message(entry()), b_xml=message(entry())).read_bytes()
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[:place] + damage + whole[place + 1 :])
    reading = Reading()
    with contextlib.suppress(FileRejected, AnswerNeeded):
        if BankCamt().recognises(InputFile(path)):
            list(BankCamt().read(InputFile(path), {}, reading))
    assert reading.rows in (0, 1, 2)


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    file = InputFile(archive(tmp_path / "bank.zip", a_xml=message(entry()), b_xml="<BkToCstmrStmt><Stmt>"))
    with pytest.raises(FileRejected, match=r"b\.xml: the XML is damaged"):
        list(BankCamt().read(file, {}, Reading()))


@pytest.mark.parametrize("limit", ["_MOST_MEMBERS", "_LARGEST"])
def test_an_archive_that_unpacks_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    file = InputFile(archive(tmp_path / "bank.zip", a_xml=message(entry())))
    monkeypatch.setattr(_camt_files, limit, 0)
    with pytest.raises(FileRejected, match="unpack the archive"):
        list(BankCamt().read(file, {}, Reading()))


def test_a_wrong_sum_fails_the_proof(read: Callable[[str], dict[str, Any]]) -> None:
    result = read(message(balance("OPBD", "10.00"), balance("CLBD", "12.00"), entry()))
    assert result["proofs"] == [
        {
            "name": "DE1 statement S1: opening balance + lines = closing balance",
            "expected": "12.00 EUR",
            "found": "11.00 EUR",
            "ok": False,
        }
    ]


def test_balances_of_another_currency_fail_the_proof(read: Callable[[str], dict[str, Any]]) -> None:
    result = read(message(balance("OPBD", "10.00"), balance("CLBD", "11.00", "SEK"), entry()))
    assert [proof["ok"] for proof in result["proofs"]] == [False]
    usd = "<Bal>".join(["", balance("CLBD", "11.00")[5:]]) + balance("CLBD", "9.00", "USD")
    assert read(message(balance("OPBD", "10.00"), usd, entry()))["proofs"][0]["ok"]


def test_an_entry_in_a_foreign_currency_is_not_part_of_the_sum(
    read: Callable[[str], dict[str, Any]],
) -> None:
    text = message(balance("OPBD", "1.00"), balance("CLBD", "2.00"), entry(), entry().replace("EUR", "USD"))
    assert [proof["ok"] for proof in read(text)["proofs"]] == [False]


def test_without_a_closing_balance_nothing_is_proven(read: Callable[[str], dict[str, Any]]) -> None:
    result = read(message(balance("OPBD", "10.00"), entry()))
    assert result["proofs"] == []
    assert "no closing balance" in result["notes"][0]


@pytest.mark.parametrize(
    "namespace",
    ["urn:iso:std:iso:20022:tech:xsd:camt.053.001.04", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.13", "x"],
)
def test_any_version_is_read(read: Callable[[str], dict[str, Any]], namespace: str) -> None:
    assert read(message(entry(mark="DBIT"), namespace=namespace))["records"][0]["amount"] == -100


def test_the_declared_encoding_is_followed(read: Callable[..., dict[str, Any]]) -> None:
    details = "<NtryDtls><TxDtls><RmtInf><Ustrd>Müller</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    text = message(entry().replace("</Ntry>", details))
    for encoding in ("iso-8859-1", "utf-16", "utf-8-sig"):
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        result = read(f"<?xml version='1.0' encoding='{name}'?>{text}", encoding)
        assert result["records"][0]["text"] == "Müller"


def test_amounts_of_the_wrong_form_are_refused_with_their_number(
    read: Callable[[str], dict[str, Any]],
) -> None:
    with pytest.raises(FileRejected) as caught:
        read(
            message(
                entry(),
                entry("1.005"),
                entry(mark="C"),
                entry("1,00"),
                entry(day="2026-02-30"),
                entry(day=""),
                entry("9" * 5000),
            )
        )
    faults = [(problem.row, problem.column) for problem in caught.value.problems]
    assert faults == [
        (2, "Ntry/Amt"),
        (3, "Ntry/CdtDbtInd"),
        (4, "Ntry/Amt"),
        (5, "BookgDt"),
        (5, "BookgDt"),
        (6, "BookgDt"),
        (7, "Ntry/Amt"),
    ]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("<Document><BkToCstmrStmt/><BkToCstmrAcctRpt/></Document>", "ask the bank for a correct file"),
        ("<Document><BkToCstmrStmt/></Document>", "download the file again"),
        ("<Document><BkToCstmrStmt><Stmt>", "download the file again"),
        (
            "<?xml version='1.0' encoding='none'?><Document><BkToCstmrStmt/></Document>",
            "get the file in UTF-8",
        ),
        (
            "<!DOCTYPE Document [<!ENTITY a 'b'>]><Document><BkToCstmrStmt>&a;</BkToCstmrStmt></Document>",
            "get the file from its sender",
        ),
    ],
)
def test_other_messages_and_damaged_files_are_refused(
    read: Callable[[str], dict[str, Any]], text: str, advice: str
) -> None:
    with pytest.raises(FileRejected) as caught:
        read(text)
    assert caught.value.problems[0].advice == advice


def test_only_xml_with_such_a_message_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("camt.053.001.02", "<Document>pain.001.001.03</Document>", ":20:X\n:60F:C260101EUR1,\n", ""):
        path.write_text(text, encoding="utf-8")
        assert not BankCamt().recognises(InputFile(path))


def test_daily_and_monthly_statement_have_the_same_keys(
    data: Path, tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    daily = (data / "bank_camt" / "two_statements.xml").read_text(encoding="utf-8")
    path = tmp_path / "monthly.xml"
    path.write_text(re.sub(r"<Id>2026-03-03-00", "<Id>2026-03-0", daily), encoding="utf-8")

    def keys(result: dict[str, Any]) -> list[list[Any]]:
        return [[record.get(name) for name in BankCamt.key] for record in result["records"]]

    before = read_sample(BankCamt(), "two_statements.xml")
    after = read_sample(BankCamt(), path)
    assert keys(before) == keys(after)
    assert "grp" in BankCamt.progress
    assert before["records"][0]["grp"] != after["records"][0]["grp"]


@settings(max_examples=150)
@given(st.integers(0, 2000), st.text("0123456789.,<>/&;-\x00ü", max_size=4))
def test_damage_ends_in_a_reading_a_question_or_a_clear_refusal(
    data: Path, tmp_path: Path, place: int, damage: str
) -> None:
    text = (data / "bank_camt" / "two_statements.xml").read_text(encoding="utf-8")
    path = tmp_path / "damaged"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected, AnswerNeeded):
        for batch in BankCamt().read(InputFile(path), {}, reading):
            rows += len(batch["row"])
    assert rows == reading.rows


_TRANSACTIONS = st.lists(st.integers(1, 10**9), max_size=4)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 10**9), _TRANSACTIONS), max_size=6),
    st.sampled_from(["02", "03", "04", "06", "08", "10"]),
)
def test_what_a_bank_writes_is_read_back(
    tmp_path: Path, entries: list[tuple[bool, bool, int, list[int]]], version: str
) -> None:
    """Entries with or without transactions that sum to them, booked or pending, in any version."""
    expected: list[tuple[int, str]] = []
    parts: list[str] = []
    for credit, booked, single, transactions in entries:
        whole, sign = sum(transactions) or single, 1 if credit else -1
        status = "BOOK" if booked else "PDNG"
        details = "".join(f"<TxDtls><Amt Ccy='EUR'>{part / 100:.2f}</Amt></TxDtls>" for part in transactions)
        text = entry(f"{whole / 100:.2f}", "CRDT" if credit else "DBIT").replace(
            "</Ntry>", f"<NtryDtls>{details}</NtryDtls></Ntry>"
        )
        status_text = f"<Cd>{status}</Cd>" if version >= "08" else status
        parts.append(text.replace("<Sts>BOOK", f"<Sts>{status_text}"))
        lines = transactions if len(transactions) > 1 else [whole]
        expected += [(sign * line, "" if booked else "PDNG") for line in lines]
    closing = sum(minor for minor, status in expected if not status)
    marks = balance("CLBD", f"{abs(closing) / 100:.2f}")
    if closing < 0:
        marks = marks.replace("CRDT", "DBIT")
    path = tmp_path / "written.xml"
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    path.write_text(message(balance("OPBD", "0.00"), marks, *parts, namespace=namespace))
    reading = Reading()
    batches = list(BankCamt().read(InputFile(path), {}, reading))
    found = [
        (int(amount), status)
        for batch in batches
        for amount, status in zip(batch["amount"], batch.get("status", [""] * len(batch["row"])), strict=True)
    ]
    assert found == expected
    assert [proof.ok for proof in reading.proofs] == [True]
