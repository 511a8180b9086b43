"""A payout closes or says what it lacks; a clearing account is proven when every difference is named."""

from __future__ import annotations

import pytest

from recon_app.models.case import Evidence
from recon_app.models.proof import ClearingProof, PayoutProof

TERMS = (("gross", 10_000), ("refunds", -500), ("fees", -300))  # 9,200 in all


@pytest.mark.parametrize(
    ("total", "bank", "residual", "status"),
    [
        (9_200, 9_200, 0, "proven"),
        (9_200, None, 0, "proven"),
        (None, 9_200, 0, "proven"),
        (None, None, 0, "open"),
        (9_100, None, -100, "unproven"),
        (None, 9_250, 50, "unproven"),
        (9_200, 9_000, 0, "unproven"),
        (9_100, 9_100, -100, "unproven"),
        (0, None, -9_200, "unproven"),
    ],
)
def test_set_01_a_payout_is_proven_when_lines_platform_and_bank_agree(
    total: int | None, bank: int | None, residual: int, status: str
) -> None:
    proof = PayoutProof("P1", "EUR", TERMS, total, bank)
    assert (proof.net, proof.residual, proof.status) == (9_200, residual, status)


@pytest.mark.parametrize(
    ("total", "codes", "cause"),
    [
        (9_200, (), None),
        (9_200, ("line_not_paid",), None),
        (9_100, (), "unexplained_residual"),
        (9_100, ("line_not_paid",), "line_not_paid"),
        (9_100, ("line_not_paid", "line_not_paid"), "unexplained_residual"),
    ],
)
def test_set_02_rivals_explain_no_residual(total: int, codes: tuple[str, ...], cause: str | None) -> None:
    causes = tuple(Evidence(code, f"{place}") for place, code in enumerate(codes))
    assert PayoutProof("P1", "EUR", TERMS, total, None, causes).cause == cause


@pytest.mark.parametrize(
    ("differences", "unexplained"), [((), 300), ((("fees", 200),), 100), ((("fees", 300),), 0)]
)
def test_a_clearing_account_is_proven_when_nothing_is_left(
    differences: tuple[tuple[str, int], ...], unexplained: int
) -> None:
    proof = ClearingProof("101410", "EUR", "2026-10-31", 5_000, 5_300, (), differences)
    assert (proof.difference, proof.unexplained) == (300, unexplained)
