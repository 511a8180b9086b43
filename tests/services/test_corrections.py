"""From the proposal over the file and its proof to the reversal; nothing is written twice or unseen."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.case import State
from recon_app.models.correction import AnswerType, Correction
from recon_app.models.problem import UsageError
from recon_app.services import cases, corrections, states
from recon_app.services import summary as figures
from recon_app.services.corrections import Applied
from recon_app.services.run import keep_answer, run
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put
from tests.services.fees import ANSWERS, TRANSFER, items, unbooked_fees

ACTION = "book_payout_fees"


@pytest.fixture
def case_id(shelf: Workspace, put: Put) -> str:
    """The case of a payout whose fees nobody booked."""
    return unbooked_fees(shelf, put).id


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def booked(ref: str, account: str = "627100", amount: float = 3.0) -> tuple[Any, ...]:
    """The entry as Odoo has it afterwards."""
    names = {"627100": "627100 Payment Fees", "101410": "101410 Shopify Clearing"}
    return (
        (names[account], amount, ref, "MISC/2", "Miscellaneous Operations"),
        (names["101410"], -amount, ref, "MISC/2", "Miscellaneous Operations"),
    )


def state(ws: Workspace, case_id: str) -> str:
    return str(cases.case(ws, case_id).state)


def test_what_is_asked_comes_with_what_the_books_show(shelf: Workspace, case_id: str) -> None:
    asked = {question.name: question for question in corrections.questions(shelf, case_id, ACTION)}
    assert list(asked) == ["fee_account", "clearing_account", "journal", "date"]
    assert asked["fee_account"].default == "627100 Payment Fees"
    assert asked["clearing_account"].default == "101410 Shopify Clearing"
    assert asked["journal"].default == "Miscellaneous Operations"
    assert asked["date"].default == "2026-10-08"
    assert [question.name for question in asked.values() if question.keep] == ["fee_account", "journal"]
    assert "100500 Bank" in asked["fee_account"].choices
    assert corrections.fitting(cases.case(shelf, case_id)) == [(ACTION, "Book the payout's fees")]


def test_a_draft_keeps_nothing(shelf: Workspace, case_id: str) -> None:
    made = corrections.draft(shelf, case_id, ACTION, ANSWERS)
    assert [(line.account, line.debit, line.credit) for line in made.entry.lines] == [
        ("627100", 300, 0),
        ("101410", 0, 300),
    ]
    assert corrections.list_corrections(shelf) == []
    assert state(shelf, case_id) == "open"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"fee_account": " "}, "Fee account is not answered; give fee_account"),
        ({"journal": ""}, "Journal is not answered; give journal"),
        ({"date": "8.10.2026"}, "'8.10.2026' is not a date; write it as 2026-10-31"),
        ({"fee_account": "101410 Shopify Clearing"}, "fee account and clearing account are the same"),
        ({"nonsense": "1"}, "nobody asks for 'nonsense'; the questions are fee_account, clearing_account"),
        ({"company_amount": "2.70"}, "nobody asks for 'company_amount'"),
    ],
)
def test_answers_that_cannot_be_used_keep_nothing(
    shelf: Workspace, case_id: str, answers: dict[str, str], message: str
) -> None:
    for call in (corrections.draft, corrections.propose):
        with pytest.raises(UsageError, match=message):
            call(shelf, case_id, ACTION, {**ANSWERS, **answers})
    assert corrections.list_corrections(shelf) == []
    assert state(shelf, case_id) == "open"


def test_an_action_that_does_not_fit_is_refused(shelf: Workspace, case_id: str) -> None:
    (other,) = (case for case in cases.iterate(shelf, "settlements") if case.id != case_id)
    with pytest.raises(UsageError, match=f"does not fit {other.id}: its cause is unknown"):
        corrections.propose(shelf, other.id, ACTION, ANSWERS)
    with pytest.raises(UsageError, match="no correction 'nonsense'; choose one of book_payout_fees"):
        corrections.propose(shelf, case_id, "nonsense", {})
    with pytest.raises(UsageError, match="has no case"):
        corrections.propose(shelf, "settlements-0000000000000001", ACTION, ANSWERS)


def test_a_case_has_one_correction_at_a_time(shelf: Workspace, case_id: str) -> None:
    made, changes = corrections.propose(shelf, case_id, ACTION, ANSWERS, who="Ann")
    assert (changes.corrections, changes.states) == (True, True)
    assert state(shelf, case_id) == "proposed"
    with pytest.raises(UsageError, match=f"already has correction {made.id}; reverse it first"):
        corrections.propose(shelf, case_id, ACTION, ANSWERS)
    assert corrections.reverse(shelf, made.id)[0] is None
    assert state(shelf, case_id) == "open"
    with pytest.raises(UsageError, match="was already withdrawn"):
        corrections.reverse(shelf, made.id)
    again, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    assert again.id != made.id
    assert [kept.state for kept in corrections.list_corrections(shelf, case_id)] == ["withdrawn", "proposed"]


def test_of_two_programs_that_propose_at_once_one_is_refused(
    shelf: Workspace, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, others = corrections.draft, []

    def slow(*args: Any) -> Correction:
        made = draft(*args)
        monkeypatch.setattr(corrections, "draft", draft)
        others.append(corrections.propose(shelf, case_id, ACTION, ANSWERS)[0].id)
        return made

    monkeypatch.setattr(corrections, "draft", slow)
    with pytest.raises(UsageError, match="already has correction"):
        corrections.propose(shelf, case_id, ACTION, ANSWERS)
    assert [kept.correction.id for kept in corrections.list_corrections(shelf, case_id)] == others


def test_what_is_withdrawn_while_it_is_about_to_be_written_is_not_written(
    shelf: Workspace, case_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    check = vars(corrections)["_check_unchanged"]

    def withdrawn_meanwhile(ws: Workspace, correction: Correction) -> None:
        check(ws, correction)
        corrections.reverse(ws, correction.id)

    monkeypatch.setattr(corrections, "_check_unchanged", withdrawn_meanwhile)
    with pytest.raises(UsageError, match="is no longer proposed; look at it again"):
        apply(shelf, made.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert corrections.find(shelf, made.id).state == "withdrawn"


def test_answers_are_offered_next_time(shelf: Workspace, case_id: str) -> None:
    given = {**ANSWERS, "fee_account": "658000 Bank charges", "journal": "Fees"}
    made, _ = corrections.propose(shelf, case_id, ACTION, given)
    corrections.reverse(shelf, made.id)
    asked = {question.name: question.default for question in corrections.questions(shelf, case_id, ACTION)}
    assert (asked["fee_account"], asked["journal"]) == ("658000 Bank charges", "Fees")
    assert asked["clearing_account"] == "101410 Shopify Clearing", "that one is the case's own"
    assert corrections.draft(shelf, case_id, ACTION, {}).answers["fee_account"] == "658000 Bank charges"


def apply(ws: Workspace, correction_id: str, folder: Path) -> Applied:
    return corrections.apply_to_file(ws, correction_id, folder)


def test_writing_twice_gives_the_same_bytes(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    first = apply(shelf, made.id, tmp_path / "new" / "folder")
    assert state(shelf, case_id) == "posted"
    content = first.entry.read_bytes(), first.reversal.read_bytes()
    second = apply(shelf, made.id[:6], tmp_path / "other")
    assert (second.entry.name, second.reversal.name) == (first.entry.name, first.reversal.name)
    assert (second.entry.read_bytes(), second.reversal.read_bytes()) == content
    assert not list(tmp_path.rglob("*.part"))
    assert [event.what for event in list_events(shelf, made.id)] == ["propose", "posted"]


def test_entry_and_reversal_balance_and_have_keys_of_their_own(
    shelf: Workspace, case_id: str, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    written = apply(shelf, made.id, tmp_path)
    entry, reversal = rows(written.entry), rows(written.reversal)
    assert [(row["line_ids/account_id"], row["line_ids/debit"], row["line_ids/credit"]) for row in entry] == [
        ("627100", "3.00", "0.00"),
        ("101410", "0.00", "3.00"),
    ]
    assert [row["line_ids/credit"] for row in reversal] == ["3.00", "0.00"]
    keys = [row[name] for row in entry + reversal for name in ("id", "line_ids/id") if row[name]]
    assert len(keys) == len(set(keys)) == 6
    assert entry[0]["ref"].startswith("90001234 fees RD-")
    assert entry[0]["ref"] != reversal[0]["ref"]
    assert "line_ids/amount_currency" not in entry[0]


def test_what_was_withdrawn_is_not_written(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    corrections.reverse(shelf, made.id)
    with pytest.raises(UsageError, match="was withdrawn; propose it again"):
        apply(shelf, made.id, tmp_path)
    assert list(tmp_path.glob("*.csv")) == [tmp_path / "items.csv"]


def test_data_that_arrived_since_the_run_stops_the_writing(
    shelf: Workspace, case_id: str, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    items(shelf, "later.csv", [*TRANSFER, *booked("fees of 90001234")])
    with pytest.raises(
        UsageError, match="files or answers changed since the last run; run settlements again"
    ):
        apply(shelf, made.id, tmp_path)
    run(shelf, "settlements")
    assert str(cases.case(shelf, case_id).kind) == "matched", "somebody booked them by hand"
    with pytest.raises(UsageError, match="does not fit"):
        apply(shelf, made.id, tmp_path)
    assert state(shelf, case_id) == "proposed"


def test_an_answer_that_changed_since_the_run_stops_the_writing(
    shelf: Workspace, case_id: str, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    keep_answer(shelf, "journal.Bank", "-")
    with pytest.raises(UsageError, match="files or answers changed"):
        apply(shelf, made.id, tmp_path)
    run(shelf, "settlements")
    apply(shelf, made.id, tmp_path)


def test_another_amount_than_proposed_is_not_written(
    shelf: Workspace, case_id: str, put: Put, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    later = Books()
    later.line("#2", "50.00", "1.00", grp="90001234")
    later.payment("#2", "49.00", grp="PSHOP/2")
    put(later, "later")
    items(shelf, "later.csv", [("101410 Shopify Clearing", 1.0, "90001234 x", "BNK1/2", "Bank")])
    run(shelf, "settlements")
    with pytest.raises(UsageError, match=r"the data changed since the proposal|does not fit"):
        apply(shelf, made.id, tmp_path)


@pytest.mark.parametrize("where", ["a file", "nothing that can be made"])
def test_a_folder_that_cannot_be_written_to_is_told(
    shelf: Workspace, case_id: str, tmp_path: Path, where: str
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    (tmp_path / "file").write_text("x")
    folder = tmp_path / "file" if where == "a file" else tmp_path / "file" / "below"
    with pytest.raises(UsageError, match=r"cannot be written to: .*; choose another folder"):
        apply(shelf, made.id, folder)
    assert state(shelf, case_id) == "proposed"


@pytest.mark.parametrize(("given", "message"), [("", "no correction starts with"), ("zz", "no correction")])
def test_a_correction_is_found_by_the_beginning_of_its_id(
    shelf: Workspace, case_id: str, given: str, message: str
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    assert corrections.find(shelf, made.id[:5]).correction == made
    with pytest.raises(UsageError, match=message):
        corrections.find(shelf, given)


def test_several_corrections_are_not_guessed(shelf: Workspace, case_id: str) -> None:
    for _ in range(17):  # two of them begin with the same of sixteen digits
        made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
        corrections.reverse(shelf, made.id)
    beginnings = [kept.correction.id[0] for kept in corrections.list_corrections(shelf)]
    twice = next(one for one in beginnings if beginnings.count(one) > 1)
    with pytest.raises(UsageError, match="several corrections start with"):
        corrections.find(shelf, twice)


def test_what_was_kept_is_read_back_whole(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    shelf.close()
    copy = Workspace.open(shutil.copytree(shelf.folder, tmp_path / "copy"))
    try:
        (kept,) = corrections.list_corrections(copy)
        assert (kept.correction, kept.state, kept.reverses) == (made, "proposed", "")
        assert state(copy, case_id) == "proposed"
    finally:
        copy.close()


def verdicts(ws: Workspace) -> list[str]:
    return [verdict.state for verdict in corrections.verify(ws)[0]]


def test_a_later_export_verifies_and_reopens(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    assert verdicts(shelf) == [], "nothing was written yet"
    apply(shelf, made.id, tmp_path)
    assert verdicts(shelf) == ["posted"]
    items(shelf, "draft.csv", [*TRANSFER, *booked(made.entry.ref)], status="Draft")
    assert verdicts(shelf) == ["posted"]
    items(shelf, "wrong.csv", [*TRANSFER, *booked(made.entry.ref, amount=2.0)])
    assert verdicts(shelf) == ["posted"]
    items(shelf, "later.csv", [*TRANSFER, *booked(made.entry.ref)])
    assert verdicts(shelf) == ["verified"]
    assert state(shelf, case_id) == "verified"
    items(shelf, "gone.csv", [*TRANSFER, *booked("another entry", amount=1.5)])
    (verdict,), _ = corrections.verify(shelf)
    assert (verdict.state, verdict.text) == (
        "reopened",
        "gone.csv covers its date and no longer has it.",
    )
    assert state(shelf, case_id) == "reopened"
    items(shelf, "back.csv", [*TRANSFER, *booked(made.entry.ref), *booked("another", amount=1.0)])
    assert verdicts(shelf) == ["verified"]


def test_an_export_of_other_days_or_accounts_says_nothing(
    shelf: Workspace, case_id: str, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, {**ANSWERS, "date": "2026-12-31"})
    apply(shelf, made.id, tmp_path)
    items(shelf, "later.csv", [*TRANSFER, *booked("x", amount=1.0)])
    (verdict,), _ = corrections.verify(shelf)
    assert verdict.state == "posted"
    assert verdict.text == "No later export of journal items covers its date and accounts."


def test_a_verified_correction_hides_nothing_else(
    shelf: Workspace, put: Put, case_id: str, tmp_path: Path
) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    apply(shelf, made.id, tmp_path)
    items(shelf, "later.csv", [*TRANSFER, *booked(made.entry.ref)])
    assert verdicts(shelf) == ["verified"]
    bank = Books()
    for day in ("2026-10-01", "2026-10-31"):
        bank.bank("-1.00", "rent", day=day)
    put(bank, "bank")
    run(shelf, "settlements")
    found = cases.case(shelf, case_id)
    assert (found.cause, found.state) == ("not_at_bank", State.REOPENED)
    summary = figures.summary(shelf, "settlements")
    assert summary is not None
    assert summary.open_counts == {found.kind: 1}


def test_a_written_correction_is_reversed_once(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    written = apply(shelf, made.id, tmp_path)
    undoing, _ = corrections.reverse(shelf, made.id)
    assert undoing is not None
    assert [(line.debit, line.credit) for line in undoing.entry.lines] == [(0, 300), (300, 0)]
    assert [(str(effect.before), str(effect.after)) for effect in undoing.effects] == [
        ("0.00 EUR", "3.00 EUR"),
        ("3.00 EUR", "0.00 EUR"),
    ]
    assert state(shelf, case_id) == "posted", "only proposed so far"
    with pytest.raises(UsageError, match="is already being reversed"):
        corrections.reverse(shelf, made.id)
    kept = corrections.find(shelf, undoing.id)
    assert kept.reverses == made.id
    back = apply(shelf, undoing.id, tmp_path)
    assert back.entry.read_bytes() == written.reversal.read_bytes(), "as it was prepared"
    assert state(shelf, case_id) == "reopened"
    run(shelf, "settlements")
    assert state(shelf, case_id) == "reopened"


def test_a_withdrawn_reversal_leaves_the_correction(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    apply(shelf, made.id, tmp_path)
    undoing, _ = corrections.reverse(shelf, made.id)
    assert undoing is not None
    corrections.reverse(shelf, undoing.id)
    assert state(shelf, case_id) == "posted"
    assert corrections.reverse(shelf, made.id)[0] is not None, "it can be reversed after all"


def test_a_reopened_case_can_be_accepted(shelf: Workspace, case_id: str, tmp_path: Path) -> None:
    made, _ = corrections.propose(shelf, case_id, ACTION, ANSWERS)
    apply(shelf, made.id, tmp_path)
    undoing, _ = corrections.reverse(shelf, made.id)
    assert undoing is not None
    apply(shelf, undoing.id, tmp_path)
    states.accept(shelf, case_id, "we book fees once a year")
    assert state(shelf, case_id) == "accepted"
    run(shelf, "settlements")
    assert state(shelf, case_id) == "accepted"


def test_a_payout_in_dollars_needs_its_fees_in_euros(shelf: Workspace, put: Put, tmp_path: Path) -> None:
    case = unbooked_fees(shelf, put, "USD")
    assert str(case.delta) == "3.00 USD"
    asked = {question.name: question for question in corrections.questions(shelf, case.id, ACTION)}
    assert asked["company_amount"].type is AnswerType.MONEY
    assert (asked["company_amount"].currency, asked["company_amount"].default) == ("EUR", "")
    with pytest.raises(UsageError, match="Fees in EUR is not answered; give company_amount"):
        corrections.propose(shelf, case.id, ACTION, ANSWERS)
    for amount, message in (
        ("2.705", "more decimals than EUR has"),
        ("x", "'x' is not an amount; write it as 12.50"),
        ("0", "must have the sign of 3.00 USD"),
        ("-2.70", "must have the sign of 3.00 USD"),
    ):
        with pytest.raises(UsageError, match=message):
            corrections.propose(shelf, case.id, ACTION, {**ANSWERS, "company_amount": amount})
    made, _ = corrections.propose(shelf, case.id, ACTION, {**ANSWERS, "company_amount": "2.70"})
    entry = rows(apply(shelf, made.id, tmp_path).entry)
    names = ("account_id", "debit", "credit", "amount_currency", "currency_id")
    assert [tuple(row[f"line_ids/{name}"] for name in names) for row in entry] == [
        ("627100", "2.70", "0.00", "3.00", "USD"),
        ("101410", "0.00", "2.70", "-3.00", "USD"),
    ]
    effect = made.effects[0]
    assert (str(effect.before), str(effect.after)) == ("3.00 USD", "0.00 USD")
