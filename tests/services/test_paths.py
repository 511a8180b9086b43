"""Names, links and other things that a folder of downloads may hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recon_app.models.problem import FileRejected
from recon_app.services.import_files import walk
from recon_app.services.paths import checked_path
from recon_app.services.reading import opened
from recon_app.sources._file import MAX_BYTES

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names or files")


def refusal(path: Path) -> tuple[str, str]:
    """Code and text of the only problem."""
    with pytest.raises(FileRejected) as caught:
        opened(path, {})
    (problem,) = caught.value.problems
    assert problem.advice
    return problem.code, problem.problem


AWKWARD = [
    "a (b) & äöü €.csv",
    "-rf.csv",
    "quote'name.csv",
    "<b>bold<b>.csv",
    "CON.csv",
    "UPPER.CSV",
    "noending",
    "x" * 240 + ".csv",
    "\U0001f468\u200d\U0001f469.csv",  # a joiner inside an emoji
    "\u0646\u0645\u0648\u0646\u0647\u200c\u0647\u0627.csv",  # Persian
    "a\u00a0b.csv",
]
DECEIVING = ["a_\u202evsc.exe", "new\nline.csv", "a\x1b[2J.csv", "a\u2066b.csv", "a\u2028b"]


@posix
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_are_fine(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a,b\n1,2\n")
    assert opened(path, {}).name == name


@posix
@pytest.mark.parametrize("name", DECEIVING)
def test_a_name_that_hides_something_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a,b\n1,2\n")
    assert refusal(path) == ("E_PATH", "the name of the file holds characters that hide what it is")


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to("nowhere.csv")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unreadable(path: Path) -> None:
    path.write_text("a,b\n")
    path.chmod(0)


def absent(path: Path) -> None:
    path.unlink(missing_ok=True)


@posix
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (folder, "a folder that is named like a file"),
        (dangling, "the link leads to 'nowhere.csv', which is not there"),
        (loop, "the link leads back to itself"),
        (pipe, "no ordinary file"),
        (unreadable, "nobody may read the file"),
        (absent, "No such file"),
    ],
)
def test_what_is_no_file_to_read_is_refused(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "file.csv"
    make(path)
    code, problem = refusal(path)
    assert (code, words in problem) == ("E_PATH", True)


@posix
def test_behind_a_link_stands_the_file_itself(tmp_path: Path) -> None:
    target = tmp_path / "real.csv"
    target.write_text("a,b\n1,2\n")
    (tmp_path / "link.csv").symlink_to(target)
    assert checked_path(tmp_path / "link.csv") == target
    assert opened(tmp_path / "link.csv", {}).name == "real.csv"
    assert checked_path(target) == target


def test_a_file_without_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.touch()
    assert refusal(path) == ("E_EMPTY", "the file is empty")


@posix
def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    path.write_text("a,b\n1,2\n")
    os.truncate(path, MAX_BYTES + 1)
    assert refusal(path)[0] == "E_TOO_LARGE"


def test_a_text_named_like_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.xlsx"
    path.write_text("a,b\n1,2\n")
    assert refusal(path)[0] == "E_NOT_TEXT"


def test_a_folder_named_like_a_file_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "in" / "dir.csv").mkdir(parents=True)
    (tmp_path / "in" / "a.csv").touch()
    assert list(walk([tmp_path / "in" / "dir.csv"])) == [tmp_path / "in" / "dir.csv"]
    assert tmp_path / "in" / "a.csv" in list(walk([tmp_path / "in"]))


@pytest.mark.parametrize(
    "name", [".DS_Store", "~$orders.xlsx", "Thumbs.db", "desktop.ini", "__MACOSX/._orders.csv", ".git/index"]
)
def test_what_systems_keep_in_a_folder_is_left_out(tmp_path: Path, name: str) -> None:
    for each in (name, "orders.csv"):
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_bytes(b"x")
    assert list(walk([tmp_path])) == [tmp_path / "orders.csv"]
    assert list(walk([tmp_path / name])) == [tmp_path / name]  # somebody named it
