"""The composition root of the window: the one module that knows all others.

Nothing heavy is imported before the first paint: pandas, SQLAlchemy and the readers come with the services,
which are first called on a worker thread.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QSize, QTimer
from PySide6.QtWidgets import QApplication

from recon_app.jobs import Progress
from recon_app.models.problem import ReconError
from recon_app.ui.backend import Backend
from recon_app.ui.crash import CrashReporter
from recon_app.ui.screens._screen import Screen
from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.screens.count_screen import CountScreen
from recon_app.ui.screens.goods_screens import (
    CausesScreen,
    ReceiptsScreen,
    ReservedScreen,
    TransfersScreen,
    ValuationScreen,
)
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.order_screens import (
    BillsScreen,
    CogsScreen,
    ConnectorScreen,
    CutoffScreen,
    FulfilmentScreen,
    GiftCardsScreen,
    InvoicesScreen,
    OrdersScreen,
    TaxScreen,
)
from recon_app.ui.screens.products_screen import ProductsScreen
from recon_app.ui.screens.refunds_screen import RefundsScreen
from recon_app.ui.screens.settlements_screen import CLEARING, LINES, PAYOUTS, SettlementsScreen
from recon_app.ui.screens.stock_screen import StockScreen
from recon_app.ui.settings import APPLICATION, Settings
from recon_app.ui.shell import Shell
from recon_app.ui.theme import Appearance, Mode
from recon_app.ui.widgets.message import show_error

SCREENS: tuple[type[Screen], ...] = (
    ImportScreen,
    SettlementsScreen,
    RefundsScreen,
    InvoicesScreen,
    BillsScreen,
    TaxScreen,
    GiftCardsScreen,
    CogsScreen,
    CutoffScreen,
    OrdersScreen,
    FulfilmentScreen,
    ConnectorScreen,
    StockScreen,
    CausesScreen,
    CountScreen,
    ReceiptsScreen,
    TransfersScreen,
    ReservedScreen,
    ValuationScreen,
    ProductsScreen,
)
SIZES = (QSize(1366, 768), QSize(1920, 1080))
_CANNOT_OPEN = 3
_PATIENCE_MS = 120_000
_STEPS = 12


def run_window(argv: Sequence[str]) -> int:
    """Show the window until it is closed.

    Args:
        argv: Options without the program's name.

    Returns:
        Exit status: 0, or 3 when the workspace cannot be used.
    """
    options = _options(argv)
    qt = make_application(options.platform)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in a terminal ends the program
    crashes = CrashReporter(qt)
    crashes.install()
    settings = Settings()
    mode = Mode(settings.text("look/mode", Mode.SYSTEM))
    shell = Shell(Appearance(qt, mode, settings.number("look/scale", 100)), settings, crashes, SCREENS)
    folder = Path(tempfile.mkdtemp(prefix="recon-demo-")) if options.demo else None
    shell.show()
    if options.first_paint:
        _after_paint(shell, qt.quit)
    else:  # only now the services are imported
        _after_paint(shell, lambda: open_workspace(shell, folder or options.workspace, demo=options.demo))
    status = qt.exec()
    if shell.context.backend is not None:
        shell.context.backend.close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    return status


def _after_paint(shell: Shell, act: Callable[[], object]) -> None:
    """Do it once the window was painted: the first turn of the event loop shows it, the second paints it."""
    QTimer.singleShot(0, shell, lambda: QTimer.singleShot(0, shell, act))


def make_application(platform: str = "") -> QApplication:
    """Make the Qt application; ``platform`` chooses how it talks to the system (xcb, wayland, offscreen)."""
    arguments = [APPLICATION, *(("-platform", platform) if platform else ())]
    qt = QApplication(arguments)
    qt.setApplicationName(APPLICATION)
    qt.setApplicationDisplayName("Recon Desk")
    return qt


def open_workspace(shell: Shell, folder: Path | str | None, *, demo: bool = False) -> None:
    """Open a workspace beside the window and hand it to the screens.

    Args:
        shell: The window.
        folder: The workspace; None for the user's own.
        demo: Fill it with the demo files and compare them.
    """

    def work(progress: Progress) -> Backend:
        from recon_app.services.workspace import open_workspace as open_at

        progress("Opening the workspace", 0, 0)
        backend = Backend(open_at(folder, progress=progress))
        if demo:
            backend.fill_demo(progress)
        return backend

    def failed(error: BaseException) -> None:
        if not isinstance(error, ReconError):
            shell.context.fail(error)
            return
        box = show_error(shell, str(error), "Nothing was changed. The program closes.")
        box.finished.connect(lambda _: QApplication.exit(_CANNOT_OPEN))

    title = "Preparing the demo" if demo else "Opening the workspace"
    shell.jobs.write(shell, work, shell.context.use, failed, title=title)


def save_screens(workspace: Path, folder: Path) -> list[Path]:
    """Write pictures of every screen in both themes and two sizes, without a display.

    Args:
        workspace: A workspace with a result.
        folder: Where the PNG files go.

    Returns:
        The files that were written.

    Raises:
        RuntimeError: a screen showed a fault of the program.
    """
    qt = make_application("offscreen")
    with tempfile.TemporaryDirectory() as home:  # pictures do not depend on somebody's settings
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        appearance = Appearance(qt, Mode.LIGHT)
        crashes = CrashReporter(qt)
        shell = Shell(appearance, Settings(), crashes, SCREENS)
        shell.show()
        open_workspace(shell, workspace)
        settle(shell)
        written = []
        for mode in (Mode.LIGHT, Mode.DARK):
            appearance.apply(mode, 100)
            for size in SIZES:
                shell.resize(size)
                written += _grab_screens(shell, folder, f"{mode}-{size.width()}x{size.height()}")
        shell.close()
        if shell.context.backend is not None:
            shell.context.backend.close()
    if crashes.seen:
        raise RuntimeError(f"a screen failed:\n{next(iter(crashes.seen))}")
    return written


def _grab_screens(shell: Shell, folder: Path, suffix: str) -> list[Path]:
    shots: list[tuple[str, Callable[[], object]]] = []
    for screen in shell.screens:
        if isinstance(screen, CasesScreen):
            shots.append((screen.id, partial(_show_a_difference, shell, screen)))
        else:
            shots.append((screen.id, partial(shell.go_to, screen.id)))
        if isinstance(screen, SettlementsScreen):
            shots.append(("payouts", partial(screen.show_tab, PAYOUTS)))
            shots.append(("clearing", partial(screen.show_tab, CLEARING)))
    written = []
    for name, show in shots:
        show()
        settle(shell)
        path = folder / f"{name}-{suffix}.png"
        if not shell.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")
        written.append(path)
    return written


def _show_a_difference(shell: Shell, screen: CasesScreen) -> None:
    """The lines of every kind, with a case chosen that has a guided correction where one is near."""
    shell.go_to(screen.id)
    screen.show_tab(LINES)
    if screen.lines.chips.all.isChecked():
        return  # chosen for an earlier picture
    screen.lines.chips.set_kinds(screen.lines.chips.chips)
    screen.lines.reopen()
    settle(shell)
    screen.lines.go_to_first_open()
    settle(shell)
    before = -1
    for _ in range(_STEPS if isinstance(screen, SettlementsScreen) else 0):
        if screen.correct.isEnabled() or screen.lines.panes.current_row() == before:
            break
        before = screen.lines.panes.current_row()
        screen.lines.go_to_open(1)
        settle(shell)


def settle(shell: Shell, milliseconds: int = _PATIENCE_MS) -> None:
    """Let the event loop run until nothing is going on.

    Raises:
        TimeoutError: something still runs after that time.
    """
    loop = QEventLoop()
    quiet = 0

    def look() -> None:
        nonlocal quiet
        quiet = quiet + 1 if shell.jobs.idle() else 0
        if quiet >= 15:  # timers that start the next question are shorter than this
            loop.quit()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    QTimer.singleShot(milliseconds, loop, lambda: loop.exit(1))
    if loop.exec():
        raise TimeoutError("the window is still busy")


def _a_path(text: str) -> Path:
    from recon_app.cli import a_path  # only who gives a path waits for the command line

    return a_path(text)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=APPLICATION, description="Show the window.")
    parser.add_argument("--demo", action="store_true", help="a throw-away workspace with made-up files")
    parser.add_argument("--workspace", type=_a_path, metavar="DIR", help="folder of the workspace")
    parser.add_argument(
        "--platform", default="", metavar="NAME", help="how Qt talks to the system: xcb, wayland, offscreen"
    )
    parser.add_argument(
        "--first-paint", action="store_true", help="paint once and quit, to measure the start"
    )
    options, others = parser.parse_known_args(list(argv))
    if others:
        words = " ".join(others)
        parser.error(f"{words}: not known to the window; a command comes first: recon-app import PATH --json")
    return options
