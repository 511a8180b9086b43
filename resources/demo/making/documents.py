"""What Odoo and the banks keep: payments, invoices, bank lines and journal items."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from making.shop import Order


@dataclass
class Payment:
    """A payment in Odoo; the amount is negative when money goes out."""

    journal: str
    date: date
    order: Order | None
    amount: int
    currency: str
    memo: str
    partner: str
    number: str = ""
    invoice: Invoice | None = None

    @property
    def entry(self) -> str:
        """Display name of its journal entry."""
        return f"{self.number} ({self.memo})" if self.memo else self.number


@dataclass
class InvoiceLine:
    """A line of an invoice or a sale order; the price includes tax, the subtotal does not."""

    sku: str
    name: str
    quantity: int
    price: int
    tax: str
    subtotal: int


@dataclass
class Invoice:
    """A customer invoice, or a credit note when ``reverses`` is set; amounts are positive.

    Attributes:
        draft: Whether it waits to be posted, and has no number yet.
        exchange: Whether it is about what the buyer took instead of something sent back.
    """

    order: Order
    date: date
    lines: list[InvoiceLine]
    tax: int
    total: int
    paid: bool
    reverses: Invoice | None = None
    number: str = ""
    draft: bool = False
    exchange: bool = False

    @property
    def reference(self) -> str:
        """The customer's reference."""
        if self.exchange:
            return f"Exchange {self.order.name}"
        if self.reverses:
            return f"Reversal of: {self.reverses.number}, Shopify refund {self.order.name}"
        return self.order.name

    @property
    def display(self) -> str:
        """How Odoo shows it in other documents."""
        if self.draft:
            return f"Draft Credit Note (* {self.reference[:40]})"
        long = self.reverses is not None
        return f"{self.number} ({self.reference[:46] + ' [...]' if long else self.reference})"


@dataclass(frozen=True)
class BankLine:
    """A line of a bank statement, as booked by the bank."""

    day: date
    amount: int
    party: str
    text: str
    reference: str
    charges: int = 0


@dataclass(frozen=True)
class JournalItem:
    """A line of a journal entry: debit positive, in euros and in its own currency."""

    date: date
    number: str
    journal: str
    account: str
    partner: str
    reference: str
    label: str
    balance: int
    amount: int
    currency: str


@dataclass
class Books:
    """Everything that Odoo and the banks hold."""

    payments: list[Payment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    items: list[JournalItem] = field(default_factory=list)
    bank: dict[str, list[BankLine]] = field(default_factory=lambda: {"EUR": [], "USD": []})
