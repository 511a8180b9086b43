"""resources/licences/THIRD-PARTY.md lists what the bundle carries, and nothing in it is under the GPL."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import bundle
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(bundle.__file__).resolve().parent.parent
SYSTEMS = ("linux", "win32", "darwin")


def closure(names: list[str]) -> set[str]:
    """Return the packages and all they need at run time on any of the systems."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [canonicalize_name(one.name) for one in needs(name) if is_needed(one)]
    return found


def needs(name: str) -> list[Requirement]:
    """Return what a package asks for; one of another system is not installed here and asks for nothing."""
    try:
        return [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        assert name == "pywin32-ctypes"
        return []


def is_needed(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"sys_platform": system, "extra": ""}) for system in SYSTEMS)


@pytest.fixture(scope="module")
def listed() -> dict[str, tuple[str, str]]:
    """Return package -> (versions, licence) of the table of packages."""
    text = (ROOT / "resources" / "licences" / "THIRD-PARTY.md").read_text(encoding="utf-8")
    section = text.split("\n## ")[1]
    rows = re.findall(r"^\| ([\w.-]+) \| ([\d., ]+) \| ([^|]+?) \|", section, re.MULTILINE)
    return {canonicalize_name(name): (versions, licence) for name, versions, licence in rows}


def locked() -> dict[str, set[str]]:
    """Return package -> versions of requirements.lock."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def test_every_runtime_package_is_listed(listed: dict[str, tuple[str, str]]) -> None:
    names = bundle.runtime_packages((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(listed) == closure(names)


def test_the_versions_are_those_of_the_lock(listed: dict[str, tuple[str, str]]) -> None:
    pins = locked()
    assert {name: set(versions.split(", ")) for name, (versions, _) in listed.items()} == {
        name: pins[name] for name in listed
    }


def test_no_package_is_under_the_gpl(listed: dict[str, tuple[str, str]]) -> None:
    assert [name for name, (_, licence) in listed.items() if re.search(r"\bA?GPL", licence)] == []
    assert listed["pyside6-essentials"][1] == "LGPL-3.0-only"


def test_the_texts_of_the_lgpl_are_there() -> None:
    folder = ROOT / "resources" / "licences"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / "LGPL-3.0.txt").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in (folder / "GPL-3.0.txt").read_text(encoding="utf-8")
