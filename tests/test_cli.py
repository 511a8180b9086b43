"""The command line contract: exit status, standard error, streamed JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recon_app import __main__, cli
from recon_app.models.problem import Problem, ReconError, WorkspaceError
from recon_app.services.import_files import FileReport, Status
from recon_app.services.recognise import Question

PAYOUTS = (
    "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency",
    "2026-01-05,paid,100.00,-10.00,0.00,0.00,2.90,0.00,87.10,EUR",
    "2026-01-06,paid,50.00,0.00,0.00,0.00,1.45,0.00,48.55,EUR",
)
BROKEN = (*PAYOUTS[:1], "2026-01-05,paid,100.005,-10.00,0.00,0.00,2.90,0.00,87.10,EUR")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """``run(*arguments)``: exit status, standard output and the lines of standard error."""

    def start(*arguments: object) -> tuple[int, str, list[str]]:
        status = cli.main(["import", "--workspace", str(tmp_path / "ws"), *map(str, arguments)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err.splitlines()

    return start


def test_a_good_file_is_done(run: Any, folder: Path) -> None:
    path = write(folder / "payouts.csv", *PAYOUTS)
    line = f"{path}: imported as shopify_payouts, 2 records: 2 added, 0 known, 0 changed\n"
    assert run(path) == (cli.DONE, line, [])
    status, out, errors = run(path)
    assert (status, errors) == (cli.DONE, [])
    assert f"{path}: known, imported 20" in out


def test_json_has_the_schema_of_the_contract(run: Any, folder: Path) -> None:
    write(folder / "a.csv", *PAYOUTS)
    write(folder / "b.csv", *PAYOUTS)
    write(folder / "broken.csv", *BROKEN)
    write(folder / "notes.md", "# Notes")
    status, out, errors = run(folder, "--json")
    assert status == cli.NEEDS_A_PERSON
    answer = json.loads(out)
    assert list(answer) == ["schema", "files"]
    assert answer["schema"] == "recon/import/1"
    good, known, broken, notes = answer["files"]
    assert list(good) == [
        "path",
        "sha256",
        "source",
        "status",
        "rows",
        "rejected_rows",
        "added",
        "known",
        "changed",
        "gone",
        "proofs",
        "period",
        "totals",
        "warnings",
        "notes",
    ]
    assert good["path"] == str(folder / "a.csv")
    assert (good["source"], good["status"], good["rows"]) == ("shopify_payouts", "imported", 2)
    assert (good["added"], good["known"], good["changed"]) == (2, 0, 0)
    assert good["period"] == ["2026-01-05", "2026-01-06"]
    assert good["proofs"]
    assert all(set(proof) == {"name", "expected", "found", "ok"} for proof in good["proofs"])
    assert (known["status"], known["sha256"], known["known"]) == ("known", good["sha256"], 2)
    assert known["imported_at"].endswith("Z")
    assert broken["rejected_rows"] == [
        {
            "row": 1,
            "column": "Charges",
            "problem": "'100.005' is not an exact amount; correct the amount or its currency",
            "line": 2,
            "code": "E_NUMBER",
        }
    ]
    assert "source" not in notes
    assert set(notes["rejected_rows"][0]) == {"problem"}
    assert errors[0].startswith(f"{folder / 'broken.csv'}: 1: Charges: '100.005' is not an exact amount; ")
    assert errors[1].startswith(f"{folder / 'notes.md'}: not recognised: a text that begins with '# Notes'; ")
    assert errors[1].endswith("choose its kind (--as), or leave the file out")


def test_a_question_is_said_with_its_answers(run: Any, folder: Path) -> None:
    path = folder / "bank.csv"
    path.write_text("Date;Text;Betrag\n2026-01-31;Miete Zürich;-5,00\n", encoding="cp1252")
    status, out, errors = run(path, "--json")
    (file,) = json.loads(out)["files"]
    assert status == cli.NEEDS_A_PERSON
    assert file["status"] == "ambiguous"
    assert file["question"]["option"] == "encoding"
    assert "cp1252" in file["question"]["choices"]
    (error,) = errors
    assert error.startswith(f"{path}: The text is not UTF-8. Line 2 can be 'Miete Zürich' (cp1252) or ")
    assert error.endswith("; answer with --option encoding=cp1252|cp1250|mac_roman|utf-16")
    done = run(path, "--as", "bank_csv", "--option", "encoding=cp1252", "--option", "currency=EUR")
    assert done[0] == cli.DONE, done


def test_json_tells_all_that_the_window_shows_of_a_file() -> None:
    odd = Problem(3, "Note", "'x' holds an invisible character", "look at it", "W_CONTROL", 4)
    cell = Problem(None, None, "01/02 is one of two days", "say which")
    report = FileReport(
        Path("a.csv"),
        Status.AMBIGUOUS,
        gone=2,
        problems=(cell,),
        totals={("Fee", "JPY"): 145, ("Fee", "EUR"): 145, ("Units", ""): 7},
        notes=("2 lines are gone",),
        warnings=(odd,),
        question=Question("date_order", ("dmy", "mdy"), "Which?"),
    )
    told = json.loads(json.dumps(cli.file_json(report)))
    assert told["gone"] == 2
    assert told["rejected_rows"] == []
    assert told["totals"] == [
        {"name": "Fee", "currency": "JPY", "amount": "145"},
        {"name": "Fee", "currency": "EUR", "amount": "1.45"},
        {"name": "Units", "amount": "7"},
    ]
    assert told["notes"] == ["2 lines are gone"]
    assert told["warnings"] == [
        {
            "row": 3,
            "column": "Note",
            "problem": "'x' holds an invisible character; look at it",
            "line": 4,
            "code": "W_CONTROL",
        }
    ]
    assert told["question"] == {
        "option": "date_order",
        "choices": ["dmy", "mdy"],
        "text": "Which?",
        "cells": [{"problem": "01/02 is one of two days; say which"}],
    }


def test_a_failed_proof_needs_a_person(run: Any, folder: Path) -> None:
    path = write(folder / "a.csv", *PAYOUTS[:2], PAYOUTS[2].replace("48.55", "48.54"))
    status, out, errors = run(path)
    assert status == cli.NEEDS_A_PERSON
    assert "imported" in out
    assert len(errors) == 1
    assert "failed: expected 2 rows, found 1 rows" in errors[0]


def test_wrong_use(run: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(folder / "a.csv", *PAYOUTS)
    status, _, errors = run(path, "--as", "nonsense")
    assert status == cli.WRONG_USE
    assert errors[0].startswith("there is no source 'nonsense'; choose one of ")
    assert run(path, "--option", "nonsense")[::2] == (cli.WRONG_USE, ["'nonsense' is not KEY=VALUE"])
    for arguments in ([], ["import"], ["nonsense"], ["import", "x", "--nonsense"]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == cli.WRONG_USE
    assert "usage: recon-app" in capsys.readouterr().err


def test_json_is_whole_when_the_work_ends_early(run: Any, folder: Path) -> None:
    status, out, _ = run(write(folder / "a.csv", *PAYOUTS), "--as", "nonsense", "--json")
    assert status == cli.WRONG_USE
    assert json.loads(out) == {"schema": "recon/import/1", "files": []}


@pytest.mark.parametrize("address", ["postgresql://host/db", "file"])
def test_a_workspace_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    (tmp_path / "file").write_text("x")
    workspace = address if "://" in address else str(tmp_path / address)
    assert cli.main(["import", str(tmp_path), "--workspace", workspace]) == cli.NO_WORKSPACE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "; " in shown.err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WorkspaceError("w"), cli.NO_WORKSPACE),
        (ReconError("r"), cli.NEEDS_A_PERSON),
        (KeyboardInterrupt(), cli.STOPPED),
    ],
)
def test_faults_end_with_their_status(
    run: Any, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    def fail(*_: object, **__: object) -> Iterator[None]:
        raise error
        yield

    monkeypatch.setattr("recon_app.services.import_files.import_paths", fail)
    found, _, errors = run("x")
    assert found == status
    assert len(errors) == 1


def test_file_names_do_not_steer_the_terminal(run: Any, folder: Path) -> None:
    path = folder / "a\x1b[31m\u202e.csv"
    try:
        write(path, "x")
    except OSError:
        pytest.skip("the file system does not take such names")
    _, out, errors = run(path)
    assert "\\x1b[31m\\u202e.csv: rejected" in out
    assert "\x1b" not in errors[0]


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
def test_file_names_need_not_be_text(run: Any, folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv"))
    write(path, *PAYOUTS)
    status, out, _ = run(path, "--json")
    assert status == cli.DONE
    assert json.loads(out)["files"][0]["added"] == 2


def test_it_runs_as_a_module(tmp_path: Path, folder: Path) -> None:
    path = write(folder / "a.csv", *PAYOUTS)
    command = [sys.executable, "-m", "recon_app", "import", str(path), "--workspace", str(tmp_path / "w")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 added" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_needs_no_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["recon-app", *arguments])
    with pytest.raises(SystemExit) as stopped:
        __main__.main()
    assert stopped.value.code == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["--workspace", "x"], ["--platform", "offscreen"]])
def test_everything_else_is_the_window(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    started: list[list[str]] = []
    window = ModuleType("recon_app.app")

    def run_window(given: list[str]) -> int:
        started.append(given)
        return 7

    monkeypatch.setattr(window, "run_window", run_window, raising=False)
    monkeypatch.setitem(sys.modules, "recon_app.app", window)
    monkeypatch.setattr(sys, "argv", ["recon-app", *arguments])
    assert __main__.main() == 7
    assert started == [arguments]


def test_the_command_line_needs_no_qt() -> None:
    code = """
import sys
from recon_app import cli
cli._parser()
print([name for name in sys.modules if "PySide" in name or name in ("pandas", "sqlalchemy")])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_a_fault_of_a_reader_shows_no_traceback(tmp_path: Path, folder: Path) -> None:
    path = write(folder / "a.csv", *PAYOUTS)
    code = """
import sys
from recon_app import cli
from recon_app.sources.shopify_payouts import ShopifyPayouts
ShopifyPayouts.read = lambda *_: 1 / 0
sys.exit(cli.main(sys.argv[1:]))
"""
    command = [sys.executable, "-c", code, "import", str(path), "--workspace", str(tmp_path / "w")]
    for extra, details in (([], False), (["--verbose"], True)):
        done = subprocess.run([*command, *extra], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == cli.NEEDS_A_PERSON
        assert f"{path}: the reader `shopify_payouts` failed: ZeroDivisionError: " in done.stderr
        assert ("Traceback" in done.stderr) is details


def test_an_option_that_cannot_be_is_wrong_use_and_nothing_is_imported(run: Any, folder: Path) -> None:
    path = write(folder / "payouts.csv", *PAYOUTS)
    for option, words in (
        ("date_ordr=dmy", "there is no option 'date_ordr'; there are "),
        ("timezone=Nowhere", "the option timezone cannot be 'Nowhere'; it must be a time zone such as "),
        ("encoding=latin-99", "the option encoding cannot be 'latin-99'; it must be an encoding: utf-8, "),
        ("=x", "there is no option ''; there are "),
    ):
        status, _, errors = run(path, "--option", option)
        assert (status, len(errors)) == (cli.WRONG_USE, 1)
        assert errors[0].startswith(words)
    status, _, errors = run(path, "--option", "zone=UTC", "--option", "zone=CET")
    assert (status, errors) == (cli.WRONG_USE, ["zone is given twice, as 'UTC' and as 'CET'"])
    assert "2 added" in run(path, "--option", "zone=UTC", "--option", "zone=UTC")[1]


def test_a_name_longer_than_one_can_be_is_a_file_that_cannot_be_read(run: Any, folder: Path) -> None:
    good = write(folder / "payouts.csv", *PAYOUTS)
    status, out, errors = run("x" * 300, good)
    assert status == cli.NEEDS_A_PERSON
    assert "2 added" in out
    assert errors == [f"{'x' * 300}: the file cannot be read (File name too long); check its name and rights"]


def test_a_folder_without_files_is_told(run: Any, folder: Path) -> None:
    status, out, errors = run(folder)
    assert (status, out) == (cli.DONE, "")
    assert errors == [f"{folder}: there is no file in it; check the folder"]
    status, out, errors = run(folder, "--json")
    assert (json.loads(out)["files"], len(errors)) == ([], 1)


@pytest.mark.parametrize("words", [["watch", "--add"], ["backup", "--restore"], ["audit", "verify"]])
def test_other_names_longer_than_one_can_be_are_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    where = tmp_path / ("x" * 300) if words[0] == "audit" else tmp_path / "ws"
    long = [] if words[0] == "audit" else [str(tmp_path / ("x" * 300))]
    assert cli.main(["watch", "--workspace", str(tmp_path / "ws")]) == cli.DONE
    assert cli.main([*words, *long, "--workspace", str(where)]) == cli.NO_WORKSPACE
    assert " is longer than a name can be; give a shorter one\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["alias", "list", "7"],
        ["alias", "propose", "7"],
        ["connect", "list", "7"],
        ["count", "list", "7"],
        ["count", "close", "RC-1", "7"],
        ["count", "plan", "7"],
        ["rules", "list", "7"],
        ["rules", "propose", "7"],
    ],
)
def test_words_that_a_command_would_not_use_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert cli.main([*words, "--workspace", str(tmp_path / "ws")]) == cli.WRONG_USE
    assert capsys.readouterr().err == "7: not asked for here; leave it out\n"


@pytest.mark.parametrize("value", ["-1", "0", "x", "1.5", "٣"])
def test_a_number_is_one_from_1_on(tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["count", "plan", f"--due={value}", "--workspace", str(tmp_path / "ws")])
    assert stopped.value.code == cli.WRONG_USE
    assert f"{value!r} is not a number from 1 on" in capsys.readouterr().err
