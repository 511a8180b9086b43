"""The window: menus, rail, screens, status bar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from recon_app.ui import icons
from recon_app.ui.actions import Act, ActionBook
from recon_app.ui.command_palette import CommandPalette
from recon_app.ui.context import Context
from recon_app.ui.crash import CrashReporter
from recon_app.ui.help_window import FIRST, HelpWindow, page_names
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.keys_help import show_keys
from recon_app.ui.rail import Rail
from recon_app.ui.screens._screen import Screen
from recon_app.ui.settings import Settings
from recon_app.ui.theme import LIGHT, Appearance
from recon_app.ui.widgets.busy_bar import BusyBar
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.workspace_menu import WorkspaceMenu

NARROW = 1180  # below this width the rail shows icons only
MENUS = ("&File", "&Go", "&Case", "&View", "&Help")
_HINTS = "J/K next or previous   Ctrl+K commands"
_DIGITS = 9


class Shell(QMainWindow):
    """The main window.

    Only the screen that is looked at is made before the window is painted; the others follow one by one.

    Args:
        appearance: Theme and text size.
        settings: What is remembered from one start to the next.
        crashes: Where faults of the program go.
        screens: The screens in the order of the rail.
    """

    def __init__(
        self,
        appearance: Appearance,
        settings: Settings,
        crashes: CrashReporter,
        screens: Sequence[type[Screen]],
    ) -> None:
        super().__init__()
        self.setWindowTitle("Recon Desk")
        self.setWindowIcon(icons.icon("app", LIGHT.accent))
        self.setMinimumSize(960, 600)
        self.appearance = appearance
        self.jobs = JobsBridge(self)
        self.actions_book = ActionBook(self)
        self.context = Context(self, self.jobs, settings, self.actions_book, crashes)
        self._settings = settings
        self.rail = Rail(self)
        self._stack = QStackedWidget(self)
        self._status = Text("", parent=self)
        self.busy = BusyBar(self)
        self._kinds = list(screens)
        self._made: dict[int, Screen] = {}
        self._rest = QTimer(self, interval=0)
        self._rest.timeout.connect(self._make_next)
        self.workspace_menu = WorkspaceMenu(self.context, self)
        self._lay_out()
        self._declare()
        self.jobs.progressed.connect(self.busy.update_jobs)
        self.context.go.connect(self.go_to)
        appearance.changed.connect(self._remember_look)
        self._restore()
        self._rest.start()

    @property
    def screens(self) -> list[Screen]:
        """All screens in the order of the rail."""
        return [self._screen(place) for place in range(len(self._kinds))]

    def go_to(self, screen_id: str) -> None:
        """Show a screen."""
        self._show([kind.id for kind in self._kinds].index(screen_id))

    def current(self) -> Screen:
        """The screen that is shown."""
        return self._screen(self._place)

    def _screen(self, place: int) -> Screen:
        """The screen at a place of the rail, made when it is first asked for."""
        if place not in self._made:
            screen = self._kinds[place](self.context)
            self._made[place] = screen
            self._stack.addWidget(screen)
            screen.count_changed.connect(self.rail.entries[place].set_count)
            screen.status_changed.connect(self._show_status)
            if self.context.backend is not None:
                screen.workspace_opened()
        return self._made[place]

    def _make_next(self) -> None:
        missing = [place for place in range(len(self._kinds)) if place not in self._made]
        if missing:
            self._screen(missing[0])
        else:
            self._rest.stop()

    def _lay_out(self) -> None:
        central = QWidget(self)
        line = QHBoxLayout(central)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.rail)
        line.addWidget(self._stack, 1)
        self.setCentralWidget(central)
        for place, kind in enumerate(self._kinds):
            self.rail.add(kind.title, kind.icon, _key(place), kind.group)
        self.rail.chosen.connect(self._show)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(6, 0, 6, 0)
        bar.addWidget(self._status, 1)
        bar.addPermanentWidget(self.busy)
        bar.addPermanentWidget(Text(_HINTS, Tone.MUTED, parent=self))

    def _declare(self) -> None:
        add = self.actions_book.add
        for place, kind in enumerate(self._kinds):
            add(Act(f"go.{kind.id}", kind.title, partial(self._show, place), (_key(place),), "&Go"))
        look = self.appearance
        add(Act("app.palette", "Commands…", self._open_palette, ("Ctrl+K",), "&Help"))
        add(Act("app.help", "Help", self.show_help, ("F1",), "&Help"))
        add(Act("app.keys", "Keys", partial(show_keys, self, self.actions_book), ("Shift+F1",), "&Help"))
        add(Act("view.theme", "Light or dark", look.toggle, ("Ctrl+Shift+L",), "&View"))
        add(Act("view.system", "Light or dark as the system", look.follow_system, (), "&View"))
        add(Act("view.larger", "Larger text", partial(look.step_text, 1), ("Ctrl++", "Ctrl+="), "&View"))
        add(Act("view.smaller", "Smaller text", partial(look.step_text, -1), ("Ctrl+-",), "&View"))
        add(Act("view.normal", "Normal text size", partial(look.step_text, 0), ("Ctrl+0",), "&View"))
        add(Act("view.letters", "Single-letter keys on or off", self._toggle_letters, (), "&View"))
        add(Act("app.quit", "Quit", self.close, ("Ctrl+Q",), "&File"))
        self.actions_book.set_letters(on=self._settings.flag("keys/letters", default=True))
        self.actions_book.fill(self.menuBar(), MENUS)

    def _show(self, place: int) -> None:
        self._place = place
        self._stack.setCurrentWidget(self._screen(place))
        self.rail.choose(place)
        self._status.setText(self.current().status)
        self.current().setFocus()

    def _show_status(self, text: str) -> None:
        if self.sender() is self.current():
            self._status.setText(text)

    def show_help(self) -> None:
        """Show the page about the screen that is open."""
        window = self.findChild(HelpWindow) or HelpWindow(self)
        page = self.current().help or self.current().id
        window.show_page(page if page in page_names() else FIRST)
        window.show()
        window.raise_()

    def _open_palette(self) -> None:
        CommandPalette(self.actions_book, self).open()

    def _toggle_letters(self) -> None:
        on = not self._settings.flag("keys/letters", default=True)
        self._settings.put("keys/letters", on)
        self.actions_book.set_letters(on=on)
        self.context.toast.say(f"Single-letter keys are {'on' if on else 'off'}.")

    def _remember_look(self) -> None:
        self._settings.put("look/mode", self.appearance.mode.value)
        self._settings.put("look/scale", self.appearance.scale)

    def _restore(self) -> None:
        geometry = self._settings.state("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            room = QGuiApplication.primaryScreen().availableSize()
            self.resize(min(1600, room.width()), min(960, room.height()))
        known = [kind.id for kind in self._kinds]
        last = self._settings.text("window/screen")
        self._show(known.index(last) if last in known else 0)

    # Qt
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the tables in a small window."""
        super().resizeEvent(event)
        self.rail.set_narrow(narrow=self.width() < NARROW)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; stop what runs."""
        self._settings.put("window/geometry", self.saveGeometry())
        self._settings.put("window/screen", self.current().id)
        self._rest.stop()
        for screen in self._made.values():
            screen.save_layout()
        self._settings.sync()
        self.hide()  # a file that is being read may take some seconds to stop
        self.jobs.close()
        super().closeEvent(event)


def _key(place: int) -> str:
    """The key of a screen: a digit with Ctrl for the first nine, then with Alt, then with both."""
    held = ("Ctrl", "Alt", "Ctrl+Alt")[place // _DIGITS]
    return f"{held}+{place % _DIGITS + 1}"
