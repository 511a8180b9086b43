"""The direction of imports that import-linter's contracts cannot say (see pyproject.toml for the others)."""

from __future__ import annotations

import sys

import grimp
import pytest

# What a plug-in may import beyond the models and the shared files of its folder.
PLUGIN_FOLDERS: dict[str, tuple[str, ...]] = {
    "sources": (),
    "reconciliations": ("recon_app.engine", "recon_app.fingerprints", "recon_app.plugins"),
    "corrections": (),
    "fingerprints": ("recon_app.engine",),
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("recon_app", include_external_packages=True, cache_dir=None)


def strangers(graph: grimp.ImportGraph, folder: str) -> list[str]:
    """Imports of a plug-in folder that are not allowed to it."""
    allowed = ("recon_app.models", f"recon_app.{folder}._", *PLUGIN_FOLDERS[folder])
    return [
        f"{module} -> {imported}"
        for module in sorted(graph.find_descendants(f"recon_app.{folder}"))
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if imported.startswith("recon_app.") and not imported.startswith(allowed)
    ]


@pytest.mark.parametrize("folder", PLUGIN_FOLDERS)
def test_plugins_import_only_models_and_their_folders_shared_files(
    graph: grimp.ImportGraph, folder: str
) -> None:
    assert strangers(graph, folder) == []


@pytest.mark.parametrize("imported", ["recon_app.sources.two", "recon_app.engine.match"])
def test_an_import_between_plugins_is_found(imported: str) -> None:
    graph = grimp.ImportGraph()
    for module in ("recon_app.sources", "recon_app.sources.one", "recon_app.models.money", imported):
        graph.add_module(module)
    graph.add_import(importer="recon_app.sources.one", imported="recon_app.models.money")
    graph.add_import(importer="recon_app.sources.one", imported=imported)
    assert strangers(graph, "sources") == [f"recon_app.sources.one -> {imported}"]


def test_models_import_the_standard_library_only(graph: grimp.ImportGraph) -> None:
    modules = graph.find_descendants("recon_app.models")
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    others = {name for name in imported if not name.startswith("recon_app.models.")}
    assert others <= sys.stdlib_module_names
