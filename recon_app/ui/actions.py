"""Actions are declared once; menus, shortcuts and the command palette are made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a user can do.

    Attributes:
        id: Stable name, ``screen.verb``.
        title: What it does, short.
        run: Does it.
        keys: Shortcuts, the first one is shown.
        menu: Title of the menu it stands in, or "" for the palette only.
        enabled: Whether it can be done now; asked when a menu or the palette opens.
    """

    id: str
    title: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    menu: str = ""
    enabled: Callable[[], bool] = _always

    @property
    def single_letter(self) -> bool:
        """Whether one of its keys is a plain character, which must not act while somebody types."""
        return any(len(key) == 1 for key in self.keys)


class ActionBook(QObject):
    """All actions of the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._made: dict[str, tuple[Act, QAction, QWidget]] = {}
        self._letters = True

    def add(self, act: Act, scope: QWidget | None = None) -> QAction:
        """Declare an action.

        Args:
            act: The action.
            scope: Its keys act only while the focus is inside this widget; without one, everywhere in
                the window. A single letter needs a scope.
        """
        if act.single_letter and scope is None:
            raise ValueError(f"{act.id}: a single letter needs a scope")
        home = scope or self._window
        action = QAction(act.title, home)
        action.setObjectName(act.id)
        action.setShortcuts([QKeySequence(key) for key in self._keys(act)])
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if scope is None
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.triggered.connect(lambda: self.run(act.id))
        home.addAction(action)
        self._made[act.id] = (act, action, home)
        return action

    def action(self, act_id: str) -> QAction:
        """The Qt action of an id."""
        return self._made[act_id][1]

    def run(self, act_id: str) -> None:
        """Do it, if it can be done now."""
        act = self._made[act_id][0]
        if act.enabled():
            act.run()

    def available(self) -> Iterator[Act]:
        """What can be done here and now: actions of hidden screens are left out."""
        for act, _, home in self._made.values():
            if home.isVisible() and act.enabled():
                yield act

    def fill(self, bar: QMenuBar, order: tuple[str, ...]) -> None:
        """Make the menus, in this order of titles."""
        for title in order:
            menu = bar.addMenu(title)
            menu.aboutToShow.connect(lambda m=menu, t=title: self._refill(m, t))
            # A disabled QAction would swallow its key without a word; `run` asks again when it is pressed.
            menu.aboutToHide.connect(self._enable_all)
            self._refill(menu, title)
        self._enable_all()

    def set_letters(self, *, on: bool) -> None:
        """Switch the single-letter keys on or off (some people's tools type letters: WCAG 2.1.4)."""
        self._letters = on
        for act, action, _ in self._made.values():
            if act.single_letter:
                action.setShortcuts([QKeySequence(key) for key in self._keys(act)])

    def _keys(self, act: Act) -> tuple[str, ...]:
        """The keys of an action that act now."""
        return act.keys if self._letters else tuple(key for key in act.keys if len(key) > 1)

    def _refill(self, menu: QMenu, title: str) -> None:
        menu.clear()
        for act, action, home in self._made.values():
            if act.menu == title and (home is self._window or home.isVisible()):
                action.setEnabled(act.enabled())
                menu.addAction(action)

    def _enable_all(self) -> None:
        for _, action, _ in self._made.values():
            action.setEnabled(True)
