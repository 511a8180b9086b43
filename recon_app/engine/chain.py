"""The way of a quantity from ordered to billed, and the step at which it breaks (rule QTY-01)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of one line, all in millionths of one unit and none below 0.

    Attributes:
        ordered: Ordered.
        cancelled: Taken off the order before it was sent.
        delivered: Sent to the customer.
        returned: Come back.
        invoiced: On invoices.
        credited: On credit notes.
    """

    ordered: int
    cancelled: int
    delivered: int
    returned: int
    invoiced: int
    credited: int

    @property
    def wanted(self) -> int:
        """What is to be delivered."""
        return self.ordered - self.cancelled

    @property
    def net_kept(self) -> int:
        """What the customer has."""
        return self.delivered - self.returned

    @property
    def net_billed(self) -> int:
        """What the customer was billed for in the end."""
        return self.invoiced - self.credited

    @property
    def ok(self) -> bool:
        """Whether everything was sent and the customer pays for what they keep, step by step."""
        return not self.broken_at

    @property
    def broken_at(self) -> str:
        """The first step whose figure does not follow from the one before, "" for none.

        ``cancelled``: more than was ordered. ``delivered``: not what is wanted. ``returned``: more than was
        delivered. ``invoiced``: not what was delivered. ``credited``: not what came back.
        """
        steps = (
            ("cancelled", self.cancelled > self.ordered),
            ("delivered", self.delivered != self.wanted),
            ("returned", self.returned > self.delivered),
            ("invoiced", self.invoiced != self.delivered),
            ("credited", self.credited != self.returned),
        )
        return next((step for step, wrong in steps if wrong), "")
