"""The command for aliases of SKUs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recon_app.cli import main


def _run(folder: Path, *words: str) -> int:
    return main(["alias", *words, "--workspace", str(folder / "ws")])


def test_the_way_of_an_alias(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "approve", "SHOP-1", "CF-001", "--by", "Ann", "--from", "2026-01-01") == 0
    assert capsys.readouterr().out == (
        "1  'SHOP-1' in Shopify is 'CF-001' in Odoo (approved, by Ann, from 2026-01-01, by hand)\n"
    )
    assert _run(tmp_path, "end", "1", "--by", "Bob", "--until", "2026-06-30") == 0
    capsys.readouterr()
    assert _run(tmp_path, "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["aliases"]
    assert (row["shop"], row["odoo"], row["state"], row["from"], row["until"], row["decided_by"]) == (
        *("SHOP-1", "CF-001", "approved", "2026-01-01", "2026-06-30"),
        "Ann",
    )


def test_nothing_is_proposed_without_products(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "propose") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("approve", "x", "--by", "Ann"), "needs the number of an alias"),
        (("reject", "7", "--by", "Ann"), "there is no alias 7"),
        (("end", "1", "--by", "Ann"), "say with --until"),
        (("approve", "a", "A", "--by", "Ann", "--from", "1.1.2026"), "is not a day"),
        (("approve", "a", "A"), "say who decides it"),
    ],
)
def test_wrong_use_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert _run(tmp_path, *words) == 2
    assert said in capsys.readouterr().err
