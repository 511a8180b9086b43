"""Invoices and credit notes of Odoo 16, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.odoo_bills import OdooBills
from recon_app.sources.odoo_invoices import OdooInvoices

SOURCE = OdooInvoices()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("name", ["v16_labels", "v18_labels", "v18_import_compatible", "v18_export_all"])
def test_samples(name: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, f"{name}.csv"), f"{name}.csv")


def test_without_types_a_person_says_whose_documents_they_are(
    read_sample: Read, check_expected: Callable[..., None]
) -> None:
    with pytest.raises(AnswerNeeded) as caught:
        read_sample(SOURCE, "v19_without_type.csv")
    assert caught.value.choices == ("customer", "vendor")
    check_expected(
        read_sample(SOURCE, "v19_without_type.csv", {"documents": "customer"}), "v19_without_type.csv"
    )
    assert read_sample(SOURCE, "v19_without_type.csv", {"documents": "vendor"})["records"] == []


def test_without_types_and_signs_nothing_tells_a_credit_note(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Invoice/Bill Date", "Currency", "Total")
    path = write_csv([header, ("INV/1", "2026-10-01", "EUR", "5.0")])
    with pytest.raises(FileRejected, match="column Type"):
        read_sample(SOURCE, path, {"documents": "customer"})


def test_an_export_without_totals_says_what_to_choose(read_sample: Read) -> None:
    with pytest.raises(FileRejected, match="export with the columns Total, Currency and Type"):
        read_sample(SOURCE, "v18_export_all_no_total.csv")


@pytest.mark.parametrize(
    ("kind", "category", "amount"),
    [
        ("Customer Invoice", "invoice", 500),
        ("out_receipt", "invoice", 500),
        ("customer credit note", "credit_note", -500),
        ("Journal Entry", "other", 500),
    ],
)
def test_types_give_sign_and_category(
    kind: str, category: str, amount: int, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Type", "Invoice/Bill Date", "Currency", "Total", "Amount Due")
    path = write_csv([header, ("X/1", kind, "2026-10-01", "EUR", "5.0", "5.0")])
    record = read_sample(SOURCE, path)["records"][0]
    assert (record["category"], record["amount"], record["open"]) == (category, amount, amount)


def test_documents_of_vendors_are_left_to_the_bills(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Type", "Invoice/Bill Date", "Currency", "Total", "Amount Due")
    rows = [
        ("INV/1", "out_invoice", "2026-10-01", "EUR", "5.0", "5.0"),
        ("BILL/1", "Vendor Bill", "2026-10-01", "EUR", "7.0", "7.0"),
        ("RBILL/1", "in_refund", "2026-10-02", "EUR", "2.0", "0.0"),
    ]
    path = write_csv([header, *rows])
    invoices, bills = read_sample(SOURCE, path), read_sample(OdooBills(), path)
    assert [(record["grp"], record["row"]) for record in invoices["records"]] == [("INV/1", 1)]
    assert invoices["totals"] == {"amount EUR": "5.00", "open EUR": "5.00"}
    assert invoices["notes"] == ["Vendor documents, which are read as bills: 2"]
    found = [(record["grp"], record["category"], record["amount"]) for record in bills["records"]]
    assert found == [("BILL/1", "invoice", -700), ("RBILL/1", "credit_note", 200)]
    assert bills["totals"] == {"amount EUR": "-5.00", "open EUR": "-7.00"}


def test_an_unknown_type_is_a_fault(write_csv: Callable[..., Path], read_sample: Read) -> None:
    header = ("Number", "Type", "Invoice/Bill Date", "Currency", "Total")
    path = write_csv([header, ("X/1", "Facture", "2026-10-01", "EUR", "5.0")])
    with pytest.raises(FileRejected, match="'facture' is not a type of document"):
        read_sample(SOURCE, path)


@pytest.mark.parametrize(
    ("total", "line", "held"),
    [("6.0", "5.0", [True, True]), ("6.5", "5.0", [False, True]), ("6.0", "4.0", [True, False])],
)
def test_total_and_lines_are_proven(
    total: str, line: str, held: list[bool], write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = (
        *("Number", "Type", "Currency", "Untaxed Amount", "Tax", "Total", "Invoice/Bill Date"),
        "Invoice lines/Subtotal",
    )
    rows = [
        ("INV/1", "Customer Invoice", "EUR", "5.0", "1.0", total, "2026-10-01", "7.5"),
        ("", "", "", "", "", "", "", str(float(line) - 7.5)),
    ]
    result = read_sample(SOURCE, write_csv([header, *rows]))
    assert [proof["ok"] for proof in result["proofs"]] == held


@pytest.mark.parametrize(("cell", "told"), [("", True), ("INV/1 (#1)", None)])
def test_a_credit_note_that_reverses_nothing_is_told_from_a_file_without_the_column(
    cell: str, told: bool | None, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = ("Number", "Type", "Invoice/Bill Date", "Currency", "Total", "Status", "Reversal of")
    path = write_csv(
        [
            header,
            ("RINV/1", "Customer Credit Note", "2026-10-01", "EUR", "5.0", "Posted", cell),
            ("INV/1", "Customer Invoice", "2026-10-01", "EUR", "5.0", "Posted", ""),
        ]
    )
    credit, invoice = read_sample(SOURCE, path)["records"]
    assert credit.get("extra", {}).get("no_reversal") is told
    assert "no_reversal" not in invoice.get("extra", {})
