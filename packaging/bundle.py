"""What goes into the bundle: the pure rules of ``build.spec``, tested on every system.

A path in the bundle is written with ``/`` on all systems, relative to the folder of the program's files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

NAME = "recon-app"
PLUGIN_FOLDERS = ("sources", "reconciliations", "corrections", "fingerprints")
# Read as files while the program runs; Alembic loads its scripts by path, so they are data, not modules.
DATA_FOLDERS = ("resources", "recon_app/store/migrations")

# What only the migration scripts import, and the time zones, which Windows does not have.
HIDDEN_IMPORTS = ("logging.config", "tzdata")

EXCLUDED_MODULES = (
    # tools of the developers
    "IPython",
    "_distutils_hack",
    "_pytest",
    "babel",
    "distutils",
    "ensurepip",
    "hypothesis",
    "mypy",
    "numpy.distutils",
    "numpy.f2py",
    "numpy.testing",
    "pandas.tests",
    "pip",
    "pkg_resources",
    "pygments",
    "pytest",
    "setuptools",
    # optional parts of pandas that the program does not use
    "matplotlib",
    "openpyxl",
    "pyarrow",
    "scipy",
    # what PyInstaller adds to every Qt program
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    # the program has its own window and its own SQLite
    "_sqlite3",
    "_tkinter",
    "sqlite3",
    "tkinter",
    # under the GPL, which the program is not
    "_gdbm",
    "readline",
)

_QT_LIBRARY = re.compile(
    r"(^|/)(lib)?Qt6(3D|Designer|EglF[sS]|Network|OpenGL|Pdf|Qml|Quick|ShaderTools|Sql|Test|VirtualKeyboard"
    r"|WlShell)"
    r"\w*\.(so[.\d]*|dll|dylib)$|(^|/)(opengl32sw|d3dcompiler_47)\.dll$"
)
_QT_PLUGIN = re.compile(
    r"/plugins/("
    r"(designer|egldeviceintegrations|generic|networkinformation|qmltooling|sqldrivers|virtualkeyboard)/"
    r"|imageformats/(lib)?q(gif|icns|pdf|tga|tiff|wbmp|webp)\b"
    r"|platforminputcontexts/(lib)?qtvirtualkeyboard"
    r"|platforms/(lib)?q(direct2d|eglfs|linuxfb|minimal|minimalegl|vkkhrdisplay|vnc)\b"
    r"|platformthemes/libqgtk3\b"
    r"|wayland-graphics-integration-client/"
    r"|wayland-shell-integration/lib(fullscreen|ivi|wl)-shell)"
)
_QT_TRANSLATION = re.compile(r"/translations/.*\.qm$")
_TEST_DATA = re.compile(r"(numpy|pandas)/(.*/)?tests?/")
# Where and how the packages were installed on the build machine: licences and versions stay.
_INSTALLER_NOTE = re.compile(r"\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_\w+\.json)$")
# Libraries under the GPL that Python's own modules can bring in.
_GPL_LIBRARY = re.compile(r"(^|/)lib(gdbm|readline)[-.\w]*$")


class BundleError(Exception):
    """The bundle would not work; the text says what is missing."""


def keep(path: str) -> bool:
    """Whether a file that PyInstaller found belongs into the bundle."""
    path = path.replace("\\", "/")
    rules = (_QT_LIBRARY, _QT_PLUGIN, _QT_TRANSLATION, _INSTALLER_NOTE)
    return not (any(rule.search(path) for rule in rules) or _TEST_DATA.match(path))


def loaded(files: Mapping[str, set[str]], libraries: set[str]) -> set[str]:
    """Return the files without the libraries that only dropped files loaded (on Linux: half of GTK).

    Args:
        files: For each file in the bundle the names of the libraries it loads.
        libraries: Those of the files that are there only to be loaded.
    """
    by_name: dict[str, list[str]] = {}
    for path in libraries:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    kept: set[str] = set()
    waiting = [path for path in files if path not in libraries]
    while waiting:
        path = waiting.pop()
        if path not in kept:
            kept.add(path)
            waiting += [found for name in files[path] for found in by_name.get(name, ())]
    return kept


def require_no_gpl(paths: Iterable[str]) -> None:
    """Check that no library under the GPL came along.

    Raises:
        BundleError: names the libraries.
    """
    found = sorted(path for path in paths if _GPL_LIBRARY.search(path))
    if found:
        raise BundleError(f"under the GPL: {', '.join(found)}")


def programs(platform: str) -> tuple[tuple[str, bool], ...]:
    """Return the executables as (name, has a console).

    A Windows program either has a console or shows a window without one, so there are two; elsewhere one
    program is both.
    """
    if platform == "win32":
        return ((NAME, False), (f"{NAME}-cli", True))
    return ((NAME, True),)


def data_files(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the data files as (file, folder in the bundle), in the same order on every machine."""
    for folder in DATA_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not _makes_data(path, root):
                yield str(path), path.parent.relative_to(root).as_posix()


def _makes_data(path: Path, root: Path) -> bool:
    """Whether a file is a script that makes resources, which the program does not need."""
    return path.suffix == ".py" and path.is_relative_to(root / "resources")


def require_plugins(root: Path, collected: Iterable[str]) -> None:
    """Check that every plug-in file was collected: the program finds them by name, PyInstaller does not.

    Raises:
        BundleError: names the modules that the program would silently lack.
    """
    wanted = {
        f"recon_app.{folder}.{path.stem}"
        for folder in PLUGIN_FOLDERS
        for path in (root / "recon_app" / folder).glob("[!_]*.py")
    }
    lost = sorted(wanted - set(collected))
    if lost or not wanted:
        raise BundleError(f"plug-ins were not collected: {', '.join(lost) or 'there are none'}")


def runtime_packages(pyproject: str) -> list[str]:
    """Return the names of the packages that the program itself needs, from the text of pyproject.toml."""
    dependencies = tomllib.loads(pyproject)["project"]["dependencies"]
    return [re.split(r"[^\w.-]", dependency, maxsplit=1)[0] for dependency in dependencies]
