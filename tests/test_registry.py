"""Plug-ins are found by their files; a file that breaks the rules is named."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recon_app import registry
from recon_app.plugins import PluginError, discover
from recon_app.sources._base import Source

BASE = """
from abc import ABC, abstractmethod

class Thing(ABC):
    id: str

    @abstractmethod
    def work(self): ...
"""
GOOD = """
from plugins{number}._base import Thing

class Good(Thing):
    id = "{name}"

    def work(self):
        return 1
"""
_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """``package(name=code, …)`` makes an importable folder of plug-ins and returns its name."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**files: str) -> str:
        number = next(_numbers)
        folder = tmp_path / f"plugins{number}"
        folder.mkdir()
        for name, code in {"__init__": "", "_base": BASE, **files}.items():
            text = code.replace("{number}", str(number)).replace("{name}", name)
            (folder / f"{name}.py").write_text(text)
        return folder.name

    yield make
    for name in set(sys.modules) - before:
        if name.startswith("plugins"):
            del sys.modules[name]


def test_every_source_file_is_found() -> None:
    folder = Path(registry.__file__).parent / "sources"
    files = {path.stem for path in folder.glob("[!_]*.py")}
    found = registry.sources()
    assert set(found) == files
    assert list(found) == sorted(found)
    for name, source in found.items():
        assert isinstance(source, Source)
        assert source.id == name
        assert source.title
        assert source.key


def test_every_reconciliation_file_is_found() -> None:
    folder = Path(registry.__file__).parent / "reconciliations"
    assert set(registry.reconciliations()) == {path.stem for path in folder.glob("[!_]*.py")}


def test_every_correction_file_is_found() -> None:
    folder = Path(registry.__file__).parent / "corrections"
    assert set(registry.corrections()) == {path.stem for path in folder.glob("[!_]*.py")}


def test_every_fingerprint_file_is_found() -> None:
    folder = Path(registry.__file__).parent / "fingerprints"
    assert set(registry.fingerprints()) == {path.stem for path in folder.glob("[!_]*.py")}


def test_plugins_come_in_the_order_of_their_names(package: Callable[..., str]) -> None:
    found = discover(package(beta=GOOD, alpha=GOOD), "Thing")
    assert list(found) == ["alpha", "beta"]
    assert found["beta"].work() == 1


def test_an_empty_folder_needs_no_base(package: Callable[..., str]) -> None:
    assert discover(package(_base="raise ValueError"), "Thing") == {}


def test_shared_files_imported_and_abstract_classes_are_no_plugins(package: Callable[..., str]) -> None:
    helper = GOOD.replace("Good", "Helper")
    name = package(
        _helper=helper,
        one=GOOD.replace(
            "class Good(Thing)", "from ._helper import Helper\nclass Half(Thing): ...\nclass Good(Half)"
        ),
    )
    assert [type(plugin).__name__ for plugin in discover(name, "Thing").values()] == ["Good"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "one.py must define exactly one Thing, it defines 0"),
        (GOOD + GOOD.replace("Good", "Other"), "one.py must define exactly one Thing, it defines 2"),
        (GOOD.replace("{name}", "two"), "one.py: the id of Good must be 'one', it is 'two'"),
        (GOOD.replace('id = "{name}"', "pass"), "one.py: the id of Good must be 'one', it is None"),
        ("import nothing_of_that_name", "one.py cannot be loaded: ModuleNotFoundError"),
        ("def f(:", "one.py cannot be loaded: SyntaxError"),
    ],
)
def test_a_faulty_file_is_named(package: Callable[..., str], code: str, message: str) -> None:
    name = package(one=code)
    with pytest.raises(PluginError) as raised:
        discover(name, "Thing")
    assert str(raised.value).startswith(f"{name}/{message}")
