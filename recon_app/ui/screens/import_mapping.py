"""Lead a user through naming the columns of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from recon_app.models.problem import ReconError
from recon_app.ui.context import Context
from recon_app.ui.screens.import_items import Item
from recon_app.ui.screens.mapping_dialog import MappingDialog

if TYPE_CHECKING:
    from recon_app.services.mapping import Heading, Mappable

_ROWS = 200
_FIRST = "mapped_orders"

Decided = Callable[[str, dict[str, str]], None]


def name_columns(context: Context, item: Item, decided: Decided, parent: QWidget) -> None:
    """Open the mapping assistant on a file.

    Args:
        context: What screens are given.
        item: The file; it has a preview.
        decided: Told the source and the answers when the user has decided.
        parent: The widget below the dialog.
    """

    def opened(kinds: list[Mappable]) -> None:
        cells = item.preview.cells if item.preview is not None else ()
        dialog = MappingDialog(item.name, cells, kinds, parent)
        dialog.kind_chosen.connect(lambda source, answers: _propose(context, item, dialog, source, answers))
        dialog.tried.connect(lambda source, answers: _try(context, item, dialog, source, answers))
        dialog.decided.connect(decided)
        known = {kind.source for kind in kinds}
        source = item.recognised()
        options = dict(item.preview.options) if item.preview is not None else {}
        first = source if source in known else _FIRST
        _propose(context, item, dialog, first, {**options, **item.options})
        dialog.open()

    context.read(parent, lambda backend: backend.mappables(), opened)


def _propose(
    context: Context, item: Item, dialog: MappingDialog, source: str, answers: dict[str, str]
) -> None:
    """Find the header and what its columns seem to be, and show it."""
    cells = item.preview.cells if item.preview is not None else ()

    def found(result: tuple[Heading, dict[str, str]]) -> None:
        dialog.show_kind(source, *result)

    context.read(dialog, lambda backend: backend.mapping(source, cells, answers), found)


def _try(context: Context, item: Item, dialog: MappingDialog, source: str, answers: dict[str, str]) -> None:
    """Read the first rows with some answers, and show what comes of them."""
    backend, path = context.backend, item.path
    if backend is None or path is None:
        return

    def failed(error: BaseException) -> None:
        if isinstance(error, ReconError):
            dialog.show_fault(str(error))
        else:
            context.fail(error)

    context.jobs.read(
        dialog,
        lambda _: backend.preview(path, source, answers, _ROWS),
        dialog.show_preview,
        failed,
        title=f"Reading {item.name}",
    )
