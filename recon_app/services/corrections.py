"""Propose, apply, verify and reverse corrections; what goes to Odoo goes as a file of its own."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Connection, insert, literal_column, select, update

from recon_app import registry
from recon_app.models.case import Case, State
from recon_app.models.changes import Changes
from recon_app.models.correction import Correction, Effect, JournalEntry, JournalLine, Question
from recon_app.models.money import Money, format_minor
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.services import cases, states
from recon_app.services.evidence import belongs, moved, newest_covering, taken_back_by
from recon_app.services.run import inputs_digest
from recon_app.store import events, results, settings
from recon_app.store.database import writing
from recon_app.store.imports import list_imports
from recon_app.store.records import read_columns
from recon_app.store.schema import correction as table
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    from recon_app.corrections._base import Action, Ground

_KEPT = "correction."
_APPLIED = (State.POSTED, State.VERIFIED, State.REOPENED)
_COLUMNS = (
    "id",
    "ref",
    "date",
    "journal_id",
    "line_ids/id",
    "line_ids/account_id",
    "line_ids/name",
    "line_ids/debit",
    "line_ids/credit",
)
_FOREIGN_COLUMNS = ("line_ids/amount_currency", "line_ids/currency_id")


@dataclass(frozen=True)
class KeptCorrection:
    """A correction with how far it is.

    Attributes:
        correction: What was proposed.
        state: A State value, or "withdrawn".
        created_at: ISO moment.
        changed_at: ISO moment of the last step.
        reverses: Id of the correction that this one undoes, "" for none.
    """

    correction: Correction
    state: str
    created_at: str
    changed_at: str
    reverses: str = ""


@dataclass(frozen=True)
class Applied:
    """Files that were written.

    Attributes:
        entry: The file to import in Odoo.
        reversal: The file that undoes it, to be kept.
        changes: What screens should read again.
    """

    entry: Path
    reversal: Path
    changes: Changes


@dataclass(frozen=True)
class Verdict:
    """What a later Odoo export says of a correction.

    Attributes:
        id: Correction.
        state: Its state afterwards.
        text: Why, in one sentence.
    """

    id: str
    state: str
    text: str


def fitting(case: Case) -> list[tuple[str, str]]:
    """(id, title) of the actions that can correct a case."""
    return [(name, action.title) for name, action in registry.corrections().items() if action.fits(case)]


def questions(ws: Workspace, case_id: str, action: str) -> tuple[Question, ...]:
    """What the action asks for this case, answers kept from earlier as defaults."""
    ground = _ground(ws, case_id, _action(action), "")
    return _action(action).asks(ground)


def draft(ws: Workspace, case_id: str, action: str, answers: Mapping[str, str]) -> Correction:
    """What the action would do with these answers; nothing is kept.

    Raises:
        UsageError: the action does not fit, an answer cannot be used, or the case has a correction that
            still stands.
    """
    _check_free(case_id, list_corrections(ws, case_id))
    plugin = _action(action)
    ground = _ground(ws, case_id, plugin, uuid4().hex)
    return plugin.propose(ground, answers)


def propose(
    ws: Workspace, case_id: str, action: str, answers: Mapping[str, str], who: str = ""
) -> tuple[Correction, Changes]:
    """Keep a proposal and the answers that count for the next time.

    Raises:
        UsageError: see :func:`draft`.
    """
    made = draft(ws, case_id, action, answers)
    _keep(ws, made, who)
    for question in questions(ws, case_id, action):
        if question.keep:
            settings.set_setting(ws, f"{_KEPT}{action}.{question.name}", made.answers[question.name], who=who)
    states.keep_corrected(ws, case_id, made.id, who)
    states.refresh(ws, case_id)
    return made, Changes(corrections=True, states=True)


def _stands(kept: KeptCorrection) -> bool:
    """Whether a correction keeps another one from being proposed; a reversal that is done does not."""
    done = kept.state == State.VERIFIED and kept.reverses
    return not done and kept.state not in (states.WITHDRAWN, State.REOPENED)


def _check_free(case_id: str, kept: Iterable[KeptCorrection]) -> None:
    standing = [one for one in kept if case_id in one.correction.case_ids and _stands(one)]
    if standing:
        raise UsageError(f"{case_id} already has correction {standing[-1].correction.id}; reverse it first")


def list_corrections(ws: Workspace, case_id: str | None = None) -> list[KeptCorrection]:
    """All corrections, oldest first, or those of one case."""
    with ws.ledger.connect() as connection:
        kept = _all(connection)
    return [one for one in kept if case_id is None or case_id in one.correction.case_ids]


def _all(connection: Connection) -> list[KeptCorrection]:
    rows = connection.execute(select(table).order_by(table.c.created_at, literal_column("rowid"))).all()
    return [
        KeptCorrection(
            _from_json(row.payload),
            row.state,
            row.created_at,
            row.changed_at,
            row.payload.get("reverses", ""),
        )
        for row in rows
    ]


def find(ws: Workspace, correction_id: str) -> KeptCorrection:
    """One correction by its id or the beginning of it.

    Raises:
        UsageError: none or several fit.
    """
    fits = [kept for kept in list_corrections(ws) if kept.correction.id.startswith(correction_id or " ")]
    if len(fits) != 1:
        many = "several corrections start" if fits else "no correction starts"
        raise UsageError(f"{many} with {correction_id!r}; copy the whole id")
    return fits[0]


def apply_to_file(ws: Workspace, correction_id: str, folder: Path, who: str = "") -> Applied:
    """Write the entry and its reversal as files that Odoo's import reads.

    Writing again gives the same bytes: entry and lines carry their own external ids, so that even importing a
    file twice changes nothing.

    Raises:
        UsageError: the correction was withdrawn, the data changed since it was proposed or since the last
            run, or the folder cannot be written to.
    """
    kept = find(ws, correction_id)
    made = kept.correction
    if kept.state == states.WITHDRAWN:
        raise UsageError(f"correction {made.id} was withdrawn; propose it again")
    if kept.state == State.PROPOSED and not kept.reverses:
        _check_unchanged(ws, made)
    name = f"{made.action}_{made.entry.date}_{made.id[:8]}"
    entry = folder / f"{name}.csv"
    reversal = folder / f"{name}_reversal.csv"
    with writing(ws.ledger) as connection:  # nobody can withdraw it while it is written
        if kept.state == State.PROPOSED:
            _set_state(connection, kept, State.POSTED, who, {"files": [entry.name, reversal.name]})
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_whole(reversal, entry_csv(made.reversal))
            _write_whole(entry, entry_csv(made.entry))
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be written to: {error.strerror}; choose another folder"
            ) from None
    _refresh(ws, made)
    return Applied(entry, reversal, Changes(corrections=True, states=True))


def entry_csv(entry: JournalEntry) -> str:
    """A journal entry as Odoo's import reads it: one row a line, entry fields on the first row only.

    Odoo guesses the encoding and takes UTF-8 with few umlauts for something else; a byte order mark tells it.
    """
    foreign = any(line.foreign_currency for line in entry.lines)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([*_COLUMNS, *(_FOREIGN_COLUMNS if foreign else ())])
    for number, line in enumerate(entry.lines):
        head = (entry.external_id, entry.ref, entry.date, entry.journal) if number == 0 else ("",) * 4
        amounts = (format_minor(line.debit, line.currency), format_minor(line.credit, line.currency))
        abroad = (
            (format_minor(line.foreign_amount, line.foreign_currency), line.foreign_currency)
            if foreign
            else ()
        )
        writer.writerow([*head, line.external_id, line.account, line.label, *amounts, *abroad])
    text = stream.getvalue()
    return text if text.isascii() else f"\ufeff{text}"


def reverse(ws: Workspace, correction_id: str, who: str = "") -> tuple[Correction | None, Changes]:
    """Undo a correction: withdraw a proposal, or propose the prepared reversal of a written one.

    Raises:
        UsageError: it is already withdrawn or reversed.
    """
    from recon_app.corrections._base import reversed_entry

    kept = find(ws, correction_id)
    made = kept.correction
    if kept.state == states.WITHDRAWN:
        raise UsageError(f"correction {made.id} was already withdrawn")
    if kept.state == State.PROPOSED:
        _move(ws, kept, states.WITHDRAWN, who, {})
        return None, Changes(corrections=True, states=True)
    tag = uuid4().hex
    undoing = Correction(
        id=tag,
        action=made.action,
        case_ids=made.case_ids,
        answers=made.answers,
        entry=made.reversal,
        # Not made.entry: Odoo has its keys already and refuses to touch a posted entry.
        reversal=reversed_entry(made.reversal, f"RD-{tag[:8]}"),
        effects=tuple(Effect(effect.target, effect.after, effect.before) for effect in made.effects),
        leaves_open=("The difference is open again once the reversal is in Odoo.",),
    )
    _keep(ws, undoing, who, reverses=made.id)
    _refresh(ws, made)
    return undoing, Changes(corrections=True, states=True)


def verify(ws: Workspace, who: str = "") -> tuple[list[Verdict], Changes]:
    """Look every written correction up in the newest Odoo export that covers it.

    Found with all its lines, posted: verified. Gone after it was seen: reopened. No such export: unchanged.
    """
    verdicts = []
    for kept in list_corrections(ws):
        if kept.state in _APPLIED:
            verdict = _verdict(ws, kept)
            if verdict.state != kept.state:
                _move(ws, kept, verdict.state, who, {"why": verdict.text})
            verdicts.append(verdict)
    return verdicts, Changes(corrections=True, states=True)


def _verdict(ws: Workspace, kept: KeptCorrection) -> Verdict:
    made = kept.correction
    file, rows = newest_covering(ws, made.entry, kept.changed_at)
    if file is None:
        return Verdict(made.id, kept.state, "No later export of journal items covers its date and accounts.")
    own = [row for row in rows if belongs(row, made.entry.ref)]
    wanted = sorted((line.account, line.debit - line.credit) for line in made.entry.lines)
    if own and sorted((row.account, row.amount) for row in own if row.posted) == wanted:
        other = taken_back_by(own, rows, made.reversal.ref)
        if other:
            return Verdict(made.id, State.REOPENED, f"{other} in {file.file} takes it back.")
        text = f"All lines are posted in {file.file}{moved(own, made.entry)}."
        return Verdict(made.id, State.VERIFIED, text)
    if own:
        text = f"{file.file} has the entry, but not posted with exactly these lines."
        state = State.REOPENED if kept.state == State.VERIFIED else kept.state
        return Verdict(made.id, state, text)
    if kept.state == State.VERIFIED:
        return Verdict(made.id, State.REOPENED, f"{file.file} covers its date and no longer has it.")
    return Verdict(made.id, kept.state, f"{file.file} does not have it yet.")


def _action(name: str) -> Action:
    known = registry.corrections()
    if name not in known:
        raise UsageError(f"there is no correction {name!r}; choose one of {', '.join(sorted(known))}")
    action: Action = known[name]
    return action


def _ground(ws: Workspace, case_id: str, action: Action, tag: str) -> Ground:
    from recon_app.corrections._base import Ground

    case = cases.case(ws, case_id)
    if not action.fits(case):
        raise UsageError(f"{action.title!r} does not fit {case_id}: its cause is {case.cause or 'unknown'}")
    name, key = states.case_key(case_id)
    last = results.latest_run(ws, name)
    note = results.case_notes(ws, last.id, [key]).get(key, {}) if last is not None else {}
    accounts, journals, currency = _known_accounts(ws)
    return Ground(
        case=case,
        payout=", ".join(note.get("payout", ())),
        clearing=_clearing_account(case, accounts),
        currency=currency,
        day=_iso_day(ws, name, key),
        accounts=accounts,
        journals=journals,
        kept={
            key.rsplit(".", 1)[1]: str(value)
            for key, value in settings.settings_under(ws, f"{_KEPT}{action.id}.").items()
        },
        tag=tag,
    )


def _iso_day(ws: Workspace, name: str, key: int) -> str:
    from datetime import date, timedelta

    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    day = lines[0].day if lines else None
    return "" if day is None or day == NO_INT else (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _known_accounts(ws: Workspace) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Accounts as "code name", journals, and the company's currency, from the journal items."""
    files = [file.id for file in list_imports(ws) if file.record_type == RecordType.JOURNAL_ITEM]
    columns = read_columns(ws, files, ("account", "currency", "extra"))
    accounts: dict[str, str] = {}
    journals: dict[str, None] = {}
    seen = dict.fromkeys(zip(columns["account"], columns["extra"], strict=True))
    for account, text in seen:
        extra = json.loads(text) if text else {}
        accounts.setdefault(str(account), str(extra.get("account_name", "")))
        if extra.get("journal"):
            journals.setdefault(str(extra["journal"]))
    currencies = sorted(set(columns["currency"])) or [""]
    named = tuple(f"{code} {name}".strip() for code, name in sorted(accounts.items()))
    return named, tuple(sorted(journals)), str(currencies[0]) if len(currencies) == 1 else ""


def _clearing_account(case: Case, accounts: tuple[str, ...]) -> str:
    """The clearing account: the one the case's own Odoo items stand on."""
    from recon_app.corrections._base import account_code

    codes = {str(record.values.get("account", "")) for record in case.legs.get(Side.ODOO, ())}
    fits = [account for account in accounts if account_code(account) in codes]
    return fits[0] if len(fits) == 1 else ""


def _check_unchanged(ws: Workspace, made: Correction) -> None:
    """Propose again from the present data and compare what would be booked."""
    name, _ = states.case_key(made.case_ids[0])
    last = results.latest_run(ws, name)
    if last is not None and last.summary["inputs"] != inputs_digest(ws):
        raise UsageError(f"files or answers changed since the last run; run {name} again first")
    plugin = _action(made.action)
    again = plugin.propose(_ground(ws, made.case_ids[0], plugin, made.id), made.answers)
    if again.entry != made.entry:
        raise UsageError("the data changed since the proposal; withdraw it and propose it again")


def _keep(ws: Workspace, made: Correction, who: str, reverses: str = "") -> None:
    """Keep a proposal.

    Raises:
        UsageError: another program was faster.
    """
    payload = _to_json(made) | ({"reverses": reverses} if reverses else {})
    moment = events.now()
    with writing(ws.ledger) as connection:
        if reverses:
            _check_not_reversed(reverses, _all(connection))
        else:
            _check_free(made.case_ids[0], _all(connection))
        connection.execute(
            insert(table).values(
                id=made.id,
                action=made.action,
                state=str(State.PROPOSED),
                case_ids=list(made.case_ids),
                payload=payload,
                created_at=moment,
                changed_at=moment,
            )
        )
        events.append(connection, who=who, what="propose", on_id=made.id, data=payload)


def _check_not_reversed(correction_id: str, kept: Iterable[KeptCorrection]) -> None:
    if any(one.reverses == correction_id and one.state != states.WITHDRAWN for one in kept):
        raise UsageError(f"correction {correction_id} is already being reversed")


def _move(ws: Workspace, kept: KeptCorrection, state: str, who: str, data: dict[str, Any]) -> None:
    with writing(ws.ledger) as connection:
        _set_state(connection, kept, state, who, data)
    _refresh(ws, kept.correction)


def _set_state(
    connection: Connection, kept: KeptCorrection, state: str, who: str, data: dict[str, Any]
) -> None:
    """Move a correction on from the state it was found in.

    Raises:
        UsageError: another program was faster.
    """
    made = kept.correction
    same = (table.c.id == made.id) & (table.c.state == kept.state)
    moved_on = update(table).where(same).values(state=str(state), changed_at=events.now())
    if not connection.execute(moved_on).rowcount:
        raise UsageError(f"correction {made.id} is no longer {kept.state}; look at it again")
    events.append(connection, who=who, what=str(state), on_id=made.id, data=data)


def _refresh(ws: Workspace, made: Correction) -> None:
    for case_id in made.case_ids:
        states.refresh(ws, case_id)


def _to_json(made: Correction) -> dict[str, Any]:
    return asdict(made)


def _from_json(data: Mapping[str, Any]) -> Correction:
    def entry(values: Mapping[str, Any]) -> JournalEntry:
        lines = tuple(JournalLine(**line) for line in values["lines"])
        return JournalEntry(values["external_id"], values["journal"], values["date"], values["ref"], lines)

    return Correction(
        id=data["id"],
        action=data["action"],
        case_ids=tuple(data["case_ids"]),
        answers=dict(data["answers"]),
        entry=entry(data["entry"]),
        reversal=entry(data["reversal"]),
        effects=tuple(
            Effect(effect["target"], Money(**effect["before"]), Money(**effect["after"]))
            for effect in data["effects"]
        ),
        leaves_open=tuple(data["leaves_open"]),
    )


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a power cut leaves the old one or the new one."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
