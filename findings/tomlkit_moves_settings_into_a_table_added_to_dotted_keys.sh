#!/bin/sh
# Package: tomlkit 0.15.2, read again with Python's tomllib.
# Guess: a dict that is added to a table which is written with dotted keys (card.lines = 3) is written as one of these, or below the last
#   plain key, where a table's header may stand; whatever was in the file is read as before.
# Seen: it is written as a table with a header in the middle of the keys. All keys that follow, up to the next header, are of the new table
#   when the file is read again, and below a header of their own the dotted keys' table loses that part of its name: [card.colours] instead
#   of [phone.card.colours]. dumps() says nothing, and the file is valid TOML. A plain value, or tomlkit.inline_table(), does no harm.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tomlkit==0.15.2
cat > "$folder/settings.py" <<'PYTHON'
import tomllib

import tomlkit

AT_THE_TOP = "card.lines = 3\nregion = 'IE'\n"
BELOW_A_HEADER = "[phone]\n" + AT_THE_TOP
NEW = {"known": "green"}


def read_again(text, path, new):
    document = tomlkit.parse(text)
    table = document
    for name in path:
        table = table[name]
    table["colours"] = new
    written = tomlkit.dumps(document)
    print(written)
    return tomllib.loads(written)


assert read_again(AT_THE_TOP, ["card"], NEW) == {"card": {"lines": 3, "colours": {"known": "green", "region": "IE"}}}, "changed"
assert read_again(BELOW_A_HEADER, ["phone", "card"], NEW) == {
    "phone": {"card": {"lines": 3}},
    "card": {"colours": {"known": "green", "region": "IE"}},
}, "the behaviour has changed"
inline = tomlkit.inline_table()
inline.update(NEW)
for value in (inline, "green"):
    assert read_again(AT_THE_TOP, ["card"], value) == {"card": {"lines": 3, "colours": value}, "region": "IE"}, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/settings.py"
