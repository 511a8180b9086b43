"""The steps of the ledger from version to version, one module each, never changed after a release.

A new step is a module with ``upgrade(op)``, listed in :func:`recon_app.store.migrate.steps`.
"""
