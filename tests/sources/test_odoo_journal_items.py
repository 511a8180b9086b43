"""Journal items of Odoo 16, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources import _base
from recon_app.sources.odoo_journal_items import OdooJournalItems

SOURCE = OdooJournalItems()
Read = Callable[..., dict[str, Any]]
HEADER = ("Number", "Journal", "Account", "Label", "Balance", "Amount in Currency", "Currency")


@pytest.mark.parametrize(
    "name",
    ["v16_one_account", "v18_labels", "v18_import_compatible", "v18_export_all", "v19_labels"],
)
def test_samples(name: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, f"{name}.csv"), f"{name}.csv")


def test_whole_entries_are_proven_and_chosen_accounts_noted(read_sample: Read) -> None:
    whole = read_sample(SOURCE, "v18_labels.csv")
    assert whole["proofs"][0] == {
        "name": "debits equal credits in every posted entry",
        "expected": "3 entries",
        "found": "3 entries",
        "ok": True,
    }
    chosen = read_sample(SOURCE, "v16_one_account.csv")
    assert chosen["proofs"] == []
    assert chosen["notes"][0].startswith("0 of 2 posted entries balance")


def test_an_entry_may_be_cut_in_two(read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(SOURCE, "v18_labels.csv")["proofs"][0]["ok"]


def test_without_its_column_the_reference_is_the_one_shown_with_the_entry(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    shown = (
        "MISC/2026/10/0021 (140 fees RD-1)",
        "Draft Entry  (141 fees RD-2)",
        "Draft Entry (* 12)",
        "MISC/3",
    )
    header = ("Journal Entry", "Journal", "Account", "Balance", "Company Currency")
    path = write_csv([header, *((entry, "Misc", "101000 Cash", "0.0", "EUR") for entry in shown)])
    records = read_sample(SOURCE, path)["records"]
    assert [(record.get("grp"), record.get("ref")) for record in records] == [
        ("MISC/2026/10/0021", "140 fees RD-1"),
        ("Draft (141 fees RD-2)", "141 fees RD-2"),
        (None, None),
        ("MISC/3", None),
    ]


def _items(*rows: tuple[str, str, str]) -> list[tuple[str, ...]]:
    lines = [("MISC/1", "Misc", "101000 Cash", "x", *row) for row in rows]
    return [HEADER, *lines]


def test_items_alike_in_both_amounts_show_the_companys_currency(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    path = write_csv(_items(("5.0", "5.0", "CHF"), ("5.5", "5.0", "EUR"), ("-10.5", "-10.5", "CHF")))
    records = read_sample(SOURCE, path)["records"]
    assert {record["currency"] for record in records} == {"CHF"}
    assert [record.get("foreign_currency") for record in records] == [None, "EUR", None]
    assert records[1]["foreign_amount"] == 500


def test_the_companys_currency_is_asked_when_nothing_shows_it(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    path = write_csv(_items(("5.5", "5.0", "EUR"), ("-5.5", "-5.0", "EUR")))
    with pytest.raises(AnswerNeeded) as caught:
        read_sample(SOURCE, path)
    assert caught.value.option == "currency"
    result = read_sample(SOURCE, path, {"currency": "CHF"})
    assert result["totals"] == {"balance CHF": "0.00"}


def test_two_possible_currencies_are_choices(write_csv: Callable[..., Path], read_sample: Read) -> None:
    path = write_csv(_items(("5.0", "5.0", "CHF"), ("-5.0", "-5.0", "EUR")))
    with pytest.raises(AnswerNeeded) as caught:
        read_sample(SOURCE, path)
    assert caught.value.choices == ("CHF", "EUR")


def test_a_later_item_may_not_contradict_the_currency(
    write_csv: Callable[..., Path], read_sample: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    path = write_csv(_items(("5.0", "5.0", "EUR"), ("-5.5", "-5.0", "EUR")))
    with pytest.raises(FileRejected, match="not the item's balance although both are in EUR"):
        read_sample(SOURCE, path)


def test_a_balance_that_is_not_debit_less_credit_breaks_the_proof(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Journal", "Account", "Debit", "Credit", "Balance", "Company Currency")
    path = write_csv([header, ("MISC/1", "Misc", "101000 Cash", "5.0", "1.0", "3.0", "EUR")])
    proofs = {proof["name"]: proof for proof in read_sample(SOURCE, path)["proofs"]}
    assert proofs["Debit - Credit = Balance"]["found"] == "0 rows, first broken: row 1"


@pytest.mark.parametrize(
    ("shown", "code", "name"),
    [
        ("101403 Outstanding Receipts", "101403", "Outstanding Receipts"),
        ("1200.A Bank  EUR", "1200.A", "Bank  EUR"),
        ("Undistributed Profits", "Undistributed Profits", None),
        ("account.1_income", "account.1_income", None),
    ],
)
def test_accounts_are_split_into_code_and_name(
    shown: str, code: str, name: str | None, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Journal", "Account", "Balance", "Company Currency")
    record = read_sample(SOURCE, write_csv([header, ("M/1", "Misc", shown, "1.0", "EUR")]))["records"][0]
    assert (record["account"], record["extra"].get("account_name")) == (code, name)


def test_taxes_of_bases_and_of_tax_items(write_csv: Callable[..., Path], read_sample: Read) -> None:
    header = ("Number", "Journal", "Account", "Balance", "Company Currency", "Taxes", "Originator Tax")
    path = write_csv(
        [
            header,
            ("INV/1", "Sales", "400000 Product Sales", "-100.0", "USD", "15%", ""),
            ("", "", "", "", "", "City 1%", ""),
            ("INV/1", "Sales", "251000 Tax Received", "-15.0", "USD", "", "15%"),
            ("INV/1", "Sales", "251000 Tax Received", "-1.0", "USD", "", "City 1%"),
            ("INV/1", "Sales", "121000 Account Receivable", "116.0", "USD", "", ""),
        ]
    )
    found = [record.get("extra", {}) for record in read_sample(SOURCE, path)["records"]]
    assert [extra.get("taxes") for extra in found] == [["15%", "City 1%"], None, None, None]
    assert [extra.get("tax_line") for extra in found] == [None, "15%", "City 1%", None]
