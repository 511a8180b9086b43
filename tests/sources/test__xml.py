"""Every document that is refused here reads files, asks hosts or exhausts memory with a plain parser."""

from __future__ import annotations

from io import BytesIO

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._xml import MOST_DEPTH, elements


def code(document: bytes) -> str:
    with pytest.raises(FileRejected) as caught:
        list(elements(BytesIO(document)))
    return caught.value.problems[0].code


def test_elements_come_without_their_namespace() -> None:
    document = b'<a xmlns="urn:x" xmlns:y="urn:y"><y:b>text</y:b></a>'
    found = [(event, element.tag, element.text) for event, element in elements(BytesIO(document))]
    assert found == [("start", "a", None), ("start", "b", "text"), ("end", "b", "text"), ("end", "a", None)]


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_a_document_type_is_refused(document: bytes) -> None:
    assert code(document) == "E_XML_DTD"


@pytest.mark.parametrize(
    "document", [b"", b"<a>", b"<a></b>", b"<a>&x;</a>", b"text", b"<a/><b/>", b"<a>\0</a>"]
)
def test_what_is_not_well_formed_is_refused(document: bytes) -> None:
    assert code(document) == "E_XML"


@pytest.mark.parametrize("encoding", [b"UTF-7", b"nosuch", b"rot13"])
def test_an_unknown_encoding_is_refused(encoding: bytes) -> None:
    document = b'<?xml version="1.0" encoding="' + encoding + b'"?><a>\xff</a>'
    assert code(document) in ("E_ENCODING", "E_XML")


def test_depth_ends_somewhere() -> None:
    deep = b"<a>" * MOST_DEPTH + b"</a>" * MOST_DEPTH
    assert len(list(elements(BytesIO(deep)))) == 2 * MOST_DEPTH
    assert code(b"<a>" + deep + b"</a>") == "E_TOO_LARGE"
    assert code(b"<a>" * 1_000_000) == "E_TOO_LARGE"


def test_text_ends_somewhere() -> None:
    assert code(b"<a>" + b"x" * 2_000_000 + b"</a>") == "E_TOO_LARGE"


def test_the_member_of_an_archive_is_named() -> None:
    with pytest.raises(FileRejected, match=r"^day\.xml: the XML is damaged at line 1"):
        list(elements(BytesIO(b"<a>"), "day.xml"))


def test_a_fault_of_the_caller_is_no_fault_of_the_document() -> None:
    def consume() -> None:
        for _ in elements(BytesIO(b"<a/>")):
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        consume()
