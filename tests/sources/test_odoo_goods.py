"""Odoo's exports of goods: moves, transfers, products, orders and their lines, bills, bills of materials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.services.reading import batches
from recon_app.sources import _base
from recon_app.sources._base import InputFile, Reading, Source
from recon_app.sources.odoo_bills import OdooBills
from recon_app.sources.odoo_boms import OdooBoms
from recon_app.sources.odoo_products import OdooProducts
from recon_app.sources.odoo_purchase_order_lines import OdooPurchaseOrderLines
from recon_app.sources.odoo_purchase_orders import OdooPurchaseOrders
from recon_app.sources.odoo_sale_order_lines import OdooSaleOrderLines
from recon_app.sources.odoo_stock_move_lines import OdooStockMoveLines
from recon_app.sources.odoo_stock_moves import OdooStockMoves
from recon_app.sources.odoo_transfers import OdooTransfers

Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
DATA = Path(__file__).parent / "data"
SOURCES = (
    "odoo_bills",
    "odoo_bom_lines",
    "odoo_boms",
    "odoo_products",
    "odoo_purchase_order_lines",
    "odoo_purchase_orders",
    "odoo_sale_order_lines",
    "odoo_stock_move_lines",
    "odoo_stock_moves",
    "odoo_transfers",
)
WITHOUT_PRODUCT = "v18_export_all.csv"
LINES = ("odoo_purchase_order_lines", "odoo_sale_order_lines")
SAMPLES = [
    (name, path.name)
    for name in SOURCES
    for path in sorted((DATA / name).glob("*.csv"))
    if (path.name, name in LINES) != (WITHOUT_PRODUCT, True)
]
ONE = 1_000_000


def _source(name: str) -> Source:
    return registry.sources()[name]


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_samples(name: str, sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(_source(name), sample), sample)


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_chunks_make_no_difference(
    name: str, sample: str, read_sample: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample(_source(name), sample)
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(_source(name), sample) == whole


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_a_workbook_reads_the_same(
    name: str, sample: str, csv_rows: Rows, write_xlsx: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / name / sample)
    typed = [rows[0], *([_typed(cell) for cell in row] for row in rows[1:])]
    assert read_sample(_source(name), write_xlsx(typed)) == read_sample(_source(name), sample)


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_a_workbook_that_was_saved_from_the_csv_reads_the_same(
    name: str, sample: str, csv_rows: Rows, write_xlsx: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / name / sample)
    assert read_sample(_source(name), write_xlsx(rows)) == read_sample(_source(name), sample)


def _typed(cell: str) -> object:
    """A cell as Odoo writes it to a workbook: numbers, and no quote before what looks like a formula."""
    if cell.startswith(("'-", "'=", "'+")):
        return cell[1:]
    plain = cell.removeprefix("-").replace(".", "", 1)
    return float(cell) if plain.isdigit() and "." in cell else cell


def test_a_rounded_barcode_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    rows = "A-1,Tea,4006381333931,1.0\nA-2,Cup,9.30000E+12,2.0\n"
    path.write_text("Internal Reference,Name,Barcode,Quantity On Hand\n" + rows, encoding="utf-8")
    reading = Reading()
    list(batches(InputFile(path), OdooProducts(), {}, reading))
    assert [(each.row, each.column, each.code) for each in reading.problems] == [
        (2, "barcode", "E_ID_DAMAGED")
    ]


def test_one_quantity_is_what_was_moved_or_what_is_reserved(read_sample: Read) -> None:
    records = read_sample(OdooStockMoves(), "v18_labels.csv")["records"]
    figures = [(record["status"], record.get("done"), record.get("reserved")) for record in records]
    assert figures == [
        ("done", 10 * ONE, None),
        ("done", 100_000, None),
        ("partially_available", None, 2 * ONE),
        ("cancel", None, 0),
        ("done", 5 * ONE, None),
    ]


def test_odoo_16_has_a_column_for_each(read_sample: Read) -> None:
    record = read_sample(OdooStockMoveLines(), "v16_labels.csv")["records"][0]
    assert (record["done"], record["reserved"]) == (ONE, 2 * ONE)


def test_float_noise_of_quantities_is_undone(read_sample: Read) -> None:
    assert read_sample(OdooStockMoves(), "v18_labels.csv")["records"][1]["quantity"] == 300_000


def test_units_are_never_added_up(read_sample: Read) -> None:
    notes = read_sample(OdooStockMoves(), "v18_labels.csv")["notes"]
    assert "Sum of demand: 10 Dozens, 9.3 Units" in notes


def test_a_correction_of_stock_is_grouped_by_its_time(read_sample: Read) -> None:
    moves = read_sample(OdooStockMoves(), "v18_labels.csv")["records"]
    lines = read_sample(OdooStockMoveLines(), "v18_labels.csv")["records"]
    assert moves[-1]["grp"] == lines[0]["grp"] == "2026-10-07 18:00:00"


def test_the_user_who_corrected_a_stock_is_not_kept(read_sample: Read) -> None:
    for source in (OdooStockMoves(), OdooStockMoveLines()):
        result = read_sample(source, "v18_labels.csv")
        assert "Clerk" not in str(result)
        assert "'Product Quantity Updated'" in str(result)


@pytest.mark.parametrize(("demand", "held"), [("14.3", True), ("14.2", False)])
def test_the_records_of_a_grouped_list_are_proven_by_their_groups(
    demand: str, held: bool, csv_rows: Rows, write_xlsx: Callable[..., Path], read_sample: Read
) -> None:
    header, *rows = csv_rows(DATA / "odoo_stock_moves" / "v18_labels.csv")
    group = [""] * len(header)
    group[0], group[header.index("Demand")] = "    October 2026 (4)", demand
    other = [""] * len(header)
    other[0], other[header.index("Demand")] = "    Corrections (1)", "5"
    lines = [[_typed(cell) for cell in row] for row in rows]
    lines[1][header.index("Demand")] = 0.3
    result = read_sample(
        OdooStockMoves(), write_xlsx([header, _numbers(group), *lines[:4], _numbers(other), lines[4]])
    )
    assert [record["row"] for record in result["records"]] == [1, 2, 3, 4, 5]
    assert result["proofs"][0]["ok"] is held


def _numbers(row: list[str]) -> list[object]:
    return [float(cell) if cell.replace(".", "").isdigit() else cell for cell in row]


def test_a_code_is_read_from_a_displayed_name_only_without_its_own_column(read_sample: Read) -> None:
    own = read_sample(OdooStockMoves(), "v18_labels.csv")
    shown = read_sample(OdooStockMoves(), "v18_export_all.csv")
    assert (own["records"][2]["sku"], own["records"][3]["ref2"]) == ("-20", "Mystery Sample")
    assert [record.get("sku") for record in shown["records"]] == ["P-1", None]
    assert any(note.startswith("Product codes read from displayed names: 1;") for note in shown["notes"])


def test_a_transfer_that_is_done_has_no_open_move(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / "odoo_transfers" / "v18_labels.csv")
    rows[4][-1] = "Available"
    proof = read_sample(OdooTransfers(), write_csv(rows))["proofs"][0]
    assert (proof["ok"], proof["found"]) == (False, "2 rows, first broken: row 3")


def test_more_than_ordered_is_told(read_sample: Read) -> None:
    notes = read_sample(OdooPurchaseOrderLines(), "v18_labels.csv")["notes"]
    assert "Lines with more received than ordered: 1" in notes


@pytest.mark.parametrize(("price", "told"), [("Sales Price", True), ("Sales\u00a0Price", False)])
def test_a_list_of_products_with_variants_is_told_by_its_price(
    price: str, told: bool, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = [
        "Internal Reference",
        "Name",
        price,
        "Cost",
        "Quantity On Hand",
        "Forecasted Quantity",
        "Unit of Measure",
    ]
    notes = read_sample(
        OdooProducts(), write_csv([header, ["", "Tee", "9.0", "1.0", "5.0", "5.0", "Units"]])
    )["notes"]
    assert any(note.startswith("This looks like the list Products") for note in notes) is told


def test_the_code_of_a_product_stays_byte_for_byte(read_sample: Read) -> None:
    records = read_sample(OdooProducts(), "v18_labels.csv")["records"]
    assert [record.get("sku") for record in records] == [" p-050 ", "00123", "TEE-1", "KIT-01", None]
    assert records[2]["extra"]["variant"] == ["Size: S", "Colour: Black"]
    assert records[1]["status"] == "archived"


def test_a_forecast_that_does_not_add_up_breaks_the_proof(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / "odoo_products" / "v18_labels.csv")
    rows[1][rows[0].index("Outgoing")] = "3.0"
    proof = read_sample(OdooProducts(), write_csv(rows))["proofs"][0]
    assert (proof["ok"], proof["found"]) == (False, "4 rows, first broken: row 1")


def test_money_for_vendors_is_negative(read_sample: Read) -> None:
    assert read_sample(OdooPurchaseOrders(), "v18_labels.csv")["totals"] == {
        "amount EUR": "-8.00",
        "amount USD": "-115.35",
    }
    bills = read_sample(OdooBills(), "v18_labels.csv")
    assert [(record["grp"], record["amount"]) for record in bills["records"]] == [
        ("BILL/2026/10/0001", -11535),
        ("RBILL/2026/10/0001", 1150),
    ]


@pytest.mark.parametrize(("kind", "claimed"), [("Customer Invoice", False), ("Vendor Bill", True)])
def test_a_list_of_invoices_alone_has_no_bills(
    kind: str, claimed: bool, write_csv: Callable[..., Path]
) -> None:
    header = ["Number", "Type", "Invoice/Bill Date", "Currency", "Total"]
    path = write_csv([header, ["X/1", kind, "2026-10-01", "EUR", "5.0"]])
    assert OdooBills().recognises(InputFile(path)) is claimed


@pytest.mark.parametrize(
    ("source", "cell", "held"),
    [
        (OdooPurchaseOrderLines(), "85.84", False),
        (OdooPurchaseOrderLines(), "85.83", True),
        (OdooSaleOrderLines(), "40.12", False),
        (OdooSaleOrderLines(), "40.11", True),
    ],
)
def test_a_line_is_its_quantity_times_its_price(
    source: Source,
    cell: str,
    held: bool,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
    read_sample: Read,
) -> None:
    rows = csv_rows(DATA / source.id / "v18_labels.csv")
    rows[1][rows[0].index("Subtotal")] = cell
    assert read_sample(source, write_csv(rows))["proofs"][0]["ok"] is held


def test_prices_with_tax_are_proven_by_the_total_or_not_at_all(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / "odoo_sale_order_lines" / "v18_labels.csv")
    assert read_sample(OdooSaleOrderLines(), write_csv(rows))["proofs"][0]["ok"]
    gone = rows[0].index("Total")
    without = [[cell for place, cell in enumerate(row) if place != gone] for row in rows]
    assert read_sample(OdooSaleOrderLines(), write_csv(without))["proofs"] == []


@pytest.mark.parametrize("name", LINES)
def test_lines_without_a_product_are_refused(name: str, read_sample: Read) -> None:
    with pytest.raises(FileRejected, match="the list has no column Product"):
        read_sample(_source(name), WITHOUT_PRODUCT)


def test_external_ids_are_told_to_be_other_records_than_names(read_sample: Read) -> None:
    notes = read_sample(OdooStockMoves(), "v18_import_compatible.csv")["notes"]
    assert any(note.startswith("The file names products and orders by external ids") for note in notes)


def test_the_currency_is_asked_when_the_file_does_not_say_it(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / "odoo_sale_order_lines" / "v18_labels.csv")
    gone = rows[0].index("Currency")
    path = write_csv([[cell for place, cell in enumerate(row) if place != gone] for row in rows])
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(OdooSaleOrderLines(), path)
    assert asked.value.option == "currency"
    assert read_sample(OdooSaleOrderLines(), path, {"currency": "EUR"})["totals"] == {"amount EUR": "51.20"}


def test_components_keep_their_own_rows_and_their_kit(read_sample: Read) -> None:
    records = read_sample(OdooBoms(), "v18_labels.csv")["records"]
    assert [(record["row"], record["grp"], record.get("sku"), record["quantity"]) for record in records] == [
        (1, "KIT-01", "P-1", ONE),
        (2, "KIT-01", "P-3", 500_000),
        (3, "KIT-01", None, 2 * ONE),
        (4, "SET", "P-1", 6 * ONE),
    ]
    assert [record["status"] for record in records] == ["phantom", "phantom", "phantom", "normal"]


@pytest.mark.parametrize("cell", ["1,5", "x", "0.0000001"])
def test_a_quantity_that_is_none_rejects_the_file(
    cell: str, csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = csv_rows(DATA / "odoo_stock_moves" / "v18_labels.csv")
    rows[2][rows[0].index("Demand")] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(OdooStockMoves(), write_csv(rows))
    assert (rejected.value.problems[0].row, rejected.value.problems[0].column) == (2, "Demand")
