"""One file per guided action: what it asks, what it would do, how it is reversed.

Files that start with an underscore are shared; every other file is one action, found by
:mod:`recon_app.registry`.
"""
