"""The demo month through the command line: every planted break is named, and one is corrected."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli
from recon_app.models.correction import JournalEntry, JournalLine
from recon_app.models.record import RecordType, Side
from recon_app.services.corrections import entry_csv
from recon_app.services.listing import View, open_listing
from recon_app.services.summary import summary
from recon_app.services.workspace import open_workspace

DEMO = Path(__file__).parents[2] / "resources" / "demo"
MONTH = DEMO / "2026-10"
PLANTED = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))["settlements"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("demo") / "workspace")
    assert cli.main(["import", str(MONTH), "--workspace", folder]) == cli.DONE
    assert cli.main(["run", "settlements", "--workspace", folder]) == cli.NEEDS_A_PERSON
    return folder


def read_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    cli.main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def cases(workspace: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(capsys, "cases", "settlements", "--workspace", workspace)["cases"]
    return found


def _records(case: dict[str, Any]) -> set[tuple[str, int]]:
    return {(leg["file"], leg["row"]) for legs in case["legs"].values() for leg in legs}


@pytest.mark.parametrize("planted", PLANTED, ids=[planted["id"] for planted in PLANTED])
def test_every_planted_break_is_named_with_kind_and_cause(
    planted: dict[str, Any], cases: list[dict[str, Any]]
) -> None:
    wanted = {(record["file"], record["row"]) for record in planted["records"]}
    hits = [case for case in cases if _records(case) & wanted]
    fits = [
        case
        for case in hits
        if case["kind"] == planted["kind"]
        and (planted["cause"] is None or case["cause"] == planted["cause"])
        and set(planted["missing"]) <= set(case["missing"])
    ]
    assert fits, [(case["kind"], case["cause"], case["missing"]) for case in hits]
    if planted.get("delta"):
        assert planted["delta"] in {case["delta"]["amount"] for case in fits if "delta" in case}


def test_nothing_else_needs_a_person(cases: list[dict[str, Any]]) -> None:
    calm = {"matched", "timing", "tolerance"}
    expected = {(p["kind"], p["cause"]) for p in PLANTED if p["kind"] not in calm}
    found = [(case["kind"], case["cause"]) for case in cases if case["kind"] not in calm]
    assert set(found) == expected
    assert len(found) == sum(
        max(1, len(p["orders"])) if p["kind"] != "ambiguous" else 1 for p in PLANTED if p["kind"] not in calm
    )


def test_case_ids_are_stable_over_a_new_import_and_run(
    workspace: str, cases: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = str(tmp_path / "other")
    files = sorted((path for path in MONTH.rglob("*") if path.is_file()), reverse=True)
    cli.main(["import", *map(str, files), "--workspace", other])
    again = read_json(capsys, "run", "settlements", "--workspace", other)["cases"]
    assert {case["id"]: case["text"] for case in again} == {case["id"]: case["text"] for case in cases}


class Booking:
    """The workspace of the demo month with a correction that books the fees of a payout."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._path, self._capsys = str(tmp_path / "workspace"), tmp_path, capsys
        self.do("import", str(MONTH))
        found = self.do("run", "settlements")["cases"]
        self.case = next(str(case["id"]) for case in found if case["cause"] == "fee_not_booked")
        self.made = self.propose()

    def do(self, *words: str) -> Any:
        return read_json(self._capsys, *words, "--workspace", self.folder)

    def propose(self) -> Any:
        answers = ["--set", "journal=Miscellaneous Operations", "--set", "fee_account=627100"]
        return self.do("propose", self.case, "--with", "book_payout_fees", *answers)[0]

    def apply(self, correction: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """The rows of the entry's file and of its reversal's."""
        files = self.do("apply", correction, "--to", "file", str(self._path))
        entry, reversal = (Path(files[name]).read_text(encoding="utf-8") for name in ("entry", "reversal"))
        return list(csv.DictReader(entry.splitlines())), list(csv.DictReader(reversal.splitlines()))

    def export(self, name: str, *entries: tuple[str, str, str, float]) -> Path:
        """Import the month's journal items with more entries: number, reference, date, fees debited."""
        path = self._path / name
        _write_export(path, entries)
        self.do("import", str(path))
        return path

    def verdicts(self) -> list[tuple[str, str]]:
        return sorted((verdict["state"], verdict["text"]) for verdict in self.do("verify"))

    def state(self) -> str:
        return str(self.do("explain", self.case)["state"])

    @property
    def posted(self) -> tuple[str, str, str, float]:
        """The entry as Odoo has it once it is posted."""
        return ("MISC/2026/10/0099", self.made["ref"], self.made["date"], 20.25)


@pytest.fixture
def booking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Booking:
    return Booking(tmp_path, capsys)


def test_book_the_fees_of_a_payout_from_proposal_to_reversal(booking: Booking) -> None:
    made = booking.made
    assert [(line["account"], line["debit"], line["credit"]) for line in made["lines"]] == [
        ("627100", "20.25", "0.00"),
        ("101410", "0.00", "20.25"),
    ]
    assert made["effects"][0]["after"] == "0.00 EUR"
    assert booking.state() == "proposed"

    rows, undo = booking.apply(made["id"])
    assert rows[0]["id"] == made["external_id"]
    assert rows[1]["id"] == ""
    assert len({row["line_ids/id"] for row in rows + undo}) == 4, "every line has a key of its own"
    assert [row["line_ids/debit"] for row in rows] == [row["line_ids/credit"] for row in undo]
    assert booking.state() == "posted"

    assert booking.verdicts()[0][0] == "posted"
    booking.export("later.csv", booking.posted)
    assert booking.verdicts() == [("verified", "All lines are posted in later.csv.")]
    booking.do("run", "settlements")
    settled = booking.do("explain", booking.case)
    assert (settled["kind"], settled["state"]) == ("matched", "verified")

    number, _, day, fees = booking.posted
    booking.export("gone.csv", (number, "another entry", day, fees))
    assert booking.verdicts() == [("reopened", "gone.csv covers its date and no longer has it.")]

    undoing = booking.do("reverse", made["id"])["reversal"]
    assert [(line["debit"], line["credit"]) for line in undoing["lines"]] == [
        ("0.00", "20.25"),
        ("20.25", "0.00"),
    ]


def test_an_entry_that_odoo_reversed_is_reopened(booking: Booking) -> None:
    booking.apply(booking.made["id"])
    number = booking.posted[0]
    stranger = ("MISC/2026/10/0100", "Reversal of: MISC/2026/10/0001, not ours", "2026-10-31", -20.25)
    booking.export("later.csv", booking.posted, stranger)
    assert booking.verdicts()[0][0] == "verified"
    reversal = ("MISC/2026/10/0101", f"Storno von: {number}, Irrtum", "2026-10-31", -20.25)
    booking.export("reversed.csv", booking.posted, stranger, reversal)
    assert booking.verdicts() == [("reopened", "MISC/2026/10/0101 in reversed.csv takes it back.")]


def test_a_verified_reversal_lets_the_case_be_corrected_again(booking: Booking) -> None:
    first = booking.apply(booking.made["id"])
    booking.export("later.csv", booking.posted)
    booking.verdicts()
    undoing = booking.do("reverse", booking.made["id"])["reversal"]
    second = booking.apply(undoing["id"])
    assert second[0] == first[1], "the file that was kept and the one written now are the same entry"
    rows = (*first[0], *first[1], *second[1])
    keys = {row[name] for row in rows for name in ("id", "line_ids/id")} - {""}
    assert len(keys) == 9, "Odoo refuses a second entry with the keys of one that is posted"

    words = undoing["ref"].split()
    assert words[0] == f"RD-{booking.made['id'][:8]}R"
    shown = f"{' '.join(words[:-1])} [...]"  # as "Export All" shows it
    back = ("MISC/2026/10/0100", shown, undoing["date"], -20.25)
    booking.export("reversed.csv", booking.posted, back)
    assert booking.verdicts() == [
        ("reopened", "MISC/2026/10/0100 in reversed.csv takes it back."),
        ("verified", "All lines are posted in reversed.csv."),
    ]
    assert booking.propose()["id"] not in (booking.made["id"], undoing["id"])


def test_an_export_like_the_one_before_the_entry_reopens_it(booking: Booking) -> None:
    """Odoo writes the same bytes again once an entry is deleted."""
    number, _, day, _ = booking.posted
    other = (number, "another entry", day, 1.05)
    before = booking.export("before.csv", other)
    booking.do("run", "settlements")
    booking.apply(booking.made["id"])
    booking.export("later.csv", booking.posted)
    assert booking.verdicts()[0][0] == "verified"

    booking.do("import", str(before))
    assert booking.verdicts()[0][0] == "verified", "the old file once more says nothing new"
    after = before.with_name("after.csv")
    after.write_bytes(before.read_bytes())
    later = time.time() + 60
    os.utime(after, (later, later))
    assert booking.do("import", str(after))["files"][0]["status"] == "known"
    assert booking.verdicts() == [("reopened", "before.csv covers its date and no longer has it.")]


def test_a_posted_entry_says_that_odoo_moved_its_date(booking: Booking) -> None:
    booking.apply(booking.made["id"])
    number, ref, day, fees = booking.posted
    booking.export("later.csv", (number, ref, "2026-10-31", fees))
    text = f"All lines are posted in later.csv, on 2026-10-31 instead of {day}."
    assert booking.verdicts() == [("verified", text)]


def test_an_entry_in_a_foreign_currency_has_both_amounts() -> None:
    entry = JournalEntry("__recon__.c_1", "MISC", "2026-10-12", "po_1 fees", _lines("Fees", (-2025, "USD")))
    header, *rows = csv.reader(entry_csv(entry).splitlines())
    assert header[5:] == [
        "line_ids/account_id",
        "line_ids/name",
        "line_ids/debit",
        "line_ids/credit",
        "line_ids/amount_currency",
        "line_ids/currency_id",
    ]
    assert [row[5:] for row in rows] == [
        ["627100", "Fees", "0.00", "18.00", "-20.25", "USD"],
        ["101420", "Fees", "18.00", "0.00", "20.25", "USD"],
    ]


@pytest.mark.parametrize(("label", "mark"), [("Fees", ""), ("Gebühren", "\ufeff")])
def test_the_file_says_its_encoding_when_odoo_could_guess_it_wrong(label: str, mark: str) -> None:
    entry = JournalEntry("__recon__.c_1", "MISC", "2026-10-12", "po_1 fees", _lines(label))
    assert entry_csv(entry).startswith(f'{mark}"id","ref"')


def _lines(label: str, foreign: tuple[int, str] = (0, "")) -> tuple[JournalLine, ...]:
    minor, code = foreign
    return (
        JournalLine("__recon__.c_1_1", "627100", label, 0, 1800, "EUR", minor, code),
        JournalLine("__recon__.c_1_2", "101420", label, 1800, 0, "EUR", -minor, code),
    )


def _write_export(path: Path, entries: Sequence[tuple[str, str, str, float]]) -> None:
    """Odoo's journal items as exported after more entries were posted there."""
    with (MONTH / "odoo" / "journal_items.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    place = {name: index for index, name in enumerate(header)}
    for number, ref, day, fees in entries:
        for account, balance in (("627100 Payment Fees", fees), ("101410 Shopify", -fees)):
            values = {
                "Date": day,
                "Journal Entry": f"{number} ({ref})",
                "Number": number,
                "Journal": "Miscellaneous Operations",
                "Account": account,
                "Account/Code": account.split()[0],
                "Reference": ref,
                "Label": "Platform fees",
                "Debit": str(max(balance, 0.0)),
                "Credit": str(max(-balance, 0.0)),
                "Balance": str(balance),
                "Amount in Currency": str(balance),
                "Currency": "EUR",
                "Status": "posted",
            }
            row = [""] * len(header)
            for name, value in values.items():
                row[place[name]] = value
            rows.append(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])


def test_the_bank_is_compared_with_payouts_and_the_fee_cell_is_marked(workspace: str) -> None:
    ws = open_workspace(workspace)
    try:
        bank = open_listing(ws, "settlements", View((Side.PLATFORM, Side.BANK)))
        kinds = {
            record.type
            for row in bank.rows(0, bank.count)
            for side, record in row.records.items()
            if side in (Side.PLATFORM, Side.BANK)
        }
        assert RecordType.PAYOUT in kinds
        lines = open_listing(ws, "settlements", View())
        fee = [row for row in lines.rows(0, lines.count) if row.cause == "fee_not_booked"]
        assert [row.differs for row in fee] == [frozenset({"fee"})]
        assert bank.count < lines.count / 5
        found = summary(ws, "settlements")
        assert found is not None
        eur = next(total for total in found.totals if total.currency == "EUR")
        in_transit, carried_over, bank_charge = 117410, -9392, 750
        assert eur.sides["bank"] == eur.paid - in_transit - carried_over - bank_charge
    finally:
        ws.close()
