"""The month without anything planted: no comparison finds a difference, and no connector has left a trace."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli, registry

DEMO = Path(__file__).parents[2] / "resources" / "demo"
GIVEN = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))["given"]
NAMES = sorted(registry.reconciliations())
CALM = {"matched", "tolerance"}
#: What comes in November, and the same day in two time zones: due to the calendar, not to a mistake.
TIMING = {
    "settlements": {"carried_over", "in_transit", "pending_payout", "cut_off"},
    "fulfilment": {"not_shipped_yet"},
    "cutoff": {"bridge", "shop_day_later_than_utc", "paid_out_later", "not_in_bank_yet"},
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("clean")
    command = [sys.executable, "-S", "-B", str(DEMO / "make_demo.py"), "--clean", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    place = str(folder / "workspace")
    options = [f"--option={name}={value}" for name, value in GIVEN["options"].items()]
    assert cli.main(["import", str(folder / "2026-10"), *options, "--workspace", place]) == cli.DONE
    answers = [f"--set={name}={value}" for name, value in GIVEN["answers"].items()]
    assert cli.main(["run", "stock", *answers, "--workspace", place]) == cli.DONE
    return place


@pytest.mark.parametrize("name", NAMES)
def test_nothing_differs_in_a_month_without_mistakes(name: str, workspace: str) -> None:
    assert cli.main(["run", name, "--workspace", workspace]) == cli.DONE
    cases = _cases(workspace, name)
    allowed = TIMING.get(name, set())
    others = [
        (case["kind"], case.get("cause"), case["text"])
        for case in cases
        if case["kind"] not in CALM and not (case["kind"] == "timing" and case.get("cause") in allowed)
    ]
    assert others == []
    assert cases or name in ("causes", "connector")


def _cases(workspace: str, name: str) -> list[dict[str, Any]]:
    said = StringIO()
    with redirect_stdout(said):
        cli.main(["cases", name, "--workspace", workspace, "--json"])
    found: list[dict[str, Any]] = json.loads(said.getvalue())["cases"]
    return found
