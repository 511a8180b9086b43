"""A live Odoo: safe transport, the same calls over both of its protocols, whole lists read page by page.

Nothing here writes to Odoo.
"""
