"""The command about watched folders says what is new and what is late."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli

PAYOUTS = (
    "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency\n"
    "2026-01-05,paid,100.00,-10.00,0.00,0.00,2.90,0.00,87.10,EUR\n"
)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """``run(*arguments)``: exit status, standard output and standard error."""

    def start(*arguments: object) -> tuple[int, str, str]:
        status = cli.main(["watch", "--workspace", str(tmp_path / "ws"), *map(str, arguments)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return start


def test_a_new_file_in_a_watched_folder_needs_a_person(run: Any, tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    assert run("--add", downloads) == (cli.DONE, "", "")
    path = downloads / "payouts.csv"
    path.write_text(PAYOUTS)
    os.utime(path, (time.time() - 60,) * 2)
    assert run() == (cli.NEEDS_A_PERSON, f"{path}: new, recognised as shopify_payouts\n", "")
    status, out, _ = run("--json")
    assert status == cli.NEEDS_A_PERSON
    assert json.loads(out)["new"][0]["sources"] == ["shopify_payouts"]
    assert run("--remove", downloads) == (cli.DONE, "", "")


def test_an_expected_file_is_shown_with_its_date(run: Any) -> None:
    status, out, _ = run("--expect", "shopify_payouts=month:0", "--json")
    (awaited,) = json.loads(out)["expected"]
    assert status == (cli.NEEDS_A_PERSON if awaited["days_late"] else cli.DONE)
    assert awaited["due"] == awaited["period"][1]
    _, out, _ = run()
    assert "Shopify Payments payouts" in out
    assert run("--expect-no-more", "shopify_payouts") == (cli.DONE, "", "")


@pytest.mark.parametrize("rule", ["year:5", "month", "month:soon", "month:-1", "month:999"])
def test_a_rule_that_makes_no_sense_is_wrong_use(run: Any, rule: str) -> None:
    assert run("--expect", f"shopify_payouts={rule}")[0] == cli.WRONG_USE


def test_a_folder_that_went_away_is_named(run: Any, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    run("--add", gone)
    gone.rmdir()
    status, _, errors = run()
    assert status == cli.NEEDS_A_PERSON
    assert f"{gone}: the folder cannot be read" in errors
