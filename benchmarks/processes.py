"""Run jobs in processes of their own, peers in an environment of their own, and watch their memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LOCK = ROOT / "benchmarks" / "requirements.lock"
_PEERS = ROOT / ".venv-bench"
_PAUSE = 0.05  # seconds between two looks


def say(text: str) -> None:
    """Tell what is going on, beside the result."""
    print(text, file=sys.stderr, flush=True)


def make_peers() -> None:
    """Make the environment of the peers, unless it is there and up to date."""
    stamp, digest = _PEERS / "made-from", hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    say("Installing the peers into .venv-bench")
    venv.create(_PEERS, clear=True, with_pip=True)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([python(peer=True), "-m", "pip", "install", *options, "-r", _LOCK], check=True)
    stamp.write_text(digest, encoding="utf-8")


def python(*, peer: bool) -> str:
    """The interpreter of the program or of its peers."""
    if not peer:
        return sys.executable
    return str(_PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def run_module(arguments: Sequence[str | Path], *, peer: bool = False) -> str:
    """Run a module of this folder and return what it printed."""
    command = [python(peer=peer), "-m", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def run_watched(command: Sequence[str]) -> tuple[str, float]:
    """What a command printed, and the most memory of it and its children together, MiB.

    Memory is the proportional set size, in which a page that processes share counts once; Linux only, 0
    elsewhere. Peaks shorter than a twentieth of a second may be missed.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(map(_megabytes, _family(process.pid))))
            time.sleep(_PAUSE)
        printed = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return printed, peak


def _family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def _megabytes(pid: int) -> float:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):  # the process has ended
        return ""
