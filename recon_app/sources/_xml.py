"""The one way into XML: no document type, no entities, no depth or text without end.

Entities are how XML reads other files, asks other hosts or grows to gigabytes; no export needs them
(OWASP, "XML External Entity Prevention").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from recon_app.models.problem import FileRejected, Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_DEPTH = 100
_LONGEST_TEXT = 1 << 20  # characters of one element
_AGAIN = "download the file again"


def elements(stream: IO[bytes], name: str = "") -> Iterator[tuple[str, Element]]:
    """Read XML element by element.

    Args:
        stream: The document.
        name: What it is called in messages, where it is a part of a file.

    Yields:
        "start" or "end" and the element, whose tag is without its namespace. What is used up should be
        cleared (``element.clear()``): the rest stays in memory.

    Raises:
        FileRejected: it is not well-formed, declares entities, or is built to exhaust the reader.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    try:
        for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
            if event == "start":
                element.tag = element.tag.rpartition("}")[2]
                depth += 1
                if depth > MOST_DEPTH:
                    raise _refused(name, f"the XML is nested more than {MOST_DEPTH} deep", "E_TOO_LARGE")
            else:
                depth -= 1
                if len(element.text or "") > _LONGEST_TEXT:
                    raise _refused(name, f"the text of {element.tag!r} is far too long", "E_TOO_LARGE")
            yield event, element
    except ParseError as error:
        place = "line {}, column {}".format(*error.position)
        raise _refused(name, f"the XML is damaged at {place}", "E_XML", _AGAIN) from error
    except DefusedXmlException as error:
        raise _refused(name, "the XML declares entities or a document type", "E_XML_DTD") from error
    except (LookupError, ValueError) as error:
        problem = f"the XML has an encoding that cannot be read ({error})"
        raise _refused(name, problem, "E_ENCODING", "get the file in UTF-8") from error


def _refused(
    name: str, problem: str, code: str, advice: str = "get the file from its sender"
) -> FileRejected:
    where = f"{name}: " if name else ""
    return FileRejected(Problem(None, None, where + problem, advice, code))
