"""Numbers with their words."""

from __future__ import annotations

from recon_app.models.counted import counted


def test_one_is_singular_and_all_else_plural() -> None:
    assert counted(1, "order") == "1 order"
    assert counted(0, "order") == "0 orders"
    assert counted(2, "entry", "entries") == "2 entries"
    assert counted(1, "order was left out", "orders were left out") == "1 order was left out"
    assert counted(7, "order was left out", "orders were left out") == "7 orders were left out"
