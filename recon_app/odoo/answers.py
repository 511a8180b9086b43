"""Whether an answer of Odoo may be believed: its frame, its records, and what it says of a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recon_app.odoo.errors import Fault, OdooError, plain, server_error, untrusted
from recon_app.odoo.transport import Answer, strict_json

Row = dict[str, Any]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_MAX_ID = 2**31 - 1
_BUSY = (408, 429)  # it took too long, or there were too many requests


@dataclass(frozen=True)
class FieldType:
    """What Odoo says a field is (``fields_get``).

    Attributes:
        type: ``char``, ``float``, ``many2one``, …
        keys: The keys of a selection.
        relation: Model of the linked records.
    """

    type: str
    keys: frozenset[str] = frozenset()
    relation: str = ""


def http_fault(answer: Answer) -> OdooError | None:
    """The error for an answer that does not come from Odoo's own interface, None when it does."""
    if answer.is_json:
        return None
    if 300 <= answer.status < 400:
        return OdooError(
            Fault.ADDRESS,
            "the server sends on to another address, which is not followed",
            "give the address that the web browser shows after the login",
        )
    if answer.status == 404:
        return OdooError(
            Fault.DATABASE,
            "there is no Odoo at this address, or it has no such database",
            "check the address and the name of the database",
        )
    if answer.status >= 500 or answer.status in _BUSY:
        return OdooError(
            Fault.OFFLINE,
            f"the server is not ready (status {answer.status})",
            "try again in some minutes; if it stays so, ask whoever runs it",
        )
    return untrusted(f"it is a page for people and not for programs (status {answer.status})")


def result_of(answer: Answer, request_id: int) -> Any:
    """The result in an answer of JSON-RPC.

    Raises:
        OdooError: it is no answer to this request, or an error.
    """
    fault = http_fault(answer)
    if fault is not None:
        raise fault
    if answer.status != 200:
        raise untrusted(f"its status is {answer.status}")
    frame = strict_json(answer.body)
    if not isinstance(frame, dict) or type(frame.get("id")) is not int or frame["id"] != request_id:
        raise untrusted("it answers another request")
    if "error" in frame:
        raise error_of(frame["error"])
    return frame.get("result")  # a method that gives nothing has no result at all


def error_of(error: object) -> OdooError:
    """The error that JSON-RPC reports."""
    data = error.get("data") if isinstance(error, dict) else None
    if not isinstance(data, dict):
        return untrusted("it reports an error without saying which")
    return server_error(str(data.get("name", "")), str(data.get("message", "")))


def records(
    result: object,
    fields: Mapping[str, FieldType],
    *,
    limit: int,
    asked: Iterable[int] | None = None,
    company: int | None = None,
) -> list[Row]:
    """The records of a read or a search, each with exactly the fields asked for and of their types.

    Args:
        result: What the server sent.
        fields: The fields asked for, without ``id``.
        limit: How many records were asked for at most.
        asked: The ids asked for; each must be there. None for a search.
        company: Id of the company that all records must be of, where they say it; None for any.

    Raises:
        OdooError: anything else came.
    """
    if not isinstance(result, list):
        raise untrusted("it is no list of records")
    if len(result) > limit:
        raise untrusted(f"it has {len(result)} records where {limit} were asked for")
    names = {"id", *fields}
    for row in result:
        if not isinstance(row, dict) or row.keys() != names:
            raise untrusted("a record does not have the fields asked for")
    ids = [row["id"] for row in result]
    _check_ids(ids, asked)
    for name, kind in fields.items():
        _check_column(name, kind, [row[name] for row in result])
    if company is not None and "company_id" in fields:
        _check_company(result, company)
    return result


def _check_ids(ids: Sequence[object], asked: Iterable[int] | None) -> None:
    if any(type(one) is not int or not 0 < one <= _MAX_ID for one in ids):
        raise untrusted("the id of a record is no number")
    if len(set(ids)) != len(ids):
        raise untrusted("a record comes twice")
    if asked is None:
        return
    wanted = set(asked)
    if not wanted.issuperset(ids):
        raise untrusted("it holds records that were not asked for")
    if len(ids) != len(wanted):
        raise OdooError(
            Fault.RIGHTS,
            f"{len(wanted) - len(ids)} of {len(wanted)} records are gone, or this user may not see them",
            "read the list again",
        )


def _check_company(rows: Iterable[Row], company: int) -> None:
    for row in rows:
        if link(row["company_id"]) not in (0, company):
            raise untrusted("a record is of another company")


def _check_column(name: str, kind: FieldType, values: Sequence[object]) -> None:
    fits = _FITS.get(kind.type)
    if fits is None:
        raise untrusted(f"the field {name} is of a type that is not read ({plain(kind.type)})")
    for value in values:
        if not fits(value):
            raise untrusted(f"{plain(value)[:60]!r} in {name} is no {kind.type}")
    if kind.type == "selection":
        for key in set(values):
            if key is not False and key not in kind.keys:
                raise untrusted(f"{plain(key)[:60]!r} is no value of {name}")


def _is_text(value: object) -> bool:
    return value is False or isinstance(value, str)


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _is_date(value: object) -> bool:
    return value is False or (isinstance(value, str) and _DATE.fullmatch(value) is not None)


def _is_moment(value: object) -> bool:
    return value is False or (isinstance(value, str) and _DATETIME.fullmatch(value) is not None)


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value <= _MAX_ID


def _is_link(value: object) -> bool:
    if isinstance(value, list):  # id and name
        return len(value) == 2 and _is_id(value[0]) and isinstance(value[1], str)
    return value is False or _is_id(value)


def _are_links(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_id, value))


_FITS = {
    "char": _is_text,
    "text": _is_text,
    "html": _is_text,
    "selection": _is_text,
    "float": _is_number,
    "monetary": _is_number,
    "integer": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
    "datetime": _is_moment,
    "many2one": _is_link,
    "one2many": _are_links,
    "many2many": _are_links,
}


def link(value: Any) -> int:
    """Id of the linked record, 0 for none; Odoo gives it bare or with a name."""
    if isinstance(value, list):
        value = value[0]
    return 0 if value is False else int(value)


def applied(result: object) -> None:
    """Check what a method answered that changes something: a window to fill in means it did nothing.

    Raises:
        OdooError: it did not do it.
    """
    if isinstance(result, dict):
        what = plain(result.get("res_model") or result.get("type") or "a question")
        raise OdooError(
            Fault.NOT_APPLIED,
            f"Odoo did not do it and asks for more ({what})",
            "look at the record in Odoo and decide there",
        )


def loaded(result: object, rows: int) -> list[int]:
    """The ids of the records that ``load()`` made, one per row.

    Raises:
        OdooError: it did not take every row without a word.
    """
    ids = result.get("ids") if isinstance(result, dict) else None
    messages = result.get("messages") if isinstance(result, dict) else None
    said = "; ".join(_message(one) for one in messages) if isinstance(messages, list) else ""
    if not isinstance(ids, list) or len(ids) != rows:
        raise OdooError(
            Fault.NOT_APPLIED,
            f"Odoo did not take every record: {said or 'it does not say why'}",
            "correct the values and send them again",
        )
    if said:
        raise OdooError(
            Fault.ANSWER,
            f"Odoo took it with a warning: {said}",
            "look at the record in Odoo and decide there",
        )
    _check_ids(ids, None)
    return ids


def _message(message: object) -> str:
    return plain(message.get("message", "")) if isinstance(message, dict) else plain(message)


def same(row: Row, expected: Row) -> None:
    """Compare a record that was read back with what was sent: a lock date moves dates without a word.

    Raises:
        OdooError: a value differs.
    """
    for name, value in expected.items():
        if row.get(name) != value:
            raise OdooError(
                Fault.ANSWER,
                f"Odoo stored {plain(row.get(name))} as {name} and not {plain(value)}",
                "look at the record in Odoo; a lock date may have moved it",
            )
