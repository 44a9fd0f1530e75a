#!/bin/sh
# Package: tomlkit 0.15.2.
# Guess: a new key of a table is written below the table's last key, and the comment above the next table's header stays there; a table that
#   is deleted takes the comment above its header with it.
# Seen: a comment belongs to the table that it follows. So a new key is written between the comment and the header that it explains, and of
#   a deleted table the comment stays, above the header that comes next, while the comment of that one goes. The values are right; what a
#   person wrote about their settings is then about others.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tomlkit==0.15.2
cat > "$folder/comments.py" <<'PYTHON'
import tomlkit

SETTINGS = """\
[ring]
speak = false

# How calls are logged
[log]
ask = true

# What others may see
[privacy]
lock = true
"""

added = tomlkit.parse(SETTINGS)
added["ring"]["seconds"] = 30
added = tomlkit.dumps(added)
deleted = tomlkit.parse(SETTINGS)
del deleted["log"]
deleted = tomlkit.dumps(deleted)
print(f"ring.seconds is added:\n\n{added}\nlog is deleted:\n\n{deleted}")
assert "# How calls are logged\nseconds = 30\n[log]\n" in added, "the behaviour has changed"
assert "# How calls are logged\n[privacy]\n" in deleted and "others" not in deleted, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/comments.py"
