from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.stripe_balance_change import StripeBalanceChange
from recon_app.sources.stripe_payout_reconciliation import StripePayoutReconciliation

SOURCE = StripeBalanceChange()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["activity.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_a_report_with_payout_columns_is_read_as_payout_reconciliation(
    csv_rows: Callable[[Path], list[list[str]]], write_csv: Callable[..., Path], data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "activity.csv")
    with_payout = [[*row, name] for row, name in zip(rows, ["automatic_payout_id", *"abcdef"], strict=True)]
    found = [
        (SOURCE.recognises(InputFile(path)), StripePayoutReconciliation().recognises(InputFile(path)))
        for path in (write_csv(rows, "without.csv"), write_csv(with_payout, "with.csv"))
    ]
    assert found == [(True, False), (False, True)]


def test_a_line_that_does_not_add_up_rejects_the_file(
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "activity.csv")
    rows[2][rows[0].index("fee")] = "1.65"
    with pytest.raises(FileRejected, match=r"44\.56 is not gross 46\.20 minus fee 1\.65"):
        read_sample(SOURCE, write_csv(rows))
