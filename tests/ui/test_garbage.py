"""Unreachable objects go on the thread of the window, whoever made what was one too many."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from recon_app.jobs import Progress
from recon_app.ui.garbage import Garbage
from recon_app.ui.jobs_bridge import JobsBridge


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


def busy(_: Progress) -> list[list[int]]:
    """Make so many objects that Python looks for garbage."""
    return [[number] for number in range(200_000)]


@pytest.fixture
def _as_without_windows() -> Iterator[None]:
    """All tests of windows run with somebody who looks for garbage."""
    gc.enable()
    yield
    gc.disable()


@pytest.fixture
def seen() -> Iterator[list[threading.Thread]]:
    """The thread on which a knot goes."""
    threads: list[threading.Thread] = []
    knot = Knot()
    finalizer = weakref.finalize(knot, lambda: threads.append(threading.current_thread()))
    del knot
    yield threads
    finalizer.detach()


@pytest.mark.usefixtures("_as_without_windows")
def test_no_worker_destroys_what_the_window_made(qtbot: QtBot, seen: list[threading.Thread]) -> None:
    jobs = JobsBridge()
    done: list[object] = []
    jobs.write(jobs, busy, done.append)
    qtbot.waitUntil(lambda: bool(done and seen))
    jobs.close()
    assert seen == [threading.main_thread()]


@pytest.mark.usefixtures("_as_without_windows")
def test_python_looks_for_garbage_itself_without_a_window() -> None:
    garbage = Garbage()
    assert not gc.isenabled()
    garbage.close()
    assert gc.isenabled()
