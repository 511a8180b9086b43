"""What the window remembers on this computer: typed access to one INI file.

Only looks are kept here (sizes, theme, columns); everything that changes a result is in the workspace.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

ORGANISATION = "Recon Desk"
APPLICATION = "recon-app"
#: Name of the person at this computer: who counts also decides.
WHO = "count/name"


class Settings:
    """Typed values by key; an INI file gives text back, so each getter asks for its type."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION
        )

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return str(self._store.value(key, default, type=str))

    def number(self, key: str, default: int) -> int:
        """An integer; anything else in the file counts as the default."""
        found = self.text(key)
        return int(found) if found.lstrip("-").isdecimal() else default

    def flag(self, key: str, *, default: bool) -> bool:
        """A yes or no."""
        return self.text(key, "yes" if default else "no") == "yes"

    def state(self, key: str) -> QByteArray | None:
        """A state that a Qt object saved, or None."""
        found = self._store.value(key)
        return found if isinstance(found, QByteArray) else None

    def put(self, key: str, value: str | int | bool | QByteArray) -> None:
        """Remember a value."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self._store.setValue(key, value if isinstance(value, QByteArray) else str(value))

    def remove(self, key: str) -> None:
        """Forget a value."""
        self._store.remove(key)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()
