"""A pull: files that are imported like exports, only what changed, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest

from recon_app.models.problem import Cancelled, UsageError
from recon_app.odoo.errors import Fault, OdooError
from recon_app.services import connections
from recon_app.services.connections import PULLED, Connection
from recon_app.services.import_files import FileReport, Status
from recon_app.services.pull_folder import clear_dead_pulls, pull_folder
from recon_app.services.pull_odoo import listings, pull
from recon_app.services.workspace import open_workspace
from recon_app.store.imports import list_imports
from recon_app.store.settings import get_setting
from recon_app.store.workspace import Workspace
from tests.odoo.fake_odoo import DATABASE, KEY, LOGIN, FakeOdoo, serving, tea_house

Pull = Callable[..., list[FileReport]]


@pytest.fixture(params=["16.0", "18.0", "19.0"])
def odoo(request: pytest.FixtureRequest) -> Iterator[FakeOdoo]:
    with serving(tea_house(request.param)) as server:
        yield server


@pytest.fixture
def bring(shelf: Workspace, odoo: FakeOdoo) -> Pull:
    """``bring(*what, since=None, everything=False)``: the reports of a pull."""
    connections.save(shelf, Connection("shop", odoo.address, DATABASE, LOGIN))

    def run(*what: str, since: date | None = None, everything: bool = False) -> list[FileReport]:
        return list(pull(shelf, "shop", KEY, what, since=since, everything=everything))

    return run


def litter(ws: Workspace) -> list[str]:
    return [
        path.name for path in ws.folder.iterdir() if path.name.startswith(("pull-", "staging-", "unpacked-"))
    ]


def test_a_list_is_imported_like_a_file(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    (report,) = bring("journal-items")
    assert (report.status, report.source, report.rows, report.added) == (
        Status.IMPORTED,
        "odoo_journal_items",
        8,
        8,
    )
    assert report.path.name.startswith("Odoo 127.0.0.1 tea journal items 20")
    assert [proof.ok for proof in report.proofs] == [True, True]
    assert report.totals["balance", "EUR"] == 0
    (entry,) = list_imports(shelf)
    assert (entry.file, entry.options["timezone"]) == (report.path.name, "Europe/Berlin")
    assert litter(shelf) == []


def test_stock_is_imported(bring: Pull) -> None:
    (report,) = bring("quants")
    assert (report.status, report.rows, report.added) == (Status.IMPORTED, 2, 2)
    assert "Sum of on hand: 12.00001 Units" in report.notes


def test_the_same_again_is_known(bring: Pull) -> None:
    bring("journal-items")
    assert bring("journal-items")[0].status is Status.KNOWN


def test_only_what_changed_comes_again(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    rows = odoo.rows["account.move.line"]
    rows[7]["write_date"] = "2026-11-03 10:00:00"
    bring("journal-items", "quants")
    rows[0].update(parent_state="cancel", write_date="2026-11-05 10:00:00")
    items, quants = bring("journal-items", "quants")
    assert (items.rows, items.added, items.known, items.changed) == (2, 0, 1, 1)
    assert quants.rows == 2  # stock is always read whole
    assert get_setting(shelf, PULLED) == {
        "shop": {"journal-items": "2026-11-05T10:00:00+00:00", "quants": "2026-11-01T08:00:00+00:00"}
    }


def test_what_changed_shortly_before_comes_twice(odoo: FakeOdoo, bring: Pull) -> None:
    rows = odoo.rows["account.move.line"]
    rows[0]["write_date"] = "2026-11-05 10:00:00"
    bring("journal-items")
    rows[1]["write_date"] = "2026-11-05 09:50:00"  # stamped before, to be seen after: a long transaction
    rows[2]["write_date"] = "2026-11-05 09:49:59"
    assert bring("journal-items")[0].rows == 2


def test_stock_that_is_gone_is_said(odoo: FakeOdoo, bring: Pull) -> None:
    bring("quants")
    gone = odoo.rows["stock.quant"].pop(0)
    (report,) = bring("quants")
    assert report.gone == 1
    assert "Records that are no longer there: 1; runs leave them out" in report.notes
    odoo.rows["stock.quant"].insert(0, {**gone, "quantity": 11.0})
    assert "Records that were gone and are there again: 1" in bring("quants")[0].notes


def test_everything_can_be_read_again(bring: Pull) -> None:
    bring("journal-items")
    assert bring("journal-items", everything=True)[0].rows == 8


def test_a_day_is_one_of_the_users_zone(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    rows = odoo.rows["account.move.line"]
    rows[0]["write_date"], rows[1]["write_date"] = "2026-11-04 22:59:59", "2026-11-04 23:00:00"
    (report,) = bring("journal-items", since=date(2026, 11, 5))
    assert report.rows == 1
    assert get_setting(shelf, PULLED) is None  # what lies before has not been read


def test_a_changed_connection_is_read_from_the_start(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    bring("journal-items")
    connections.save(shelf, Connection("shop", odoo.address, DATABASE, LOGIN, company="Tea House"))
    assert get_setting(shelf, PULLED) == {}


def test_nothing_new_imports_nothing(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    odoo.rows["stock.quant"].clear()
    (report,) = bring("quants")
    assert (report.status, report.rows, report.notes) == (Status.KNOWN, 0, ("nothing new",))
    assert not report.needs_a_person
    assert list_imports(shelf) == []


def test_lists_that_cannot_be_read_stop_no_other(odoo: FakeOdoo, bring: Pull) -> None:
    odoo.denied.add("account.move.line")
    reports = {report.source: report for report in bring()}
    assert reports["odoo_stock_quants"].status is Status.IMPORTED
    denied = reports["odoo_journal_items"]
    assert (denied.status, denied.problems[0].problem[:30]) == (
        Status.REJECTED,
        "Odoo says: You are not allowed",
    )
    missing = reports["odoo_purchase_orders"]  # nobody asked for it
    assert (missing.status, missing.notes) == (Status.KNOWN, ("this Odoo has no app Purchase",))


def test_a_list_that_was_asked_for_is_missed(bring: Pull) -> None:
    (report,) = bring("purchase-orders")
    assert (report.status, report.problems[0].problem) == (Status.REJECTED, "this Odoo has no app Purchase")


def test_a_list_that_moved_says_so(odoo: FakeOdoo, bring: Pull) -> None:
    def change(model: str, method: str) -> None:
        if (model, method) == ("account.account", "read"):
            odoo.rows["account.move.line"][0]["write_date"] = "2026-11-06 10:00:00"

    odoo.before = change
    (report,) = bring("journal-items")
    assert report.notes[-1] == "Records that came, went or changed while this was read: 1; pull again"
    odoo.before = lambda _model, _method: None
    assert bring("journal-items")[0].rows == 8  # all that may have changed since the first page


def test_a_wrong_key_imports_nothing(shelf: Workspace, bring: Pull) -> None:
    with pytest.raises(OdooError) as caught:
        list(pull(shelf, "shop", "f" * 40))
    assert caught.value.fault is Fault.KEY
    assert list_imports(shelf) == []


def test_a_server_that_stops_leaves_nothing_of_its_list(
    shelf: Workspace, odoo: FakeOdoo, bring: Pull
) -> None:
    def stop(model: str, method: str) -> None:
        if (model, method) == ("stock.location", "read"):
            odoo.headers["Content-Type"], odoo.status = "text/html", 502

    odoo.before = stop
    with pytest.raises(OdooError) as caught:
        bring("journal-items", "quants")
    assert caught.value.fault is Fault.OFFLINE
    assert [entry.source for entry in list_imports(shelf)] == ["odoo_journal_items"]
    assert litter(shelf) == []


def test_a_stopped_pull_leaves_nothing(shelf: Workspace, bring: Pull) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(pull(shelf, "shop", KEY, ["journal-items"], progress=stop))
    assert (list_imports(shelf), litter(shelf), get_setting(shelf, PULLED)) == ([], [], None)


def test_what_a_killed_program_left_is_cleared(shelf: Workspace) -> None:
    dead = shelf.folder / "pull-dead"
    dead.mkdir()
    (dead / "half.csv").write_text("x", encoding="utf-8")
    (dead / "lock.sqlite").touch()
    with pull_folder(shelf) as alive:
        assert not dead.exists()
        clear_dead_pulls(shelf)
        assert alive.exists()
    assert litter(shelf) == []


def test_opening_a_workspace_clears_it_too(shelf: Workspace) -> None:
    dead = shelf.folder / "pull-dead"
    dead.mkdir()
    open_workspace(shelf.folder).close()
    assert litter(shelf) == []


def test_files_of_a_running_pull_belong_to_their_owner_only(shelf: Workspace) -> None:
    with pull_folder(shelf) as folder:
        assert folder.stat().st_mode & 0o077 == 0


def test_the_workspace_can_be_rebuilt_without_odoo(shelf: Workspace, odoo: FakeOdoo, bring: Pull) -> None:
    bring("journal-items")
    odoo.status = 502
    shelf.close()
    for path in shelf.folder.glob("cache.sqlite*"):
        path.unlink()
    with closing(open_workspace(shelf.folder)) as again, again.cache.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM record").scalar() == 8


def test_names_of_lists() -> None:
    assert [one.what for one in listings(["bills", "invoices", "quants"])] == ["invoices", "quants"]
    with pytest.raises(UsageError, match="choose from journal-items, payments"):
        listings(["everything"])
