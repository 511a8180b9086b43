"""Plug-ins: one file each, found by the file.

A plug-in is a module of its folder whose name does not start with an underscore. It defines exactly one
concrete class of the folder's base, whose ``id`` is the name of the file.
"""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any

from recon_app.models.problem import ReconError


class PluginError(ReconError):
    """A plug-in file breaks the rules; the message names it."""


def discover(package: str, base: str) -> dict[str, Any]:
    """Make one instance of each plug-in of a package, in the order of their names.

    Args:
        package: Full name of the folder's package; works in a frozen program too.
        base: Name of the base class in the package's ``_base``.

    Raises:
        PluginError: a file cannot be imported or breaks the rules.
    """
    folder = import_module(package)
    names = sorted(found.name for found in pkgutil.iter_modules(folder.__path__) if found.name[0] != "_")
    if not names:
        return {}
    return {name: load(package, base, name) for name in names}


def load(package: str, base: str, name: str) -> Any:
    """Make the instance of one plug-in; see :func:`discover`."""
    kind = getattr(import_module(f"{package}._base"), base)
    return _plugin(_module(package, name), name, kind)


def _module(package: str, name: str) -> ModuleType:
    try:
        return import_module(f"{package}.{name}")
    except Exception as error:
        raise PluginError(f"{package.replace('.', '/')}/{name}.py cannot be loaded: {error!r}") from error


def _plugin(module: ModuleType, name: str, kind: type) -> Any:
    """The one instance of a plug-in module."""
    file = f"{module.__name__.replace('.', '/')}.py"
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, kind)
        and value.__module__ == module.__name__
        and not inspect.isabstract(value)
    ]
    if len(classes) != 1:
        raise PluginError(f"{file} must define exactly one {kind.__name__}, it defines {len(classes)}")
    plugin_id = getattr(classes[0], "id", None)
    if plugin_id != name:
        raise PluginError(f"{file}: the id of {classes[0].__name__} must be {name!r}, it is {plugin_id!r}")
    return classes[0]()
