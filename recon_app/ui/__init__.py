"""Everything of Qt: the window, its screens, tables and widgets.

Nothing here computes: screens ask the services through :class:`recon_app.ui.backend.Backend`.
"""
