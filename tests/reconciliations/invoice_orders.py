"""Orders with what follows from them in Odoo, for the tests of invoices."""

from __future__ import annotations

from typing import Any

from tests.reconciliations.ledger import Ledger


class Order:
    """One order with its records, each as it should be unless said otherwise."""

    def __init__(self, ledger: Ledger, number: int, amount: str = "100.00", on: str = "2026-11-05") -> None:
        self.ledger, self.ref, self.amount, self.on = ledger, f"#{number}", amount, on
        self.sale_name, self.invoice_name = f"S{number:05}", f"INV/2026/{number:05}"

    def shop(self, amount: str = "", **values: Any) -> int:
        given = {"day": self.on, "open": "0.00", "refunded": "0.00"} | values
        return self.ledger.order(self.ref, amount or self.amount, **given)

    def sale(self, invoice_status: str = "invoiced", **values: Any) -> int:
        given = {"status": "sale", "day": self.on, "amount": self.amount} | values
        return self.ledger.sale(self.sale_name, self.ref, extra={"invoice_status": invoice_status}, **given)

    def bill(self, amount: str = "", owed: str = "0.00", **values: Any) -> int:
        given = {"grp": self.invoice_name, "ref2": self.sale_name, "day": self.on} | values
        given.setdefault("status", "posted/paid" if owed == "0.00" else "posted/partial")
        return self.ledger.invoice(given.pop("ref", self.ref), amount or self.amount, open=owed, **given)

    def credit(self, amount: str, owed: str = "0.00", **values: Any) -> int:
        given = {"grp": f"R{self.invoice_name}", "ref2": self.sale_name, "day": self.on} | values
        given.setdefault("extra", {"reversal_of": self.invoice_name})
        return self.ledger.invoice("", f"-{amount}", open=owed, **given)

    def pay(self, amount: str = "", account: str = "101410", **values: Any) -> int:
        entry = f"PSHOP/{self.invoice_name[-5:]}{'' if not values else '/2'}"
        given = {"grp": entry, "day": self.on, "extra": {"invoices": [self.invoice_name]}} | values
        if account:
            self.ledger.item(account, amount or self.amount, grp=given["grp"], day=self.on)
        return self.ledger.payment("", amount or self.amount, **given)

    def whole(self) -> Order:
        """All of it, as it should be."""
        self.shop()
        self.sale()
        self.bill()
        self.pay()
        return self


def few(ledger: Ledger, count: int = 4) -> None:
    """Some orders that agree."""
    for number in range(1, count + 1):
        Order(ledger, number).whole()
