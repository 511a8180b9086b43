"""Payments of Odoo 16, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.odoo_payments import OdooPayments

SOURCE = OdooPayments()
Read = Callable[..., dict[str, Any]]
HEADER = ("Number", "Date", "Journal", "Customer/Vendor", "Amount", "Currency")


@pytest.mark.parametrize(
    "name",
    ["v16_labels", "v18_labels", "v18_import_compatible", "v18_export_all", "v19_labels"],
)
def test_samples(name: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, f"{name}.csv"), f"{name}.csv")


def test_every_header_mode_gives_the_same_payments(read_sample: Read) -> None:
    """Only what a mode cannot show may differ: names against external ids."""
    modes = [
        {record.get("grp", ""): record for record in read_sample(SOURCE, f"{name}.csv")["records"]}
        for name in ("v18_labels", "v18_import_compatible", "v18_export_all", "v16_labels", "v19_labels")
    ]
    payments = [mode["PWEB/2026/00006"] for mode in modes]
    for field in ("amount", "currency", "day"):
        assert {payment[field] for payment in payments} == {payments[0][field]}
    assert {payment.get("ref", "tx-0006") for payment in payments} == {"tx-0006"}


def test_partners_are_not_kept(read_sample: Read) -> None:
    assert "Customer Two" not in str(read_sample(SOURCE, "v18_labels.csv"))


def test_money_sent_without_a_type_or_a_signed_amount_cannot_be_told(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    path = write_csv([HEADER, ("P1", "2026-10-01", "Web", "One", "4.0", "USD")])
    with pytest.raises(FileRejected, match="Payment Type or Amount Signed"):
        read_sample(SOURCE, path)


def test_a_type_in_another_language_is_a_fault(write_csv: Callable[..., Path], read_sample: Read) -> None:
    path = write_csv(
        [(*HEADER, "Payment Type"), ("P1", "2026-10-01", "Web", "One", "4.0", "USD", "Empfangen")]
    )
    with pytest.raises(FileRejected, match="'empfangen' is neither Receive nor Send"):
        read_sample(SOURCE, path)


def test_an_amount_that_contradicts_its_type_breaks_the_proof(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = (*HEADER, "Payment Type", "Amount Signed")
    path = write_csv([header, ("P1", "2026-10-01", "Web", "One", "4.0", "USD", "Send", "4.0")])
    result = read_sample(SOURCE, path)
    assert result["records"][0]["amount"] == -400
    assert not result["proofs"][0]["ok"]


def test_the_companys_amount_gives_the_sign_of_the_own_one(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = (*HEADER, "Amount Company Currency Signed", "Company Currency")
    path = write_csv([header, ("P1", "2026-10-01", "Web", "One", "4.0", "EUR", "-4.4", "USD")])
    record = read_sample(SOURCE, path)["records"][0]
    assert (record["amount"], record["currency"]) == (-400, "EUR")


def test_a_missing_amount_is_a_fault(write_csv: Callable[..., Path], read_sample: Read) -> None:
    path = write_csv([(*HEADER, "Payment Type"), ("P1", "2026-10-01", "Web", "One", "", "USD", "Receive")])
    with pytest.raises(FileRejected) as caught:
        read_sample(SOURCE, path)
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (1, "Amount")
