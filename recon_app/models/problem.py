"""What went wrong, said so that the reader knows what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file, or a warning about it.

    Attributes:
        row: Number of the data record from 1, or None when the whole file is meant.
        column: Column name as in the file, or None.
        problem: What is wrong, with the value seen.
        advice: What to do.
        code: Stable name of the kind of fault (``E_QUOTE``, ``W_PREAMBLE``), "" where none is given.
        line: Physical line of a text file or sheet row of a workbook from 1, where it is known.
    """

    row: int | None
    column: str | None
    problem: str
    advice: str
    code: str = ""
    line: int | None = None

    def message(self, file: str) -> str:
        """The message of the command line: ``file: row: column: what is wrong; what to do``."""
        place = [file]
        if self.row is not None:
            place.append(str(self.row))
        if self.column is not None:
            place.append(self.column)
        return f"{': '.join(place)}: {self.problem}; {self.advice}"


class ReconError(Exception):
    """A fault that is the user's business; its text is shown as it is."""


class FileRejected(ReconError):
    """A file cannot be used; nothing of it was stored."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.problem}; {p.advice}" for p in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[FileRejected], tuple[Problem, ...]]:
        """Travel between processes."""
        return type(self), self.problems


class AnswerNeeded(ReconError):
    """A file can be read in more than one way, and a person must say which.

    Attributes:
        option: Name of the option that answers it (``--option NAME=VALUE``).
        choices: The values that fit the whole file.
        problems: The cells that raise the question.
    """

    def __init__(self, option: str, choices: tuple[str, ...], question: str, *problems: Problem) -> None:
        super().__init__(question)
        self.option = option
        self.choices = choices
        self.problems = problems

    def __reduce__(self) -> tuple[type[AnswerNeeded], tuple[str | Problem | tuple[str, ...], ...]]:
        """Travel between processes."""
        return type(self), (self.option, self.choices, str(self), *self.problems)


class WorkspaceError(ReconError):
    """The workspace cannot be used (exit status 3).

    Attributes:
        code: Stable name of the kind of fault (``E_DB_NEWER``), "" where none is given.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class UsageError(ReconError):
    """The command or its values are wrong (exit status 2)."""


class Cancelled(ReconError):
    """The user stopped the work; nothing of it was kept."""
