"""`python -m callerid`, where the launcher in bin/ enters, and the command `callerid`."""

import gc
import sys

from callerid import __version__


def main() -> None:
    """Run the command `callerid`. Its version alone is told without what a command needs: `click` and the session."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"callerid, version {__version__}\n")
        return
    gc.disable()  # it would look through all that is loaded, again and again, and find nothing
    from callerid.cli.quick.door import exit_code_of

    code = exit_code_of(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    gc.enable()
    from callerid.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
