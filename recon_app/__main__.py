"""``python -m recon_app`` and the command ``recon-app``: the window, or a command line."""

from __future__ import annotations

import sys

_NO_WINDOW = ("-h", "--help", "--version")


def main() -> int:
    """Start the window without arguments or with only options such as ``--demo``, else run the command."""
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()  # a process that reads a file starts here, too
    arguments = sys.argv[1:]
    if arguments and (not arguments[0].startswith("-") or arguments[0] in _NO_WINDOW):
        from recon_app import cli

        return cli.main(arguments)
    from recon_app.app import run_window

    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
