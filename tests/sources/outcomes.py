"""What became of one file: read by its source, refused, asked about, or a fault of the program."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from recon_app.models.problem import AnswerNeeded, FileRejected, UsageError
from recon_app.models.record import INT_FIELDS, NO_INT
from recon_app.services.reading import opened, read_rows
from recon_app.services.recognise import look, source_named
from recon_app.sources._base import Batch, Reading

SECONDS = 10  # for one file
Fields = dict[str, "str | int"]


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        end: ``accepted``, ``refused``, ``asked``, or ``fault`` when the program did what it never must.
        why: Its words, or the code of the refusal.
        records: Row and fields of the records.
    """

    end: str
    why: str = ""
    source: str = ""
    records: tuple[tuple[int, Fields], ...] = ()
    reading: Reading = field(default_factory=Reading)
    option: str = ""
    choices: tuple[str, ...] = ()


class _Rows:
    """Takes the records that a source reads."""

    def __init__(self) -> None:
        self.records: list[tuple[int, Fields]] = []

    def add(self, batch: Batch) -> None:
        columns = {name: list(column) for name, column in batch.items()}
        for index, row in enumerate(columns.pop("row")):
            filled: Fields = {}
            for name, column in columns.items():
                value = int(column[index]) if name in INT_FIELDS else str(column[index])
                if value not in ("", NO_INT):
                    filled[name] = value
            self.records.append((int(row), filled))


class _TooSlow(BaseException):
    """A file took too long; no code that catches Exception may catch it."""


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise _TooSlow


def _set_alarm(seconds: int) -> None:
    if sys.platform != "win32":  # which has none
        signal.signal(signal.SIGPROF, _too_slow)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # time at work, not by the clock: others may be busy


def read(path: Path, options: Mapping[str, str], source: str = "") -> Outcome:
    """Read a file as an import does, within the time that a file has."""
    _set_alarm(SECONDS)
    try:
        return _read(path, options, source)
    except AnswerNeeded as asked:
        return Outcome("asked", asked.option, source, option=asked.option, choices=asked.choices)
    except FileRejected as rejected:
        first = rejected.problems[0]
        failed = [each.problem for each in rejected.problems if "` failed: " in each.problem]
        return Outcome("fault" if failed else "refused", failed[0] if failed else first.code or first.problem)
    except (UsageError, OSError) as error:
        return Outcome("refused", str(error))
    except _TooSlow:
        return Outcome("fault", f"took more than {SECONDS} s")
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return Outcome("fault", f"crashed: {type(error).__name__}: {error}")
    finally:
        _set_alarm(0)


def _read(path: Path, options: Mapping[str, str], source: str) -> Outcome:
    reading, rows = Reading(), _Rows()
    file = opened(path, options)
    seen = look(file, source, _silent)
    if len(seen.sources) > 1:
        return Outcome("asked", "as", option="as", choices=seen.sources)
    read_rows(rows, file, source_named(seen.sources[0]), options, reading, _silent)
    return Outcome("accepted", "", seen.sources[0], tuple(rows.records), reading)


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
    del done, total
