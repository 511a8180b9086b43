"""Settings files as a colleague, an attacker or a damaged disk would send them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.services import strict

#: Rules as another program of this kind would declare them.
RULES = strict.fields(
    {
        "version": strict.one_of(1),
        "rules": strict.listed(
            strict.fields(
                {
                    "field": strict.one_of("amount", "day"),
                    "op": strict.one_of("lte", "equals"),
                    "value": strict.decimal,
                },
                {"action": strict.text(40, "[a-z_]+")},
            )
        ),
    },
    {"approve_limit": strict.decimal, "names": strict.mapped(strict.text(10), strict.text(10))},
)
RULE = {"field": "amount", "op": "lte", "value": "0.05", "action": "propose_rounding"}


def refused(content: bytes) -> tuple[str | None, str]:
    with pytest.raises(FileRejected) as caught:
        strict.read(content, RULES)
    (problem,) = caught.value.problems
    assert problem.code == "E_RULE"
    assert problem.advice
    return problem.column, problem.problem


def test_a_file_of_the_declared_shape_is_read() -> None:
    document = {"version": 1, "rules": [RULE], "approve_limit": "100.00", "names": {"a": "b"}}
    assert strict.read(json.dumps(document).encode("utf-8-sig"), RULES) == document


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"expr": "@pd.io.common.os.system('echo x')"}, "rules.1.expr"),
        ({"expr": "().__class__.__mro__[1].__subclasses__()"}, "rules.1.expr"),
        ({"field": 'amount" = 0; DROP TABLE decision; --'}, "rules.1.field"),
        ({"field": "nosuch"}, "rules.1.field"),
        ({"op": "matches", "value": "(a+)+$"}, "rules.1.op"),
        ({"value": "1e5"}, "rules.1.value"),
        ({"value": "-0.05"}, "rules.1.value"),
        ({"value": "٣"}, "rules.1.value"),
        ({"value": 1}, "rules.1.value"),
        ({"value": True}, "rules.1.value"),
        ({"value": None}, "rules.1.value"),
        ({"action": "a\u202eb"}, "rules.1.action"),
        ({"action": 7}, "rules.1.action"),
        ({"action": "a" * 41}, "rules.1.action"),
    ],
)
def test_a_value_that_is_not_declared_is_named(changed: dict[str, Any], where: str) -> None:
    document = {"version": 1, "rules": [RULE | changed]}
    assert refused(json.dumps(document).encode())[0] == where


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"version": 99}, "version"),
        ({"version": True}, "version"),
        ({"version": "1"}, "version"),
        ({"template": "../../../../etc/passwd"}, "template"),
        ({"maker_may_approve": True}, "maker_may_approve"),
        ({"approve_limit": "-1"}, "approve_limit"),
        ({"names": {"a": 1}}, "names.a"),
        ({"names": []}, "names"),
        ({"names": {"much too long": "b"}}, "names.much too long"),
        ({"rules": {}}, "rules"),
        ({"rules": [[]]}, "rules.1"),
        ({"rules": [RULE] * 1001}, "rules"),
    ],
)
def test_a_field_that_is_not_declared_is_named(changed: dict[str, Any], where: str) -> None:
    document = {"version": 1, "rules": []} | changed
    assert refused(json.dumps(document).encode())[0] == where


def test_a_field_must_be_there() -> None:
    assert refused(b'{"version":1}') == ("rules", "the field is missing")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"version":1,"rules":[{"value":0.1}]}', "0.1 must be written as a text"),
        (b'{"version":1,"rules":[{"value":1e999}]}', "must be written as a text"),
        (b'{"version":1,"rules":[{"value":NaN}]}', "NaN is no value"),
        (b'{"version":1,"rules":[{"value":-Infinity}]}', "-Infinity is no value"),
        (b'{"version":1,"version":2,"rules":[]}', "stands twice"),
        (b"[" * 200_000 + b"]" * 200_000, "nested more than"),
        (b'{"a":' * 200_000, "nested more than"),
        (b'{"version":' + b"9" * 5000 + b"}", "is too long"),
        (b'{"version":1,"rules":[]', "no JSON"),
        (b"", "no JSON"),
        (b" " * 2_000_000, "larger than"),
        (b'!!python/object/apply:os.system ["echo x"]\n', "no JSON"),
        ('{"version":1}'.encode("utf-16"), "no JSON file in UTF-8"),
        (b"[]", "an object is expected"),
    ],
)
def test_what_python_would_read_or_choke_on_is_refused(content: bytes, words: str) -> None:
    assert words in refused(content)[1]


def test_a_pickle_is_not_unpacked() -> None:
    class Spring:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (pytest.fail, ("unpickled",))

    refused(pickle.dumps(Spring()))


def test_brackets_in_texts_are_no_nesting() -> None:
    names = {"a": "[[[[[[[[", 'b"\\': "{{{{{{{{"}
    document = {"version": 1, "rules": [], "names": names}
    assert strict.read(json.dumps(document).encode(), RULES) == document


@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]":,0129.eE+-Nantruefls\\u ', max_size=60).map(str.encode)
)
def test_anything_else_is_refused_and_nothing_fails(content: bytes) -> None:
    refused(content)


def test_a_file_is_read_to_its_limit_only(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(b" " * (strict.MOST_BYTES + 1))
    with pytest.raises(FileRejected, match="larger than"):
        strict.read_file(path, RULES)
