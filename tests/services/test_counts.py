"""Counts from what was heard to what is proposed: carried over moves, limited on two sides, never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.services import cases, counts, states
from recon_app.services.counts import Desk, Heard, Verdict
from recon_app.services.run import keep_answer, run
from recon_app.store.workspace import Workspace
from tests.services.counting import ONE, SHELF, STOCK, Clock, Warehouse, counted, verdicts


def shipped_after_the_count(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> tuple[counts.Count, datetime]:
    """52 are counted where Odoo has 50, then 3 leave; with the time at which they do."""
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    clock.to(9, 10)
    count = counts.make(shelf, "", locations=[STOCK], who="Eva")
    counted(shelf, count.id, "Mia", "52*LAMP")
    counts.close(shelf, count.id, "Mia")
    shipped = clock.to(9, 40)
    clock.to(10)
    warehouse.stock(("LAMP", STOCK, "", "47.0"))
    warehouse.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    return count, shipped


def test_cnt_01_a_count_is_carried_over_a_shipment(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    count, _ = shipped_after_the_count(shelf, warehouse, clock)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.book, one.moved, one.book_now) == (50 * ONE, -3 * ONE, 47 * ONE)
    assert (one.target, one.adjust) == (49 * ONE, 2 * ONE)  # not 5
    assert (one.verdict, one.value) == (Verdict.READY, 20_00)


def test_cnt_01_moves_that_the_export_of_transfers_tells_again_count_once(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    count, shipped = shipped_after_the_count(shelf, warehouse, clock)
    warehouse.transfer("LAMP", STOCK, "Partners/Customers", shipped, "3.0")
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.moved, one.adjust) == (Verdict.READY, -3 * ONE, 2 * ONE)


def test_cnt_01_a_book_that_moved_without_a_move_is_stale(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "52*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    warehouse.stock(("LAMP", STOCK, "", "47.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert one.verdict is Verdict.STALE
    assert "no known move explains it" in one.why


def test_cnt_01_a_book_older_than_the_count_is_not_used(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    clock.to(10)
    counted(shelf, count.id, "Mia", "50*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.adjust) == (Verdict.STALE, None)
    assert "exported before this was counted" in one.why


def test_cnt_01_a_count_of_days_ago_is_stale(shelf: Workspace, warehouse: Warehouse, clock: Clock) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "50*LAMP")
    counts.close(shelf, count.id)
    late = clock.seconds + int(timedelta(hours=73).total_seconds())
    assert counts.proposal(shelf, count.id, now=clock.seconds).lines[0].verdict is Verdict.AGREES
    assert counts.proposal(shelf, count.id, now=late).lines[0].verdict is Verdict.STALE


def test_cnt_01_goods_that_moved_while_they_were_counted_are_counted_again(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    clock.to(9, 10)
    counted(shelf, count.id, "Mia", "30*LAMP")
    shipped = clock.to(9, 15)
    clock.to(9, 20)
    counted(shelf, count.id, "Mia", "20*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    warehouse.stock(("LAMP", STOCK, "", "47.0"))
    warehouse.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.why) == (
        Verdict.STALE,
        "goods were moved while it was counted; count it again",
    )


def test_cnt_01_blank_is_not_zero(shelf: Workspace, warehouse: Warehouse, clock: Clock) -> None:
    warehouse.stock(("LAMP", STOCK, "", "1.0"), ("MUG", STOCK, "", "1.0"))
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
    shelf: Workspace, warehouse: Warehouse, clock: Clock, found: str, passed: tuple[str, ...]
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", f"{found}*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.passed) == (Verdict.RECOUNT, passed)


def test_cnt_02_within_the_limits_nobody_is_asked(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "105*LAMP")
    counts.close(shelf, count.id)
    assert counts.proposal(shelf, count.id, now=clock.seconds).lines[0].verdict is Verdict.READY


def test_cnt_02_recounted_and_approved_by_others(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
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


def test_cnt_02_an_approval_ends_when_the_figures_change(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
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


def test_cnt_03_plus_and_minus_stay_apart(shelf: Workspace, warehouse: Warehouse, clock: Clock) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"), ("MUG", STOCK, "", "100.0"))
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
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"), ("lamp", STOCK, "", "5.0"), ("VASE", STOCK, "", "50.0"))
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


def test_a_warning_about_products_holds_nothing(shelf: Workspace, warehouse: Warehouse, clock: Clock) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"), ("lamp", STOCK, "", "5.0"))
    count = counts.make(shelf, "", locations=[STOCK], who="Eva")
    counted(shelf, count.id, "Mia", "51*LAMP")
    counts.close(shelf, count.id, "Mia")
    keep_answer(shelf, "product_check.sku_written_twice", "warn")
    run(shelf, "products")
    assert counts.proposal(shelf, count.id, now=clock.seconds).of(Verdict.READY)


def test_two_counts_of_a_line_are_shown_and_not_averaged(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
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


def test_what_two_persons_found_stands_against_one(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    for who, much in (("Mia", 98), ("Tom", 99), ("Ann", 99)):
        counted(shelf, count.id, who, f"{much}*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert one.adjust == -ONE


def test_two_counts_at_different_times_agree_when_goods_moved_between(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "50.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "50*LAMP")
    shipped = clock.to(9, 30)
    clock.to(9, 40)
    counted(shelf, count.id, "Tom", "47*LAMP")
    counts.close(shelf, count.id)
    clock.to(10)
    warehouse.stock(("LAMP", STOCK, "", "47.0"))
    warehouse.moves(("LAMP", STOCK, "Partners/Customers", shipped, "3.0"))
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, one.target) == (Verdict.AGREES, 47 * ONE)


def test_another_count_of_the_place_is_a_conflict(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
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
    shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "10.0"), ("LAMP", SHELF, "", "10.0"))
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


def test_what_was_never_counted_comes_first_in_the_plan(
    shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    stock = (("BIG", STOCK, "", "1000.0"), ("MID", STOCK, "", "200.0"), ("LOW", STOCK, "", "1.0"))
    warehouse.stock(*stock, ids=True)
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
