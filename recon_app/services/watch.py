"""Watched folders and expected files: what is new and not imported, and what did not come.

A watched folder is looked at, never changed. Only finished files that a source recognises are offered;
importing stays with the user. An expectation says that a kind of file comes for every week or month, some
days after its end.
"""

from __future__ import annotations

import calendar
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.services.paths import NOT_READABLE, is_of_system
from recon_app.services.preview import preview
from recon_app.services.recognise import source_named
from recon_app.sources._base import InputFile
from recon_app.store.imports import ImportedFile, list_imports
from recon_app.store.settings import change_setting, get_setting
from recon_app.store.workspace import Workspace

_FOLDERS, _EXPECTED, _LEFT_OUT = "watch.folders", "watch.expected", "watch.left_out"
_EPOCH = date(1970, 1, 1)
_QUIET_SECONDS = 2.0  # a file that changed a moment ago may still be written
_BACK_DAYS = 7  # a folder is watched from a week before somebody said so
_MOST_FILES = 2_000  # of a folder, the newest first
_MOST_DAYS = 90  # that a file may be late by agreement
_UNFINISHED = (".part", ".crdownload", ".download", ".tmp", ".partial", ".opdownload")


class Every(StrEnum):
    """How often a file is expected."""

    WEEK = "week"  # Monday to Sunday
    MONTH = "month"


@dataclass(frozen=True)
class Folder:
    """A watched folder.

    Attributes:
        path: Where it is.
        since: Files written before this day are not offered, ISO date.
    """

    path: Path
    since: str


@dataclass(frozen=True)
class Expected:
    """A kind of file that comes again and again.

    Attributes:
        source: Id of the source that reads it.
        every: How long one file's period is.
        days: How many days after the end of its period it is there.
        since: First day of the first period that is expected, ISO date.
    """

    source: str
    every: Every
    days: int
    since: str


@dataclass(frozen=True)
class Found:
    """A new file in a watched folder.

    Attributes:
        path: The file.
        sha256: Hash of its bytes.
        sources: Ids of the sources that recognise it.
        written: When it was written, seconds since 1970.
    """

    path: Path
    sha256: str
    sources: tuple[str, ...]
    written: float


@dataclass(frozen=True)
class Awaited:
    """An expected file that is not in the workspace.

    Attributes:
        source: Id of the source that would read it.
        title: What the user calls such a file.
        period: First and last day of its period.
        due: The day on which it should be there.
        late: Days since then, 0 when it may still come.
    """

    source: str
    title: str
    period: tuple[date, date]
    due: date
    late: int


@dataclass(frozen=True)
class Watched:
    """What a look at the folders and the calendar shows.

    Attributes:
        new: Files to be imported, the newest first.
        awaited: Expected files that are not there, the longest overdue first.
        unreadable: Folders that cannot be read, with the reason.
    """

    new: tuple[Found, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()

    @property
    def late(self) -> tuple[Awaited, ...]:
        """The expected files that should be there."""
        return tuple(one for one in self.awaited if one.late)


class Watcher:
    """Looks at the folders again and again; each file is opened once as long as it does not change."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._seen: dict[tuple[Path, int, int], Found | None] = {}

    def look(self, today: date | None = None) -> Watched:
        """Find new files and missing ones.

        Args:
            today: The day that decides what is late; None for the present one.
        """
        known = list_imports(self._ws)
        settled = {entry.sha256 for entry in known} | set(_texts(get_setting(self._ws, _LEFT_OUT, [])))
        seen, unreadable = {}, []
        for folder in folders(self._ws):
            try:
                for key in _finished(folder):
                    try:
                        seen[key] = self._one(key)
                    except _NotReadable:  # another program may just have it; it is looked at the next time
                        continue
            except OSError as error:
                unreadable.append((folder.path, error.strerror or str(error)))
        self._seen = seen
        by_hash = {found.sha256: found for found in seen.values() if found and found.sha256 not in settled}
        new = sorted(by_hash.values(), key=lambda found: (-found.written, found.path.name))
        day = today or date.today()  # noqa: DTZ011 - a due day is a day where the user is
        return Watched(tuple(new), tuple(_awaited(expectations(self._ws), known, day)), tuple(unreadable))

    def _one(self, key: tuple[Path, int, int]) -> Found | None:
        """What a file is; None when no source recognises it.

        Raises:
            _NotReadable: it cannot be read now, or it went away.
        """
        if key in self._seen:
            return self._seen[key]
        path, _, changed = key
        sources = self._sources(path)
        try:
            return Found(path, InputFile(path).sha256, sources, changed / 1e9) if sources else None
        except OSError as error:
            raise _NotReadable from error

    def _sources(self, path: Path) -> tuple[str, ...]:
        """Who recognises a file; where its encoding or sheet must be told first, who would with an answer."""
        seen = preview(self._ws, path, rows=1)
        if any(problem.code == NOT_READABLE for problem in seen.problems):
            raise _NotReadable
        if seen.sources or seen.question is None:
            return seen.sources
        option = seen.question.option
        told = (preview(self._ws, path, options={option: choice}, rows=1) for choice in seen.question.choices)
        return next((each.sources for each in told if each.sources), ())


class _NotReadable(Exception):
    """A file cannot be read at the moment."""


def _finished(folder: Folder) -> Iterator[tuple[Path, int, int]]:
    """The ordinary files of a folder that are no longer written: path, bytes, time of change in ns."""
    first = time.mktime(date.fromisoformat(folder.since).timetuple())
    last = time.time() - _QUIET_SECONDS
    found = []
    with os.scandir(folder.path) as entries:
        for entry in entries:
            if is_of_system(entry.name) or entry.name.lower().endswith(_UNFINISHED):
                continue
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # renamed or removed in this moment
                continue
            if stat.S_ISREG(info.st_mode) and info.st_size and first <= info.st_mtime <= last:
                found.append((Path(entry.path), info.st_size, info.st_mtime_ns))
    found.sort(key=lambda key: -key[2])
    yield from found[:_MOST_FILES]


def folders(ws: Workspace) -> list[Folder]:
    """The watched folders."""
    return [Folder(Path(kept["path"]), kept["since"]) for kept in _objects(get_setting(ws, _FOLDERS, []))]


def watch(ws: Workspace, path: Path, *, since: date | None = None, who: str = "") -> Changes:
    """Watch a folder.

    Args:
        ws: The workspace.
        path: The folder.
        since: Files written before this day are not offered; None for a week ago.
        who: Who wants it.

    Raises:
        UsageError: it is no folder, or is watched already.
    """
    folder = path.expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    if folder.is_relative_to(ws.folder):
        raise UsageError(f"{folder} belongs to the workspace; watch the folder that your browser saves to")
    if any(kept.path == folder for kept in folders(ws)):
        raise UsageError(f"{folder} is watched already")
    first = since or date.today() - timedelta(_BACK_DAYS)  # noqa: DTZ011 - days where the user is
    added = {"path": str(folder), "since": first.isoformat()}
    change_setting(ws, _FOLDERS, lambda kept: [*_objects(kept), added], default=[], who=who)
    return Changes(settings=True)


def unwatch(ws: Workspace, path: Path, *, who: str = "") -> Changes:
    """Watch a folder no more.

    Raises:
        UsageError: it is not watched.
    """
    folder = path.expanduser().absolute()
    if all(kept.path != folder for kept in folders(ws)):
        raise UsageError(f"{folder} is not watched")

    def without(kept: object) -> object:
        return [one for one in _objects(kept) if Path(one["path"]) != folder]

    change_setting(ws, _FOLDERS, without, default=[], who=who)
    return Changes(settings=True)


def leave_out(ws: Workspace, hashes: Iterable[str], *, who: str = "") -> Changes:
    """Offer files with these hashes no more."""
    added = list(hashes)
    change_setting(
        ws,
        _LEFT_OUT,
        lambda kept: list(dict.fromkeys([*_texts(kept), *added])),
        default=[],
        who=who,
    )
    return Changes(settings=True)


def expectations(ws: Workspace) -> list[Expected]:
    """The kinds of files that are expected."""
    return [
        Expected(kept["source"], Every(kept["every"]), int(kept["days"]), kept["since"])
        for kept in _objects(get_setting(ws, _EXPECTED, []))
    ]


def expect(
    ws: Workspace, source: str, every: Every, days: int, *, today: date | None = None, who: str = ""
) -> Changes:
    """Expect a file of a kind for every period, from the newest period that has ended on.

    Args:
        ws: The workspace.
        source: Id of the source that reads such files; its earlier expectation is replaced.
        every: How long one file's period is.
        days: How many days after the end of the period it should be there, 0 to 90.
        today: The present day where the user is; None to ask the clock.
        who: Who expects it.

    Raises:
        UsageError: there is no such source, or the days make no sense.
    """
    source_named(source)
    if not 0 <= days <= _MOST_DAYS:
        raise UsageError(f"{days} days make no sense; 0 to {_MOST_DAYS} do")
    day = today or date.today()  # noqa: DTZ011 - days where the user is
    first, _ = _period(_period(day, every)[0] - timedelta(1), every)
    added = asdict(Expected(source, every, days, first.isoformat()))

    def replaced(kept: object) -> object:
        return [*(one for one in _objects(kept) if one["source"] != source), added]

    change_setting(ws, _EXPECTED, replaced, default=[], who=who)
    return Changes(settings=True)


def expect_no_more(ws: Workspace, source: str, *, who: str = "") -> Changes:
    """Expect files of a kind no more.

    Raises:
        UsageError: they are not expected.
    """
    if all(kept.source != source for kept in expectations(ws)):
        raise UsageError(f"no file of the kind {source} is expected")

    def without(kept: object) -> object:
        return [one for one in _objects(kept) if one["source"] != source]

    change_setting(ws, _EXPECTED, without, default=[], who=who)
    return Changes(settings=True)


def _awaited(rules: Sequence[Expected], known: Sequence[ImportedFile], today: date) -> list[Awaited]:
    found = []
    for rule in rules:
        files = [entry for entry in known if entry.source == rule.source]
        title = source_named(rule.source).title
        for first, last in _periods(rule, today):
            if not any(_came(entry, first, last) for entry in files):
                due = last + timedelta(rule.days)
                found.append(Awaited(rule.source, title, (first, last), due, max(0, (today - due).days)))
    return sorted(found, key=lambda one: (one.due, one.title))


def _came(entry: ImportedFile, first: date, last: date) -> bool:
    """Whether a file tells of a period: it was made after its end, and has records of it or of no day."""
    imported = datetime.fromisoformat(entry.imported_at).astimezone()  # a period ends where the user is
    if imported.date() <= last:
        return False
    if entry.period is None:
        return True
    start, end = ((day - _EPOCH).days for day in (first, last))
    return entry.period[0] <= end and entry.period[1] >= start


def _periods(rule: Expected, today: date) -> Iterator[tuple[date, date]]:
    """The periods of a rule that have ended."""
    first, last = _period(date.fromisoformat(rule.since), rule.every)
    while last < today:
        yield first, last
        first, last = _period(last + timedelta(1), rule.every)


def _period(day: date, every: Every) -> tuple[date, date]:
    """First and last day of the week or month that a day is in."""
    if every is Every.WEEK:
        first = day - timedelta(day.weekday())
        return first, first + timedelta(6)
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _objects(kept: object) -> list[dict[str, str]]:
    return list(kept) if isinstance(kept, list) else []


def _texts(kept: object) -> list[str]:
    return [str(one) for one in kept] if isinstance(kept, list) else []
