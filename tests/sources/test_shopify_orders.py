import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources import _base
from recon_app.sources.shopify_orders import ShopifyOrders

SOURCE = ShopifyOrders()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
SAMPLES = [
    "71_columns_2021.csv",
    "73_columns_2022.csv",
    "78_columns_2022.csv",
    "79_columns_2026.csv",
    "header_only.csv",
]


@pytest.fixture
def rows(data: Path, csv_rows: Rows) -> list[list[str]]:
    return csv_rows(data / SOURCE.id / "79_columns_2026.csv")


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_orders_may_cross_chunks(size: int, read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_sample(SOURCE, "79_columns_2026.csv")
    monkeypatch.setattr(_base, "CHUNK_ROWS", size)
    assert read_sample(SOURCE, "79_columns_2026.csv") == whole


def test_nothing_personal_is_kept(read_sample: Read) -> None:
    text = json.dumps(read_sample(SOURCE, "79_columns_2026.csv"))
    for word in ("customer@", "Sample Customer", "Sample Street", "Sampletown", "01234", "door"):
        assert word not in text


@pytest.mark.parametrize(
    ("order", "column", "cell", "broken"),
    [
        ("#AP-5005", "Subtotal", "200.01", "Subtotal = lines - discount"),
        ("#AP-5005", "Total", "299.86", "Total = Subtotal + Shipping + Taxes + tips + duties"),
        ("#AP-5008", "Refunded Amount", "42.79", "Status refunded = refunded in full"),
        ("#AP-5007", "Refunded Amount", "94.71", "Status refunded = refunded in full"),
    ],
)
def test_order_that_does_not_add_up_is_marked_and_kept(
    order: str,
    column: str,
    cell: str,
    broken: str,
    rows: list[list[str]],
    read_sample: Read,
    write_csv: Callable[..., Path],
) -> None:
    first = next(index for index, row in enumerate(rows) if row[0] == order)
    rows[first][rows[0].index(column)] = cell
    result = read_sample(SOURCE, write_csv(rows))
    assert len(result["records"]) == 6
    proof = next(proof for proof in result["proofs"] if proof["name"] == broken)
    assert not proof["ok"]
    assert f"first broken: row {first}" in proof["found"]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Id", "5.09710E+12", "'5.09710E+12' has lost its digits"),
        ("Id", "", "is empty"),
        ("Id", "5097100000009", "order 5097100000009 stands in the file twice"),
        ("Total", "1,042.80", "'1,042.80' is not an exact amount"),
        ("Created at", "31/10/2026 23:00", "'31/10/2026 23:00' is not a time"),
        ("Created at", "2026-10-31 23:00:00", "'2026-10-31 23:00:00' has lost its time zone"),
        ("Paid at", "31/10/2026 23:00", "'31/10/2026 23:00' is not a time"),
        ("Lineitem quantity", "1.5", "'1.5' is not a whole number"),
        ("Lineitem price", "25.001", "'25.001' is not an exact amount"),
        ("Refunded Amount", "all", "'all' is not an exact amount"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    rows: list[list[str]],
    read_sample: Read,
    write_csv: Callable[..., Path],
) -> None:
    rows[3][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert [p.row for p in rejected.value.problems] == [3]
    assert problem in rejected.value.problems[0].problem


def test_sorted_rows_that_tear_orders_apart_are_refused(
    rows: list[list[str]], read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    header, *body = rows
    sku = header.index("Lineitem sku")
    with pytest.raises(FileRejected, match="has no Total here and the row above is of"):
        read_sample(SOURCE, write_csv([header, *sorted(body, key=lambda row: row[sku])]))


def test_taxes_keep_their_names_and_amounts(
    rows: list[list[str]], read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    place = rows[0].index("Tax 1 Name")
    rows[1][place : place + 4] = ["State Tax 6%", "3.60", "County Tax 0.5%", "0.30"]
    records = read_sample(SOURCE, write_csv(rows))["records"]
    assert records[0]["extra"]["tax_lines"] == [["State Tax 6%", 360], ["County Tax 0.5%", 30]]
    assert "tax_lines" not in records[1]["extra"]


def test_two_orders_of_one_name_stay_two(
    rows: list[list[str]], read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    rows[2][0] = rows[1][0]
    records = read_sample(SOURCE, write_csv(rows))["records"]
    assert [record["ref"] for record in records[:2]] == ["#AP-5010", "#AP-5010"]
    assert [record["ident"] for record in records[:2]] == ["5097100000010", "5097100000009"]


def test_re_saved_file_and_workbook_read_the_same(
    rows: list[list[str]], read_sample: Read, write_csv: Callable[..., Path], write_xlsx: Callable[..., Path]
) -> None:
    expected = read_sample(SOURCE, "79_columns_2026.csv")
    moved = [[*row[::-1], "Remark"] for row in rows]
    assert read_sample(SOURCE, write_csv(moved, encoding="utf-8-sig", newline="\r\n")) == expected
    typed = [[_typed(cell) for cell in row] for row in rows]
    assert read_sample(SOURCE, write_xlsx(typed)) == expected


def _typed(cell: str) -> object:
    """A cell as a spreadsheet program keeps it: amounts and ids become numbers, truth values too."""
    if cell in ("true", "false"):
        return cell == "true"
    return float(cell) if cell.removeprefix("-").replace(".", "").isdigit() else cell
