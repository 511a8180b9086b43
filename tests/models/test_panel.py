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
