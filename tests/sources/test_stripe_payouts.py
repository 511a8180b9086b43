from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.stripe_payouts import StripePayouts

SOURCE = StripePayouts()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["dashboard.csv", "itemised.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_the_sign_of_an_itemised_report_is_asked_when_both_occur(
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "itemised.csv")
    rows.append(["7.00" if cell == "-99.05" else cell.replace("0601", "0604") for cell in rows[1]])
    path = write_csv(rows)
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path)
    assert (asked.value.option, asked.value.choices) == ("payout_sign", ("positive", "negative"))
    amounts = [r["amount"] for r in read_sample(SOURCE, path, {"payout_sign": "negative"})["records"]]
    assert amounts == [9905, 5000, -5000, -700]


def test_a_payout_that_does_not_add_up_rejects_the_file(
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "itemised.csv")
    rows[2][rows[0].index("fee")] = "0.70"
    with pytest.raises(FileRejected, match=r"is not gross -50\.00 minus fee 0\.70"):
        read_sample(SOURCE, write_csv(rows))
