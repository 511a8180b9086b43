"""No file may be claimed by a source that is not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app import registry
from recon_app.models.problem import ReconError
from recon_app.sources._base import InputFile, Source

DATA = Path(__file__).parent / "data"
FILES = sorted(
    path for path in DATA.rglob("*") if path.is_file() and not path.name.endswith(".expected.json")
)


def _family(source: Source) -> str:
    """The source whose files a source reads: its own id, or the one that it stands beside."""
    return getattr(source, "beside", "") or source.id


def _claims(source: Source, file: InputFile) -> bool:
    try:
        return source.recognises(file)
    except ReconError:
        return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_claimed_by_its_own_source_alone(path: Path) -> None:
    known = registry.sources()
    own = known[path.parent.name]
    file = InputFile(path)
    claimed = {source.id for source in known.values() if _claims(source, file)}
    others = {name for name in claimed if _family(known[name]) != _family(own)}
    if not own.fallback or own.mapped:  # a general source is asked only when no special one claims the file
        others = {name for name in others if not known[name].fallback}
    assert (own.id in claimed, others) == (True, set())


def test_every_special_source_has_a_sample() -> None:
    with_samples = {path.parent.name for path in FILES}
    special = {name for name, source in registry.sources().items() if not source.fallback}
    without = {name for name in special if _family(registry.sources()[name]) == name} - with_samples
    assert without == set()
