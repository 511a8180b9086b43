"""Services made up for the window's tests: every answer is computed, nothing is stored."""

# ruff: noqa: ARG002 - a made-up answer need not look at every argument
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from recon_app.jobs import Progress
from recon_app.models.case import CALM, Case, Evidence, Kind, State
from recon_app.models.changes import Changes
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.correction import AnswerType, Correction, Effect, JournalEntry, JournalLine, Question
from recon_app.models.money import Money
from recon_app.models.problem import Problem, UsageError
from recon_app.models.proof import ClearingProof, PayoutProof, Proof
from recon_app.models.record import Origin, Record, RecordType, Side
from recon_app.services.cases import Shown
from recon_app.services.connections import Connection, Tested
from recon_app.services.corrections import Applied, KeptCorrection, Verdict
from recon_app.services.counts import Overview
from recon_app.services.import_files import FileReport, Status
from recon_app.services.listing import GroupRow, Listing, Row
from recon_app.services.preview import Preview
from recon_app.services.recognise import Question as FileQuestion
from recon_app.services.run import RunReport
from recon_app.services.summary import Summary, Total
from recon_app.services.watch import Every, Expected, Folder, Watched
from recon_app.store.imports import Findings, ImportedFile
from recon_app.store.publish import Counts
from recon_app.ui.backend import Backend
from recon_app.ui.backend_counts import CountServices

IMAGE = "<img src=x>"  # a name that must never be read as markup
PAYOUT = "po_1001"
CYCLE = (
    Kind.MATCHED,
    Kind.AMOUNT,
    Kind.MISSING,
    Kind.MATCHED,
    Kind.FIELD,
    Kind.TIMING,
    Kind.DUPLICATE,
    Kind.AMBIGUOUS,
)
PLATFORM = (
    Column("payout", "Payout", width=10),
    Column("day", "Date", ColumnType.DATE, width=10),
    Column("ref", "Order ref", role=Role.KEY, width=12),
    Column("amount", "Gross", ColumnType.MONEY, Role.COMPARED, width=11),
    Column("fee", "Fee", ColumnType.MONEY, width=8),
    Column("text", "Text", width=16, shown=False),
)
ODOO = (
    Column("ref", "Ref", role=Role.KEY, width=12),
    Column("account", "Account", width=14),
    Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
    Column("file", "File and row", width=24, shown=False),
)


def record(side: Side, number: int, amount: int) -> Record:
    kind = RecordType.PAYMENT_LINE if side is Side.PLATFORM else RecordType.ODOO_PAYMENT
    values: dict[str, int | str] = {
        "ref": f"#{number:04}",
        "day": 20_000 + number % 30,
        "amount": amount,
        "fee": 30,
        "currency": "EUR",
        "account": IMAGE if side is Side.ODOO else "stripe",
        "text": "=1+1",
    }
    origin = Origin("0" * 64, f"{side}.csv", "fake", number + 1)
    return Record(number * 10 + list(Side).index(side), kind, origin, values)


def row(number: int, *, state: State = State.OPEN, grp: str = PAYOUT) -> Row:
    kind = CYCLE[number % len(CYCLE)]
    amount = 100_000 + number
    delta = -1250 if kind is Kind.AMOUNT else None
    sides = {Side.PLATFORM: record(Side.PLATFORM, number, amount)}
    if kind is not Kind.MISSING:
        sides[Side.ODOO] = record(Side.ODOO, number, amount + (delta or 0))
    return Row(
        line_id=number + 1,
        case_id=f"settlements-{number:016x}",
        part=0,
        kind=kind,
        cause="fee_not_booked" if kind is Kind.AMOUNT else None,
        state=state,
        delta=delta,
        currency="EUR",
        missing=frozenset({Side.ODOO}) if kind is Kind.MISSING else frozenset(),
        grp=grp,
        records=sides,
        differs=frozenset({"amount"}) if kind is Kind.AMOUNT else frozenset(),
    )


class FakeListing:
    """Rows of some kinds, made when they are asked for.

    Attributes:
        asked: (start, count) of every call, with the thread that made it.
        gate: While it is cleared, reading waits.
    """

    def __init__(self, numbers: Sequence[int], states: Mapping[str, State], *, grouped: bool = False) -> None:
        self._numbers = numbers
        self._states = states
        self._grouped = grouped
        self.count = len(numbers) + grouped
        self.asked: list[tuple[int, int, str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def rows(self, start: int, n: int) -> list[Row]:
        self.asked.append((start, n, threading.current_thread().name))
        self.gate.wait(60)
        return [self._row(place) for place in range(start, min(start + n, self.count))]

    def marks(self, buckets: int) -> list[Kind | None]:
        return [Kind.AMOUNT if place % 7 == 0 else None for place in range(buckets)]

    def next_open(self, place: int, step: int) -> int | None:
        found = place + step
        while 0 <= found < self.count:
            one = self._row(found)
            if one.group is None and one.kind not in CALM and one.state is State.OPEN:
                return found
            found += step
        return None

    def _row(self, place: int) -> Row:
        if self._grouped and place == 0:
            return replace(row(0), group=GroupRow(PAYOUT, self.count - 1, PROOFS[0]), records={}, case_id="")
        number = self._numbers[place - self._grouped]
        one = row(number)
        return replace(one, state=self._states.get(one.case_id, State.OPEN))


PROOFS = [
    PayoutProof(PAYOUT, "EUR", (("gross", 124_000), ("refunds", -8_650), ("fees", -3_625)), 111_725, 111_725),
    PayoutProof(
        "po_1002",
        "EUR",
        (("gross", 8_000), ("fees", -245)),
        6_028,
        None,
        (Evidence("line_not_paid", "Charge #7 of 17.27 EUR was listed and not paid"),),
    ),
    PayoutProof("po_1003", "EUR", (("gross", 5_000),), None, None),
]


class NoCounts(CountServices):
    """Nothing is being counted."""

    def overviews(self) -> list[Overview]:
        return []


@dataclass
class FakeBackend(Backend):
    """Settings and memory of the made-up services.

    Attributes:
        lines: How many lines there are.
        files: Files of the workspace.
        ran: Whether the settlements were compared.
        calls: What was written, in order.
    """

    workspace: Any = None
    lines: int = 400
    imported: list[ImportedFile] = field(default_factory=list)
    ran: bool = True
    calls: list[tuple[str, Any]] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    kept: list[KeptCorrection] = field(default_factory=list)
    listing: FakeListing | None = None
    proposals: dict[str, str] = field(default_factory=dict)
    slow: Callable[[Progress], None] | None = None
    known: list[Connection] = field(default_factory=list)
    seen: Watched = field(default_factory=Watched)
    folders: list[Folder] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)

    def close(self) -> None:
        self.calls.append(("close", None))

    @property
    def counts(self) -> CountServices:
        return NoCounts(self.workspace)

    # settlements

    def shown(self, name: str) -> Shown:
        pairs = ((Side.PLATFORM, Side.ODOO), (Side.ODOO, Side.PLATFORM))
        return Shown(pairs, {Side.PLATFORM: PLATFORM, Side.ODOO: ODOO})

    def open_count(self, name: str) -> int:
        summary = self.summary(name)
        return 0 if summary is None else sum(summary.open_counts.values())

    def summary(self, name: str) -> Summary | None:
        if not self.ran or name != "settlements":
            return None
        counts = {kind: sum(CYCLE[n % len(CYCLE)] is kind for n in range(self.lines)) for kind in Kind}
        counts = {kind: count for kind, count in counts.items() if count}
        open_counts = {kind: count for kind, count in counts.items() if kind not in CALM}
        for case_id, state in self.states.items():
            kind = CYCLE[int(case_id[-16:], 16) % len(CYCLE)]
            open_counts[kind] -= state is not State.OPEN
        explained = -1250 * sum(state is State.ACCEPTED for state in self.states.values())
        total = Total(
            "EUR",
            {"platform": 128_431_022, "odoo": 128_190_487},
            127_000_000,
            -240_535,
            explained,
            -240_535 - explained,
        )
        return Summary(
            14, None, "2026-11-22T09:12:00+00:00", False, [total], [], counts, open_counts, self.proposals, []
        )

    def open_listing(
        self,
        name: str,
        *,
        sides: tuple[Side, ...],
        kinds: Sequence[Kind] = (),
        states: Sequence[State] = (),
        text: str = "",
        grp: str | None = None,
        sort: tuple[Side | None, str] | None = None,
        descending: bool = False,
        grouped: bool = False,
        ages: Sequence[str] = (),
    ) -> Listing:
        self.calls.append(("open", {"kinds": set(kinds), "text": text, "sort": sort, "down": descending}))
        numbers: Sequence[int] = range(self.lines)
        if kinds or text or states:
            numbers = [n for n in numbers if self._fits(row(n), kinds, states, text)]
        if descending:
            numbers = numbers[::-1]
        self.listing = FakeListing(numbers, self.states, grouped=grouped)
        return cast("Listing", self.listing)

    def _fits(self, one: Row, kinds: Sequence[Kind], states: Sequence[State], text: str) -> bool:
        found = any(text in str(r.values["ref"]) for r in one.records.values())
        state = self.states.get(one.case_id, State.OPEN)
        return (not kinds or one.kind in kinds) and found and (not states or state in states)

    def case(self, case_id: str) -> Case:
        one = row(int(case_id[-16:], 16))
        return Case(
            id=case_id,
            reconciliation="settlements",
            kind=one.kind,
            state=self.states.get(case_id, State.OPEN),
            cause=one.cause,
            text=f"Charge {IMAGE} differs.",
            missing=tuple(one.missing),
            delta=Money(one.delta, "EUR") if one.delta is not None else None,
            legs={side: (r,) for side, r in one.records.items()},
            evidence=(Evidence("order_reference", "Linked by the order reference."),),
            candidates=("First", "Second") if one.kind is Kind.AMBIGUOUS else (),
        )

    def why_not(self, name: str, left: int, right: int) -> tuple[Evidence, ...]:
        self.calls.append(("why_not", (left, right)))
        return (Evidence("order_reference", f"The references differ: {IMAGE}."),)

    def payouts(self, name: str) -> list[PayoutProof]:
        return list(PROOFS) if self.ran else []

    def clearing(self, name: str, cut_off: int) -> list[ClearingProof]:
        self.calls.append(("clearing", cut_off))
        items, differences = (("payout po_1002", 6_028),), (("Fees are not booked.", 2_025),)
        return [ClearingProof("101403", "EUR", "2026-10-31", 6_028, 8_060, items, differences)]

    def accept(self, case_id: str, reason: str) -> Changes:
        self.calls.append(("accept", (case_id, reason)))
        self.states[case_id] = State.ACCEPTED
        return Changes(states=True)

    def undo(self, of: str) -> tuple[Case | None, Changes]:
        self.calls.append(("undo", of))
        case_id = of if of in self.states else next(reversed(self.states), "")
        if not case_id:
            return None, Changes()
        del self.states[case_id]
        return self.case(case_id), Changes(states=True)

    def run(self, name: str, period: str | None, progress: Progress) -> RunReport:
        self.calls.append(("run", period))
        if self.slow is not None:
            self.slow(progress)
        self.ran = True
        return RunReport(15, name, period)

    def keep_answer(self, name: str, value: str) -> Changes:
        self.calls.append(("answer", (name, value)))
        self.proposals = {}
        return Changes(settings=True)

    # corrections

    def fitting(self, case: Case) -> list[tuple[str, str]]:
        return [("book_fees", "Book fees")] if case.cause == "fee_not_booked" else []

    def questions(self, case_id: str, action: str) -> tuple[Question, ...]:
        accounts = ("627100 Payment fees", "627200 Other")
        return (
            Question("fee_account", "Fee account", AnswerType.ACCOUNT, "", accounts, keep=True),
            Question("date", "Date of the entry", AnswerType.DATE, "2026-10-09"),
            Question("amount", "Fees", AnswerType.MONEY, "12.50", currency="EUR"),
        )

    def draft(self, case_id: str, action: str, answers: Mapping[str, str]) -> Correction:
        if not answers["fee_account"]:
            raise UsageError("Fee account is not answered; give fee_account")
        lines = (
            JournalLine("1", "627100", IMAGE, 1250, 0, "EUR"),
            JournalLine("2", "101403", IMAGE, 0, 1250, "EUR"),
        )
        entry = JournalEntry("key", "MISC", answers["date"], "fees", lines)
        effects = (Effect("Open", Money(-49_225, "EUR"), Money(-47_975, "EUR")),)
        return Correction("c1", action, (case_id,), dict(answers), entry, entry, effects, ("The rest.",))

    def propose(self, case_id: str, action: str, answers: Mapping[str, str]) -> tuple[Correction, Changes]:
        made = self.draft(case_id, action, answers)
        self.calls.append(("propose", dict(answers)))
        self.kept.append(KeptCorrection(made, State.PROPOSED, "", ""))
        self.states[case_id] = State.PROPOSED
        return made, Changes(corrections=True, states=True)

    def corrections(self, case_id: str) -> list[KeptCorrection]:
        return [one for one in self.kept if case_id in one.correction.case_ids]

    def apply_to_file(self, correction_id: str, folder: Path) -> Applied:
        self.calls.append(("apply", folder))
        self.kept = [replace(one, state=State.POSTED) for one in self.kept]
        return Applied(folder / "entry.csv", folder / "reversal.csv", Changes(corrections=True, states=True))

    def reverse(self, correction_id: str) -> tuple[Correction | None, Changes]:
        self.calls.append(("reverse", correction_id))
        self.kept.clear()
        return None, Changes(corrections=True, states=True)

    def verify(self) -> tuple[list[Verdict], Changes]:
        self.calls.append(("verify", None))
        return [], Changes()

    # files

    @property
    def folder(self) -> Path:
        return Path("workspace")

    def source_titles(self) -> dict[str, str]:
        return {**self.kinds_of_files(), "fake_refused": "Fake customers"}

    def kinds_of_files(self) -> dict[str, str]:
        return {"fake_payments": "Fake payments", "fake_bank": "Fake bank"}

    def imports(self) -> list[ImportedFile]:
        return list(self.imported)

    def files(self, paths: Sequence[Path]) -> list[Path]:
        return list(paths)

    def imported_as(self, path: Path) -> ImportedFile | None:
        return next((file for file in self.imported if file.sha256 == path.name), None)

    def preview(self, path: Path, source: str | None, options: Mapping[str, str], rows: int) -> Preview:
        if options.get("date_order") == "year":
            raise UsageError("date_order has no value 'year'")
        if path.name.startswith("bad"):
            problem = Problem(418, "Amount", f"{IMAGE} is not an amount", "correct it")
            return Preview(path, ("fake_payments",), problems=(problem,))
        if path.name.startswith("strange") and source is None:
            return Preview(path, problems=(Problem(None, None, "not recognised", "choose its kind"),))
        cells = (("Date", "Sum"), ("03/04/2026", "1.00"))
        if path.name.startswith("ask") and "date_order" not in options:
            question = FileQuestion(
                "date_order", ("day", "month", "year"), "Is 03/04/2026 in April or in March?"
            )
            return Preview(path, ("fake_bank",), cells, question=question)
        records = ({"row": 1, "amount": -1250, "currency": "EUR", "day": 20_000, "text": IMAGE},)
        mapping = {"mapping.date": "Date", "mapping.amount": "Sum", **options}
        return Preview(path, (source or "fake_bank",), cells, records, mapping)

    def import_file(
        self, path: Path, source: str | None, options: Mapping[str, str], progress: Progress
    ) -> FileReport:
        self.calls.append(("import", (path.name, source, dict(options))))
        if self.slow is not None:
            self.slow(progress)
        proofs = (
            Proof("gross less fee is net", "59 rows", "58 rows", ok=False),
            Proof("rows", "1", "1", ok=True),
        )
        findings = Findings(proofs, {("Net", "EUR"): 128_431_022}, ("A note.",))
        counts = Counts(59, 50, 8, 1)
        self.imported.append(
            ImportedFile(
                len(self.imported) + 1,
                path.name,
                path.name,
                source or "fake_bank",
                RecordType.BANK_LINE,
                "2026-11-22T09:12:00+00:00",
                counts,
                (20_000, 20_030),
                dict(options),
                findings,
            )
        )
        return FileReport(
            path,
            Status.IMPORTED,
            path.name,
            source or "fake_bank",
            59,
            50,
            8,
            1,
            proofs=proofs,
            totals=findings.totals,
            notes=findings.notes,
            period=(20_000, 20_030),
        )

    def remove_file(self, import_id: int, progress: Progress) -> Changes:
        self.calls.append(("remove", import_id))
        self.imported = [file for file in self.imported if file.id != import_id]
        return Changes(files=True, runs=True)

    # live Odoo

    def connections(self) -> list[Connection]:
        return list(self.known)

    def test_connection(self, wanted: Connection, key: str) -> tuple[Tested, dict[str, str], bool]:
        if key == "wrong":
            raise UsageError("Odoo does not accept this login and API key; make a new key in Odoo")
        self.known = [*(one for one in self.known if one.name != wanted.name), wanted]
        counts = {"journal-items": 10_377, "quants": 0}
        tested = Tested("18.0", IMAGE, "Europe/Berlin", counts, {"bills": "the user may not read bills"})
        titles = {"journal-items": "journal items", "quants": "stock on hand", "bills": "bills"}
        return tested, titles, key != "not kept"

    def remove_connection(self, name: str) -> Changes:
        self.known = [one for one in self.known if one.name != name]
        return Changes(settings=True)

    def pull(
        self, name: str, key: str, what: Sequence[str], progress: Progress, *, everything: bool
    ) -> list[FileReport]:
        self.calls.append(("pull", (name, key, tuple(what), everything)))
        return [self.import_file(Path(f"Odoo {one}.csv"), None, {}, progress) for one in what]

    # watched folders

    def watched(self) -> Watched:
        return self.seen

    def watch_rules(self) -> tuple[list[Folder], list[Expected]]:
        return list(self.folders), list(self.expected)

    def watch(self, folder: Path) -> Changes:
        if any(kept.path == folder for kept in self.folders):
            raise UsageError(f"{folder} is watched already")
        self.folders.append(Folder(folder, "2026-11-16"))
        return Changes(settings=True)

    def unwatch(self, folder: Path) -> Changes:
        self.folders = [kept for kept in self.folders if kept.path != folder]
        return Changes(settings=True)

    def leave_out(self, hashes: Sequence[str]) -> Changes:
        self.calls.append(("leave_out", list(hashes)))
        self.seen = replace(self.seen, new=())
        return Changes(settings=True)

    def expect(self, source: str, every: Every, days: int) -> Changes:
        self.expected.append(Expected(source, every, days, "2026-10-01"))
        return Changes(settings=True)

    def expect_no_more(self, source: str) -> Changes:
        self.expected = [kept for kept in self.expected if kept.source != source]
        return Changes(settings=True)

    def did(self, name: str) -> list[Any]:
        """What was asked of one service."""
        return [value for call, value in self.calls if call == name]


def take_long(progress: Progress) -> None:
    """Work until it is cancelled, for a minute at most."""
    for step in range(6000):
        progress("Reading", step, 6000)
        time.sleep(0.01)
