"""Outcomes of jobs reach the window's thread, and only widgets that are still there."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from recon_app.jobs import Job, Progress
from recon_app.models.problem import Cancelled
from recon_app.ui.jobs_bridge import JobsBridge


def test_outcomes_come_on_the_thread_of_the_window(qtbot: QtBot, jobs: JobsBridge) -> None:
    owner = QObject()
    threads: list[str] = []
    here = threading.current_thread().name
    jobs.read(
        owner, lambda _: threads.append(threading.current_thread().name), lambda _: threads.append(here)
    )
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != here
    assert threads[1] == here


def test_nothing_reaches_a_deleted_owner(qtbot: QtBot, jobs: JobsBridge) -> None:
    owner = QObject()
    gate = threading.Event()
    called: list[object] = []
    jobs.read(owner, lambda _: gate.wait(60), called.append)
    owner.deleteLater()
    qtbot.wait(20)
    gate.set()
    qtbot.waitUntil(jobs.idle)
    assert called == []


def test_an_error_without_a_taker_is_announced(qtbot: QtBot, jobs: JobsBridge) -> None:
    owner = QObject()

    def work(_: Progress) -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(jobs.failed) as caught:
        jobs.read(owner, work, lambda _: None)
    assert isinstance(caught.args[0], ZeroDivisionError)


def test_cancelling_is_no_error(qtbot: QtBot, jobs: JobsBridge) -> None:
    owner = QObject()

    def work(_: Progress) -> None:
        raise Cancelled("stopped")

    with qtbot.assertNotEmitted(jobs.failed):
        jobs.read(owner, work, lambda _: None)
        qtbot.waitUntil(jobs.idle)


def test_progress_is_shown_ten_times_a_second_whatever_is_reported(qtbot: QtBot, jobs: JobsBridge) -> None:
    owner = QObject()
    shown: list[list[Job]] = []
    jobs.progressed.connect(shown.append)

    def work(progress: Progress) -> None:
        for number in range(100_000):
            progress("Reading", number, 100_000)

    done: list[object] = []
    begun = time.monotonic()
    jobs.read(owner, work, done.append)
    qtbot.waitUntil(lambda: bool(done))
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == [])
    tenths = 10 * (time.monotonic() - begun)
    assert len(shown) < 1.2 * tenths + 2  # Qt's timers are a twentieth early or late


def test_a_job_that_ends_while_it_is_asked_is_not_idle(jobs: JobsBridge) -> None:
    """Its outcome comes before it leaves the list, so the list has to be looked at first."""
    done: list[None] = []
    working = threading.Event()
    go = threading.Event()

    def work(_: Progress) -> None:
        working.set()
        go.wait(60)

    for _ in range(50):
        done.clear()
        working.clear()
        go.clear()
        jobs.read(jobs, work, done.append)
        assert working.wait(60)
        go.set()
        while not jobs.idle():
            QCoreApplication.processEvents()
        assert done == [None]
