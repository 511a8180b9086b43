"""Small tables survive being kept with a run."""

from __future__ import annotations

import json

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.panel import Panel


def test_a_panel_is_kept_as_json() -> None:
    panel = Panel(
        "Tax by rate",
        (Column("rate", "Rate", role=Role.KEY), Column("tax", "Tax", ColumnType.MONEY, width=9, shown=False)),
        ({"rate": "19 %", "tax": 1900, "currency": "EUR"}, {"rate": "all"}),
        strong=(1,),
        about="Each rate once.",
    )
    assert Panel.from_json(json.loads(json.dumps(panel.to_json()))) == panel


def _of(month: str, *rows: dict[str, int | str], strong: tuple[int, ...] = ()) -> Panel:
    return Panel("Tax", (Column("rate", "Rate"),), rows, strong, "", month)


def test_a_panel_of_one_month_is_shown_in_that_month_only() -> None:
    panel = _of("2026-10", {"rate": "19 %"})
    assert panel.of_month("2026-10") == panel
    assert panel.of_month("2026-11") is None


def test_a_panel_of_several_months_keeps_the_rows_of_one() -> None:
    panel = _of("", {"month": "2026-09"}, {"month": "2026-10"}, {"rate": "all"}, strong=(0, 1, 2))
    assert panel.of_month("2026-10") == _of("", {"month": "2026-10"}, {"rate": "all"}, strong=(0, 1))
    assert _of("", {"month": "2026-09"}).of_month("2026-10") is None
