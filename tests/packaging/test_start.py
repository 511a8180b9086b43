"""What ``dev.py bundle`` does with the built program works with the source, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dev


def start(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recon_app", *arguments]
    env = {**os.environ, "PYTHONPATH": str(dev.ROOT), "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_window_paints_and_quits(tmp_path: Path) -> None:
    done = start("--first-paint", "--platform", "offscreen", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("*.sqlite"))


def test_the_program_checks_itself(tmp_path: Path) -> None:
    done = start("check", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shopify_payment_transactions" in done.stdout
    assert not list(tmp_path.iterdir())
