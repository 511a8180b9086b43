"""Watched folders offer what is new and finished; expected files are late from their due day on."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import UsageError
from recon_app.services import watch
from recon_app.services.import_files import import_paths
from recon_app.services.watch import Every, Watched, Watcher
from recon_app.store.chain import iso
from recon_app.store.workspace import Workspace

PAYMENTS = Path(__file__).parents[1] / "sources" / "data" / "shopify_payouts"
OLD = time.time() - 60


@pytest.fixture
def downloads(tmp_path: Path, shelf: Workspace) -> Path:
    """A watched folder."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    watch.watch(shelf, folder)
    return folder


def put_file(folder: Path, name: str, *, when: float = OLD) -> Path:
    sample = min(PAYMENTS.glob("*.csv"))
    path = Path(shutil.copyfile(sample, folder / name))
    os.utime(path, (when, when))
    return path


def test_a_new_export_is_noticed_and_recognised(downloads: Path, shelf: Workspace) -> None:
    path = put_file(downloads, "payouts.csv")
    (found,) = Watcher(shelf).look().new
    assert (found.path, found.sources) == (path, ("shopify_payouts",))


def test_imported_files_are_not_offered_again(downloads: Path, shelf: Workspace) -> None:
    path = put_file(downloads, "payouts.csv")
    watcher = Watcher(shelf)
    assert watcher.look().new
    list(import_paths(shelf, [path]))
    assert not watcher.look().new
    put_file(downloads, "payouts (1).csv")  # the same bytes under another name
    assert not watcher.look().new


@pytest.mark.parametrize(
    "name", ["payouts.csv.part", "payouts.csv.crdownload", ".payouts.csv", "~$payouts.csv"]
)
def test_unfinished_and_hidden_files_are_left_alone(downloads: Path, shelf: Workspace, name: str) -> None:
    put_file(downloads, name)
    assert not Watcher(shelf).look().new


def test_a_file_that_is_just_being_written_waits(downloads: Path, shelf: Workspace) -> None:
    path = put_file(downloads, "payouts.csv", when=time.time() + 60)  # it stays new however long this takes
    watcher = Watcher(shelf)
    assert not watcher.look().new
    os.utime(path, (OLD, OLD))
    assert watcher.look().new


def test_what_nobody_recognises_is_not_offered(downloads: Path, shelf: Workspace) -> None:
    for name, content in (("letter.pdf", b"%PDF-1.4"), ("notes.txt", b"call the bank\n")):
        (downloads / name).write_bytes(content)
        os.utime(downloads / name, (OLD, OLD))
    assert not Watcher(shelf).look().new


def test_old_files_and_files_left_out_are_not_offered(downloads: Path, shelf: Workspace) -> None:
    put_file(downloads, "old.csv", when=OLD - 30 * 86_400)
    assert not Watcher(shelf).look().new
    put_file(downloads, "new.csv")
    (found,) = Watcher(shelf).look().new
    watch.leave_out(shelf, [found.sha256])
    assert not Watcher(shelf).look().new


def test_a_changed_file_is_looked_at_again(downloads: Path, shelf: Workspace) -> None:
    path = downloads / "payouts.csv"
    path.write_text("call the bank\n")
    os.utime(path, (OLD, OLD))
    watcher = Watcher(shelf)
    assert not watcher.look().new
    put_file(downloads, "payouts.csv", when=OLD + 1)
    assert watcher.look().new


def test_a_folder_that_went_away_is_named(downloads: Path, shelf: Workspace) -> None:
    downloads.rmdir()
    ((path, reason),) = Watcher(shelf).look().unreadable
    assert path == downloads
    assert reason


def test_a_file_that_another_program_holds_is_offered_once_it_is_free(
    downloads: Path, shelf: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put_file(downloads, "payouts.csv")
    watcher = Watcher(shelf)
    opens = Path.open

    def locked(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self == path:
            raise PermissionError(13, "The process cannot access the file")
        return opens(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", locked)
    assert watcher.look() == Watched()
    monkeypatch.undo()
    assert [found.path for found in watcher.look().new] == [path]


def test_a_file_that_goes_away_during_the_look_hides_no_other(
    downloads: Path, shelf: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put_file(downloads, "payouts.csv")
    gone = put_file(downloads, "gone.csv")
    scan = os.scandir

    @contextmanager
    def scanned(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
        with scan(folder) as entries:
            found = list(entries)
        gone.unlink()
        yield found

    monkeypatch.setattr(os, "scandir", scanned)
    seen = Watcher(shelf).look()
    assert ([found.path for found in seen.new], seen.unreadable) == ([path], ())


def test_a_table_whose_encoding_must_be_told_is_offered(downloads: Path, shelf: Workspace) -> None:
    table = "Buchungstag;Verwendungszweck;Betrag;W\u00e4hrung\n23.11.2026;B\u00fccher;-5,00;EUR\n"
    for name, content in (("bank.csv", table), ("letter.txt", "Sch\u00f6ne Gr\u00fc\u00dfe\n")):
        (downloads / name).write_bytes(content.encode("cp1252"))
        os.utime(downloads / name, (OLD, OLD))
    (found,) = Watcher(shelf).look().new
    assert (found.path.name, "bank_csv" in found.sources) == ("bank.csv", True)


def test_a_link_is_not_followed(downloads: Path, shelf: Workspace, tmp_path: Path) -> None:
    outside = put_file(tmp_path, "outside.csv")
    (downloads / "link.csv").symlink_to(outside)
    assert not Watcher(shelf).look().new


def test_folders_are_kept_once_and_removed(downloads: Path, shelf: Workspace) -> None:
    with pytest.raises(UsageError, match="watched already"):
        watch.watch(shelf, downloads)
    with pytest.raises(UsageError, match="no folder"):
        watch.watch(shelf, downloads / "absent")
    with pytest.raises(UsageError, match="belongs to the workspace"):
        watch.watch(shelf, shelf.folder)
    watch.unwatch(shelf, downloads)
    assert not watch.folders(shelf)
    with pytest.raises(UsageError, match="not watched"):
        watch.unwatch(shelf, downloads)


def test_an_expected_file_is_late_after_its_due_day(shelf: Workspace) -> None:
    watch.expect(shelf, "shopify_payouts", Every.MONTH, 5, today=date(2026, 11, 3))
    look = Watcher(shelf).look
    (waiting,) = look(date(2026, 11, 5)).awaited
    assert (waiting.period, waiting.due, waiting.late) == (
        (date(2026, 10, 1), date(2026, 10, 31)),
        date(2026, 11, 5),
        0,
    )
    (late,) = look(date(2026, 11, 23)).late
    assert late.late == 18
    assert [one.period[0] for one in look(date(2026, 12, 31)).awaited] == [
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]


def test_weeks_run_from_monday_to_sunday(shelf: Workspace) -> None:
    watch.expect(shelf, "shopify_payouts", Every.WEEK, 0, today=date(2026, 11, 23))  # a Monday
    (late,) = Watcher(shelf).look(date(2026, 11, 24)).awaited
    assert late.period == (date(2026, 11, 16), date(2026, 11, 22))


def test_a_file_with_records_of_the_period_ends_the_wait(shelf: Workspace, tmp_path: Path) -> None:
    path = put_file(tmp_path, "payouts.csv")
    (report,) = import_paths(shelf, [path])
    assert report.period is not None
    day = date.fromordinal(date(1970, 1, 1).toordinal() + report.period[1])
    watch.expect(shelf, "shopify_payouts", Every.MONTH, 5, today=_month_after(day))
    look = Watcher(shelf).look
    assert not look(_month_after(day)).awaited
    later = look(_month_after(_month_after(day)))
    assert len(later.awaited) == 1


@pytest.fixture
def clock_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the clock of the computer to a zone."""

    def to_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield to_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no zone from its environment")
@pytest.mark.parametrize(
    ("zone", "hours", "came"),
    [
        ("Pacific/Auckland", -4, True),  # Monday morning there, Sunday in UTC
        ("America/Los_Angeles", 1, False),  # Sunday afternoon there, Monday in UTC
    ],
)
def test_a_period_ends_at_midnight_where_the_user_is(
    shelf: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock_of: Callable[[str], None],
    zone: str,
    hours: int,
    came: bool,
) -> None:
    path = put_file(tmp_path, "payouts.csv")
    next_monday = datetime(2026, 3, 30, tzinfo=UTC)  # the newest record of the sample is a week older
    clock_of(zone)
    monkeypatch.setattr("recon_app.store.events.now", lambda: iso(next_monday + timedelta(hours=hours)))
    list(import_paths(shelf, [path]))
    watch.expect(shelf, "shopify_payouts", Every.WEEK, 0, today=next_monday.date())
    assert (not Watcher(shelf).look(next_monday.date()).awaited) is came


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 15)


def test_expectations_are_replaced_and_removed(shelf: Workspace) -> None:
    watch.expect(shelf, "shopify_payouts", Every.MONTH, 5)
    watch.expect(shelf, "shopify_payouts", Every.WEEK, 2)
    (kept,) = watch.expectations(shelf)
    assert (kept.every, kept.days) == (Every.WEEK, 2)
    watch.expect_no_more(shelf, "shopify_payouts")
    assert not watch.expectations(shelf)
    with pytest.raises(UsageError, match="no file of the kind"):
        watch.expect_no_more(shelf, "shopify_payouts")
    with pytest.raises(UsageError, match="make no sense"):
        watch.expect(shelf, "shopify_payouts", Every.MONTH, 400)
    with pytest.raises(UsageError, match="there is no source"):
        watch.expect(shelf, "nonsense", Every.MONTH, 4)
