"""What the five Odoo sources share: recognition, stacked and grouped rows, cells, options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources import _base
from recon_app.sources._base import InputFile
from recon_app.sources._odoo import OdooSource, order_references, split_display
from recon_app.sources.odoo_bank_statement_lines import OdooBankStatementLines
from recon_app.sources.odoo_invoices import OdooInvoices
from recon_app.sources.odoo_journal_items import OdooJournalItems
from recon_app.sources.odoo_payments import OdooPayments
from recon_app.sources.odoo_sale_orders import OdooSaleOrders

SOURCES: tuple[OdooSource, ...] = (
    OdooBankStatementLines(),
    OdooInvoices(),
    OdooJournalItems(),
    OdooPayments(),
    OdooSaleOrders(),
)
DATA = Path(__file__).parent / "data"
SAMPLES = sorted(path for source in SOURCES for path in (DATA / source.id).glob("*.csv"))
# Headers of other lists of Odoo, and of other systems with similar words; none of them is ours.
FOREIGN = (
    "Order Reference|Vendor|Vendor Reference|Source Document|Order Deadline|Status|Total|Order Lines/Product",
    "id|name|partner_id/id|partner_ref|origin|date_order|state|invoice_status|amount_total|order_line/name",
    "id|name|origin|date_order|date_approve|state|invoice_status|amount_total|order_line/qty_received",
    "Priority|Order Reference|Vendor|Company|Order Deadline|Total|Currency|Company Currency|Billing Status",
    "Order Reference|Order Reference/Customer Reference|Product|Quantity|Unit Price|Total|Order Status",
    "id|order_id/id|product_id/id|product_uom_qty|qty_delivered|qty_invoiced|price_unit|price_total|state",
    "Order Reference|Customer|Description|Salesperson|Quantity|Delivery Quantity|Subtotal|Total|Currency",
    "id|order_id/id|partner_id/id|product_id/id|name|product_qty|qty_received|price_unit|price_subtotal",
    "Internal Reference|Barcode|Name|Display Name|Product Category|Product Type|Sales\u00a0Price|Cost",
    "id|default_code|barcode|name|lst_price|standard_price|qty_available|uom_id/id|active|taxes_id/id",
    "Location|Product|Lot/Serial Number|Quantity|Reserved Quantity|Value|Company|Currency|Status",
    "Date Scheduled|Reference|Source Document|Product|Demand|Quantity|UoM|Transfer|Status|Sale Line",
    "id|date|reference|origin|product_id/id|product_uom_qty|quantity|picking_id/id|state|sale_line_id/id",
    "Reference|Source Document|Contact|Operation Type|Scheduled Date|Status|Back Order of|Date",
    "Number",
    "Name|Email|Financial Status|Paid at|Currency|Subtotal|Taxes|Total|Payment Method|Payment Reference",
    "id|Amount|Amount Due|Currency|Customer|Due Date (UTC)|Number|Subtotal|Tax|Total|Status",
    "Date|Number|Amount|Currency|Memo|Payment Method|Reference|Status",
    "Date|Description|Account|Debit|Credit|Balance",
    "Date|Label|Amount|Balance",
)


def _csv_path(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "list.csv"
    text = "".join(",".join(f'"{cell}"' for cell in line.split("|")) + "\r\n" for line in lines)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _claimed(path: Path) -> list[str]:
    file = InputFile(path)
    return [source.id for source in SOURCES if source.recognises(file)]


def _cells(rows: Sequence[Sequence[str]]) -> list[list[object]]:
    """Cells of a CSV export as Odoo writes them to a workbook: numbers, dates and truth values as such."""
    header, *data = rows
    return [list(header), *([_cell(cell) for cell in row] for row in data)]


def _cell(text: str) -> object:
    if text == "True":
        return True
    for read in (float, date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            pass
    return text.removeprefix("'")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_sample_belongs_to_one_source(path: Path) -> None:
    assert _claimed(path) == [path.parent.name]


@pytest.mark.parametrize("header", FOREIGN)
def test_other_lists_belong_to_no_source(tmp_path: Path, header: str) -> None:
    assert _claimed(_csv_path(tmp_path, header, header.replace("Number", "BNK1/2026/00001"))) == []


def test_labels_may_hold_no_break_spaces_and_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + "Order\u00a0Reference,Order Date ,total\r\nS1,2026-10-01 10:00:00,1.5\r\n".encode()
    )
    assert _claimed(path) == ["odoo_sale_orders"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_workbook_gives_the_same_records_as_the_csv_file(
    source: OdooSource,
    read_sample: Callable[..., dict[str, Any]],
    csv_rows: Callable[[Path], list[list[str]]],
    write_xlsx: Callable[..., Path],
) -> None:
    sample = DATA / source.id / "v18_labels.csv"
    book = write_xlsx(_cells(csv_rows(sample)))
    assert read_sample(source, book) == read_sample(source, sample)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_records_do_not_depend_on_where_the_file_is_cut(
    source: OdooSource, read_sample: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample(source, "v18_labels.csv")
    for rows in (1, 2, 3):
        monkeypatch.setattr(_base, "CHUNK_ROWS", rows)
        assert read_sample(source, "v18_labels.csv") == whole


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_another_header_mode_adds_no_second_record(
    source: OdooSource, read_sample: Callable[..., dict[str, Any]]
) -> None:
    labels, technical = (
        {tuple(record.get(field) for field in source.key) for record in read_sample(source, name)["records"]}
        for name in ("v18_labels.csv", "v18_import_compatible.csv")
    )
    assert technical <= labels


def test_a_row_without_its_record_is_a_fault(
    tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    header = "Order Reference|Order Date|Currency|Total|Untaxed Amount|Order Lines/Subtotal"
    path = _csv_path(tmp_path, header, "|||||4.0", "S1|2026-10-01 10:00:00|USD|4.6|4.0|4.0")
    with pytest.raises(FileRejected) as caught:
        read_sample(OdooSaleOrders(), path)
    assert caught.value.problems[0].row == 1


def test_a_header_alone_is_an_empty_list(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> None:
    path = _csv_path(tmp_path, "Order Reference|Order Date|Currency|Total")
    assert read_sample(OdooSaleOrders(), path)["records"] == []


GROUPED = (
    ("Number", "Date", "Account", "Debit", "Credit", "Balance", "Reconciled"),
    ("Sales (3)", "2026-10-01", "", 46.0, 46.000000000000014, 9.2e-14, ""),
    ("    October 2026 (2)", "2026-10-01", "", 46.0, 6.0, 40.0, ""),
    ("INV/1 (7)", date(2026, 10, 1), "121000 Receivable", 46.0, 0.0, 46.0, True),
    ("INV/1 (7)", date(2026, 10, 1), "251000 Tax", 0.0, 6.0, -6.0, False),
    ("    November 2026 (1)", "2026-11-01", "", 0.0, 40.0, -40.0, ""),
    ("INV/1 (7)", date(2026, 11, 1), "400000 Sales", 0.0, 40.0, -40.0, False),
)


def test_group_rows_are_control_figures_and_no_records(
    write_xlsx: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    result = read_sample(OdooJournalItems(), write_xlsx(GROUPED), {"currency": "USD"})
    assert [record["amount"] for record in result["records"]] == [4600, -600, -4000]
    assert [record["row"] for record in result["records"]] == [1, 2, 3]
    assert {"found": "12 figures", "ok": True}.items() <= result["proofs"][0].items()


def test_a_record_cut_out_of_a_group_is_told(
    write_xlsx: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    book = write_xlsx([*GROUPED[:4], *GROUPED[5:]])
    proof = read_sample(OdooJournalItems(), book, {"currency": "USD"})["proofs"][0]
    assert not proof["ok"]
    assert "October 2026: 2 records said, 1 found" in proof["found"]


def test_numbers_with_brackets_make_no_groups_in_a_flat_list(
    write_xlsx: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    book = write_xlsx([GROUPED[0], *(row for row in GROUPED if str(row[0]).startswith("INV"))])
    result = read_sample(OdooJournalItems(), book, {"currency": "USD"})
    assert len(result["records"]) == 3
    assert not any("group" in proof["name"] for proof in result["proofs"])


def test_an_absurd_count_makes_no_group(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> None:
    number = f"S ({'9' * 5000})"
    path = _csv_path(tmp_path, "Order Reference|Order Date|Total", f"{number}|2026-10-01 10:00:00|9.2")
    assert read_sample(OdooSaleOrders(), path, {"currency": "EUR"})["records"][0]["grp"] == number


def test_the_currency_is_asked_when_no_column_says_it(
    tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    path = _csv_path(tmp_path, "Order Reference|Order Date|Total", "S1|2026-10-01 10:00:00|9.2")
    with pytest.raises(AnswerNeeded) as caught:
        read_sample(OdooSaleOrders(), path)
    assert caught.value.option == "currency"
    assert read_sample(OdooSaleOrders(), path, {"currency": "eur"})["records"][0]["currency"] == "EUR"
    with pytest.raises(FileRejected, match="three-letter"):
        read_sample(OdooSaleOrders(), path, {"currency": "euro"})


def test_a_currency_that_is_only_an_external_id_is_asked(
    tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    header = "id|name|client_order_ref|currency_id/id|amount_total"
    path = _csv_path(
        tmp_path, header, "x.so_1|S1|#1|__export__.res_currency_9_ab|9.2", "x.so_2|S2|#2|base.USD|1"
    )
    with pytest.raises(AnswerNeeded):
        read_sample(OdooSaleOrders(), path)
    records = read_sample(OdooSaleOrders(), path, {"currency": "KWD"})["records"]
    assert [(record["amount"], record["currency"]) for record in records] == [(9200, "KWD"), (100, "USD")]


def test_times_have_a_moment_only_in_a_known_zone(read_sample: Callable[..., dict[str, Any]]) -> None:
    plain = read_sample(OdooSaleOrders(), "v18_labels.csv")["records"]
    assert not any("at" in record for record in plain)
    berlin = read_sample(OdooSaleOrders(), "v18_labels.csv", {"timezone": "Europe/Berlin"})["records"]
    assert [record["at"] for record in berlin] == [
        "2026-10-31T22:30:00Z",
        "2026-10-09T06:15:00Z",
        "2026-07-08T10:00:00Z",
    ]
    assert [record["day"] for record in berlin] == [record["day"] for record in plain]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc"])
def test_an_unknown_zone_is_refused(zone: str, read_sample: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(FileRejected, match="not a time zone"):
        read_sample(OdooSaleOrders(), "v18_labels.csv", {"timezone": zone})


def test_faults_name_row_and_column(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> None:
    header = "Order Reference|Order Date|Currency|Total"
    lines = ("S1|2026-10-01 10:00:00|USD|9.123", "S2|31.10.2026|USD|", "S3|2026-10-01 25:00:00|USD|1.0")
    with pytest.raises(FileRejected) as caught:
        read_sample(OdooSaleOrders(), _csv_path(tmp_path, header, *lines))
    assert {(problem.row, problem.column) for problem in caught.value.problems} == {
        (1, "Total"),
        (2, "Total"),
        (2, "Order Date"),
        (3, "Order Date"),
    }


@pytest.mark.parametrize(
    ("shown", "parts"),
    [
        ("INV/2026/00031 (#2031)", ("INV/2026/00031", "#2031")),
        ("INV/2026/00031", ("INV/2026/00031", "")),
        ("INV/1 (a (b) c)", ("INV/1", "a (b) c")),
        ("Draft Invoice  (#2037)", ("", "#2037")),
        ("Draft Invoice (* 12)", ("", "* 12")),
        ("__export__.account_move_31_ee01", ("__export__.account_move_31_ee01", "")),
        ("", ("", "")),
    ],
)
def test_displayed_entries_are_split(shown: str, parts: tuple[str, str]) -> None:
    assert split_display(shown) == parts


def test_cut_references_and_those_of_reversals_name_no_order() -> None:
    shown = ("INV/1 (#1)", "INV/2 (#1)", "INV/3 (a very long [...])", "RINV/1 (Reversal of: INV/1)", "INV/4")
    assert order_references(shown) == ["#1"]
