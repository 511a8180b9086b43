"""Which answers are believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from recon_app.odoo.answers import FieldType, applied, http_fault, link, loaded, records, result_of, same
from recon_app.odoo.errors import Fault, OdooError, plain, server_error
from recon_app.odoo.transport import Answer

FIELDS = {
    "name": FieldType("char"),
    "total": FieldType("monetary"),
    "done": FieldType("boolean"),
    "day": FieldType("date"),
    "at": FieldType("datetime"),
    "state": FieldType("selection", frozenset({"draft", "posted"})),
    "company_id": FieldType("many2one", relation="res.company"),
    "tags": FieldType("many2many", relation="tag"),
}
ROW = {
    "id": 5,
    "name": "A",
    "total": 1.5,
    "done": False,
    "day": "2026-02-28",
    "at": "2026-02-28 23:59:59",
    "state": "posted",
    "company_id": 1,
    "tags": [3, 4],
}


def framed(**parts: Any) -> Answer:
    return Answer(200, is_json=True, body=json.dumps({"jsonrpc": "2.0", "id": 41, **parts}).encode())


def refusal(call: Callable[[], object]) -> OdooError:
    with pytest.raises(OdooError) as caught:
        call()
    return caught.value


def test_a_result_is_that_of_its_request() -> None:
    assert result_of(framed(result=[1]), 41) == [1]
    assert result_of(framed(), 41) is None  # a method that returns nothing


@pytest.mark.parametrize("number", [40, None, "41", 41.0, True])
def test_an_answer_to_another_request(number: object) -> None:
    assert refusal(lambda: result_of(framed(id=number, result=[]), 41)).fault is Fault.ANSWER


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b"{}"])
def test_an_answer_without_a_frame(body: bytes) -> None:
    assert refusal(lambda: result_of(Answer(200, is_json=True, body=body), 41)).fault is Fault.ANSWER


@pytest.mark.parametrize("error", [{}, {"message": "no"}, {"data": None}, {"data": "x"}, None, "x"])
def test_an_error_that_does_not_say_which(error: object) -> None:
    found = refusal(lambda: result_of(framed(error=error, result=[1]), 41))
    assert (found.fault, "without saying which" in found.problem) == (Fault.ANSWER, True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Fault.ADDRESS),
        (404, Fault.DATABASE),
        (502, Fault.OFFLINE),
        (429, Fault.OFFLINE),
        (200, Fault.ANSWER),
        (403, Fault.ANSWER),
    ],
)
def test_pages_for_people(status: int, kind: Fault) -> None:
    found = http_fault(Answer(status, is_json=False, body=b"<html>"))
    assert found is not None
    assert found.fault is kind


def test_a_whole_record() -> None:
    assert records([ROW], FIELDS, limit=1, asked=[5], company=1) == [ROW]
    blank = {**ROW, "name": False, "day": False, "at": False, "state": False, "company_id": False, "tags": []}
    assert records([blank], FIELDS, limit=1, company=1) == [blank]
    named = {**ROW, "company_id": [1, "Tea House"], "total": 3}
    assert records([named], FIELDS, limit=1, company=1) == [named]


@pytest.mark.parametrize(
    "change",
    [
        {"id": True},
        {"id": "5"},
        {"id": 0},
        {"id": 2**31},
        {"name": 7},
        {"name": None},
        {"name": True},
        {"total": "1.5"},
        {"total": False},
        {"total": True},
        {"done": 1},
        {"done": None},
        {"day": "28.02.2026"},
        {"day": "2026-02-28 10:00:00"},
        {"at": "2026-02-28"},
        {"at": "2026-02-28T10:00:00"},
        {"state": "weird"},
        {"state": 3},
        {"company_id": 2},
        {"company_id": [2, "Cup House"]},
        {"company_id": True},
        {"company_id": [1]},
        {"tags": False},
        {"tags": [True]},
        {"tags": [3, "4"]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_record_that_is_not_believed(change: dict[str, Any]) -> None:
    found = refusal(lambda: records([{**ROW, **change}], FIELDS, limit=1, company=1))
    assert found.fault is Fault.ANSWER


@pytest.mark.parametrize("result", [None, {}, "x", [None], [[5]], [{"id": 5}]], ids=str)
def test_what_is_no_list_of_records(result: object) -> None:
    assert refusal(lambda: records(result, FIELDS, limit=9)).fault is Fault.ANSWER


def test_more_records_than_asked_for() -> None:
    rows = [{"id": number} for number in range(1, 82)]
    assert records(rows, {}, limit=81) == rows
    assert "81 records where 80" in refusal(lambda: records(rows, {}, limit=80)).problem


def test_the_records_asked_for() -> None:
    assert refusal(lambda: records([{"id": 8}], {}, limit=1, asked=[7])).fault is Fault.ANSWER
    assert refusal(lambda: records([{"id": 7}, {"id": 7}], {}, limit=2, asked=[7])).fault is Fault.ANSWER
    missing = refusal(lambda: records([{"id": 7}], {}, limit=2, asked=[7, 9]))
    assert (missing.fault, missing.problem[:19]) == (Fault.RIGHTS, "1 of 2 records are ")


def test_a_type_that_is_not_read() -> None:
    kinds = {"data": FieldType("properties")}
    assert refusal(lambda: records([{"id": 1, "data": {}}], kinds, limit=1)).fault is Fault.ANSWER


def test_links() -> None:
    assert [link(value) for value in (False, 4, [4, "Four"])] == [0, 4, 4]


def test_a_window_to_fill_in_means_not_done() -> None:
    answers: tuple[object, ...] = (None, True, False, [])
    for answer in answers:
        applied(answer)
    found = refusal(
        lambda: applied({"type": "ir.actions.act_window", "res_model": "stock.track.confirmation"})
    )
    assert (found.fault, "stock.track.confirmation" in found.problem) == (Fault.NOT_APPLIED, True)


def test_what_was_loaded() -> None:
    assert loaded({"ids": [3, 4], "messages": [], "nextrow": 0}, 2) == [3, 4]


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"ids": False, "messages": [{"type": "error", "message": "No match"}]}, Fault.NOT_APPLIED),
        ({"ids": [3], "messages": []}, Fault.NOT_APPLIED),
        ({"ids": [3, 4, 5], "messages": []}, Fault.NOT_APPLIED),
        (None, Fault.NOT_APPLIED),
        ({"ids": [3, 4], "messages": [{"type": "warning", "message": "Rounded"}]}, Fault.ANSWER),
        ({"ids": [3, 3], "messages": []}, Fault.ANSWER),
    ],
)
def test_what_was_not_loaded_as_sent(result: object, kind: Fault) -> None:
    assert refusal(lambda: loaded(result, 2)).fault is kind


def test_what_is_read_back_must_be_what_was_sent() -> None:
    same(ROW, {"day": "2026-02-28", "total": 1.5})
    found = refusal(lambda: same(ROW, {"day": "2026-01-31"}))
    assert "stored 2026-02-28 as day and not 2026-01-31" in found.problem


@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [  # as 16, 18 and 19 answered
        ("odoo.exceptions.AccessError", "You are not allowed to access 'Payments'", Fault.RIGHTS),
        ("odoo.exceptions.AccessDenied", "Access Denied", Fault.KEY),
        ("werkzeug.exceptions.Unauthorized", "Invalid apikey", Fault.KEY),
        ("psycopg2.OperationalError", 'FATAL:  database "x" does not exist\n', Fault.DATABASE),
        ("odoo.exceptions.UserError", "Object no.model doesn't exist", Fault.MODULE),
        ("werkzeug.exceptions.NotFound", "the model 'no.model' does not exist", Fault.MODULE),
        ("odoo.exceptions.UserError", "The entry must be in draft.", Fault.SERVER),
        ("builtins.ValueError", "Invalid field 'nope' on model 'res.partner'", Fault.SERVER),
        ("", "", Fault.SERVER),
    ],
)
def test_errors_of_the_server(name: str, message: str, kind: Fault) -> None:
    assert server_error(name, message).fault is kind


def test_texts_of_the_server_become_one_plain_line() -> None:
    assert plain("a\n\tb\x1b[31m\u202e c") == "a b[31m c"
    assert len(plain("x" * 1000)) == 301
    groups = "You are not allowed to access 'Payments'.\n\nThis operation is allowed for: A, B"
    assert server_error("odoo.exceptions.AccessError", groups).problem.endswith("access 'Payments'.")
