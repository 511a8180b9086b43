"""Column mappings as a file that people share: ``{"schema": "recon/profile/1", ...}``.

A profile is what a person told of one kind of table once: for each header the columns and how the cells are
written. It holds no data of a file and no secret.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recon_app import registry
from recon_app.models.problem import FileRejected, Problem, UsageError
from recon_app.services import strict
from recon_app.sources import _bank_mapping as bank
from recon_app.sources import _mapped
from recon_app.store.schema import dump_json
from recon_app.store.settings import set_setting, settings_under
from recon_app.store.workspace import Workspace

SCHEMA = "recon/profile/1"
_UNDER = "import.columns."
_KEY = re.compile(r"import\.columns\.([a-z0-9_]+)\.([0-9a-f]{16})")
_LONGEST = 500  # characters of a value: the names of some columns
#: The only values of answers that have few; the source checks the others when it reads a file.
_CHOICES = {
    "date_order": ("dmy", "mdy", "ymd"),
    "decimal_mark": ("comma", "dot"),
    "mapping.date_order": ("dmy", "mdy", "ymd"),
    "mapping.decimal_mark": ("comma", "dot"),
    "mapping.sign": ("inverted",),
    "mapping.amount_unit": ("minor",),
}
_NUMBERS = frozenset({"mapping.header_row", "mapping.quantity_decimals"})


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: The file.
        profiles: How many profiles it holds.
    """

    path: Path
    profiles: int


def export_profiles(ws: Workspace, path: Path) -> Exported:
    """Write all mappings of a workspace into a file; equal mappings give equal bytes.

    Raises:
        UsageError: there are none, or the file cannot be written.
    """
    kept = []
    for key, options in settings_under(ws, _UNDER).items():
        match = _KEY.fullmatch(key)
        if match is not None and isinstance(options, dict):
            kept.append({"source": match[1], "header": match[2], "options": options})
    if not kept:
        raise UsageError("no columns were named yet; import a table whose columns you name first")
    text = dump_json({"schema": SCHEMA, "profiles": kept})
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; choose another file") from error
    return Exported(path, len(kept))


def import_profiles(ws: Workspace, path: Path, who: str = "") -> int:
    """Take the mappings of a file; those for the same header are replaced, as the audit trail tells.

    Returns:
        How many there are.

    Raises:
        FileRejected: the file is no profile; nothing of it is taken.
    """
    profiles = read_profiles(path)
    for profile in profiles:
        key = f"{_UNDER}{profile['source']}.{profile['header']}"
        set_setting(ws, key, profile["options"], who=who, reason=f"profile {path.name}")
    return len(profiles)


def read_profiles(path: Path) -> list[dict[str, Any]]:
    """The profiles of a file.

    Raises:
        FileRejected: it is no profile, or one of a source that this version does not have.
    """
    try:
        document = strict.read_file(path, _SHAPE)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        raise FileRejected(Problem(None, None, problem, "check its name and rights", "E_PATH")) from error
    profiles: list[dict[str, Any]] = document["profiles"]
    for number, profile in enumerate(profiles, 1):
        allowed = option_names(profile["source"])
        for name, value in profile["options"].items():
            _check_option(f"profiles.{number}.options.{name}", name, value, allowed)
    return profiles


def _check_option(where: str, name: str, value: str, allowed: frozenset[str]) -> None:
    if name not in allowed:
        strict.refuse(where, f"there is no option {name!r} for this kind of table")
    if name in _CHOICES:
        strict.one_of(*_CHOICES[name])(value, where)
    if name in _NUMBERS and not re.fullmatch("[0-9]{1,3}", value):
        strict.refuse(where, f"{value!r} is no small number")


def option_names(source: str) -> frozenset[str]:
    """Names of the options that a mapping of this source may hold.

    Raises:
        FileRejected: its columns are not named by persons.
    """
    found = registry.sources().get(source)
    if isinstance(found, _mapped.MappedSource):
        keys = [target.key for target in found.targets] + [*_mapped.ANSWERS]
        return frozenset([f"mapping.{key}" for key in keys] + [*_mapped.PLAIN_ANSWERS])
    if source != "bank_csv":
        strict.refuse("source", f"this version names no columns for {source!r}")
    return frozenset(f"mapping.{key}" for key in bank.KEYS)


_SHAPE = strict.fields(
    {
        "schema": strict.one_of(SCHEMA),
        "profiles": strict.listed(
            strict.fields(
                {
                    "source": strict.text(60, "[a-z][a-z0-9_]*"),
                    "header": strict.text(16, "[0-9a-f]{16}"),
                    "options": strict.mapped(strict.text(60), strict.text(_LONGEST)),
                }
            )
        ),
    }
)
