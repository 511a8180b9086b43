"""One file per input format: how it is recognised, read and proven.

Files that start with an underscore are shared by the sources; every other file is one source, found by
:mod:`recon_app.registry`.
"""
