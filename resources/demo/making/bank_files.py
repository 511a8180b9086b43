"""Write the month as the two banks report it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

from making.documents import BankLine, Books
from making.table import Table, money, plain_csv

OPENING = {"EUR": 825000, "USD": 310000}
IBAN = "DE07999999990000417000"  # bank code 99999999 is not given to any bank
_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

BANK_HEADER = "Date,Value Date,Description,Reference,Amount,Currency,Balance"


def bank_files(books: Books) -> list[Table]:
    """Make the statement of the account in euros and the list of the account in dollars."""
    return [
        _camt(books),
        plain_csv("bank/usd_account_2026-10.csv", "bank", BANK_HEADER, _bank_rows(books)),
    ]


def _bank_rows(books: Books) -> list[dict[str, str]]:
    rows, balance = [], OPENING["USD"]
    for line in books.bank["USD"]:
        balance += line.amount
        rows.append(
            {
                "Date": str(line.day),
                "Value Date": str(line.day),
                "Description": line.text,
                "Reference": line.reference,
                "Amount": money(line.amount),
                "Currency": "USD",
                "Balance": money(balance),
            }
        )
    return rows


def _camt(books: Books) -> Table:
    lines = books.bank["EUR"]
    ET.register_namespace("", _CAMT)
    document = ET.Element(f"{{{_CAMT}}}Document")
    statement = _branch(document, "BkToCstmrStmt")
    head = _branch(statement, "GrpHdr")
    _leaf(head, "MsgId", "MUSTERBANK-2026-10")
    _leaf(head, "CreDtTm", "2026-11-01T06:00:00+01:00")
    body = _branch(statement, "Stmt")
    _leaf(body, "Id", "2026-10-EUR")
    _leaf(body, "ElctrncSeqNb", "10")
    _leaf(body, "CreDtTm", "2026-11-01T06:00:00+01:00")
    _leaf(body, "FrToDt/FrDtTm", "2026-10-01T00:00:00+02:00")
    _leaf(body, "FrToDt/ToDtTm", "2026-10-31T23:59:59+01:00")
    account = _branch(body, "Acct")
    _leaf(account, "Id/IBAN", IBAN)
    _leaf(account, "Ccy", "EUR")
    _leaf(account, "Ownr/Nm", "Quillfern Stationers")
    total = sum(line.amount for line in lines)
    _balance(body, "OPBD", OPENING["EUR"], date(2026, 10, 1))
    _balance(body, "CLBD", OPENING["EUR"] + total, date(2026, 10, 31))
    summary = _branch(body, "TxsSummry/TtlNtries")
    _leaf(summary, "NbOfNtries", str(len(lines)))
    _leaf(summary, "Sum", money(sum(abs(line.amount) for line in lines)))
    rows = [_entry(body, number, line) for number, line in enumerate(lines, 1)]
    ET.indent(document)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(document, encoding="unicode")}\n'.encode()
    )
    return Table("bank/camt053_eur_2026-10.xml", "bank", rows, content)


def _branch(parent: ET.Element, path: str) -> ET.Element:
    """Return the element at the path; only the last step is always new."""
    *steps, last = path.split("/")
    for step in steps:
        found = parent.find(f"{{{_CAMT}}}{step}")
        parent = ET.SubElement(parent, f"{{{_CAMT}}}{step}") if found is None else found
    return ET.SubElement(parent, f"{{{_CAMT}}}{last}")


def _leaf(parent: ET.Element, path: str, text: str) -> ET.Element:
    element = _branch(parent, path)
    element.text = text
    return element


def _signed(parent: ET.Element, cents: int) -> None:
    _leaf(parent, "Amt", money(abs(cents))).set("Ccy", "EUR")
    _leaf(parent, "CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


def _balance(parent: ET.Element, kind: str, cents: int, day: date) -> None:
    balance = _branch(parent, "Bal")
    _leaf(balance, "Tp/CdOrPrtry/Cd", kind)
    _signed(balance, cents)
    _leaf(balance, "Dt/Dt", str(day))


def _entry(parent: ET.Element, number: int, line: BankLine) -> dict[str, str]:
    entry = _branch(parent, "Ntry")
    _leaf(entry, "NtryRef", str(number))
    _signed(entry, line.amount)
    _leaf(entry, "Sts/Cd", "BOOK")
    _leaf(entry, "BookgDt/Dt", str(line.day))
    _leaf(entry, "ValDt/Dt", str(line.day))
    _leaf(entry, "AcctSvcrRef", f"MB{line.day:%Y%m%d}{number:04}")
    domain = _branch(entry, "BkTxCd/Domn")
    _leaf(domain, "Cd", "PMNT")
    _leaf(domain, "Fmly/Cd", "ICDT" if line.amount < 0 else "RCDT")
    _leaf(domain, "Fmly/SubFmlyCd", "ESCT")
    details = _branch(entry, "NtryDtls/TxDtls")
    _leaf(details, "Refs/EndToEndId", line.reference or "NOTPROVIDED")
    _signed(details, line.amount)
    if line.charges:
        charge = _branch(details, "Chrgs/Rcrd")
        _leaf(charge, "Amt", money(line.charges)).set("Ccy", "EUR")
        _leaf(charge, "CdtDbtInd", "DBIT")
    _leaf(details, f"RltdPties/{'Cdtr' if line.amount < 0 else 'Dbtr'}/Pty/Nm", line.party)
    _leaf(details, "RmtInf/Ustrd", line.text)
    if line.charges:
        _leaf(entry, "AddtlNtryInf", f"CHARGES EUR {money(line.charges)} DEDUCTED")
    return {"Reference": line.reference, "Text": line.text, "Amount": money(line.amount), "Currency": "EUR"}
