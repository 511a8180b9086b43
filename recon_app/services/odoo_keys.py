"""API keys of Odoo: in the system's store of passwords or told for one session, never in a file."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from recon_app.services.connections import Connection

#: Environment variable with the key of this session; it goes before the stored one.
VARIABLE = "RECON_ODOO_KEY"
_SERVICE = "Recon Desk"
# Stores of the system that encrypt; others of keyring write plain files.
_SAFE = tuple(
    f"keyring.backends.{name}" for name in ("Windows", "macOS", "SecretService", "kwallet", "libsecret")
)


def find_key(connection: Connection) -> str | None:
    """The key of a connection, None when somebody must be asked for it."""
    given = os.environ.get(VARIABLE, "")
    if given:
        return given
    from keyring.errors import KeyringError

    store = _store()
    if store is None:
        return None
    try:
        return store.get_password(_SERVICE, _entry(connection)) or None
    except KeyringError:  # locked, or the user said no
        return None


def keep_key(connection: Connection, key: str) -> bool:
    """Put a key into the system's store; False when there is none that is safe."""
    from keyring.errors import KeyringError

    store = _store()
    if store is None:
        return False
    try:
        store.set_password(_SERVICE, _entry(connection), key)
    except KeyringError:
        return False
    return True


def forget_key(connection: Connection) -> None:
    """Take the key out of the system's store."""
    from keyring.errors import KeyringError

    store = _store()
    if store is not None:
        with suppress(KeyringError):  # there is none
            store.delete_password(_SERVICE, _entry(connection))


def _entry(connection: Connection) -> str:
    return f"{connection.login} {connection.database} {connection.address}"


def _store() -> KeyringBackend | None:
    """The system's store of passwords, None when there is none that encrypts."""
    import keyring

    chosen = keyring.get_keyring()
    stores = getattr(chosen, "backends", None) or [chosen]
    return next((store for store in stores if type(store).__module__.startswith(_SAFE)), None)
