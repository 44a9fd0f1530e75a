"""`python -m callerid`: where the launcher in bin/ enters."""

from callerid.cli.main import main

main()
