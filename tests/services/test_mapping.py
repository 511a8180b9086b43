"""What the columns of a table can be, and what they seem to be."""

from __future__ import annotations

from recon_app.services.mapping import heading, lacking, mappables, proposal

CELLS = (
    ("Export of 2026-11-01", "", "", ""),
    ("", "", "", ""),
    ("Order number", "Date", "Total", "Total"),
    ("1001", "2026-10-03", "12.50", "x"),
    ("1002", "2026-10-04", "13.50"),
)


def test_every_kind_of_table_asks_for_something() -> None:
    kinds = {kind.source: kind for kind in mappables()}
    assert {"bank_csv", "mapped_orders", "mapped_payment_lines", "mapped_payouts"} <= kinds.keys()
    assert all(any(slot.required for slot in kind.slots) for kind in kinds.values())


def test_the_header_is_found_and_columns_with_one_name_are_numbered() -> None:
    found = heading("mapped_orders", CELLS, {})
    assert found.row == 3
    assert [name for name, _ in found.columns] == ["Order number", "Date", "#3", "#4"]
    assert found.columns[0][1] == ("1001", "1002")
    assert found.columns[3][1] == ("x",)


def test_a_person_decides_where_the_header_is() -> None:
    assert heading("mapped_orders", CELLS, {"mapping.header_row": "4"}).columns[0][0] == "1001"
    assert heading("mapped_orders", CELLS, {"mapping.header_row": "99"}).columns == ()
    assert heading("mapped_orders", (), {}).row == 0


def test_a_table_without_known_words_has_its_widest_row_as_header() -> None:
    assert heading("mapped_orders", (("a",), ("b", "c", "d"), ("e", "f", "g")), {}).row == 2


def test_what_is_certain_is_proposed_and_answers_stay() -> None:
    found = proposal("mapped_orders", CELLS, {"mapping.date": "#9"})
    assert found == {"mapping.order": "Order number", "mapping.date": "#9"}


def test_two_columns_stand_for_the_amount() -> None:
    kind = next(kind for kind in mappables() if kind.source == "mapped_orders")
    assert lacking(kind, {"order": "a"}) == ["date", "amount"]
    assert lacking(kind, {"order": "a", "date": "b", "credit": "c"}) == []
