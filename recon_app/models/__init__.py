"""The plain values of the domain: money, records, cases, corrections.

Standard library only, no I/O. Qt item models are not here: they live in ``recon_app.ui.tables``.
"""
