"""Settings of a workspace: JSON values by key. Each change is in the audit trail."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from recon_app.store import events
from recon_app.store.database import writing
from recon_app.store.schema import setting
from recon_app.store.workspace import Workspace


def get_setting(ws: Workspace, key: str, default: object = None) -> object:
    """The value of a setting, ``default`` when it was never set."""
    with ws.ledger.connect() as connection:
        return _read(connection, key, default)


def settings_under(ws: Workspace, prefix: str) -> dict[str, object]:
    """All settings whose key starts with ``prefix``."""
    query = select(setting.c.key, setting.c.value).where(setting.c.key.startswith(prefix, autoescape=True))
    with ws.ledger.connect() as connection:
        return {row.key: row.value for row in connection.execute(query.order_by(setting.c.key))}


def set_setting(ws: Workspace, key: str, value: object, *, who: str = "", reason: str | None = None) -> None:
    """Set a value (anything JSON can hold except null)."""
    change_setting(ws, key, lambda _: value, who=who, reason=reason)


def change_setting(
    ws: Workspace,
    key: str,
    change: Callable[[object], object],
    *,
    default: object = None,
    who: str = "",
    reason: str | None = None,
) -> object:
    """Replace a value by one made from it; no other process can write in between.

    Args:
        ws: The workspace.
        key: Name of the setting.
        change: Gets the present value and returns the new one.
        default: What ``change`` gets when the setting was never set.
        who: Who changes it.
        reason: Why, as the person said.

    Returns:
        The new value.
    """
    with writing(ws.ledger) as connection:
        before = _read(connection, key, default)
        after = change(before)
        values = {"value": after, "changed_at": events.now(), "reason": reason}
        connection.execute(
            insert(setting)
            .values(key=key, **values)
            .on_conflict_do_update(index_elements=["key"], set_=values)
        )
        data = {"before": before, "after": after, "reason": reason}
        events.append(connection, who=who, what="setting", on_id=key, data=data)
    return after


def _read(connection: Connection, key: str, default: object) -> object:
    row = connection.execute(select(setting.c.value).where(setting.c.key == key)).first()
    return default if row is None else row.value
