"""Recon Desk: side-by-side reconciliation of Odoo, Shopify, payment platforms and the bank."""

from __future__ import annotations

__version__ = "0.1.0"
