"""Counts from sheet to proposal: carried over moves, limited on two sides, never netted, never guessed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.services import cases, counts, states
from recon_app.services.counts import Desk, Heard, Verdict
from recon_app.services.import_files import import_paths
from recon_app.services.run import keep_answer, run
from recon_app.store import counts as store
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace

ONE = 10**6
STOCK = "WH/Stock"
SHELF = "WH/Stock/Shelf A"
QUANTS: tuple[str, ...] = (
    "Product/Internal Reference",
    "Product",
    "Product/Barcode",
    "Location",
    "Lot/Serial Number",
)
QUANTS += ("Quantity", "Reserved Quantity", "Unit of Measure", "Value", "Currency")
MOVES: tuple[str, ...] = (
    "Reference",
    "Product/Internal Reference",
    "Product",
    "From",
    "To",
    "Lot/Serial Number",
    "Date",
)
MOVES += ("Quantity", "Unit of Measure", "Status")
Quants = Callable[..., None]


class Odoo:
    """A made-up Odoo whose exports are imported; its moves say when they happened."""

    def __init__(self, ws: Workspace, folder: Path) -> None:
        self._ws = ws
        self._folder = folder
        self._exports = 0

    def stock(self, *rows: tuple[str, str, str, str], ids: bool = False) -> None:
        """Export stock: (code, location, lot, quantity); a unit is worth 10.00."""
        lines: list[tuple[str, ...]] = [
            (
                *([f"__export__.stock_quant_{sku}{lot}"] if ids else []),
                sku,
                f"[{sku}] The {sku}",
                f"40{sku}",
                place,
                lot,
                quantity,
                "0.0",
                "Units",
                f"{Decimal(quantity) * 10:.2f}",
                "EUR",
            )
            for sku, place, lot, quantity in rows
        ]
        self._import("quants", (*(["External ID"] if ids else []), *QUANTS), lines)

    def export_twins(self) -> None:
        """Export stock of two products that have the same code."""
        rest = ("", STOCK, "", "5.0", "0.0", "Units", "50.00", "EUR")
        self._import("quants", QUANTS, [("LAMP", f"[LAMP] {name}", *rest) for name in ("Oak", "Pine")])

    def moves(self, *rows: tuple[str, str, str, datetime, str]) -> None:
        """Export done move lines: (code, from, to, when, quantity)."""
        lines: list[tuple[str, ...]] = [
            (
                f"WH/OUT/{n:05}",
                sku,
                f"[{sku}] The {sku}",
                source,
                target,
                "",
                at.strftime("%Y-%m-%d %H:%M:%S"),
                quantity,
                "Units",
                "Done",
            )
            for n, (sku, source, target, at, quantity) in enumerate(rows, 1)
        ]
        self._import("moves", MOVES, lines)

    def _import(self, name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        self._exports += 1
        path = self._folder / f"{name}{self._exports}.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        reports = list(import_paths(self._ws, [path], options={"timezone": "UTC"}))
        assert [report.status for report in reports] == ["imported"], reports


class Clock:
    """The clock of the ledger, set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def to(self, hour: int, minute: int = 0) -> datetime:
        """Go to a time of the day."""
        self.now = self.now.replace(hour=hour, minute=minute)
        return self.now

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return made.now

    for module in ("recon_app.store.chain", "recon_app.services.counts"):
        monkeypatch.setattr(f"{module}.datetime", Moved)
    return made


@pytest.fixture
def odoo(shelf: Workspace, tmp_path: Path, clock: Clock) -> Odoo:
    return Odoo(shelf, tmp_path)


def verdicts(made: counts.Proposal) -> dict[str, Verdict]:
    return {f"{one.line.sku}@{one.line.location}": one.verdict for one in made.lines}


def counted(ws: Workspace, number: str, who: str, *codes: str) -> None:
    desk = Desk(ws, number)
    for code in codes:
        assert desk.scan(code, who).heard is Heard.COUNTED


def test_cnt_01_a_count_is_carried_over_a_shipment(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    clock.to(9, 10)
    count = counts.make(shelf, "", locations=[STOCK], who="Eva")
    counted(shelf, count.id, "Mia", "52*LAMP")
    counts.close(shelf, count.id, "Mia")
    shipped = clock.to(9, 40)
    clock.to(10)
    odoo.stock(("LAMP", STOCK, "", "47.0"))
    odoo.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.book, one.moved, one.book_now) == (50 * ONE, -3 * ONE, 47 * ONE)
    assert (one.target, one.adjust) == (49 * ONE, 2 * ONE)  # not 5
    assert (one.verdict, one.value) == (Verdict.READY, 20_00)


def test_cnt_01_a_book_that_moved_without_a_move_is_stale(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "52*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    odoo.stock(("LAMP", STOCK, "", "47.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert one.verdict is Verdict.STALE
    assert "no known move explains it" in one.why


def test_cnt_01_a_book_older_than_the_count_is_not_used(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    clock.to(10)
    counted(shelf, count.id, "Mia", "50*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.adjust) == (Verdict.STALE, None)
    assert "exported before this was counted" in one.why


def test_cnt_01_a_count_of_days_ago_is_stale(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "50*LAMP")
    counts.close(shelf, count.id)
    late = clock.seconds + int(timedelta(hours=73).total_seconds())
    assert counts.proposal(shelf, count.id, now=clock.seconds).lines[0].verdict is Verdict.AGREES
    assert counts.proposal(shelf, count.id, now=late).lines[0].verdict is Verdict.STALE


def test_cnt_01_goods_that_moved_while_they_were_counted_are_counted_again(
    shelf: Workspace, odoo: Odoo, clock: Clock
) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    clock.to(9, 10)
    counted(shelf, count.id, "Mia", "30*LAMP")
    shipped = clock.to(9, 15)
    clock.to(9, 20)
    counted(shelf, count.id, "Mia", "20*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    odoo.stock(("LAMP", STOCK, "", "47.0"))
    odoo.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.why) == (
        Verdict.STALE,
        "goods were moved while it was counted; count it again",
    )


def test_cnt_01_blank_is_not_zero(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "1.0"), ("MUG", STOCK, "", "1.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "0*MUG")
    counts.close(shelf, count.id)
    made = counts.proposal(shelf, count.id, now=clock.seconds)
    lamp, mug = made.lines
    assert (lamp.verdict, lamp.adjust) == (Verdict.NOT_COUNTED, None)
    assert mug.adjust == -ONE


@pytest.mark.parametrize(
    ("found", "passed"),
    [("106", ("+qty",)), ("88", ("-qty",)), ("122", ("+qty", "+value")), ("73", ("-qty", "-value"))],
)
def test_cnt_02_limits_on_both_sides(
    shelf: Workspace, odoo: Odoo, clock: Clock, found: str, passed: tuple[str, ...]
) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", f"{found}*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.passed) == (Verdict.RECOUNT, passed)


def test_cnt_02_within_the_limits_nobody_is_asked(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "105*LAMP")
    counts.close(shelf, count.id)
    assert counts.proposal(shelf, count.id, now=clock.seconds).lines[0].verdict is Verdict.READY


def test_cnt_02_recounted_and_approved_by_others(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    counts.set_policy(shelf, {"A.approver": "Eva, Max"})
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "88*LAMP")
    counts.close(shelf, count.id)
    counts.recount(shelf, count.id)
    desk = Desk(shelf, count.id)
    refused = desk.scan("88*LAMP", "mia")  # the same person, however she writes her name
    assert (refused.heard, "somebody else" in refused.text) == (Heard.REFUSED, True)
    assert desk.scan("88*LAMP", "Tom").heard is Heard.COUNTED
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.approver) == (Verdict.APPROVAL, "Eva, Max")
    for person, why in (("Tom", "somebody else"), ("Ann", "approved by Eva, Max")):
        with pytest.raises(UsageError, match=why):
            counts.approve(shelf, count.id, [1], person)
    counts.approve(shelf, count.id, [1], "Max")
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.approved_by) == (Verdict.READY, "Max")


def test_cnt_02_an_approval_ends_when_the_figures_change(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    counts.set_policy(shelf, {"A.recount": "no"})
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "88*LAMP")
    counts.close(shelf, count.id)
    counts.approve(shelf, count.id, [1], "Eva")
    counts.recount(shelf, count.id, [1])
    counted(shelf, count.id, "Tom", "80*LAMP")
    counts.close(shelf, count.id)
    counts.take(shelf, count.id, 1, "Tom", "Eva")
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.adjust, one.verdict) == (-20 * ONE, Verdict.APPROVAL)


def test_cnt_03_plus_and_minus_stay_apart(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"), ("MUG", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "95*LAMP", "105*MUG")
    counts.close(shelf, count.id)
    made = counts.proposal(shelf, count.id, now=clock.seconds)
    assert made.units_right == Fraction(95, 100)  # netted it would be 100 %
    assert made.lines_right == 0
    (total,) = made.totals
    assert (total.plus, total.minus) == (5 * ONE, 5 * ONE)
    assert (made.value_plus, made.value_minus, made.currency) == (50_00, 50_00, "EUR")


def test_nothing_is_adjusted_whose_product_data_is_blocked(
    shelf: Workspace, odoo: Odoo, clock: Clock
) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"), ("lamp", STOCK, "", "5.0"), ("VASE", STOCK, "", "50.0"))
    count = counts.make(shelf, "", locations=[STOCK], who="Eva")
    counted(shelf, count.id, "Mia", "51*LAMP", "51*VASE", "5*lamp")
    counts.close(shelf, count.id, "Mia")
    run(shelf, "products")
    made = counts.proposal(shelf, count.id, now=clock.seconds)
    assert verdicts(made) == {
        f"LAMP@{STOCK}": Verdict.HELD,
        f"VASE@{STOCK}": Verdict.READY,
        f"lamp@{STOCK}": Verdict.AGREES,
    }
    (held,) = made.of(Verdict.HELD)
    assert held.adjust == ONE
    assert held.why.startswith("the product data must be corrected first (sku written twice, products-")
    (finding,) = (case for case in cases.iterate(shelf, "products") if case.cause == "sku_written_twice")
    states.accept(shelf, finding.id, "two lamps, we know", "Eva")
    assert not counts.proposal(shelf, count.id, now=clock.seconds).of(Verdict.HELD)


def test_a_warning_about_products_holds_nothing(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"), ("lamp", STOCK, "", "5.0"))
    count = counts.make(shelf, "", locations=[STOCK], who="Eva")
    counted(shelf, count.id, "Mia", "51*LAMP")
    counts.close(shelf, count.id, "Mia")
    keep_answer(shelf, "product_check.sku_written_twice", "warn")
    run(shelf, "products")
    assert counts.proposal(shelf, count.id, now=clock.seconds).of(Verdict.READY)


def test_two_counts_of_a_line_are_shown_and_not_averaged(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "98*LAMP")
    counted(shelf, count.id, "Tom", "100*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.adjust, one.stands) == (Verdict.CONFLICT, None, None)
    assert one.why == "Mia and Tom found different quantities"
    with pytest.raises(UsageError, match="did not count"):
        counts.take(shelf, count.id, 1, "Ann")
    counts.take(shelf, count.id, 1, "Mia", "Eva")
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.adjust) == (Verdict.READY, -2 * ONE)


def test_what_two_persons_found_stands_against_one(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    for who, much in (("Mia", 98), ("Tom", 99), ("Ann", 99)):
        counted(shelf, count.id, who, f"{much}*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert one.adjust == -ONE


def test_two_counts_at_different_times_agree_when_goods_moved_between(
    shelf: Workspace, odoo: Odoo, clock: Clock
) -> None:
    odoo.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "50*LAMP")
    shipped = clock.to(9, 30)
    clock.to(9, 40)
    counted(shelf, count.id, "Tom", "47*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    odoo.stock(("LAMP", STOCK, "", "47.0"))
    odoo.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.target) == (Verdict.AGREES, 47 * ONE)


def test_another_count_of_the_place_is_a_conflict(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    first, second = (counts.make(shelf, "") for _ in range(2))
    counted(shelf, first.id, "Mia", "98*LAMP")
    counted(shelf, second.id, "Tom", "97*LAMP")
    counts.close(shelf, first.id)
    (one,) = counts.proposal(shelf, first.id, now=clock.seconds).lines
    assert one.verdict is Verdict.CONFLICT
    assert second.id in one.why
    counts.cancel(shelf, second.id)
    (one,) = counts.proposal(shelf, first.id, now=clock.seconds).lines
    assert one.verdict is Verdict.READY


def test_what_lies_at_the_wrong_place_is_one_move(
    shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path
) -> None:
    odoo.stock(("LAMP", STOCK, "", "10.0"), ("LAMP", SHELF, "", "10.0"))
    count = counts.make(shelf, "", locations=[STOCK])  # the shelf is inside
    desk = Desk(shelf, count.id)
    for place, much in ((STOCK, 4), (SHELF, 16)):
        assert desk.scan(place, "Mia").heard is Heard.PLACE
        assert desk.scan(f"{much}*LAMP", "Mia", place).heard is Heard.COUNTED
    counts.close(shelf, count.id)
    written = counts.write(shelf, count.id, tmp_path / "out")
    ((less, more),) = written.proposal.moves
    assert (less.line.location, more.line.location, less.adjust) == (STOCK, SHELF, -6 * ONE)
    assert written.adjustment is None  # the total is right
    assert written.moves is not None
    assert (
        written.moves.read_text(encoding="utf-8").splitlines()[1].endswith(f'"{STOCK}","{SHELF}","6","Units"')
    )


def test_a_sheet_does_not_hold_the_answer(shelf: Workspace, odoo: Odoo, tmp_path: Path) -> None:
    odoo.stock(("LAMP", STOCK, "", "7391.25"), ("-20OFF", STOCK, "", "8462.0"))
    count = counts.make(shelf, "")
    path = tmp_path / "sheet.csv"
    counts.write_sheet(shelf, count.id, path)
    text = path.read_text(encoding="utf-8")
    assert not any(book in text for book in ("7391", "8462", "73912"))
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["Counted"] for row in rows} == {""}
    assert {row["Sheet"] for row in rows} == {count.id}
    assert {row["SKU"] for row in rows} == {"LAMP", "'-20OFF"}
    for line in counts.sheet(shelf, count.id):
        assert not hasattr(line, "book")
    counts.write_sheet(shelf, count.id, tmp_path / "sheet.xlsx")
    assert (tmp_path / "sheet.xlsx").read_bytes()[:2] == b"PK"


def test_a_filled_sheet_comes_back(shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path) -> None:
    odoo.stock(("LAMP", STOCK, "", "10.0"), ("-20OFF", STOCK, "", "3.0"))
    count = counts.make(shelf, "")
    path = tmp_path / "sheet.csv"
    counts.write_sheet(shelf, count.id, path)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[1][10:14] = ["2", "Mia", "2026-11-23 10:00", "+00:00"]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    (report,) = import_paths(shelf, [path])
    assert (report.source, report.status) == ("stock_count", "imported")
    counts.close(shelf, count.id)
    clock.to(11)
    odoo.stock(("LAMP", STOCK, "", "10.0"), ("-20OFF", STOCK, "", "3.0"), ("NEW", STOCK, "", "1.0"))
    made = counts.proposal(shelf, count.id, now=clock.seconds)
    assert verdicts(made) == {
        f"-20OFF@{STOCK}": Verdict.RECOUNT,
        f"LAMP@{STOCK}": Verdict.NOT_COUNTED,
    }


def test_scans_become_records_that_are_not_counted_twice(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.stock(("LAMP", STOCK, "", "10.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "LAMP", "40LAMP", "8*LAMP")
    changes = counts.close(shelf, count.id)
    assert changes.files
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert [(each.who, each.quantity, each.scans) for each in one.found] == [("Mia", 10 * ONE, 3)]


def test_what_can_mean_several_lots_is_asked(shelf: Workspace, odoo: Odoo) -> None:
    odoo.stock(("TEA", STOCK, "L1", "5.0"), ("TEA", STOCK, "L2", "5.0"), ("MUG", STOCK, "", "1.0"))
    count = counts.make(shelf, "")
    desk = Desk(shelf, count.id)
    asked = desk.scan("3*TEA", "Mia")
    assert (asked.heard, [choice.label for choice in asked.choices]) == (Heard.ASKED, ["lot L1", "lot L2"])
    assert not store.entries_of(shelf, count.id)
    assert desk.choose(asked, 2, "Mia").total == 3 * ONE
    assert desk.scan("L2", "Mia").total == 4 * ONE  # the lot itself leaves no doubt
    with pytest.raises(UsageError, match="Choose 1 to 2"):
        desk.choose(asked, 3, "Mia")


def test_unknown_codes_and_codes_that_differ_by_case(shelf: Workspace, odoo: Odoo) -> None:
    odoo.stock(("Lamp-1", STOCK, "", "5.0"))
    desk = Desk(shelf, counts.make(shelf, "").id)
    assert desk.scan("LAMP-1", "Mia").text == "No product has the code LAMP-1; Lamp-1 has"
    assert desk.scan("nothing", "Mia").heard is Heard.UNKNOWN
    with pytest.raises(UsageError, match="Type your name"):
        desk.scan("Lamp-1", " ")


def test_what_is_found_where_the_book_has_nothing_is_asked_first(
    shelf: Workspace, odoo: Odoo, clock: Clock
) -> None:
    odoo.stock(("LAMP", STOCK, "", "5.0"), ("MUG", SHELF, "", "5.0"))
    count = counts.make(shelf, "", locations=[SHELF])
    desk = Desk(shelf, count.id)
    asked = desk.scan("2*LAMP", "Mia")
    assert asked.heard is Heard.ASKED
    assert [choice.label for choice in asked.choices] == [f"Add to the sheet: The LAMP at {SHELF}"]
    assert desk.choose(asked, 1, "Mia").line == 2
    assert desk.scan("LAMP", "Mia").total == 3 * ONE
    counts.close(shelf, count.id)
    found = counts.proposal(shelf, count.id, now=clock.seconds).lines[1]
    assert (found.book, found.adjust, found.verdict) == (0, 3 * ONE, Verdict.RECOUNT)


def test_a_quantity_replaces_and_undo_takes_back_only_ones_own(shelf: Workspace, odoo: Odoo) -> None:
    odoo.stock(("LAMP", STOCK, "", "5.0"), ("MUG", STOCK, "", "5.0"))
    count = counts.make(shelf, "")
    desk = Desk(shelf, count.id)
    counted(shelf, count.id, "Mia", "LAMP", "LAMP", "=7*LAMP", "MUG")
    counted(shelf, count.id, "Tom", "MUG")
    assert desk.set_quantity(1, 9 * ONE, "Mia").total == 9 * ONE
    taken = desk.undo("Mia")
    assert taken is not None
    assert (taken.verb, taken.quantity) == ("set", 9 * ONE)
    lamp, mug = counts.sheet(shelf, count.id)
    assert [(one.who, one.quantity) for one in lamp.found] == [("Mia", 7 * ONE)]
    assert [(one.who, one.quantity) for one in mug.found] == [("Mia", ONE), ("Tom", ONE)]
    for _ in range(4):
        assert desk.undo("Mia") is not None
    assert desk.undo("Mia") is None
    lamp, mug = counts.sheet(shelf, count.id)
    assert (lamp.found, [one.who for one in mug.found]) == ((), ["Tom"])
    assert len(store.entries_of(shelf, count.id)) == 6  # what was taken back is still there


def test_the_files_for_odoo(shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path) -> None:
    stock = (("LAMP", STOCK, "", "100.0"), ("TEA", STOCK, "L1", "100.0"), ("MUG", STOCK, "", "100.0"))
    odoo.stock(*stock, ids=True)
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "98*LAMP", "101.5*TEA", "50*MUG")
    with pytest.raises(UsageError, match="is open; close it first"):
        counts.write(shelf, count.id, tmp_path / "out")
    counts.close(shelf, count.id)
    written = counts.write(shelf, count.id, tmp_path / "out", "Eva")
    assert written.adjustment is not None
    assert written.reversal is not None
    assert written.found is None
    assert written.adjustment.read_text(encoding="utf-8").splitlines() == [
        '"id","inventory_quantity"',
        '"__export__.stock_quant_LAMP","98"',
        '"__export__.stock_quant_TEAL1","101.5"',
    ]
    assert written.reversal.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_LAMP","100"',
        '"__export__.stock_quant_TEAL1","100"',
    ]
    assert written.proposal.lines[1].verdict is Verdict.RECOUNT  # the mugs wait
    assert [event.what for event in list_events(shelf, count.id)] == [
        "count made",
        "count closed",
        "count line result",
        "count written",
    ]


def test_without_external_ids_nothing_is_written_for_odoo(
    shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path
) -> None:
    """By product and place Odoo 18 and 19 make a second quant and add what was counted."""
    odoo.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "98*LAMP")
    counts.close(shelf, count.id)
    with pytest.raises(UsageError, match=r"without external ids \(lines 1\).*may add what was counted"):
        counts.write(shelf, count.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    clock.to(9, 30)
    odoo.stock(("LAMP", STOCK, "", "100.0"), ids=True)  # a later export tells
    written = counts.write(shelf, count.id, tmp_path / "out")
    assert written.adjustment is not None
    assert written.adjustment.read_text(encoding="utf-8").endswith('"__export__.stock_quant_LAMP","98"\n')


def test_what_odoo_has_nowhere_gets_an_id_of_our_own(
    shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path
) -> None:
    odoo.stock(("LAMP", STOCK, "", "5.0"), ("MUG", SHELF, "", "5.0"), ids=True)
    limits = ("above", "below", "value_above", "value_below")
    counts.set_policy(shelf, {f"{name}.{limit}": "" for name in "ABC" for limit in limits})
    count = counts.make(shelf, "", locations=[SHELF])
    desk = Desk(shelf, count.id)
    desk.choose(desk.scan("2*LAMP", "Mia"), 1, "Mia")
    counted(shelf, count.id, "Mia", "6*MUG")
    counts.close(shelf, count.id)
    written = counts.write(shelf, count.id, tmp_path / "out")
    assert written.adjustment is not None
    assert written.found is not None
    assert written.reversal is not None
    own = f"__import__.recon_count_{count.id.replace('-', '_')}_2"
    assert written.found.read_text(encoding="utf-8").splitlines() == [
        '"id","product_id","location_id","lot_id","package_id","owner_id","inventory_quantity"',
        f'"{own}","LAMP","{SHELF}","","","","2"',
    ]
    assert written.adjustment.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_MUG","6"'
    ]
    assert written.reversal.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_MUG","5"',
        f'"{own}","0"',
    ]


def test_what_was_never_counted_comes_first_in_the_plan(
    shelf: Workspace, odoo: Odoo, clock: Clock, tmp_path: Path
) -> None:
    stock = (("BIG", STOCK, "", "1000.0"), ("MID", STOCK, "", "200.0"), ("LOW", STOCK, "", "1.0"))
    odoo.stock(*stock, ids=True)
    assert [(one.line.sku, one.abc) for one in counts.plan(shelf, now=clock.seconds)] == [
        ("BIG", "A"),
        ("MID", "B"),
        ("LOW", "C"),
    ]
    count = counts.make(shelf, "", due=2)
    assert [line.sku for line in counts.sheet(shelf, count.id)] == ["BIG", "MID"]
    counted(shelf, count.id, "Mia", "1000*BIG", "196*MID")
    counts.close(shelf, count.id)
    counts.write(shelf, count.id, tmp_path / "out")
    assert [one.line.sku for one in counts.plan(shelf, now=clock.seconds)] == ["LOW"]
    month = clock.seconds + 31 * 86_400  # A is due each month, B sooner because it was off
    assert [one.line.sku for one in counts.plan(shelf, now=month)] == ["LOW", "BIG", "MID"]


def test_decisions_about_limits_are_checked(shelf: Workspace) -> None:
    counts.set_policy(shelf, {"B.value_above": "", "C.tolerance": "2.5", "hours": "24"}, who="Eva")
    decided = counts.policy(shelf)
    assert (decided.hours, decided.classes["C"].tolerance, decided.classes["B"].value_above) == (
        24,
        "2.5",
        "",
    )
    for bad in ({"D.above": "5"}, {"A.above": "much"}, {"A.recount": "maybe"}, {"hours": "0"}, {"A.x": "1"}):
        with pytest.raises(UsageError):
            counts.set_policy(shelf, bad)


def test_a_sheet_of_a_count_that_is_over_is_not_written(shelf: Workspace, odoo: Odoo, tmp_path: Path) -> None:
    odoo.stock(("LAMP", STOCK, "", "5.0"))
    count = counts.make(shelf, "")
    with pytest.raises(UsageError, match="nobody counted anything"):
        counts.close(shelf, count.id)
    with pytest.raises(UsageError, match=r"must end in \.csv or \.xlsx"):
        counts.write_sheet(shelf, count.id, tmp_path / "sheet.pdf")
    counts.cancel(shelf, count.id)
    with pytest.raises(UsageError, match="nothing left"):
        counts.write_sheet(shelf, count.id, tmp_path / "sheet.csv")
    with pytest.raises(UsageError, match="is cancelled"):
        Desk(shelf, count.id).scan("LAMP", "Mia")


def test_conditions_that_nothing_fits(shelf: Workspace, odoo: Odoo) -> None:
    with pytest.raises(UsageError, match="import Odoo's stock"):
        counts.make(shelf, "")
    odoo.stock(("LAMP", STOCK, "", "5.0"))
    with pytest.raises(UsageError, match="no location 'WH/Elsewhere'"):
        counts.make(shelf, "", locations=["WH/Elsewhere"])
    with pytest.raises(UsageError, match="nothing in Odoo's stock fits"):
        counts.make(shelf, "", skus=["MUG"])
    assert counts.places(shelf) == [STOCK]


def test_a_lot_that_several_products_have_is_not_written_by_name(
    shelf: Workspace, odoo: Odoo, clock: Clock
) -> None:
    odoo.stock(("TEA", STOCK, "L1", "100.0"), ("MUG", STOCK, "L1", "100.0"))
    count = counts.make(shelf, "", skus=["TEA"])
    counted(shelf, count.id, "Mia", "99*TEA")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, "several products have a lot L1" in one.why) == (Verdict.STALE, True)


def test_two_products_of_one_code_cannot_be_counted(shelf: Workspace, odoo: Odoo, clock: Clock) -> None:
    odoo.export_twins()
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "9*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert "several products have the code LAMP" in one.why


def test_a_sheet_of_external_ids_is_refused(shelf: Workspace, odoo: Odoo) -> None:
    odoo.stock(("LAMP", "stock.stock_location_stock", "", "5.0"))
    with pytest.raises(UsageError, match="export it again without"):
        counts.make(shelf, "")
