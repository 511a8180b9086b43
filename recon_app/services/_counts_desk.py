"""The place where somebody scans: each scan is looked up and kept at once."""

from __future__ import annotations

from recon_app.models.problem import UsageError
from recon_app.services._counts_book import products, read_book
from recon_app.services._counts_figures import asked, scanned
from recon_app.services._counts_scan import Codes, Heard, Scan, Typed
from recon_app.store import counts as store
from recon_app.store.counts import RECOUNT, Entry, Line
from recon_app.store.workspace import Workspace


class Desk:
    """A count at which somebody scans: the codes are looked up once, each scan is kept at once."""

    def __init__(self, ws: Workspace, count: str) -> None:
        """Open a count.

        Raises:
            UsageError: there is no such count.
        """
        self._ws = ws
        self.count = store.find_count(ws, count)
        self._lines = {line.line: line for line in store.lines_of(ws, count)}
        book = read_book(ws, moves=False)
        self._codes = Codes(self._lines.values(), products(ws, book), book)

    def scan(self, text: str, who: str, place: str = "") -> Scan:
        """Count what is scanned: one unit, or ``12*CODE``, or ``=12*CODE`` for twelve in all.

        Args:
            text: What stands in the scan field.
            who: Who counts.
            place: The location where it lies, "" when nobody said.

        Raises:
            UsageError: there is no name or code, or the count is over.
        """
        named(who)
        typed = self._codes.typed(text)
        meaning = self._codes.meaning(typed, place)
        return self._keep(meaning, who) if meaning.heard is Heard.COUNTED else meaning

    def choose(self, asked: Scan, number: int, who: str) -> Scan:
        """Answer what a code means.

        Args:
            asked: The question.
            number: Which of its choices, from 1.
            who: Who counts.

        Raises:
            UsageError: there is no such choice, no name, or the count is over.
        """
        named(who)
        if not 1 <= number <= len(asked.choices):
            raise UsageError(f"Choose 1 to {len(asked.choices)}.")
        line = asked.choices[number - 1].line
        if not line.line:
            line = store.add_line(self._ws, self.count.id, line, who)
            self._lines[line.line] = line
            self._codes.add(line)
        return self._keep(Scan(Heard.COUNTED, "", asked.typed, line.line, place=asked.place), who)

    def set_quantity(self, line: int, quantity: int, who: str) -> Scan:
        """Say how much there is of a line, whatever was scanned before; 0 is a count, too.

        Raises:
            UsageError: there is no name, or the count is over.
        """
        named(who)
        if quantity < 0:
            raise UsageError("Nobody counts less than nothing.")
        return self._keep(Scan(Heard.COUNTED, "", Typed(store.SET, quantity, ""), line), who)

    def undo(self, who: str) -> Entry | None:
        """Take back the newest scan of a person; None when there is none.

        Raises:
            UsageError: the count is over.
        """
        named(who)
        return store.undo_entry(self._ws, self.count.id, who.strip())

    def _keep(self, scan: Scan, who: str) -> Scan:
        line, typed, who = self._lines[scan.line], scan.typed, who.strip()
        refused = self._refusal(line, who)
        if refused:
            return Scan(Heard.REFUSED, refused, typed, place=scan.place)
        store.add_entry(self._ws, self.count.id, line.line, typed.verb, typed.quantity, typed.code, who)
        mine = scanned(store.entries_of(self._ws, self.count.id, line.line)).get(line.line, [])
        total = next(one.quantity for one in mine if one.who == who)
        return Scan(Heard.COUNTED, line.product or line.sku, typed, line.line, (), scan.place, total)

    def _refusal(self, line: Line, who: str) -> str:
        """Why a line may not be counted by a person, "" when it may."""
        if store.find_count(self._ws, self.count.id).state != RECOUNT:
            return ""
        again = asked(self._ws, self.count.id)
        if line.line not in again:
            return f"{line.product or line.sku} need not be counted again"
        if who.casefold() in again[line.line]:
            return f"{who} counted {line.product or line.sku} before; somebody else must count it again"
        return ""


def named(who: str) -> None:
    """Refuse to go on without a name.

    Raises:
        UsageError: there is none.
    """
    if not who.strip():
        raise UsageError("Who counts? Type your name first.")
