"""Alembic migrations of the ledger, run by :mod:`recon_app.store.migrate`."""
