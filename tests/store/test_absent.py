"""Lists of stock are states: what a place has no more is gone; of events only the lack is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.record import RecordType
from recon_app.store.format import Format
from recon_app.store.imports import Findings, list_imports, missing_imports, remove_imports, restoring
from recon_app.store.publish import Counts
from recon_app.store.records import count_records, fetch_records
from recon_app.store.workspace import Workspace

Put = Callable[..., Counts]
Rows = Callable[..., list[dict[str, Any]]]

STOCK = Format(
    "stock",
    RecordType.STOCK_QUANT,
    key=("sku", "location"),
    progress=("quantity",),
    snapshot="location",
)
BOOK = Format("book", RecordType.JOURNAL_ITEM, key=("grp",), progress=("open",), covers="account")


def quant(sku: str, location: str = "A", quantity: int = 1) -> dict[str, Any]:
    return {"sku": sku, "location": location, "quantity": quantity}


def there(rows: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    return {(row["sku"], row.get("location", ""), row["quantity"]) for row in rows}


def test_what_a_place_has_no_more_is_gone(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "monday", [quant("X"), quant("Y"), quant("X", "B")], STOCK)
    counts = put(ws, "friday", [quant("X", quantity=2)], STOCK)
    assert (counts.gone, counts.changed) == (1, 1)
    assert counts.notes == ("Records that are no longer there: 1; runs leave them out",)
    assert there(all_rows(ws)) == {("X", "A", 2), ("X", "B", 1)}  # the other place is not touched
    assert count_records(ws, "stock") == 2
    assert fetch_records(ws, [2])[2].values["sku"] == "Y"  # old cases still show it
    assert list_imports(ws)[1].findings.notes == counts.notes


def test_it_comes_back_with_a_later_file(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "1", [quant("X"), quant("Y")], STOCK)
    put(ws, "2", [quant("X")], STOCK)
    counts = put(ws, "3", [quant("Y", quantity=7), quant("X")], STOCK)
    assert (counts.gone, counts.added) == (0, 0)
    assert counts.notes == ("Records that were gone and are there again: 1",)
    assert there(all_rows(ws)) == {("X", "A", 1), ("Y", "A", 7)}


def test_a_record_without_a_place_is_of_the_place_without_a_name(
    ws: Workspace, put: Put, all_rows: Rows
) -> None:
    put(ws, "1", [quant("X", ""), quant("Y", ""), quant("Z", "B")], STOCK)
    assert put(ws, "2", [quant("X", "")], STOCK).gone == 1
    assert there(all_rows(ws)) == {("X", "", 1), ("Z", "B", 1)}


def test_events_never_go(ws: Workspace, put: Put, all_rows: Rows, form: Format) -> None:
    put(ws, "1", [{"ident": "1", "amount": 1}, {"ident": "2", "amount": 1}])
    assert put(ws, "2", [{"ident": "1", "amount": 1}]) == Counts(1, 0, 1, 0)
    assert len(all_rows(ws)) == 2
    assert not form.looks_back


def item(number: str, day: int, account: str = "1100") -> dict[str, Any]:
    return {"grp": number, "day": day, "account": account}


def test_entries_that_a_file_of_the_same_days_lacks_are_named(
    ws: Workspace, put: Put, all_rows: Rows
) -> None:
    kept = [item("M1", 1), item("M2", 9)]
    put(ws, "1", [*kept, item("M3", 5), item("M4", 30), item("M5", 5, "1200")], BOOK)
    (note,) = put(ws, "2", kept, BOOK).notes
    assert note.startswith("Records of the same days that earlier files had and this one has not: 1 (M3);")
    assert len(all_rows(ws)) == 5


@pytest.mark.parametrize(
    "later",
    [
        [item("M1", 1)],  # one day only
        [item("M9", 5, "1200")],  # another account
        [item("M1", 1), item("M8", 9)],  # more are lacking than there are: a filtered list
        [{"grp": "M1"}],
    ],
)
def test_a_list_of_something_else_lacks_nothing(later: list[dict[str, Any]], ws: Workspace, put: Put) -> None:
    put(ws, "1", [item("M1", 1), item("M2", 3), item("M3", 5), item("M4", 9)], BOOK)
    assert put(ws, "2", later, BOOK).notes == ()


_FILES = st.lists(
    st.dictionaries(st.tuples(st.sampled_from("XYZ"), st.sampled_from("AB")), st.integers(0, 3), max_size=5),
    min_size=1,
    max_size=5,
    unique_by=lambda file: tuple(sorted(file.items())),
)


@settings(max_examples=25)
@given(files=_FILES, removed=st.sets(st.integers(0, 4)))
def test_the_last_file_of_a_place_says_what_is_there(
    files: list[dict[tuple[str, str], int]],
    removed: set[int],
    new_workspace: Callable[[], Workspace],
    put: Put,
    all_rows: Rows,
    batch: Callable[..., dict[str, Any]],
) -> None:
    """Whatever files come, and whichever are taken out and the others read again."""
    ws = new_workspace()
    rows = [[quant(sku, place, number) for (sku, place), number in file.items()] for file in files]
    for number, each in enumerate(rows):
        put(ws, f"{number}", each, STOCK)
    assert there(all_rows(ws)) == _expected(files)
    gone = [entry.id for number, entry in enumerate(list_imports(ws)) if number in removed]
    remove_imports(ws, gone)
    left = [number for number in range(len(files)) if number not in removed]
    for entry in missing_imports(ws):
        with restoring(ws, entry, STOCK) as current:
            assert current is not None
            current.staging.add(batch(rows[int(entry.file)]))
            current.publish(Findings())
    assert there(all_rows(ws)) == _expected([files[number] for number in left])
    ws.close()


def _expected(files: list[dict[tuple[str, str], int]]) -> set[tuple[str, str, int]]:
    state: dict[tuple[str, str], int] = {}
    for file in files:
        places = {place for _, place in file}
        state = {key: number for key, number in state.items() if key[1] not in places} | file
    return {(sku, place, number) for (sku, place), number in state.items()}
