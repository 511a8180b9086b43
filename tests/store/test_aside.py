"""What depends on the kind of an export makes no change, and is there when a later file has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from recon_app.models.record import RecordType
from recon_app.store.format import Format
from recon_app.store.publish import Counts
from recon_app.store.workspace import Workspace

Put = Callable[..., Counts]
Rows = Callable[..., list[dict[str, Any]]]

FORM = Format(
    "odoo",
    RecordType.ODOO_PAYMENT,
    key=("grp",),
    progress=("ref", "extra"),
    aside=("ident", "extra.odoo_id"),
)


def payment(number: str, ident: str = "", ref: str = "", **extra: Any) -> dict[str, Any]:
    row = {"grp": number, "ident": ident, "ref": ref}
    return {**row, "extra": json.dumps(extra, separators=(",", ":"))} if extra else row


def extras(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.loads(row["extra"]) if "extra" in row else {} for row in rows]


def test_ids_of_another_kind_of_export_are_no_change(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "labels", [payment("P1"), payment("P2")], FORM)
    again = put(ws, "compatible", [payment("P1", "__export__.1"), payment("P2", "__export__.2")], FORM)
    pulled = put(ws, "live", [payment("P1", odoo_id="53"), payment("P2", odoo_id="54")], FORM)
    assert [(each.known, each.changed) for each in (again, pulled)] == [(2, 0), (2, 0)]
    assert [row["ident"] for row in all_rows(ws)] == ["__export__.1", "__export__.2"]
    assert extras(all_rows(ws)) == [{"odoo_id": "53"}, {"odoo_id": "54"}]
    assert put(ws, "labels again", [payment("P2"), payment("P1")], FORM) == Counts(2, 0, 2, 0)
    assert extras(all_rows(ws)) == [{"odoo_id": "53"}, {"odoo_id": "54"}]


def test_the_latest_id_counts(ws: Workspace, put: Put, all_rows: Rows) -> None:
    """Odoo makes a quant anew with another id."""
    put(ws, "1", [payment("P1", "old", odoo_id="1")], FORM)
    assert put(ws, "2", [payment("P1", "new", odoo_id="2")], FORM).changed == 0
    (row,) = all_rows(ws)
    assert (row["ident"], json.loads(row["extra"])) == ("new", {"odoo_id": "2"})


def test_columns_that_a_file_has_not_are_no_change(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "1", [payment("P1", method="Manual"), payment("P2", method="Manual", matched=True)], FORM)
    fewer = put(ws, "2", [payment("P1"), payment("P2", matched=True)], FORM)
    more = put(ws, "3", [payment("P1", state="a"), payment("P2", state="b", method="Manual")], FORM)
    assert fewer.changed == 0
    assert more.changed == 1  # P1 has no method in a file that has the column; matched is not in it
    assert extras(all_rows(ws)) == [
        {"state": "a"},
        {"method": "Manual", "matched": True, "state": "b"},
    ]


def test_a_value_that_comes_or_goes_is_a_change(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "1", [payment("P1", matching="7"), payment("P2", kind="x"), payment("P3", kind="x")], FORM)
    counts = put(
        ws, "2", [payment("P1", kind="x"), payment("P2", matching="8"), payment("P3", kind="x")], FORM
    )
    assert (counts.known, counts.changed) == (1, 2)
    assert extras(all_rows(ws)) == [{"kind": "x"}, {"matching": "8"}, {"kind": "x"}]
    with ws.cache.connect() as connection:
        found = connection.exec_driver_sql("SELECT record_id, kind, before FROM change ORDER BY id").all()
    assert [(number, kind, json.loads(json.loads(before)["extra"])) for number, kind, before in found] == [
        (1, "progress", {"matching": "7"}),
        (2, "progress", {"kind": "x"}),
    ]


def test_an_edited_reference_moves_on_with_the_ids(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "1", [payment("P1", ref="order 1")], FORM)
    counts = put(ws, "2", [payment("P1", ref="order 2", odoo_id="9")], FORM)
    assert (counts.added, counts.changed) == (0, 1)
    (row,) = all_rows(ws)
    assert (row["ref"], json.loads(row["extra"])) == ("order 2", {"odoo_id": "9"})
    assert put(ws, "3", [payment("P1", ref="order 2", odoo_id="9", new="")], FORM).changed == 0
