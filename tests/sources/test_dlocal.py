"""dLocal: the totals prove the rows up to rounding, which stays below a cent for the whole transfer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources import _dlocal
from recon_app.sources._base import InputFile
from recon_app.sources.dlocal_payouts import DlocalPayouts
from recon_app.sources.dlocal_settlement import DlocalSettlement

SOURCE = DlocalSettlement()
SAMPLE = "six_decimals.csv"


@pytest.fixture
def changed(data: Path, tmp_path: Path) -> Callable[..., Path]:
    """``changed(old, new, ...)``: the sample with some texts replaced."""

    def change(*pairs: str) -> Path:
        text = (data / SOURCE.id / SAMPLE).read_text()
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "dlocal.csv"
        path.write_text(text)
        return path

    return change


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, SAMPLE)
    check_expected(result, SAMPLE)
    found = [(r["category"], r["amount"], r["fee"], r["net"]) for r in result["records"]]
    assert found == [
        ("charge", 3113, 65, 3048),
        ("charge", 1812, 39, 1773),
        ("refund", -399, -1, -398),  # 48.213268 before it, 44.227086 with it
        ("adjustment", -233, 1, -234),
        ("fee", -1200, 0, -1200),
    ]
    assert sum(net for *_, net in found) == 2989  # 29.894086 to the cent
    assert all(amount - fee == net for _, amount, fee, net in found)
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 5
    assert "by 0.004086 USD" in result["notes"][0]
    assert "example.org" not in str(result)


def test_the_transfer(
    read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(DlocalPayouts(), "one_transfer.csv")
    check_expected(result, "one_transfer.csv")
    assert [(r["ident"], r["amount"], r["day"]) for r in result["records"]] == [
        ("700001", 2989, "2026-03-09")
    ]


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("29.89,2026", "29.92,2026", "NET_TOTAL_AMOUNT, up to 0.02 of rounding"),
        ("USD,5,", "USD,6,", "NUMBER_OF_ITEMS"),
        ("17.737727", "17.737728", "NET_AMOUNT = GROSS_AMOUNT + FEE_AMOUNT"),
    ],
)
def test_what_does_not_hold_fails_its_proof(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]], old: str, new: str, broken: str
) -> None:
    proofs = read_sample(SOURCE, changed(old, new))["proofs"]
    assert [proof["name"] for proof in proofs if not proof["ok"]] == [broken]


def test_the_number_may_leave_fees_out(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    result = read_sample(SOURCE, changed("USD,5,", "USD,3,", "PAYMENT,1", "REBATE,1"))
    assert not all(proof["ok"] for proof in result["proofs"])
    assert "REBATE (1)" in result["notes"][0]
    assert all(proof["ok"] for proof in read_sample(SOURCE, changed("USD,5,", "USD,3,"))["proofs"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("29.89,2026-03-09", "x,2026-03-09", "the totals in the second line cannot be read"),
        ("HEADER,USD", "HEADER,DOLLAR", "the totals in the second line cannot be read"),
        ("17.737727", "17.7377271", "is not an exact quantity"),
    ],
)
def test_faults(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]], old: str, new: str, words: str
) -> None:
    with pytest.raises(FileRejected, match=words):
        read_sample(SOURCE, changed(old, new))


def test_it_must_prove_itself_and_needs_both_blocks(changed: Callable[..., Path]) -> None:
    assert SOURCE.unproven
    for source in (SOURCE, DlocalPayouts()):
        assert not source.recognises(InputFile(changed("NET_TOTAL_AMOUNT", "NET_TOTAL")))


@given(st.integers(-(10**15), 10**15), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_rounding_is_half_to_even(millionths: int, currency: str) -> None:
    exact = Fraction(millionths, _dlocal.unit_of(currency))
    assert _dlocal.rounded(np.array([millionths], np.int64), currency)[0] == round(exact)
