"""Known behaviours of connectors between Shopify and Odoo that leave breaks behind: one rule a file.

A rule is a module whose name starts with its number (``f01_default_product.py``); files that begin with ``_``
are shared.
"""
