#!/bin/sh
# Packages: click 8.5.1, with a catalogue made by Babel 2.18.0 for the standard library's gettext.
# Guess: which language the help of a command is in is decided when it is shown, as for "Usage", "Options" and the rest of its labels; a
#   program may choose the language from its settings after its commands were declared.
# Seen: a parameter of type click.Path has its placeholder (FILE, DIRECTORY, PATH) from the language of the moment in which the type was
#   made, for ever; all other labels follow. Help is half translated when the language is chosen later, and, where commands are loaded
#   lazily, depends on which of them was loaded before. A metavar of one's own ends it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check click==8.5.1 Babel==2.18.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import gettext
import os
import pathlib
import sys

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

folder = pathlib.Path(sys.argv[1]) / "fr" / "LC_MESSAGES"
folder.mkdir(parents=True)
catalogue = Catalog(locale="fr", charset="utf-8")
for english, french in {"Options": "Choix", "file": "fichier", "File": "Fichier", "Usage:": "Usage :"}.items():
    catalogue.add(english, french)
with (folder / "messages.mo").open("wb") as file:
    write_mo(file, catalogue)
gettext.bindtextdomain("messages", sys.argv[1])


def command():
    @click.command(add_help_option=False)
    @click.option("--read", type=click.Path(dir_okay=False))
    def show(read):
        pass

    return show


def shown(declared):
    return " ".join(declared.get_help(click.Context(declared, info_name="show")).split())


os.environ["LANGUAGE"] = "en"
declared_before = command()
english = shown(declared_before)
os.environ["LANGUAGE"] = "fr"
before, after = shown(declared_before), shown(command())
os.environ["LANGUAGE"] = "en"
print(f"in English:                         {english}")
print(f"in French, declared in English:     {before}")
print(f"in French, declared in French:      {after}")
assert "Options: --read FILE" in english
assert "Choix: --read FILE" in before, "this has changed"
assert "Choix: --read FICHIER" in after, "this has changed"
PYTHON
