from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import bundle
import pytest
from packaging.utils import canonicalize_name

QT = "PySide6/Qt"


@pytest.mark.parametrize(
    "path",
    [
        f"{QT}/lib/libQt6Core.so.6",
        f"{QT}/lib/libQt6Widgets.so.6",
        f"{QT}/lib/libQt6XcbQpa.so.6",
        f"{QT}/lib/libQt6WaylandClient.so.6",
        f"{QT}/lib/libicudata.so.73",
        f"{QT}/plugins/platforms/libqxcb.so",
        f"{QT}/plugins/platforms/libqwayland.so",
        f"{QT}/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/plugins/platforms/qoffscreen.dll",
        f"{QT}/plugins/platforms/libqcocoa.dylib",
        f"{QT}/plugins/imageformats/libqsvg.so",
        f"{QT}/plugins/iconengines/libqsvgicon.so",
        f"{QT}/plugins/platformthemes/libqxdgdesktopportal.so",
        f"{QT}/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6/Qt6Core.dll",
        "PySide6/QtWidgets.abi3.so",
        "libQt6Gui.so.6",
        "libxcb-cursor.so.0",
        "libwayland-cursor.so.0",
        "libglib-2.0.so.0",
        "libpython3.11.so.1.0",
        "numpy.libs/libscipy_openblas64_-32a4b2a6.so",
        "sqlcipher3/_sqlite3.cpython-311-x86_64-linux-gnu.so",
        "pandas/_testing/__init__.py",
        "numpy-2.4.6.dist-info/METADATA",
        "odoorpc-0.10.1.dist-info/licenses/LICENSE",
        "resources/help/import.md",
        "recon_app/store/migrations/env.py",
    ],
)
def test_what_the_program_needs_is_kept(path: str) -> None:
    assert bundle.keep(path)


@pytest.mark.parametrize(
    "path",
    [
        f"{QT}/lib/libQt6Qml.so.6",
        f"{QT}/lib/libQt6QuickWidgets.so.6",
        f"{QT}/lib/libQt6Pdf.so.6",
        f"{QT}/lib/libQt6EglFSDeviceIntegration.so.6",
        f"{QT}/lib/libQt6EglFsKmsSupport.so.6",
        f"{QT}/lib/libQt6OpenGL.so.6",
        f"{QT}/lib/libQt63DCore.so.6",
        "libQt6OpenGL.so.6",
        "PySide6/Qt6Quick.dll",
        "PySide6\\Qt6VirtualKeyboard.dll",
        "PySide6/opengl32sw.dll",
        f"{QT}/plugins/egldeviceintegrations/libqeglfs-x11-integration.so",
        f"{QT}/plugins/platforms/libqeglfs.so",
        f"{QT}/plugins/platforms/libqminimalegl.so",
        "PySide6/plugins/platforms/qminimal.dll",
        f"{QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        f"{QT}/plugins/imageformats/libqtiff.so",
        "PySide6/plugins/imageformats/qpdf.dll",
        f"{QT}/plugins/wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
        f"{QT}/lib/libQt6Network.so.6",
        f"{QT}/translations/qtbase_de.qm",
        "numpy/_core/tests/data/a.csv",
        "pandas/tests/io/data.csv",
        "numpy-2.4.6.dist-info/RECORD",
        "numpy-2.4.6.dist-info/direct_url.json",
    ],
)
def test_what_it_does_not_need_is_dropped(path: str) -> None:
    assert not bundle.keep(path)


def test_a_library_stays_only_if_something_loads_it() -> None:
    files: dict[str, set[str]] = {
        f"{QT}/plugins/platforms/libqxcb.so": {"libQt6Gui.so.6", "libxcb-cursor.so.0", "libc.so.6"},
        f"{QT}/lib/libQt6Gui.so.6": {"libglib-2.0.so.0"},
        "libQt6Gui.so.6": set(),  # a link to the other
        "libxcb-cursor.so.0": set(),
        "libglib-2.0.so.0": set(),
        "libgtk-3.so.0": {"libcairo.so.2"},
        "libcairo.so.2": {"libgtk-3.so.0"},
    }
    libraries = {path for path in files if "/plugins/" not in path}
    assert set(files) - bundle.loaded(files, libraries) == {"libgtk-3.so.0", "libcairo.so.2"}


def test_a_library_under_the_gpl_is_refused() -> None:
    bundle.require_no_gpl(["libglib-2.0.so.0", "readline.md"])
    with pytest.raises(bundle.BundleError, match=r"libreadline\.so\.8$"):
        bundle.require_no_gpl(["libz.so.1", "libreadline.so.8"])


def test_windows_has_a_program_with_and_one_without_a_console() -> None:
    assert bundle.programs("win32") == (("recon-app", False), ("recon-app-cli", True))
    assert bundle.programs("linux") == (("recon-app", True),)
    assert bundle.programs("darwin") == (("recon-app", True),)


def test_data_files_keep_their_folders_and_leave_scripts_and_compiled_files_out(tmp_path: Path) -> None:
    for name in (
        "resources/help/b.md",
        "resources/help/a.md",
        "resources/demo/make_demo.py",
        "recon_app/store/migrations/versions/one.py",
        "recon_app/store/migrations/__pycache__/env.pyc",
        "tests/sample.csv",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [(Path(file).name, folder) for file, folder in bundle.data_files(tmp_path)]
    assert found == [
        ("a.md", "resources/help"),
        ("b.md", "resources/help"),
        ("one.py", "recon_app/store/migrations/versions"),
    ]


def test_a_lost_plugin_is_named(tmp_path: Path) -> None:
    for name in ("sources/camt.py", "sources/_base.py", "sources/__init__.py", "corrections/book_fees.py"):
        path = tmp_path / "recon_app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    bundle.require_plugins(tmp_path, ["recon_app.sources.camt", "recon_app.corrections.book_fees"])
    with pytest.raises(bundle.BundleError, match=r"recon_app\.corrections\.book_fees$"):
        bundle.require_plugins(tmp_path, ["recon_app.sources.camt", "recon_app.sources._base"])


def test_a_project_without_plugins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(bundle.BundleError, match="there are none"):
        bundle.require_plugins(tmp_path, [])


def test_runtime_packages_are_names_only() -> None:
    text = '[project]\ndependencies = ["PySide6-Essentials==6.11.3", "mt-940>=5.1", "pandas"]\n'
    assert bundle.runtime_packages(text) == ["PySide6-Essentials", "mt-940", "pandas"]


def test_no_runtime_package_is_excluded(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8")
    modules = {name.replace("-", "_").casefold() for name in bundle.runtime_packages(text)}
    assert modules.isdisjoint(name.casefold() for name in bundle.EXCLUDED_MODULES)


def imported(folder: Path) -> Iterator[str]:
    """Modules that the source imports, also within functions, which PyInstaller cannot be asked about."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def test_whatever_the_program_imports_is_installed_with_it_and_in_the_bundle() -> None:
    root = Path(bundle.__file__).resolve().parent.parent
    names = set(imported(root / "recon_app"))
    own = {*sys.stdlib_module_names, "recon_app", "_typeshed"}  # the last one is there for mypy only
    packages = {name.partition(".")[0] for name in names} - own
    owners = packages_distributions()
    declared = {
        canonicalize_name(name)
        for name in bundle.runtime_packages((root / "pyproject.toml").read_text(encoding="utf-8"))
    }
    declared.add(canonicalize_name("shiboken6"))  # comes with PySide6
    undeclared = {
        name for name in packages if not declared & {canonicalize_name(owner) for owner in owners[name]}
    }
    assert undeclared == set()
    excluded = {name for name in names for out in bundle.EXCLUDED_MODULES if f"{name}.".startswith(f"{out}.")}
    assert excluded == set()
