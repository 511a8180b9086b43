"""Control identities and the way a payout closes."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.case import Evidence


@dataclass(frozen=True, slots=True)
class Proof:
    """One control identity of a file, computed at import and always shown.

    Attributes:
        name: What was checked, in plain words with the currency where one applies.
        expected: The value the file or the rule demands, as text.
        found: The value computed from the rows, as text.
        ok: Whether both agree exactly.
    """

    name: str
    expected: str
    found: str
    ok: bool


@dataclass(frozen=True, slots=True)
class PayoutProof:
    """How one payout closes: every term named, the residual a finding (rules SET-01, SET-02).

    All amounts are signed minor units of ``currency``: refunds, fees and holds are negative.

    Attributes:
        payout: Payout id, or "<date> <currency>" where the file has none.
        currency: Settlement currency.
        terms: (term, minor units) in the order gross, refunds, fees, adjustments, chargebacks,
            tax, reserve held, reserve released, advances, carry-over, other; zero terms left out.
        total: What the platform says it paid, None when no payout record was loaded.
        bank: What reached the bank, None when no bank line was linked.
        causes: Sum-exact candidate causes of the residual, the strongest first; each with its stable code.
    """

    payout: str
    currency: str
    terms: tuple[tuple[str, int], ...]
    total: int | None
    bank: int | None
    causes: tuple[Evidence, ...] = ()

    @property
    def net(self) -> int:
        """Sum of the terms."""
        return sum(minor for _, minor in self.terms)

    @property
    def residual(self) -> int:
        """What the lines do not explain: the platform's total (else the bank's) minus net."""
        target = self.total if self.total is not None else self.bank
        return 0 if target is None else target - self.net

    @property
    def cause(self) -> str | None:
        """Code of what explains the residual, None when there is none; rivals explain nothing."""
        if not self.residual:
            return None
        return self.causes[0].rule if len(self.causes) == 1 else "unexplained_residual"

    @property
    def status(self) -> str:
        """``proven``, ``unproven`` (a residual is left) or ``open`` (nothing to prove against)."""
        if self.total is None and self.bank is None:
            return "open"
        whole = self.bank is None or self.total is None or self.bank == self.total
        return "proven" if self.residual == 0 and whole else "unproven"


@dataclass(frozen=True, slots=True)
class ClearingProof:
    """What the platform still owes at a cut-off date against the balance of its clearing account.

    Amounts are minor units of ``currency``.

    Attributes:
        account: Clearing account in Odoo; several of one platform with " + " between them.
        currency: Currency of the account's items that are compared.
        cut_off: ISO date; the end of that day.
        owed: Captured and not yet received at the bank, fees included as long as they are not booked.
        balance: Sum of the account's posted items up to the cut-off.
        items: What ``owed`` consists of: (text, minor units).
        differences: What makes balance and owed differ, by case: (text, minor units).
    """

    account: str
    currency: str
    cut_off: str
    owed: int
    balance: int
    items: tuple[tuple[str, int], ...]
    differences: tuple[tuple[str, int], ...]

    @property
    def difference(self) -> int:
        """Balance minus owed."""
        return self.balance - self.owed

    @property
    def unexplained(self) -> int:
        """What the listed differences leave unexplained; 0 means proven."""
        return self.difference - sum(minor for _, minor in self.differences)
