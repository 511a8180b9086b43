"""What can go wrong with a live Odoo, in plain words and with what to do."""

from __future__ import annotations

from enum import StrEnum

from recon_app.models.problem import ReconError

_SHOWN = 300  # characters of a server's own text in a message


class Fault(StrEnum):
    """Kind of a fault, for programs; the text of the error is for people."""

    ADDRESS = "address"  # the address itself is wrong
    OFFLINE = "offline"  # no connection
    CERTIFICATE = "certificate"  # the server cannot prove who it is
    TIMEOUT = "timeout"  # no whole answer in time: the call may have been carried out
    ANSWER = "answer"  # an answer that cannot be trusted: the call may have been carried out
    NOT_APPLIED = "not_applied"  # Odoo answered without an error and did nothing
    KEY = "key"  # wrong login or key
    DATABASE = "database"  # no such database
    RIGHTS = "rights"  # the user may not read this
    MODULE = "module"  # the Odoo app is not installed
    VERSION = "version"  # this Odoo is not one of the versions known here
    COMPANY = "company"  # no such company, or several and none was chosen
    SERVER = "server"  # any other error of the server


class OdooError(ReconError):
    """A call that did not give a usable answer.

    Attributes:
        fault: Kind of the fault.
        problem: What is wrong.
        advice: What to do.
    """

    def __init__(self, fault: Fault, problem: str, advice: str) -> None:
        super().__init__(f"{problem}; {advice}")
        self.fault = fault
        self.problem = problem
        self.advice = advice


def untrusted(problem: str) -> OdooError:
    """The error for an answer that breaks the rules; what it says is not used."""
    return OdooError(
        Fault.ANSWER,
        f"the answer of the server cannot be used: {problem}",
        "check the address; if it is right, ask whoever runs the server",
    )


def plain(text: object) -> str:
    """A server's text as one short line without control characters, never to be shown as markup."""
    line = " ".join(str(text).split())
    line = "".join(char for char in line if char.isprintable())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def server_error(name: str, message: str) -> OdooError:
    """The error for what Odoo itself reports.

    Names and texts as 16, 18 and 19 answered them; where the class of the error does not tell, the text
    does, and an unknown text is passed on as it is.

    Args:
        name: Class of the error in Odoo, such as ``odoo.exceptions.AccessError``.
        message: Its text.
    """
    shown, short = plain(message), name.rpartition(".")[2]
    if short == "AccessError":  # its first line says what; the others list groups
        return OdooError(
            Fault.RIGHTS,
            f"Odoo says: {plain(message.strip().partition(chr(10))[0])}",
            "ask an administrator of Odoo for the right to read it, or leave it out",
        )
    if short in ("AccessDenied", "Unauthorized"):
        return wrong_key()
    if short == "OperationalError" and "does not exist" in shown:
        return no_database()
    if _names_no_model(short, shown):
        return OdooError(
            Fault.MODULE,
            f"this Odoo does not have it: {shown}",
            "install the app in Odoo, or leave it out",
        )
    return OdooError(
        Fault.SERVER, f"Odoo reports {short or 'an error'}: {shown}", "read the message and try again"
    )


def _names_no_model(short: str, text: str) -> bool:
    return (short == "UserError" and text.startswith("Object ") and "doesn't exist" in text) or (
        short == "NotFound" and text.startswith("the model ") and "does not exist" in text
    )


def wrong_key() -> OdooError:
    """The error for a refused login: Odoo does not say which of the three is wrong."""
    return OdooError(
        Fault.KEY,
        "Odoo refuses the login: the user, the key or the database is wrong, or the key has expired",
        "make a new API key in Odoo under Preferences, Account Security, and give it again",
    )


def no_database(name: str = "") -> OdooError:
    """The error for a database that the server does not have."""
    shown = f" {plain(name)!r}" if name else ""
    return OdooError(
        Fault.DATABASE,
        f"the server has no database{shown}",
        "give the name of the database as the login page or your provider shows it",
    )
