"""`python -m callerid`, where the launcher in bin/ enters, and the command `callerid`."""

import gc
import sys

from callerid import __version__


def main() -> None:
    """Run the command `callerid`. Its version, and what `callerid.cli.quick` answers, are told without what a command needs."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"callerid, version {__version__}\n")
        return
    gc.disable()  # a process that ends at once has nothing to collect, and would look through all that is loaded
    from callerid.cli.quick.door import exit_code_of

    code = exit_code_of(sys.argv[1:])
    if code is not None:
        gc.freeze()  # nor has its end
        sys.exit(code)
    gc.enable()
    from callerid.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
