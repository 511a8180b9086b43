"""Shared by all tests: no display, no settings of the person who runs them, the same examples each time."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

#: How busy a computer is says nothing about the program. Beware: all examples of a test share its fixtures.
_CALM = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", _CALM)  # other examples each time: pytest --hypothesis-profile=search
settings.register_profile("repeat", _CALM, derandomize=True)
settings.load_profile("repeat")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the examples from depending on what a worker has imported for the tests before.

    Hypothesis takes a twentieth of the values from the source of all modules that are loaded, also when it
    repeats its examples.
    """
    if not config.getoption("--hypothesis-profile"):
        providers._get_local_constants = Constants


os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LC_ALL"] = "C.UTF-8"  # Qt warns of languages whose texts are not UTF-8, and numbers differ
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")


@pytest.fixture(autouse=True)
def _isolated_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the real settings and data folders."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
