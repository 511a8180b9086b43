"""Refunds on the command line, from the files of four systems to what is to be done."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli

Call = Callable[..., tuple[int, str, str]]
Rows = Sequence[Mapping[str, object]]

_SAMPLES = Path(__file__).parent / "sources" / "data"
_SHOP = _SAMPLES / "matrixify_orders" / "Orders.csv"
_PAID = _SAMPLES / "shopify_payment_transactions" / "18_columns_payout_id.csv"
_NOTES = _SAMPLES / "odoo_invoices" / "v18_labels.csv"
_MOVES = _SAMPLES / "odoo_stock_moves" / "v18_labels.csv"
_TRANSFERS = _SAMPLES / "odoo_transfers" / "v18_labels.csv"


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([*map(str, words), "--workspace", str(tmp_path / "workspace")])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def written(path: Path, sample: Path, rows: Rows) -> Path:
    """A file with the columns of a sample and rows of its own."""
    with sample.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def order(number: int, *lines: Mapping[str, object]) -> Rows:
    """An order of 40.00 as Matrixify writes it, with a sale and its refunds."""
    whole = {"Price: Total": "40.00", "Price: Subtotal": "40.00", "Price: Total Refund": "40.00"}
    common = {
        "ID": f"50971000000{number}",
        "Name": f"#{number}",
        "Currency": "EUR",
        "Processed At": "2026-10-01 10:00:00 +0200",
        "Created At": "2026-10-01 10:00:00 +0200",
        "Payment: Status": "refunded",
    }
    sold = {"Line: SKU": "MUG", "Line: Quantity": 1, "Line: Price": "40.00", "Line: Total": "40.00"}
    return [
        {
            **common,
            **whole,
            "Line: Type": "Line Item",
            "Line: ID": f"7{number}",
            "Line: Title": "Mug",
            **sold,
        },
        {**common, **transaction(f"8{number}", "sale", "2026-10-01 10:00:00 +0200", "40.00")},
        *({**common, **line} for line in lines),
    ]


def transaction(ident: str, kind: str, at: str, amount: str) -> dict[str, object]:
    return {
        "Line: Type": "Transaction",
        "Transaction: ID": ident,
        "Transaction: Kind": kind,
        "Transaction: Processed At": at,
        "Transaction: Amount": amount,
        "Transaction: Currency": "EUR",
        "Transaction: Status": "success",
        "Transaction: Gateway": "shopify_payments",
    }


def refund(number: int, at: str = "2026-11-02 09:00:00 +0100") -> Rows:
    line = {
        "Line: Type": "Refund Line",
        "Line: ID": f"7{number}",
        "Line: SKU": "MUG",
        "Line: Quantity": -1,
        "Line: Total": "-40.00",
        "Refund: ID": f"9{number}",
        "Refund: Created At": at,
        "Refund: Restock": "TRUE",
        "Refund: Restock Type": "return",
    }
    return [line, transaction(f"6{number}", "refund", at, "40.00")]


def paid(number: int, kind: str, amount: str, day: str) -> dict[str, object]:
    return {
        "Transaction Date": f"{day} 12:00:00 +0100",
        "Type": kind,
        "Order": f"#{number}",
        "Payout Status": "paid",
        "Payout Date": "2026-11-25",
        "Payout ID": "90001",
        "Available On": "2026-11-25",
        "Amount": amount,
        "Fee": "0.00",
        "Net": amount,
        "Currency": "EUR",
        "Presentment Amount": amount.lstrip("-"),
        "Presentment Currency": "EUR",
    }


def document(name: str, kind: str, day: str, amount: str, state: str, **values: object) -> dict[str, object]:
    return {
        "Number": name,
        "Type": kind,
        "Invoice/Bill Date": day,
        "Currency": "EUR",
        "Untaxed Amount": amount,
        "Tax": "0.0",
        "Total": amount,
        "Amount Due": "0.0",
        "Status": state,
        "Payment Status": "Paid" if state == "Posted" else "Not Paid",
        "Journal": "Customer Invoices",
        "Invoice lines/Product": "[MUG] Mug",
        "Invoice lines/Subtotal": amount,
        **values,
    }


def back(name: str, number: int, state: str, day: str) -> dict[str, object]:
    return {
        "Date Scheduled": f"{day} 10:00:00",
        "Reference": name,
        "Source Document": f"Return of WH/OUT/{number}",
        "Product": "[MUG] Mug",
        "Product/Internal Reference": "MUG",
        "Demand": "1.0",
        "Quantity": "1.0" if state == "Done" else "0.0",
        "UoM": "Units",
        "Source Location": "Partners/Customers",
        "Intermediate Location": "WH/Stock",
        "Transfer": name,
        "Status": state,
    }


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three refunds of one shape: complete, in the middle of it, and not booked at all."""
    numbers = (1001, 1002, 1003)
    return [
        written(tmp_path / "Orders.csv", _SHOP, [row for one in numbers for row in order(one, *refund(one))]),
        written(
            tmp_path / "payment_transactions_export_1.csv",
            _PAID,
            [
                *(paid(number, "refund", "-40.00", "2026-11-03") for number in numbers),
                *(paid(number, "charge", "40.00", "2026-10-01") for number in numbers),
                paid(1099, "charge", "5.00", "2026-11-23"),
            ],
        ),
        written(
            tmp_path / "account_move.csv",
            _NOTES,
            [
                *(
                    document(
                        f"INV/{number}",
                        "Customer Invoice",
                        "2026-10-01",
                        "40.0",
                        "Posted",
                        Reference=f"#{number}",
                    )
                    for number in numbers
                ),
                document(
                    "RINV/1",
                    "Customer Credit Note",
                    "2026-11-03",
                    "40.0",
                    "Posted",
                    **{"Reversal of": "INV/1001 (#1001)"},
                ),
                document("/", "Customer Credit Note", "", "40.0", "Draft", Reference="Reversal of: INV/1002"),
                document("INV/9999", "Customer Invoice", "2026-11-23", "5.0", "Posted", Reference="#1099"),
            ],
        ),
        written(
            tmp_path / "stock_move.csv",
            _MOVES,
            [
                back("WH/IN/0044", 1001, "Done", "2026-11-04"),
                back("WH/IN/0045", 1002, "Available", "2026-11-05"),
                {
                    **back("WH/OUT/1099", 1099, "Done", "2026-11-23"),
                    "Source Location": "WH/Stock",
                    "Intermediate Location": "Partners/Customers",
                    "Source Document": "#1099",
                },
                {
                    **back("WH/OUT/1", 1, "Done", "2026-09-01"),
                    "Source Location": "WH/Stock",
                    "Intermediate Location": "Partners/Customers",
                    "Source Document": "#1",
                },
            ],
        ),
        written(
            tmp_path / "stock_picking.csv",
            _TRANSFERS,
            [
                {
                    "Reference": f"WH/OUT/{number}",
                    "Source Document": f"#{number}",
                    "Operation Type": "Main Warehouse: Delivery Orders",
                    "Scheduled Date": "2026-10-02 10:00:00",
                    "Date of Transfer": "2026-10-02 10:00:00",
                    "Source Location": "WH/Stock",
                    "Destination Location": "Partners/Customers",
                    "Status": "Done",
                }
                for number in numbers
            ],
        ),
    ]


def test_refunds_from_files_to_the_next_step(call: Call, files: list[Path]) -> None:
    status, _, errors = call("import", *files)
    assert (status, errors) == (0, "")
    status, out, _ = call("run", "refunds", "--json")
    assert status in (0, 1)
    told: dict[str, Any] = json.loads(out)
    assert told["counts"] == {"matched": 1, "field": 1, "missing": 1}
    cases = {case["text"].partition(":")[0]: case for case in told["cases"]}
    assert [cases[name]["cause"] for name in ("#1001", "#1002", "#1003")] == [
        *(None, "credit_note_draft", "refunded_not_booked"),
    ]
    assert cases["#1001"]["delta"] == {"amount": "0.00", "currency": "EUR"}
    assert set(cases["#1001"]["legs"]) == {"shop", "platform", "odoo", "goods"}
    assert {row["file"] for row in cases["#1001"]["legs"]["goods"]} == {"stock_move.csv"}
    following = [line["text"] for line in cases["#1002"]["evidence"] if line["rule"] == "next"]
    assert following == [
        "Validate the receipt WH/IN/0045, or record the goods as missing.",
        "Post the credit note Draft (Reversal of: INV/1002).",
    ]
    assert cases["#1003"]["missing"] == ["odoo", "goods"]


def test_the_order_of_the_files_does_not_matter(call: Call, files: list[Path], tmp_path: Path) -> None:
    call("import", *files)
    first = json.loads(call("run", "refunds", "--json")[1])
    (tmp_path / "workspace").rename(tmp_path / "before")
    call("import", *reversed(files))
    again = json.loads(call("run", "refunds", "--json")[1])
    told = [
        {(case["id"], case["kind"], case["cause"], case["text"]) for case in one["cases"]}
        for one in (first, again)
    ]
    assert told[0] == told[1]


def test_refunds_without_the_files_of_others_ask_for_them(call: Call, files: list[Path]) -> None:
    call("import", files[0])
    _, out, errors = call("run", "refunds", "--json")
    told = json.loads(out)
    assert set(told["counts"]) == {"matched"}
    assert "No lines of a payment platform were imported" in out + errors


def test_why_two_records_are_not_one_refund(call: Call, files: list[Path]) -> None:
    call("import", *files)
    told = json.loads(call("run", "refunds", "--json")[1])
    cases = {case["text"].partition(":")[0]: case for case in told["cases"]}
    left = cases["#1001"]["legs"]["platform"][0]["record"]
    right = cases["#1002"]["legs"]["odoo"][0]["record"]
    status, out, _ = call("why-not", left, right, "--in", "refunds")
    assert status == 0
    assert "The references differ: '#1001' and 'Reversal of: INV/1002'." in out
