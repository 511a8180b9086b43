"""One file per comparison: its sides, rules, columns, causes and allowed corrections.

Files that start with an underscore are shared; every other file is one reconciliation, found by
:mod:`recon_app.registry`.
"""
