"""Files of one bank account in several formats: each is imported and named, each booking counts once."""

from __future__ import annotations

import zipfile
from pathlib import Path

from recon_app.services.import_files import Status, import_paths
from recon_app.services.run import run
from recon_app.store.workspace import Workspace

DATA = Path(__file__).parent.parent / "sources" / "data"
STATEMENT = DATA / "bank_camt" / "two_statements.xml"
REPORT = DATA / "bank_camt052" / "intraday.xml"
ACCOUNT = "DE02120300000000202051"
NOTIFICATION = DATA / "bank_camt054" / "batch.xml"


def left_out(ws: Workspace) -> list[str]:
    """The remarks on the bank lines that do not count."""
    report = run(ws, "settlements")
    return [remark for remark in report.remarks if "left out" in remark]


def test_a_notification_and_a_report_give_way_to_the_statement(shelf: Workspace) -> None:
    reports = list(import_paths(shelf, [NOTIFICATION, REPORT, STATEMENT]))
    assert [report.status for report in reports] == [Status.IMPORTED] * 3
    assert [report.source for report in reports] == ["bank_camt054", "bank_camt052", "bank_camt"]
    assert "repeats what the statement books" in reports[0].notes[0]
    assert "only the statement counts" in reports[1].notes[0]
    assert left_out(shelf) == [
        "3 bank lines that the bank has not booked yet were left out.",
        f"2 EUR lines of account {ACCOUNT} from CAMT.054 were left out: a statement has these days.",
    ]


def test_without_a_statement_they_count(shelf: Workspace) -> None:
    list(import_paths(shelf, [NOTIFICATION]))
    assert left_out(shelf) == []


def test_a_statement_in_an_archive_and_alone_is_stored_once(shelf: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bank.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("march.xml", "again.xml"):
            archive.write(STATEMENT, name)
    (packed,) = import_paths(shelf, [path])
    (alone,) = import_paths(shelf, [STATEMENT])
    assert (packed.status, packed.rows, packed.added) == (Status.IMPORTED, 6, 6)
    assert (alone.status, alone.rows, alone.added) == (Status.IMPORTED, 6, 0)
