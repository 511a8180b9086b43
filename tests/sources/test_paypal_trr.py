from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.paypal_stl import PaypalStl
from recon_app.sources.paypal_trr import PaypalTrr

SOURCE = PaypalTrr()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["states.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_only_what_succeeded_is_summed(read_sample: Read) -> None:
    result = read_sample(SOURCE, "states.csv")
    assert [r["category"] for r in result["records"]] == [
        "charge",
        "authorization",
        "void",
        "chargeback",
        "fee",
        "other",
    ]
    assert result["totals"]["Gross USD"] == "-8.01"
    assert result["notes"] == ["Lines of a type this version does not know, kept as other: T7777 (1)"]


def test_the_initiation_stands_in_for_a_missing_completion(read_sample: Read) -> None:
    assert read_sample(SOURCE, "states.csv")["records"][5]["at"] == "2026-11-06T21:38:07Z"


def test_a_settlement_report_is_no_detail_report(data: Path) -> None:
    settlement = InputFile(data / "paypal_stl" / "one_day.csv")
    detail = InputFile(data / SOURCE.id / "states.csv")
    assert [SOURCE.recognises(file) for file in (settlement, detail)] == [False, True]
    assert [PaypalStl().recognises(file) for file in (settlement, detail)] == [True, False]


def test_a_line_without_an_amount_rejects_the_file(read_sample: Read, data: Path, tmp_path: Path) -> None:
    text = (data / SOURCE.id / "states.csv").read_text(encoding="utf-8")
    path = tmp_path / "blank.csv"
    path.write_text(text.replace('"CR",1500,', '"CR",,', 1), encoding="utf-8")
    with pytest.raises(FileRejected, match="is not an amount in minor units"):
        read_sample(SOURCE, path)
