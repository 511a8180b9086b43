"""Bills of vendors exported from Odoo (``account.move``), from the files that hold invoices too."""

from __future__ import annotations

import re

from recon_app.models.record import RecordType
from recon_app.sources._base import InputFile
from recon_app.sources._odoo_documents import OdooDocuments

_VENDOR = re.compile(rb"vendor|in_invoice|in_refund|in_receipt|purchase receipt", re.IGNORECASE)
_OVERLAP = 20  # bytes that a word may reach into the next block


class OdooBills(OdooDocuments):
    """One record per document of a vendor: bill negative, its credit note positive."""

    id = "odoo_bills"
    title = "Odoo bills"
    record_type = RecordType.BILL
    beside = "odoo_invoices"
    side = "vendor"

    def recognises(self, file: InputFile) -> bool:
        """Whether the file may hold documents of vendors: a text with a column Type names them."""
        header = self._header(file)
        if header is None:
            return False
        return file.is_xlsx or "type" not in self._places(header) or _names_vendors(file)


def _names_vendors(file: InputFile) -> bool:
    rest = b""
    with file.path.open("rb") as stream:
        while block := stream.read(1 << 20):
            plain = (rest + block).replace(b"\0", b"")  # UTF-16 has a zero beside each of these letters
            if _VENDOR.search(plain):
                return True
            rest = block[-_OVERLAP:]
    return False
