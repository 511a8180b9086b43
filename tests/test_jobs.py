"""Jobs: one writer, lanes, cancel, progress, errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from recon_app.jobs import Job, Jobs, Progress, Step
from recon_app.models.problem import Cancelled

#: Seconds until what was waited for counts as lost; that the computer is busy is no fault.
PATIENCE = 60


class Inbox:
    """Outcomes as they are delivered, run on the thread that waits for them."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()
        self._outcomes: list[Callable[[], None]] = []

    def put(self, outcome: Callable[[], None]) -> None:
        with self._arrived:
            self._outcomes.append(outcome)
            self._arrived.notify()

    def take(self, count: int) -> None:
        for _ in range(count):
            with self._arrived:
                assert self._arrived.wait_for(lambda: bool(self._outcomes), PATIENCE)
                outcome = self._outcomes.pop(0)
            outcome()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def jobs(inbox: Inbox) -> Iterator[Jobs]:
    made = Jobs(inbox.put)
    yield made
    made.close()


def fail(outcome: object) -> None:
    raise AssertionError(outcome)


def test_writes_run_one_after_another(jobs: Jobs, inbox: Inbox) -> None:
    running: list[int] = []
    most: list[int] = []
    done: list[int] = []

    def work(number: int) -> Callable[[Progress], int]:
        def write(_: Progress) -> int:
            running.append(number)
            most.append(len(running))
            running.remove(number)
            return number

        return write

    for number in range(20):
        jobs.write(work(number), done.append, fail)
    inbox.take(20)
    assert done == list(range(20))
    assert max(most) == 1


def test_readers_run_beside_a_writer_and_each_other(jobs: Jobs, inbox: Inbox) -> None:
    meet = threading.Barrier(3, timeout=PATIENCE)
    done: list[int] = []
    for start in (jobs.read, jobs.read, jobs.write):
        start(lambda _: meet.wait(), done.append, fail)
    inbox.take(3)
    assert sorted(done) == [0, 1, 2]


def test_a_lane_keeps_its_order(jobs: Jobs, inbox: Inbox) -> None:
    lane = jobs.lane()
    done: list[int] = []

    def give(number: int) -> Callable[[Progress], int]:
        return lambda _: number

    for number in range(10):
        lane.start(give(number), done.append, fail)
    inbox.take(10)
    assert done == list(range(10))


def test_an_error_is_delivered(jobs: Jobs, inbox: Inbox) -> None:
    failed: list[BaseException] = []

    def work(_: Progress) -> None:
        raise ZeroDivisionError

    jobs.read(work, fail, failed.append)
    inbox.take(1)
    assert isinstance(failed[0], ZeroDivisionError)


def test_cancelling_ends_a_running_job_and_skips_a_waiting_one(jobs: Jobs, inbox: Inbox) -> None:
    started = threading.Event()
    failed: list[BaseException] = []
    ran: list[str] = []

    def long(progress: Progress) -> None:
        started.set()
        while True:
            progress("step", 1, 0)

    first = jobs.write(long, fail, failed.append)
    second = jobs.write(lambda _: ran.append("second"), fail, failed.append)
    assert started.wait(PATIENCE)
    second.cancel()
    first.cancel()
    inbox.take(2)
    assert [type(error) for error in failed] == [Cancelled, Cancelled]
    assert ran == []


def test_only_the_newest_progress_is_kept() -> None:
    job = Job("title")
    for number in range(1000):
        job.progress("Reading", number, 1000)
    assert job.step == Step("Reading", 999, 1000)


def test_active_lists_what_waits_and_runs(jobs: Jobs, inbox: Inbox) -> None:
    gate = threading.Event()
    job = jobs.write(lambda _: gate.wait(PATIENCE), lambda _: None, fail, "Importing")
    assert jobs.active() == [job]
    gate.set()
    inbox.take(1)
    assert jobs.active() == []


def test_a_job_is_gone_only_when_its_outcome_is_delivered() -> None:
    delivering = threading.Event()
    delivered: list[Callable[[], None]] = []

    def deliver(outcome: Callable[[], None]) -> None:
        delivering.set()
        time.sleep(0.05)  # long enough for somebody to ask meanwhile
        delivered.append(outcome)

    jobs = Jobs(deliver)
    jobs.read(lambda _: None, lambda _: None, fail)
    assert delivering.wait(PATIENCE)
    assert jobs.active() == []
    assert len(delivered) == 1
    jobs.close()


def test_closing_cancels_and_waits(inbox: Inbox) -> None:
    jobs = Jobs(inbox.put)
    started = threading.Event()

    def long(progress: Progress) -> None:
        started.set()
        while True:
            progress("step", 1, 0)

    job = jobs.write(long, fail, lambda _: None)
    assert started.wait(PATIENCE)
    jobs.close()
    assert job.cancelled
    assert jobs.active() == []
