#!/bin/sh
# Packages: sqlite-utils 4.2.1 and apsw 3.54.1.0, whose SQLite is 3.54.1.
# Guess: full-text search with the tokenizer that is used where none is named (unicode61) finds the names that have the word that was
#   looked for, in each script that writes spaces between words: राम (Ram) finds Ram.
# Seen: the signs for vowels of Hindi, and of its sister scripts, and in Thai those above and below a letter, are taken for spaces. राम is
#   the two words र and म, and so are रीमा (Rima) and रोमी (Romi): each finds all three. What begins with रा is found wherever र begins
#   a syllable after a vowel's sign, as in मीरा (Mira). Where the tokenizer is told that marks are letters, categories 'L* N* M* Co', one
#   name is found.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1 apsw==3.54.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import apsw
import sqlite_utils

NAMES = ["राम", "रीमा", "रोमी", "मीरा", "अमर", "ดี", "ดู"]


def by_sqlite(tokenizer, words):
    database = apsw.Connection(":memory:")
    database.execute(f'create virtual table people using fts5(name, tokenize="{tokenizer}")')
    database.executemany("insert into people values (?)", [(name,) for name in NAMES])
    return [name for (name,) in database.execute("select name from people(?) order by rowid", (words,))]


def by_sqlite_utils(words):
    people = sqlite_utils.Database(memory=True)["people"]
    people.insert_all({"name": name} for name in NAMES).enable_fts(["name"])
    return sorted((row["name"] for row in people.search(words)), key=NAMES.index)


with_marks = "unicode61 categories 'L* N* M* Co'"
for words in ("राम", "रीमा", "ดี", "रा*"):
    found, marked, by_utils = by_sqlite("unicode61", words), by_sqlite(with_marks, words), by_sqlite_utils(words)
    print(f"{words}: {found}; with marks: {marked}; sqlite-utils: {by_utils}")
    assert found == by_utils, "this has changed"
    if words == "रा*":
        assert found == NAMES[:4] and marked == ["राम"], "this has changed"
    elif words == "ดี":
        assert found == ["ดี", "ดู"] and marked == ["ดี"], "this has changed"
    else:
        assert found == NAMES[:3] and len(marked) == 1, "this has changed"
PYTHON
