"""What can be compared with the files that are there: one clear next step, the others behind it."""

from __future__ import annotations

from collections.abc import Sequence

from recon_app.models.record import RecordType

#: What each comparison is called as a next step, and the files that call for it.
_STEPS: dict[str, tuple[str, frozenset[RecordType]]] = {
    "settlements": (
        "Compare settlements",
        frozenset(
            (
                RecordType.PAYMENT_LINE,
                RecordType.PAYOUT,
                RecordType.SHOP_TRANSACTION,
                RecordType.ODOO_PAYMENT,
                RecordType.JOURNAL_ITEM,
                RecordType.BANK_LINE,
            )
        ),
    ),
    "stock": (
        "Compare stock",
        frozenset(
            (
                RecordType.INVENTORY_LEVEL,
                RecordType.STOCK_QUANT,
                RecordType.STOCK_MOVE,
                RecordType.STOCK_MOVE_LINE,
                RecordType.STOCK_COUNT,
            )
        ),
    ),
    "products": (
        "Check products",
        frozenset((RecordType.SHOP_PRODUCT, RecordType.ODOO_PRODUCT, RecordType.KIT_COMPONENT)),
    ),
}


def next_steps(types: Sequence[RecordType]) -> list[str]:
    """The comparisons that the files call for: first what the newest file is for.

    Args:
        types: What the files of the workspace are, in the order they were imported.

    Returns:
        Ids of reconciliations, at least one.
    """
    found = [name for kind in reversed(types) for name, (_, wanted) in _STEPS.items() if kind in wanted]
    return list(dict.fromkeys(found)) or ["settlements"]


def step_title(name: str) -> str:
    """What a next step is called."""
    return _STEPS[name][0]
