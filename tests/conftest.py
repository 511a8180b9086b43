"""Shared by all tests: no display, no settings of the person who runs them, the same examples each time."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

#: How busy a computer is says nothing about the program. Beware: all examples of a test share its fixtures.
_CALM = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", _CALM)  # other examples each time: pytest --hypothesis-profile=search
settings.register_profile("repeat", _CALM, derandomize=True)
settings.load_profile("repeat")

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")


@pytest.fixture(autouse=True)
def _isolated_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the real settings and data folders."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
