"""What `callerid --version` loads: a phone is slow at imports."""

from __future__ import annotations

import subprocess
import sys


def test_the_version_is_told_without_what_a_command_needs() -> None:
    program = (
        "import sys, runpy\nsys.argv = ['callerid', '--version']\nrunpy.run_module('callerid', run_name='__main__')\n"
        "print(sorted({'click', 'sqlite3', 'requests', 'phonenumbers', 'importlib.metadata'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0].startswith("callerid, version ")
    assert done.stdout.splitlines()[1] == "[]"
