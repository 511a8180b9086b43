"""The products screen on the real services: findings by severity, and aliases that a person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from recon_app.models.case import Kind
from recon_app.models.record import RecordType
from recon_app.services import aliases
from recon_app.services.run import run
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from recon_app.ui.backend import Backend
from recon_app.ui.screens.alias_dialog import APPROVE, REJECT, AliasDialog
from recon_app.ui.screens.case_dialogs import AcceptDialog
from recon_app.ui.screens.products_screen import ProductsScreen
from recon_app.ui.shell import Shell
from tests.reconciliations.goods import Shelf
from tests.services.shelves import put_records

Wait = Callable[[], None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    """Three products: one is sound, one is written in two ways, one has no barcode."""
    shelf = Shelf()
    for number, (shop, odoo, barcode) in enumerate(
        (("CUP", "CUP", "4006381333931"), ("mug-1", "MUG-1", "5901234123457"), ("JUG", "JUG", ""))
    ):
        given = {"text": f"Thing {number}", "barcode": barcode, "status": "active"}
        shelf.add(RecordType.SHOP_PRODUCT, sku=shop, grp=f"thing-{number}", **given)
        shelf.add(RecordType.ODOO_PRODUCT, sku=odoo, unit="Units", **given)
    workspace = Workspace.open(tmp_path / "workspace")
    put_records(workspace, shelf, tmp_path)
    run(workspace, "products")
    yield workspace
    workspace.close()


@pytest.fixture
def products(shell: Shell, store: Workspace, idle: Wait) -> ProductsScreen:
    screen = next(screen for screen in shell.screens if isinstance(screen, ProductsScreen))
    shell.context.use(Backend(store))
    shell.go_to("products")
    idle()
    return screen


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def alias_dialog(products: ProductsScreen, idle: Wait) -> AliasDialog:
    click(products.aliases)
    idle()
    return next(one for one in products.findChildren(AliasDialog) if one.isVisible())


def test_what_blocks_comes_first_and_warnings_are_a_click_away(products: ProductsScreen, idle: Wait) -> None:
    chips = products.lines.chips
    assert chips.chips[Kind.TOLERANCE].text().startswith("Warnings ")
    before = products.lines.rows.count
    assert products.lines.case is not None
    assert "mug-1" in products.lines.case.text
    click(chips.chips[Kind.TOLERANCE])
    idle()
    assert products.lines.rows.count > before
    click(chips.all)
    idle()
    assert chips.all.text() == f"All {products.lines.rows.count}"


def test_an_alias_is_approved_by_a_person_with_a_name(
    products: ProductsScreen, store: Workspace, idle: Wait
) -> None:
    dialog = alias_dialog(products, idle)
    (choice,) = dialog.choices.values()
    choice.setCurrentText(APPROVE)
    dialog.who.clear()
    assert not dialog.ok.isEnabled()  # nobody is named
    QTest.keyClicks(dialog.who, "Ann")
    assert dialog.ok.isEnabled()
    click(dialog.ok)
    idle()
    (row,) = aliases.listed(store)
    assert (row.shop, row.odoo, row.state, row.decided_by) == ("mug-1", "MUG-1", "approved", "Ann")
    assert products.changed.isVisible()
    click(products.changed.button)
    idle()
    assert not products.changed.isVisible()
    assert Kind.FIELD not in {kind for kind, chip in products.lines.chips.chips.items() if chip.isVisible()}


def test_a_rejected_alias_is_not_asked_again(
    products: ProductsScreen, shell: Shell, store: Workspace, idle: Wait
) -> None:
    dialog = alias_dialog(products, idle)
    assert dialog.who.text() == "Pat"  # the user of the computer, until another name is typed
    assert not dialog.ok.isEnabled()  # nothing is decided
    for choice in dialog.choices.values():
        choice.setCurrentText(REJECT)
    click(dialog.ok)
    idle()
    assert [row.state for row in aliases.listed(store)] == ["rejected"]
    click(products.aliases)
    idle()
    assert "nobody decided on yet" in shell.context.toast.text()


def test_who_accepts_is_kept_and_offered_again(
    products: ProductsScreen, shell: Shell, store: Workspace, idle: Wait
) -> None:
    case = products.lines.case
    assert case is not None
    products.lines.setFocus()
    QTest.keyClick(products.lines, Qt.Key.Key_A)
    idle()
    dialog = next(one for one in products.findChildren(AcceptDialog) if one.isVisible())
    assert dialog.who.text() == "Pat"
    QTest.keyClicks(dialog.reason, "We know these two")
    dialog.who.clear()
    assert dialog.ok.toolTip() == "Say who you are"
    QTest.keyClicks(dialog.who, "Mia")
    click(dialog.ok)
    idle()
    (event,) = list_events(store, case.id)
    assert (event.who, event.what) == ("Mia", "accept")
    assert shell.context.person == "Mia"
    click(shell.context.toast.button)
    idle()
    assert [(event.who, event.what) for event in list_events(store, case.id)][1:] == [("Mia", "undo")]
