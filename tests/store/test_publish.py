"""Rows keep the ids they were staged with where those are still free, and get others where they are not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from recon_app.store.format import Format
from recon_app.store.imports import Findings, Import, importing
from recon_app.store.publish import Counts
from recon_app.store.rows import Rows
from recon_app.store.staging import _attached
from recon_app.store.workspace import CACHE, Workspace

Row = Mapping[str, Any]
Put = Callable[..., Counts]
Begin = Callable[[ExitStack, str], Import]


def rows(first: int, end: int) -> list[Row]:
    return [{"ident": f"id{number}", "amount": number, "currency": "EUR"} for number in range(first, end)]


@pytest.fixture
def begin(ws: Workspace, tmp_path: Path, form: Format) -> Begin:
    """``begin(stack, name)``: an import under way, which ends with the stack."""

    def begun(stack: ExitStack, name: str) -> Import:
        path = tmp_path / name
        path.write_text(name, encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return stack.enter_context(importing(ws, path, sha256, form, {}))

    return begun


@pytest.fixture
def form() -> Format:
    from tests.store.conftest import FORM

    return FORM


def stored(ws: Workspace) -> list[tuple[int, str]]:
    with ws.cache.connect() as cache:
        found = cache.exec_driver_sql("SELECT id, ident FROM record ORDER BY id")
        return [(row.id, row.ident) for row in found]


def test_rows_are_copied_as_they_are(ws: Workspace, tmp_path: Path) -> None:
    """SQLite does so only while both tables have the same columns with the same constraints."""
    Rows(tmp_path / "staging.rows", "tiny", ("ident",)).done()
    with closing(_attached(ws.folder / CACHE, tmp_path / "staging.rows")) as connection:
        plan = connection.execute("EXPLAIN INSERT INTO main.record SELECT * FROM stage.record").fetchall()
        assert "RowCell" in {step[1] for step in plan}
        names = [
            [column[1] for column in connection.execute(f"PRAGMA {name}.table_info(record)")]
            for name in ("main", "stage")
        ]
    assert names[0] == names[1]


def test_two_imports_at_once_get_ids_of_their_own(
    ws: Workspace, put: Put, begin: Begin, batch: Callable[[Sequence[Row]], Any]
) -> None:
    put(ws, "before", rows(0, 2))
    with ExitStack() as stack:
        first, second = begin(stack, "a"), begin(stack, "b")
        for current, some in ((first, rows(2, 5)), (second, rows(5, 8))):
            current.staging.add(batch(some))
        assert first.staging.first_id == second.staging.first_id == 3
        for current in (second, first):
            assert current.publish(Findings()).added == 3
    idents = [0, 1, 5, 6, 7, 2, 3, 4]
    assert stored(ws) == [(place, f"id{number}") for place, number in enumerate(idents, 1)]


@pytest.mark.parametrize("known", [0, 2, 7, 12])
@pytest.mark.parametrize("twins", [False, True])
@pytest.mark.parametrize("guessed", [4, 9])
def test_two_parts_are_one_file(
    ws: Workspace,
    put: Put,
    begin: Begin,
    form: Format,
    batch: Callable[[Sequence[Row]], Any],
    known: int,
    twins: bool,
    guessed: int,
) -> None:
    """Some of their records are known, one of the second part is a twin, its ids may not follow."""
    put(ws, "known", rows(0, known))
    parts = [rows(0, 5), [*rows(5, 10), *(rows(4, 5) if twins else [])]]
    with ExitStack() as stack:
        current = begin(stack, "parts")
        staged = []
        paths = (current.staging.rows_path, current.staging.rest_path)
        for path, some, before in zip(paths, parts, (0, guessed - 4 + 5), strict=True):
            part = Rows(path, form.source, form.key, first=current.staging.first_id + before)
            part.add(batch(some))
            staged.append(part.done())
        current.staging.take(*staged)
        counts = current.publish(Findings())
    assert counts.rows == 10 + twins
    assert counts.added == counts.rows - min(known, 10)
    idents = [*range(known), *range(known, 10), *([4] if twins else [])]
    assert stored(ws) == [(place, f"id{number}") for place, number in enumerate(idents, 1)]
    with ws.cache.connect() as cache:
        assert cache.exec_driver_sql("SELECT count(DISTINCT key) FROM record").scalar() == len(idents)
    assert not list(ws.folder.glob("staging-*"))
