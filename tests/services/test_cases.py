"""Listings show what a plain look at all lines shows, whatever is filtered, sorted or grouped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.case import CALM, Kind, State
from recon_app.models.money import ODD_EXPONENTS, format_minor
from recon_app.models.problem import UsageError
from recon_app.models.record import Side
from recon_app.services import cases, states
from recon_app.services.listing import Listing, Row, View, compared, open_listing
from recon_app.services.run import run
from recon_app.services.summary import summary
from recon_app.store import results
from recon_app.store.records import fetch_records
from recon_app.store.results import LineRow
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put
from tests.services.filled import fill

SEARCHED = ("ref", "ref2", "grp", "ident", "text", "account")


def many() -> Books:
    """Two months of orders with troubles, several lines a case, three currencies."""
    books = Books()
    for number in range(30):
        currency = ("EUR", "EUR", "JPY", "KWD")[number % 4]
        amount = {"EUR": f"{number + 1}.50", "JPY": f"{number + 1}00", "KWD": f"{number + 1}.250"}[currency]
        day, payout = f"2026-10-{number % 27 + 1:02d}", f"90000{number % 5}"
        due = f"2026-11-{number % 5 + 1:02d}"
        books.line(f"#10{number}", amount, day=day, grp=payout, due=due, currency=currency)
        if number % 3:
            books.payment(f"#10{number}", amount, day=day, currency=currency)
        if number % 7 == 0:
            books.payment(f"#10{number}", amount, day=day, currency=currency)
        if number % 6 == 0:
            books.transaction(f"#10{number}", amount, day=day, currency=currency, text="Zürich ÄÖ")
    books.payout("48.00", ident="900001", day="2026-11-02")
    books.payout("50.00", ident="900002", day="2026-11-03")
    books.bank("48.00", "SHOPIFY 900001", day="2026-11-03")
    books.bank("-1.00", "Miete", day="2026-12-30")
    books.line("#tie", "73.45", grp="")
    books.line("#tie2", "73.45", grp="")
    books.payment("", "73.45")
    books.payment("", "73.45")
    return books


class Plain:
    """All lines of a result with their records, to be looked through one by one."""

    def __init__(self, ws: Workspace) -> None:
        last = results.latest_run(ws, "settlements")
        assert last is not None
        self.ws = ws
        ids = results.find_lines(ws, results.Query(last.id)).tolist()
        self.lines = results.fetch_lines(ws, last.id, ids)
        self.records = fetch_records(ws, {one for line in self.lines for one in line.records.values()})
        notes = results.case_notes(ws, last.id, [line.case_key for line in self.lines])
        self.payouts = {key for key, note in notes.items() if "payout" in note}

    def wanted(self, view: View) -> list[LineRow]:
        """The lines of a view in its order."""
        found = [line for line in self.lines if self._fits(line, view)]
        if view.sort is not None:
            side, name = view.sort
            keyed = [(self._value(line, side, name), line) for line in found]
            known = [pair for pair in keyed if pair[0] is not None]
            known.sort(key=lambda pair: pair[0], reverse=view.descending)  # type: ignore[arg-type,return-value]
            found = [line for _, line in known] + [line for value, line in keyed if value is None]
        if view.grouped:
            order = list(dict.fromkeys(line.grp or "" for line in found))
            found.sort(key=lambda line: order.index(line.grp or ""))
        return found

    def _value(self, line: LineRow, side: Side | None, name: str) -> int | str | None:
        if side is None:
            value: int | str | None = getattr(line, name)
            return value
        record = line.records.get(side)
        return None if record is None else self.records[record].values.get(name)

    def _fits(self, line: LineRow, view: View) -> bool:
        fits = not view.kinds or line.kind in view.kinds
        fits &= not view.states or line.state in view.states
        fits &= not line.records or bool(set(view.sides) & line.records.keys())
        fits &= view.grp is None or line.grp == view.grp
        if Side.BANK in view.sides:
            fits &= Side.BANK in line.records or line.case_key in self.payouts
        return fits and (not view.text.strip() or self._holds(line, view.text.strip()))

    def _holds(self, line: LineRow, text: str) -> bool:
        texts = [line.grp or ""]
        amounts = [_shown(line.delta, line.currency)]
        for number in line.records.values():
            values = self.records[number].values
            texts += [
                str(values.get(name, "")) for name in ("ref", "ref2", "grp", "ident", "text", "account")
            ]
            amounts.append(_shown(values.get("amount"), values.get("currency")))
        return any(_folded(text) in _folded(one) for one in texts) or _number(text) in amounts

    def is_open(self, line: LineRow) -> bool:
        return line.part == 0 and line.kind not in CALM and line.state in (State.OPEN, State.REOPENED)


def _folded(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def _shown(minor: object, currency: object) -> float | None:
    """An amount without its sign; floats are exact enough to find equal ones here."""
    if not isinstance(minor, int) or not currency:
        return None
    return abs(float(format_minor(minor, str(currency))))


def _number(text: str) -> float:
    try:
        return abs(float(text.replace(",", ".")))
    except ValueError:
        return -1.0


@pytest.fixture(scope="module")
def stored(empty_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plain]:
    folder = tmp_path_factory.mktemp("stored")
    ws = Workspace.open(shutil.copytree(empty_workspace, folder / "workspace"))
    fill(ws, many(), folder)
    run(ws, "settlements")
    accepted = next(case for case in cases.iterate(ws, "settlements") if case.cause == "not_booked")
    states.accept(ws, accepted.id, "known")
    yield Plain(ws)
    ws.close()


SIDES = st.sampled_from(list(Side))
TEXTS = [
    "#10",
    "shopify",
    "9000",
    "1.50",
    "-4,50",
    "300",
    "3.250",
    "900001",
    "zürich",
    "ÄÖ",
    "%",
    "_",
    "",
    " ",
]
SORTS = st.none() | st.tuples(
    st.none() | SIDES, st.sampled_from(["day", "amount", "currency", "ref", "grp", "fee"])
).map(lambda sort: sort if sort[0] is not None else (None, "delta" if sort[1] == "amount" else "day"))
VIEWS = st.builds(
    View,
    sides=st.lists(SIDES, min_size=2, max_size=4).map(tuple),
    kinds=st.lists(st.sampled_from(list(Kind)), max_size=3).map(tuple),
    states=st.lists(st.sampled_from([State.OPEN, State.ACCEPTED]), max_size=2).map(tuple),
    text=st.sampled_from(TEXTS),
    grp=st.sampled_from([None, None, "900001", "900002", "nonsense"]),
    sort=SORTS,
    descending=st.booleans(),
    grouped=st.booleans(),
)


@settings(max_examples=150)
@given(view=VIEWS, data=st.data())
def test_a_listing_is_what_a_plain_look_finds(stored: Plain, view: View, data: st.DataObject) -> None:
    listing = open_listing(stored.ws, "settlements", view)
    wanted = stored.wanted(view)
    groups = len({line.grp or "" for line in wanted}) if view.grouped else 0
    assert listing.count == len(wanted) + groups
    rows = listing.rows(0, listing.count)
    assert [row.line_id for row in rows if row.group is None] == [line.id for line in wanted]
    start = data.draw(st.integers(0, listing.count), "start")
    size = data.draw(st.integers(0, 40), "size")
    assert listing.rows(start, size) == rows[start : start + size]
    _groups(rows, view)
    _jumps(stored, listing, rows, data.draw(st.integers(-1, listing.count), "row"))
    _marks(stored, listing, rows, data.draw(st.integers(1, 30), "buckets"))


def _groups(rows: list[Row], view: View) -> None:
    """Every group row stands above its own lines and counts them."""
    names = [row.grp for row in rows if row.group is not None]
    assert len(names) == len(set(names))
    for place, row in enumerate(rows):
        if row.group is not None:
            mine = rows[place + 1 : place + 1 + row.group.count]
            assert row.group.count > 0
            assert {(line.group, line.grp) for line in mine} == {(None, row.grp)}
            after = rows[place + 1 + row.group.count :][:1]
            assert not after or after[0].group is not None
            assert (row.case_id, row.line_id, row.records) == ("", 0, {})
    if view.grouped:
        assert not rows or rows[0].group is not None


def _open_places(stored: Plain, rows: list[Row]) -> list[int]:
    by_id = {line.id: line for line in stored.lines}
    return [
        place for place, row in enumerate(rows) if row.group is None and stored.is_open(by_id[row.line_id])
    ]


def _jumps(stored: Plain, listing: Listing, rows: list[Row], row: int) -> None:
    places = _open_places(stored, rows)
    assert listing.next_open(row, 1) == next((place for place in places if place > row), None)
    assert listing.next_open(row, -1) == next((place for place in places[::-1] if place < row), None)


def _marks(stored: Plain, listing: Listing, rows: list[Row], buckets: int) -> None:
    wanted: list[Kind | None] = [None] * buckets
    order = list(Kind)
    for place in _open_places(stored, rows):
        bucket, kind = place * buckets // len(rows), rows[place].kind
        before = wanted[bucket]
        if before is None or order.index(kind) > order.index(before):
            wanted[bucket] = kind
    assert listing.marks(buckets) == wanted


def test_a_row_shows_its_records(stored: Plain) -> None:
    listing = open_listing(stored.ws, "settlements", View(kinds=(Kind.DUPLICATE,)))
    first, second = listing.rows(0, 2)
    assert first.case_id == second.case_id
    assert (first.part, second.part) == (0, 1)
    assert (first.delta, first.currency, second.delta) == (8250, "KWD", None), "a case counts once"
    assert first.cell(Side.PLATFORM, "ref") == "#107"
    assert first.cell(Side.PLATFORM, "payout") == "900002 KWD"
    assert first.cell(Side.BANK, "ref") is None
    assert str(first.cell(Side.ODOO, "file")).startswith("made_up_made_up_odoo_payment.txt, row ")


@pytest.mark.parametrize("text", ["300", "300.00", "-300", "300,0"])
def test_an_amount_is_searched_in_the_decimals_of_its_currency(stored: Plain, text: str) -> None:
    view = View((Side.PLATFORM, Side.ODOO), text=text)
    found = open_listing(stored.ws, "settlements", view).rows(0, 9)
    assert [(row.cell(Side.PLATFORM, "amount"), row.currency) for row in found] == [(300, "JPY")]
    assert ODD_EXPONENTS["JPY"] == 0


@pytest.mark.parametrize("name", ["nonsense", "ref; DROP TABLE line", "id"])
def test_only_known_columns_can_be_sorted_by(stored: Plain, name: str) -> None:
    side = Side.ODOO if name != "id" else Side.SHOP
    with pytest.raises(ValueError, match="is not a record field"):
        open_listing(stored.ws, "settlements", View(sort=(side, name)))
    with pytest.raises(ValueError, match="is not a column"):
        open_listing(stored.ws, "settlements", View(sort=(None, "x" + name)))


def test_a_listing_of_a_replaced_result_says_so(shelf: Workspace, put: Put) -> None:
    put(many())
    run(shelf, "settlements")
    listing = open_listing(shelf, "settlements", View())
    run(shelf, "settlements")
    with pytest.raises(UsageError, match="a newer run has replaced this result"):
        listing.rows(0, 10)
    assert listing.next_open(0, 1) is None


def test_without_a_run_there_is_nothing_to_list(shelf: Workspace) -> None:
    assert summary(shelf, "settlements") is None
    for look in (
        lambda: open_listing(shelf, "settlements", View()),
        lambda: list(cases.iterate(shelf, "settlements")),
    ):
        with pytest.raises(UsageError, match="was never run"):
            look()


def test_every_case_is_iterated_once_with_all_its_records(
    stored: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(cases.iterate(stored.ws, "settlements"))
    assert [case.id for case in whole] == list(
        dict.fromkeys(states.case_id("settlements", line.case_key) for line in stored.lines)
    )
    for size in (1, 2, 7):
        monkeypatch.setattr(cases, "_PAGE", size)
        assert list(cases.iterate(stored.ws, "settlements")) == whole
    kinds, wanted = (Kind.DUPLICATE, Kind.MISSING), (State.ACCEPTED,)
    assert list(cases.iterate(stored.ws, "settlements", kinds)) == [
        case for case in whole if case.kind in kinds
    ]
    assert list(cases.iterate(stored.ws, "settlements", (), wanted)) == [
        case for case in whole if case.state in wanted
    ]


def test_a_case_by_its_id_is_the_listed_one(stored: Plain) -> None:
    for case in cases.iterate(stored.ws, "settlements"):
        assert cases.case(stored.ws, case.id) == case


@pytest.mark.parametrize(
    "text",
    [
        "",
        "settlements",
        "settlements-",
        "settlements-12",
        "-0123456789abcdef",
        "settlements-0123456789abcdeg",
        "settlements-0123456789ABCDEF",
        "settlements-0x23456789abcdef",
        "settlements-+123456789abcdef",
    ],
)
def test_what_is_no_case_id_is_told(stored: Plain, text: str) -> None:
    with pytest.raises(UsageError, match="is not a case; copy its id from the list"):
        cases.case(stored.ws, text)


def test_an_unknown_case_is_told(stored: Plain) -> None:
    with pytest.raises(UsageError, match="has no case settlements-0000000000000001; run settlements again"):
        cases.case(stored.ws, "settlements-0000000000000001")
    with pytest.raises(UsageError, match="was never run"):
        cases.case(stored.ws, "refunds-0000000000000001")


@given(st.integers(-(2**63), 2**63 - 1))
def test_case_ids_and_keys_are_the_same(key: int) -> None:
    assert states.case_key(states.case_id("settlements", key)) == ("settlements", key)


def test_why_not_names_what_keeps_two_records_apart(stored: Plain) -> None:
    by_ref = {
        (record.values.get("ref"), record.type.side): number for number, record in stored.records.items()
    }
    apart = cases.why_not(stored.ws, "settlements", by_ref["#101", Side.PLATFORM], by_ref["#102", Side.ODOO])
    texts = {found.rule: found.text for found in apart}
    assert texts["order_reference"].startswith("Order reference #101 ≠ #102; 2.50 EUR and 300 JPY")
    (linked,) = cases.why_not(
        stored.ws, "settlements", by_ref["#101", Side.PLATFORM], by_ref["#101", Side.ODOO]
    )
    assert linked.rule == "linked"
    assert linked.text.startswith("They stand in one case: settlements-")


@pytest.mark.parametrize("number", [0, -1, 10**6, 2**63, 10**30])
def test_why_not_wants_records_that_exist(stored: Plain, number: int) -> None:
    known = next(iter(stored.records))
    with pytest.raises(UsageError, match=f"there is no record {number}; take the number from a case"):
        cases.why_not(stored.ws, "settlements", known, number)


def test_columns_and_pairs_are_the_reconciliations() -> None:
    shown = cases.shown("settlements")
    assert shown.pairs[0] == (Side.PLATFORM, Side.ODOO)
    for side, columns in shown.columns.items():
        names = [column.field for column in columns]
        assert names
        assert len(names) == len(set(names))
        assert set(compared("settlements", side)) <= set(names)
    assert Side.COUNT not in shown.columns


def test_a_payout_that_only_its_lines_tell_of_is_shown(shelf: Workspace, put: Put) -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    for day in ("2026-10-01", "2026-10-31"):
        books.bank("-1.00", "rent", day=day)
    put(books)
    run(shelf, "settlements")
    (missed,) = (case for case in cases.iterate(shelf, "settlements") if case.cause == "not_at_bank")
    assert missed.legs == {}
    for right in (Side.BANK, Side.ODOO):
        listing = open_listing(shelf, "settlements", View((Side.PLATFORM, right)))
        rows = [row for row in listing.rows(0, listing.count) if row.case_id == missed.id]
        assert [(row.records, row.delta, row.grp) for row in rows] == [({}, -9700, "90001234")]
