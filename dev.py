#!/usr/bin/env python3
"""Everything a developer needs, from a fresh clone: ``python3 dev.py demo|test|bundle|lock``.

Runs on the standard library of Python 3.11 or newer. It makes ``.venv`` from ``requirements.lock``, looks for
the system libraries that Qt loads, and then does what was asked:

* ``demo``: the window on the demo workspace; without a display, the same job as files in ``out/demo``.
* ``test``: all that CI runs, the tests on all cores; further arguments go to pytest
  (``python3 dev.py test -k payout``; ``-n 0`` keeps them in one process).
* ``bundle``: the program as one folder in ``dist/recon-app``, checked, with its size and start time.
* ``lock``: resolve ``requirements.lock`` again from ``pyproject.toml`` (needs uv).
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:  # an older Python must get as far as being told so
    Command = Sequence[str | Path]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)

# What the Qt wheels load from the system, by the Debian and Ubuntu package that brings it.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
# What a window on an X server or a Wayland compositor needs besides.
SCREEN_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
#: Tests of one file stay together while there are others to do: they share what is costly to build.
ON_ALL_CORES = ("-n", "auto", "--dist", "worksteal")
#: What the demo compares: all there is.
COMPARISONS = sorted(path.stem for path in (ROOT / "recon_app" / "reconciliations").glob("[!_]*.py"))
SAVE_SCREENS = "import sys, pathlib, recon_app.app as app; app.save_screens(*map(pathlib.Path, sys.argv[1:]))"


class SetUpError(Exception):
    """Something that a person must do first; the text says what."""


def has_display(platform: str, env: Mapping[str, str]) -> bool:
    """Whether a window can be shown: Linux needs an X or Wayland display, other systems always have one."""
    if env.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return not platform.startswith("linux") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def missing_packages(
    libraries: Mapping[str, str], load: Callable[[str], object] = ctypes.CDLL
) -> dict[str, str]:
    """Return those of the libraries (shared object -> package) that the dynamic linker does not find."""
    missing = {}
    for library, package in libraries.items():
        try:
            load(library)
        except OSError:
            missing[library] = package
    return missing


def needed_packages(*, screen: bool) -> dict[str, str]:
    """Return what the system lacks (what is missing -> package): Qt's libraries, and pip for a venv."""
    needed = {}
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        needed["ensurepip"] = f"python3.{sys.version_info.minor}-venv"  # Debian splits it off
    if sys.platform.startswith("linux"):
        needed |= missing_packages({**QT_LIBRARIES, **(SCREEN_LIBRARIES if screen else {})})
    return needed


def install_advice(needed: Mapping[str, str], *, apt: bool) -> str:
    """Return the one line that brings what is missing."""
    if apt:
        return f"run: sudo apt-get install -y {' '.join(needed.values())}"
    return f"install with the system's package manager what provides: {' '.join(needed)}"


def install_system_packages(*, screen: bool) -> None:
    """Install the missing system packages where this user may.

    Raises:
        SetUpError: some are missing and a person must install them.
    """
    needed = needed_packages(screen=screen)
    apt = shutil.which("apt-get")
    if needed and apt and os.geteuid() == 0:
        say(f"installing system packages: {' '.join(needed.values())}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", *needed.values()]):
            subprocess.run([apt, *words], env=env, check=False, stdout=subprocess.DEVNULL)
        importlib.invalidate_caches()
        needed = needed_packages(screen=screen)
    if needed:
        raise SetUpError(f"missing: {', '.join(needed)}\n{install_advice(needed, apt=bool(apt))}")


def lock_stamp(lock: bytes, root: Path) -> str:
    """Return what ``.venv`` was made from: it is made anew when the lock or the folder changes."""
    return f"{hashlib.sha256(lock).hexdigest()} {root}\n"


def install_python_packages() -> None:
    """Make ``.venv`` hold what ``requirements.lock`` pins; does nothing when it already does."""
    stamp_file = VENV / "lock.stamp"
    stamp = lock_stamp(LOCK.read_bytes(), ROOT)
    if PYTHON.exists() and stamp_file.exists() and stamp_file.read_text(encoding="utf-8") == stamp:
        return
    if not PYTHON.exists():
        say("making .venv")
        run([sys.executable, "-m", "venv", "--clear", VENV])
    say("installing the packages of requirements.lock (a minute or two, once)")
    pip: Command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", LOCK])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    stamp_file.write_text(stamp, encoding="utf-8")


def set_up(*, screen: bool) -> None:
    """Bring a fresh clone to where the program can run.

    Raises:
        SetUpError: a person must do something first.
    """
    if sys.version_info < OLDEST:  # told in words, not by a traceback
        raise SetUpError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    install_system_packages(screen=screen)
    install_python_packages()


def demo() -> int:
    """Show the demo workspace in the window, or as files where there is no display."""
    screen = has_display(sys.platform, os.environ)
    set_up(screen=screen)
    if screen:
        say("opening the window on the demo workspace")
        return run([PYTHON, "-m", "recon_app", "--demo"], accept=range(256))
    demo_files(ROOT / "out" / "demo")
    return 0


def demo_files(folder: Path) -> None:
    """Do the demo's job without a display: import, run, reports as JSON, screens as PNG."""
    say("no display: doing the same job without a window")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Path(temporary) / "workspace"
        demo_folder = ROOT / "resources" / "demo"
        given = json.loads((demo_folder / "planted.json").read_text(encoding="utf-8"))["given"]
        options = [part for name, text in given["options"].items() for part in ("--option", f"{name}={text}")]
        answers = [part for name, text in given["answers"].items() for part in ("--set", f"{name}={text}")]
        commands: dict[str, Command] = {
            "import": ["import", demo_folder / "2026-10", *options],
            # the answers come with the first run, so that no later one changes what it saw
            **{name: ["run", name, *(answers if name == COMPARISONS[0] else ())] for name in COMPARISONS},
        }
        for name, command in commands.items():
            with (folder / f"{name}.json").open("wb") as report:
                # status 1 says that something needs a person, which is what the demo is there to show
                run(
                    [PYTHON, "-m", "recon_app", *command, "--workspace", workspace, "--json"],
                    env=env,
                    accept=(0, 1),
                    stdout=report,
                )
        run([PYTHON, "-c", SAVE_SCREENS, workspace, folder], env=env)
    for name in COMPARISONS:
        report_text = (folder / f"{name}.json").read_text(encoding="utf-8")
        say(f"{name}: {counts_line(json.loads(report_text)['counts'])}")
    for path in sorted(folder.iterdir()):
        say(f"wrote {path.relative_to(ROOT)}")


def counts_line(counts: Mapping[str, int]) -> str:
    """Return the number of cases of each kind that occurs, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{number} {kind}" for kind, number in ordered if number) or "no cases"


def test(pytest_args: Sequence[str]) -> int:
    """Run all that CI runs; the tests last, so that their summary is what is read first."""
    set_up(screen=False)
    checks: dict[str, Command] = {
        "ruff check": [PYTHON, "-m", "ruff", "check", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "mypy": [PYTHON, "-m", "mypy"],
        "lint-imports": [BIN / "lint-imports", "--no-logo"],
    }
    with ThreadPoolExecutor(os.cpu_count()) as together:
        passed = dict(zip(checks, together.map(passes, checks, checks.values()), strict=True))
    failed = [name for name, good in passed.items() if not good]
    say("pytest")
    env = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    command: Command = [PYTHON, "-m", "pytest", *ON_ALL_CORES, *pytest_args]
    status = run(command, env=env, accept=range(256))
    if failed:
        print(f"dev.py: failed before the tests: {', '.join(failed)}", file=sys.stderr)
    return status or bool(failed)


def passes(name: str, command: Command) -> bool:
    """Run one check and show its output only when it fails."""
    done = subprocess.run(
        command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    # in one piece, as others may speak at the same time
    say(f"{name}: failed\n{done.stdout}" if done.returncode else f"{name}: passed")
    return done.returncode == 0


def bundle() -> int:
    """Build ``dist/recon-app`` and let the built program check itself."""
    set_up(screen=True)  # the bundle carries the libraries of the screen
    env = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": source_date(os.environ)}
    run([PYTHON, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", "build.spec"], env=env)
    folder = ROOT / "dist" / "recon-app"
    say(f"{folder.relative_to(ROOT)}: {folder_size(folder) / 1e6:.0f} MB")
    ending = ".exe" if os.name == "nt" else ""
    run([folder / ("recon-app-cli.exe" if ending else "recon-app"), "check"])
    paint: Command = [folder / f"recon-app{ending}", "--first-paint", "--platform", "offscreen"]
    starts = [seconds(lambda: run(paint)) for _ in range(3)]
    say(f"from start to first painted window: {starts[0]:.2f} s, then {min(starts[1:]):.2f} s")
    return 0


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.monotonic()
    act()
    return time.monotonic() - started


def source_date(env: Mapping[str, str]) -> str:
    """Return the time stamp that a reproducible build carries: the last commit's, in seconds since 1970."""
    if "SOURCE_DATE_EPOCH" in env:
        return env["SOURCE_DATE_EPOCH"]
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip() or "1767225600"  # a source archive without history: 2026-01-01


def folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def lock() -> int:
    """Resolve ``requirements.lock`` for all systems at once, with hashes and without index addresses."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(BIN))
    if uv is None:
        raise SetUpError("uv is needed to resolve the packages; run: pip install uv")
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    command = [uv, "pip", "compile", *options, "--upgrade", "--group", "dev", "pyproject.toml"]
    run([*command, "--quiet", "--output-file", LOCK])
    addresses = index_addresses(LOCK.read_text(encoding="utf-8").splitlines())
    if addresses:
        raise SetUpError(f"requirements.lock must not name an index: {addresses[0]}")
    return 0


def index_addresses(lines: Iterable[str]) -> list[str]:
    """Return the lines of a lock file that name an index or an address."""
    return [line for line in lines if re.search(r"://|^--(extra-)?(index|find)", line)]


def run(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
    stdout: IO[bytes] | None = None,
) -> int:
    """Run a command in the project's folder and return its exit status.

    Raises:
        SetUpError: the status is none of the accepted ones.
    """
    words = [str(word) for word in command]
    status = subprocess.run(words, cwd=ROOT, env=env, check=False, stdout=stdout).returncode
    if status not in accept:
        raise SetUpError(f"ended with status {status}: {' '.join(words)}")
    return status


def say(text: str) -> None:
    """Tell what happens, before the output of the commands that follow."""
    print(f"dev.py: {text}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Do one command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("demo", "test", "bundle", "lock"))
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.command != "test":
        parser.error(f"{chosen.command} takes no further arguments")
    try:
        if chosen.command == "test":
            return test(rest)
        return {"demo": demo, "bundle": bundle, "lock": lock}[chosen.command]()
    except SetUpError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("dev.py: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
