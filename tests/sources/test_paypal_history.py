from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.paypal_activity import PaypalActivity
from recon_app.sources.paypal_history import PaypalHistory

SOURCE = PaypalHistory()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", ["leading_blanks.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_what_moved_no_money_is_told_by_type_and_state(read_sample: Read) -> None:
    result = read_sample(SOURCE, "leading_blanks.csv")
    assert [r["category"] for r in result["records"]] == ["charge", "authorization", "void", "refund"]
    assert result["totals"]["Net USD"] == "48.10"
    assert [p["found"] for p in result["proofs"]] == ["1 of 1", "4 rows"]


def test_a_new_download_is_no_history(data: Path) -> None:
    assert not SOURCE.recognises(InputFile(data / "paypal_activity" / "en_newest_first.csv"))
    assert not PaypalActivity().recognises(InputFile(data / SOURCE.id / "leading_blanks.csv"))


def test_a_fee_that_does_not_add_up_rejects_the_file(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "leading_blanks.csv")
    rows[1][8] = "-1.91"
    with pytest.raises(FileRejected, match=r"53\.10 is not Gross 55\.00 plus Fee -1\.91"):
        read_sample(SOURCE, write_csv(rows))
