from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources.adyen_payment_accounting import AdyenPaymentAccounting
from recon_app.sources.adyen_payouts import AdyenPayouts
from recon_app.sources.adyen_settlement import AdyenSettlement

SOURCE = AdyenSettlement()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize(
    "sample", ["classic_30.csv", "reordered_32_no_payout.csv", "wide_49.csv", "header_only.csv"]
)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_payouts_of_the_report(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(AdyenPayouts(), "batch_12.csv")
    check_expected(result, "batch_12.csv")
    assert [record["row"] for record in result["records"]] == [3]
    assert result["records"][0]["ref2"] == "TX611111101XT"
    assert result["records"][0]["amount"] == 16988


def test_a_payout_has_the_name_of_its_lines(read_sample: Read, data: Path) -> None:
    sample = data / SOURCE.id / "classic_30.csv"
    lines, payouts = read_sample(SOURCE, sample), read_sample(AdyenPayouts(), sample)
    assert {record["grp"] for record in lines["records"]} == {payouts["records"][0]["ident"]}


def test_the_column_gives_the_direction_and_fees_add_to_a_debit(read_sample: Read) -> None:
    records = read_sample(SOURCE, "classic_30.csv")["records"]
    told = [(record["amount"], record["fee"], record["net"]) for record in records[3:6]]
    assert told == [(10, 12, -2), (-4000, 20, -4020), (-3000, 1500, -4500)]


def test_a_sale_in_another_currency_counts_in_that_of_the_settlement(read_sample: Read) -> None:
    record = read_sample(SOURCE, "classic_30.csv")["records"][2]
    assert (record["amount"], record["currency"]) == (9000, "EUR")
    assert (record["foreign_amount"], record["foreign_currency"]) == (10000, "USD")


def test_batch_that_does_not_close_is_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "classic_30.csv")
    rows[-1][rows[0].index("Net Debit (NC)")] = "169.87"
    proof = read_sample(SOURCE, write_csv(rows))["proofs"][0]
    assert not proof["ok"]
    assert proof["found"] == "0 of 1, first broken: SampleShopEU batch 12, 0.01 EUR instead of 0.00"


def test_fee_that_is_missing_in_its_column_is_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "classic_30.csv")
    rows[1][rows[0].index("Commission (NC)")] = ""
    proof = next(
        p for p in read_sample(SOURCE, write_csv(rows))["proofs"] if p["name"] == "Net = gross - fees"
    )
    assert proof["found"] == "4 rows, first broken: row 1"


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Net Credit (NC)", "119.755", "'119.755' is not an exact amount"),
        ("Net Currency", "", "'119.75' is not an exact amount"),
        ("Gross Currency", "", "is empty beside a gross amount"),
        ("Creation Date", "03/08/2026 14:37", "'03/08/2026 14:37' is not a time of this export"),
        ("Creation Date", "", "is empty"),
        ("Psp Reference", "1.82909802481785E+015", "'1.82909802481785E+015' has lost its digits"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "classic_30.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem


def test_workbook_with_margins_reads_the_same(
    read_sample: Read, data: Path, csv_rows: Rows, write_xlsx: Callable[..., Path]
) -> None:
    sample = data / SOURCE.id / "classic_30.csv"
    rows = csv_rows(sample)
    book = [[], [], *(["", *row] for row in rows)]
    assert read_sample(SOURCE, write_xlsx(book)) == read_sample(SOURCE, sample)


def test_workbook_that_rounded_the_ids_says_so(
    read_sample: Read, data: Path, csv_rows: Rows, write_xlsx: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "classic_30.csv")
    for number, row in enumerate(rows[1:5]):
        row[rows[0].index("Psp Reference")] = f"481476900000{number}000"
    notes = read_sample(SOURCE, write_xlsx(rows))["notes"]
    assert any("has rounded the Psp References" in note for note in notes)


def test_accounting_report_is_refused_with_the_report_to_use(read_sample: Read) -> None:
    with pytest.raises(FileRejected, match="export the settlement details report instead"):
        read_sample(AdyenPaymentAccounting(), "life_of_a_payment.csv")


@settings(max_examples=25)
@given(
    movements=st.lists(
        st.tuples(
            st.sampled_from(["Settled", "Refunded", "Chargeback", "Fee", "Unheard"]),
            st.booleans(),
            st.integers(0, 10**9),
            st.integers(0, 10**6),
        ),
        max_size=25,
    )
)
def test_the_payout_takes_out_what_the_columns_say(
    movements: list[tuple[str, bool, int, int]],
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    header, first, *_, payout = csv_rows(data / SOURCE.id / "classic_30.csv")
    cells = {name: header.index(name) for name in header}
    rows, left = [], 0
    for kind, credit, cents, fee in movements:
        row = list(first)
        for side, chosen in (("Credit", credit), ("Debit", not credit)):
            row[cells[f"Net {side} (NC)"]] = f"{Decimal(cents).scaleb(-2):f}" if chosen else ""
        row[cells["Type"]], row[cells["Commission (NC)"]] = kind, f"{Decimal(fee).scaleb(-2):f}"
        left += cents if credit else -cents
        rows.append(row)
    for side, minor in (("Debit", max(left, 0)), ("Credit", max(-left, 0))):
        payout[cells[f"Net {side} (NC)"]] = f"{Decimal(minor).scaleb(-2):f}"
    path = write_csv([header, *rows, payout])
    result, [paid] = read_sample(SOURCE, path), read_sample(AdyenPayouts(), path)["records"]
    lines = [record for record in result["records"] if record["category"] != "payout"]
    assert paid["amount"] == left == sum(record["net"] for record in lines)
    assert all(record["net"] == record["amount"] - record["fee"] for record in lines)
    assert result["proofs"][0]["ok"]
