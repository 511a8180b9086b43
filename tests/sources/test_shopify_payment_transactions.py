from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.shopify_payment_transactions import ShopifyPaymentTransactions

SOURCE = ShopifyPaymentTransactions()
Read = Callable[..., dict[str, Any]]
SAMPLES = [
    "16_columns.csv",
    "17_columns_vat.csv",
    "18_columns_payout_id.csv",
    "19_columns_entity.csv",
    "header_only.csv",
]
HEADER = [
    "Transaction Date",
    "Type",
    "Order",
    "Payout Status",
    "Payout Date",
    "Amount",
    "Fee",
    "Net",
    "Currency",
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_file_without_currency_asks_for_it(read_sample: Read, check_expected: Callable[..., None]) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, "11_columns.csv")
    assert asked.value.option == "currency"
    with pytest.raises(AnswerNeeded):
        read_sample(SOURCE, "11_columns.csv", {"currency": "euros"})
    check_expected(read_sample(SOURCE, "11_columns.csv", {"currency": "eur"}), "11_columns.csv")


def test_spreadsheet_program_changes_order_marks_and_line_ends(
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    write_xlsx: Callable[..., Path],
) -> None:
    sample = data / SOURCE.id / "16_columns.csv"
    rows = [["Remark", *reversed(row)] for row in csv_rows(sample)]
    expected = read_sample(SOURCE, sample)
    path = write_csv(rows, encoding="utf-8-sig", newline="\r\n", delimiter=";")
    assert read_sample(SOURCE, path) == expected
    assert read_sample(SOURCE, write_xlsx([[_typed(cell) for cell in row] for row in rows])) == expected


def _typed(cell: str) -> object:
    """A cell as a spreadsheet program keeps it: amounts become numbers."""
    return float(cell) if cell.removeprefix("-").replace(".", "").isdigit() else cell


def test_lines_that_are_the_payout_are_kept_and_not_summed(
    read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    when = "2026-01-05 10:00:00 +0100"
    rows = [
        HEADER,
        [when, "Charge", "#1", "paid", "2026-01-07", "100.00", "3.00", "97.00", "EUR"],
        [when, "TRANSFER", "", "paid", "2026-01-07", "-97.00", "0.00", "-97.00", "EUR"],
        [when, "transfer_failure", "", "paid", "2026-01-09", "97.00", "0.00", "97.00", "EUR"],
    ]
    result = read_sample(SOURCE, write_csv(rows))
    assert [record["category"] for record in result["records"]] == ["charge", "payout", "carry_over"]
    assert result["totals"] == {"Amount EUR": "197.00", "Fee EUR": "3.00", "Net EUR": "194.00"}


@pytest.mark.parametrize(
    ("word", "amount", "category"),
    [
        ("Charge", "5.00", "charge"),
        ("shop cash credit", "5.00", "charge"),
        ("shop_cash_refund_debit", "-5.00", "refund"),
        ("refund_failure", "5.00", "refund_failure"),
        ("DISPUTE_WITHDRAWAL", "-5.00", "chargeback"),
        ("dispute_reversal", "5.00", "chargeback_reversal"),
        ("chargeback", "-5.00", "chargeback"),
        ("chargeback won", "5.00", "chargeback_reversal"),
        ("chargeback_hold_release", "5.00", "chargeback_reversal"),
        ("chargeback_fee", "-5.00", "fee"),
        ("reserved_funds", "-5.00", "reserve_held"),
        ("reserved_funds", "5.00", "reserve_released"),
        ("marketplace sales tax", "-5.00", "tax"),
        ("tax_adjustment_debit", "-5.00", "tax"),
        ("shop_cash_campaign_billing_debit", "-5.00", "fee"),
        ("shipping_label_adjustment_surcharge", "-5.00", "fee"),
        ("billing_debit_reversal", "5.00", "fee"),
        ("lending_capital_remittance", "-5.00", "advance"),
        ("advance_funding", "5.00", "advance"),
        ("charge_adjustment", "5.00", "adjustment"),
        ("charge_of_the_light_brigade", "5.00", "other"),
    ],
)
def test_each_type_has_its_category(
    word: str, amount: str, category: str, read_sample: Read, write_csv: Callable[..., Path]
) -> None:
    row = ["2026-01-05 10:00:00 +0100", word, "#1", "paid", "2026-01-07", amount, "0.00", amount, "EUR"]
    result = read_sample(SOURCE, write_csv([HEADER, row]))
    assert result["records"][0]["category"] == category
    assert result["records"][0]["text"] == word
    assert bool(result["notes"]) == (category == "other")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Net", "6.53", "6.53 is not Amount 6.99 minus Fee 0.45"),
        ("Amount", "6,99", "'6,99' is not an exact amount"),
        ("Amount", "1" * 5_000, "is not an exact amount"),
        ("Fee", "", "is empty"),
        ("Fee", "0.455", "'0.455' is not an exact amount"),
        ("Currency", "", "'6.99' is not an exact amount"),
        ("Payout ID", "1.40769E+11", "'1.40769E+11' has lost its digits"),
        ("Payout Date", "10/07/2026", "'10/07/2026' is not a date YYYY-MM-DD"),
        ("Transaction Date", "01/07/2026 07:33", "'01/07/2026 07:33' is not a time"),
        ("Transaction Date", "2026-07-01 07:33:09", "'2026-07-01 07:33:09' has lost its time zone"),
        ("Transaction Date", "2026-07-01 07:33:09 +9900", "'2026-07-01 07:33:09 +9900' is not a time"),
        ("Transaction Date", "", "is empty"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "18_columns_payout_id.csv")
    rows[2][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem
    assert {p.row for p in rejected.value.problems} == {2}


def test_control_totals_add_up_over_chunks(read_sample: Read, write_csv: Callable[..., Path]) -> None:
    row = ["2026-01-05 10:00:00 +0100", "charge", "#1", "paid", "2026-01-07", "0.30", "0.10", "0.20", "EUR"]
    result = read_sample(SOURCE, write_csv([HEADER, *[row] * 4_001]))
    assert result["totals"] == {"Amount EUR": "1200.30", "Fee EUR": "400.10", "Net EUR": "800.20"}
    assert result["proofs"] == [
        {"name": "Net = Amount - Fee", "expected": "4001 rows", "found": "4001 rows", "ok": True}
    ]
    assert [record["row"] for record in result["records"]] == list(range(1, 4_002))


def test_other_shopify_files_are_not_taken(data: Path) -> None:
    for other in ("shopify_payouts/13_columns_positive_fees.csv", "shopify_transactions/9_columns.csv"):
        assert not SOURCE.recognises(InputFile(data / other))
