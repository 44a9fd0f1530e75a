#!/bin/sh
# Packages: click-man 0.6.0, with click 8.5.1.
# Guess: write_man_pages writes a page for each command of a group, also of one that loads its commands when they are asked for, by
#   list_commands and get_command, as click's guide to lazy loading has it.
# Seen: only the group's page is written, without a list of commands, and nothing is said. click-man reads the attribute `commands`,
#   which is empty in such a group, although click's own help and completion show the commands.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check click==8.5.1 click-man==0.6.0
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import os
import sys

import click
from click_man.core import write_man_pages


@click.command(help="Add a number.")
def add():
    pass


class Lazy(click.Group):
    def list_commands(self, ctx):
        return ["add"]

    def get_command(self, ctx, name):
        return add if name == "add" else None


lazy = Lazy(name="tool", help="Does things.")
eager = click.Group(name="tool", help="Does things.", commands=[add])
help_text = lazy.get_help(click.Context(lazy, info_name="tool"))
assert "Add a number." in help_text, "the help of click has the command"
written = {}
for name, group in (("lazy", lazy), ("eager", eager)):
    folder = os.path.join(sys.argv[1], name)
    os.mkdir(folder)
    write_man_pages("tool", group, version="1", target_dir=folder)
    written[name] = sorted(os.listdir(folder))
    print(f"{name}: {written[name]}")
page = open(os.path.join(sys.argv[1], "lazy", "tool.1")).read()
assert written == {"eager": ["tool-add.1", "tool.1"], "lazy": ["tool.1"]}, "this has changed"
assert "COMMANDS" not in page and "add" not in page, "this has changed"
print("The commands of the lazy group have no page, and stand in none.")
PYTHON
