"""The commands about results keep the contract of the command line: keys, texts, exit statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli, registry
from recon_app.models.case import Kind, State
from recon_app.models.problem import ReconError
from recon_app.models.record import Side
from recon_app.services import cases as service
from recon_app.services.run import answers
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.fees import ANSWERS, TRANSFER, items
from tests.services.filled import fill

_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CASE = {"id", "kind", "missing", "state", "cause", "text", "legs", "evidence", "candidates"}
_LEG = {"record", "file", "row", "key", "ref", "date", "amount", "currency"}

Call = Callable[..., tuple[int, str, str]]


def troubled() -> Books:
    """One case of most kinds, in three currencies."""
    books = Books()
    for currency, amount in (("EUR", "10.50"), ("JPY", "1050"), ("KWD", "1.050")):
        books.line(f"#{currency}", amount, currency=currency, grp="")
        books.payment(f"#{currency}", amount, currency=currency)
    books.line("#1", "12.00", grp="", day="2026-10-15")
    books.line("#2", "7.00", grp="")
    books.payment("#2", "6.50")
    for day in ("2026-10-01", "2026-10-31"):
        books.payment("#9", "1.00", day=day)
        books.line("#9", "1.00", day=day, grp="")
    books.line("#3", "80.00", "2.45", grp="90001234")
    books.payment("#3", "80.00")
    books.payout("60.28", ident="90001234")
    for ref in ("#tie", "#tie2"):
        books.line(ref, "73.45", grp="")
        books.payment("", "73.45")
    return books


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """``call("run", "settlements")`` gives the status and what was printed."""

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = cli.main([*map(str, words), "--workspace", str(tmp_path / "workspace")])
        except SystemExit as stopped:
            status = int(str(stopped.code))
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    ws = Workspace.open(folder)
    fill(ws, troubled(), tmp_path)
    ws.close()
    return folder


@pytest.fixture
def done(workspace: Path, call: Call) -> dict[str, Any]:
    """What ``run --json`` printed."""
    status, out, _ = call("run", "settlements", "--json")
    assert status == cli.NEEDS_A_PERSON
    found: dict[str, Any] = json.loads(out)
    return found


def no_nulls(value: object, path: str = "") -> Iterator[str]:
    """Where a value is null."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from no_nulls(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from no_nulls(inner, path)
    elif value is None:
        yield path


def test_the_head_of_a_run(done: dict[str, Any]) -> None:
    assert set(done) == {"schema", "reconciliation", "counts", "totals", "cases"}
    assert (done["schema"], done["reconciliation"]) == ("recon/run/1", "settlements")
    assert set(done["counts"]) <= set(Kind)
    assert sum(done["counts"].values()) == len(done["cases"])
    for total in done["totals"]:
        assert set(total) == {"currency", "sides", "difference", "explained", "open"}
        assert set(total["sides"]) <= set(Side)
        amounts = [*total["sides"].values(), total["difference"], total["explained"], total["open"]]
        assert all(_AMOUNT.fullmatch(amount) for amount in amounts)
    shown = {total["currency"]: total["sides"]["platform"] for total in done["totals"]}
    assert shown == {"EUR": "258.40", "JPY": "1050", "KWD": "1.050"}


def test_every_case_keeps_the_schema(done: dict[str, Any]) -> None:
    for case in done["cases"]:
        assert _CASE <= set(case) <= _CASE | {"delta"}
        assert case["kind"] in set(Kind)
        assert case["state"] in set(State)
        assert set(case["missing"]) <= set(Side)
        assert case["cause"] is None or re.fullmatch("[a-z_]+", case["cause"])
        assert case["text"].endswith(".")
        assert re.fullmatch("settlements-[0-9a-f]{16}", case["id"])
        assert all(set(found) == {"rule", "text"} for found in case["evidence"])
        assert all(isinstance(text, str) for text in case["candidates"])
        if "delta" in case:
            assert set(case["delta"]) == {"amount", "currency"}
            assert _AMOUNT.fullmatch(case["delta"]["amount"])
    assert set(no_nulls(done)) <= {".cases.cause"}, "absent fields are left out"


def test_every_leg_names_its_file_and_row(done: dict[str, Any]) -> None:
    legs = [leg for case in done["cases"] for some in case["legs"].values() for leg in some]
    assert {side for case in done["cases"] for side in case["legs"]} == {"platform", "odoo"}
    for leg in legs:
        assert {"record", "file", "row", "date", "amount", "currency"} <= set(leg) <= _LEG
        assert "/" not in leg["file"]
        assert leg["row"] >= 1
        assert _DATE.fullmatch(leg["date"])
        assert _AMOUNT.fullmatch(leg["amount"])
    assert len({leg["record"] for leg in legs}) == len(legs)
    by_currency = {
        leg["currency"]: leg["amount"] for leg in legs if leg.get("ref", "")[1:] == leg["currency"]
    }
    assert by_currency == {"EUR": "10.50", "JPY": "1050", "KWD": "1.050"}


def test_an_ordinary_case_says_it_all(done: dict[str, Any]) -> None:
    (case,) = (case for case in done["cases"] if case["text"].startswith("Charge #1 of"))
    assert case["delta"] == {"amount": "-12.00", "currency": "EUR"}
    assert case["missing"] == ["odoo"]
    (leg,) = case["legs"]["platform"]
    assert leg == {
        "record": leg["record"],
        "file": "made_up_made_up_payment_line.txt",
        "row": 4,
        "ref": "#1",
        "currency": "EUR",
        "date": "2026-10-15",
        "amount": "12.00",
    }


def test_cases_lists_the_same(done: dict[str, Any], call: Call) -> None:
    status, out, err = call("cases", "settlements", "--json")
    assert (status, json.loads(out), err) == (cli.NEEDS_A_PERSON, done, "")


@pytest.mark.parametrize("kinds", [["missing"], ["amount", "matched"], ["field"]])
def test_kinds_choose_cases_and_not_figures(done: dict[str, Any], call: Call, kinds: list[str]) -> None:
    words = [word for kind in kinds for word in ("--kind", kind)]
    _, out, _ = call("cases", "settlements", "--json", *words)
    found = json.loads(out)
    assert found["cases"] == [case for case in done["cases"] if case["kind"] in kinds]
    assert found["counts"] == done["counts"]


def test_states_choose_cases(done: dict[str, Any], call: Call) -> None:
    _, out, _ = call("cases", "settlements", "--json", "--state", "accepted")
    assert json.loads(out)["cases"] == []
    _, out, _ = call("cases", "settlements", "--json", "--state", "open", "--kind", "missing")
    assert len(json.loads(out)["cases"]) == done["counts"]["missing"]


def test_a_period_is_told(workspace: Path, call: Call) -> None:
    _, out, _ = call("run", "settlements", "--json", "--period", "2026-11")
    found = json.loads(out)
    assert (found["period"], found["cases"], found["counts"]) == ("2026-11", [], {})
    assert call("run", "settlements", "--period", "2026-13")[0] == cli.WRONG_USE


def test_json_is_written_case_by_case(
    workspace: Path, call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A million cases need no million objects: each is written before the next is made."""
    call("run", "settlements")
    seen: list[int] = []
    plain = service.iterate

    def watched(*given: Any) -> Iterator[Any]:
        for number, case in enumerate(plain(*given)):
            seen.append(capsys.readouterr().out.count('"id": "settlements-'))
            yield case
            del number

    monkeypatch.setattr(service, "iterate", watched)
    call("cases", "settlements", "--json")
    assert seen[0] == 0
    assert set(seen[1:]) == {1}


def test_json_is_whole_when_a_case_fails(
    workspace: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("run", "settlements")

    def failing(*_: object) -> Iterator[Any]:
        raise ReconError("broken")
        yield

    monkeypatch.setattr(service, "iterate", failing)
    status, out, err = call("cases", "settlements", "--json")
    assert (status, json.loads(out)["cases"], err) == (cli.NEEDS_A_PERSON, [], "broken\n")


def test_texts_for_people_leave_out_what_agrees(done: dict[str, Any], call: Call) -> None:
    status, out, err = call("run", "settlements")
    assert status == cli.NEEDS_A_PERSON
    shown = [line for line in out.splitlines() if line.startswith("settlements-")]
    assert len(shown) == sum(count for kind, count in done["counts"].items() if kind != "matched")
    assert "settlements: still open" in out
    typed = '--set "journal.Shopify Payments=shopify_payments"'
    assert f"assumed journal.Shopify Payments = shopify_payments; confirm it with {typed}" in err
    _, out, _ = call("cases", "settlements", "--kind", "matched")
    assert len(out.splitlines()) > done["counts"]["matched"]


def test_nothing_to_do_is_done(tmp_path: Path, call: Call) -> None:
    status, out, err = call("run", "settlements", "--json")
    assert status == cli.DONE
    assert err.startswith("Import transactions of a payment platform"), "what to do is said"
    assert json.loads(out) == {
        "schema": "recon/run/1",
        "reconciliation": "settlements",
        "counts": {},
        "totals": [],
        "cases": [],
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "nonsense"), "there is no reconciliation 'nonsense'; choose one of "),
        (("cases", "nonsense"), "there is no reconciliation 'nonsense'; choose one of "),
        (("cases", "settlements"), "settlements was never run; run it first"),
        (("run", "settlements", "--set", "x"), "'x' is not KEY=VALUE"),
        (("run", "settlements", "--set", "x=y"), "nobody asks for 'x'"),
        (("explain", "nonsense"), "'nonsense' is not a case; copy its id from the list"),
        (("explain", "settlements-0000000000000001"), "settlements was never run"),
        (("apply", "x", "--to", "file", "."), "no correction starts with 'x'"),
        (("apply", "x", "--to", "odoo", "."), "--to odoo is not known; write --to file DIR"),
        (("reverse", "x"), "no correction starts with 'x'"),
        (("why-not", "1", "2"), "there is no record 1"),
        (("why-not", "1", "99999999999999999999"), "there is no record 1"),
        (("propose", "settlements-0000000000000001", "--with", "x"), "there is no correction 'x'"),
    ],
)
def test_wrong_use_says_what_to_do(call: Call, words: tuple[str, ...], message: str) -> None:
    status, out, err = call(*words)
    assert (status, out) == (cli.WRONG_USE, "")
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("cases", "settlements", "--kind", "nonsense"),
        ("cases", "settlements", "--state", "nonsense"),
        ("why-not", "one", "2"),
        ("apply", "x"),
        ("propose", "x"),
    ],
)
def test_the_parser_refuses_the_rest(call: Call, words: tuple[str, ...]) -> None:
    status, _, err = call(*words)
    assert status == cli.WRONG_USE
    assert "usage: recon-app" in err


@pytest.mark.parametrize(
    "words",
    [("run", "settlements"), ("cases", "settlements"), ("explain", "x-0"), ("verify",), ("reverse", "x")],
)
def test_a_workspace_that_cannot_be_used(tmp_path: Path, call: Call, words: tuple[str, ...]) -> None:
    (tmp_path / "workspace").write_text("a file")
    status, out, err = call(*words)
    assert (status, out) == (cli.NO_WORKSPACE, "")
    assert "; " in err


def test_explaining_a_case(done: dict[str, Any], call: Call) -> None:
    for case in done["cases"]:
        status, out, _ = call("explain", case["id"], "--json")
        assert (status, json.loads(out)) == (cli.DONE, case)
    (case,) = (case for case in done["cases"] if case["text"].startswith("Charge #1 of"))
    _, out, _ = call("explain", case["id"])
    assert out.splitlines()[:2] == [f"{case['id']}: missing, open", case["text"]]
    assert out.splitlines()[-1].endswith(": made_up_made_up_payment_line.txt, row 4")


def test_candidates_and_rivals_are_told(done: dict[str, Any]) -> None:
    (tie,) = (case for case in done["cases"] if case["kind"] == "ambiguous")
    assert [text.split(" (")[0] for text in tie["candidates"]] == [
        "The platform: #tie, 73.45 EUR, 2026-10-05",
        "The platform: #tie2, 73.45 EUR, 2026-10-05",
        "Odoo: PSHOP/18, 73.45 EUR, 2026-10-05",
        "Odoo: PSHOP/20, 73.45 EUR, 2026-10-05",
    ]
    (case,) = (case for case in done["cases"] if case["cause"] == "unexplained_residual")
    assert case["delta"] == {"amount": "-17.27", "currency": "EUR"}
    assert "nothing in the files explains it" in case["text"]


def test_why_not(done: dict[str, Any], call: Call) -> None:
    legs = {
        (side, leg.get("ref")): leg["record"]
        for case in done["cases"]
        for side, some in case["legs"].items()
        for leg in some
    }
    status, out, _ = call("why-not", legs["platform", "#1"], legs["odoo", "#2"], "--json")
    assert status == cli.DONE
    found = json.loads(out)
    assert all(set(one) == {"rule", "text"} for one in found)
    assert "Order reference #1 ≠ #2" in {one["rule"]: one["text"] for one in found}["order_reference"]
    _, out, _ = call("why-not", legs["platform", "#2"], legs["odoo", "#2"])
    assert out.startswith("linked: They stand in one case: settlements-")
    _, out, _ = call("why-not", legs["platform", "#1"], legs["platform", "#2"])
    assert out == "none: No rule compares platform with platform records.\n"


def test_answers_are_kept(workspace: Path, call: Call) -> None:
    _, _, err = call("run", "settlements", "--set", "journal.Shopify Payments=shopify_payments")
    assert "assumed journal" not in err
    _, _, err = call("run", "all", "--set", "journal.Shopify Payments=Shopify")
    assert "names no loaded platform (shopify_payments)" in err


@pytest.fixture
def fees(tmp_path: Path, call: Call) -> str:
    """The case of a payout whose fees nobody booked."""
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    books.payout("97.00", ident="90001234")
    books.payment("#1", "100.00", grp="PSHOP/1")
    ws = Workspace.open(tmp_path / "workspace")
    fill(ws, books, tmp_path)
    items(ws, "items.csv", TRANSFER)
    ws.close()
    found = json.loads(call("run", "settlements", "--json")[1])["cases"]
    return str(next(case["id"] for case in found if case["cause"] == "fee_not_booked"))


def settings() -> list[str]:
    return [word for name, value in ANSWERS.items() for word in ("--set", f"{name}={value}")]


def test_the_way_of_a_correction(fees: str, call: Call, tmp_path: Path) -> None:
    status, out, _ = call("propose", fees, "--with", "book_payout_fees", *settings(), "--json")
    assert status == cli.DONE
    (made,) = json.loads(out)
    assert set(made) == {
        "id",
        "action",
        "cases",
        "external_id",
        "date",
        "journal",
        "ref",
        "lines",
        "effects",
        "leaves_open",
    }
    assert made["lines"][0] == {"account": "627100", "debit": "3.00", "credit": "0.00", "currency": "EUR"}
    assert made["effects"][0]["after"] == "0.00 EUR"
    status, out, _ = call("apply", made["id"], "--to", "file", tmp_path / "out", "--json")
    assert status == cli.DONE
    assert {Path(path).parent for path in json.loads(out).values()} == {tmp_path / "out"}
    status, out, _ = call("verify", "--json")
    assert (status, json.loads(out)[0]["state"]) == (cli.NEEDS_A_PERSON, "posted")
    status, out, _ = call("reverse", made["id"], "--json")
    assert json.loads(out)["reversal"]["lines"][0]["credit"] == "3.00"


def test_a_correction_in_words(fees: str, call: Call, tmp_path: Path) -> None:
    status, out, _ = call("propose", fees, "--with", "book_payout_fees", *settings())
    assert status == cli.DONE
    number = out.split(":")[0]
    assert "  627100  debit 3.00  credit 0.00 EUR  Platform fees of payout 90001234" in out
    _, out, _ = call("reverse", number)
    assert out == "withdrawn; nothing had been written\n"
    assert call("apply", number, "--to", "file", tmp_path)[0] == cli.WRONG_USE
    assert call("verify")[:2] == (cli.DONE, ""), "nothing was written"


def test_all_proposals_or_none(fees: str, call: Call) -> None:
    other = "settlements-0000000000000001"
    status, out, err = call("propose", fees, other, "--with", "book_payout_fees", *settings())
    assert (status, out) == (cli.WRONG_USE, "")
    assert f"has no case {other}" in err
    assert json.loads(call("explain", fees, "--json")[1])["state"] == "open"
    status, out, _ = call("propose", fees, fees, "--with", "book_payout_fees", *settings(), "--json")
    assert (status, len(json.loads(out))) == (cli.DONE, 1)


def test_what_all_runs_say_names_the_run(call: Call) -> None:
    _, _, err = call("run", "all")
    names = {line.partition(": ")[0] for line in err.splitlines()}
    assert names <= set(registry.reconciliations())
    assert len(names) > 3


def test_an_answer_is_not_kept_where_the_run_itself_is_wrong(call: Call, workspace: Path) -> None:
    for words in (["nonsense"], ["settlements", "--period", "2026-13"]):
        status, _, _ = call("run", *words, "--set", "journal.Cash=-")
        assert status == cli.WRONG_USE
    status, _, error = call("run", "settlements", "--set", "journal.Cash=-", "--set", "zone.Shopify=Nowhere")
    assert (status, error) == (
        cli.WRONG_USE,
        "zone.Shopify cannot be 'Nowhere'; it must be a time zone, as in zone.Shopify=Europe/Berlin\n",
    )
    with closing(Workspace.open(workspace)) as ws:
        assert answers(ws) == {}


def test_check_opens_the_workspace_that_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other").write_text("no folder", encoding="utf-8")
    for folder in (tmp_path / "nowhere", tmp_path / "other"):
        assert cli.main(["check", "--workspace", str(folder)]) == cli.NO_WORKSPACE
        shown = capsys.readouterr()
        assert (shown.out, shown.err.startswith(str(folder))) == ("", True)
    assert not (tmp_path / "nowhere").exists()
