#!/bin/sh
# Package: watchfiles 1.3.0.
# Guess: of a file that is removed and at once written anew, as many programs save an export, watch() says what is so at the end, or that it
#   was deleted and then added, in this order.
# Seen: it says both, added and deleted, as two members of one set, which has no order; a loop over the changes comes to "deleted" last for
#   most files, and not for the same ones in each process, as Python's hashes of texts differ. Who forgets the people of a deleted file
#   forgets those of files that are there. A file that is replaced by a rename is only added. Whether a file is there is to be asked of
#   the folder.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchfiles==1.3.0
cat > "$folder/saved.py" <<'PYTHON'
import pathlib
import sys
import threading
import time

from watchfiles import Change, watch

watched = pathlib.Path(sys.argv[1]) / "watched"
watched.mkdir()
files = [watched / f"{number}.csv" for number in range(40)]
for file in files:
    file.write_text("Ana Doe\n")
known = set(files)
batches, stop = [], threading.Event()


def follow():
    for changes in watch(watched, stop_event=stop, rust_timeout=200):
        for change, path in changes:
            (known.discard if change is Change.deleted else known.add)(pathlib.Path(path))
        batches.append(changes)


def until(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("the behaviour has changed")


thread = threading.Thread(target=follow)
thread.start()
for number in range(100):  # it is watching when it reports a first file
    (watched / f"first {number}").touch()
    time.sleep(0.1)
    if batches:
        break
time.sleep(2)  # longer than it collects changes
batches.clear()
for file in files:
    file.unlink()
    file.write_text("Ana Doe\n")
until(lambda: {path for changes in batches for _, path in changes} >= set(map(str, files)))
time.sleep(2)
stop.set()
thread.join()
said = [change for changes in batches for change, path in changes if path == str(files[0])]
forgotten = set(files) - known
print(f"of one file: {sorted(change.name for change in said)}, in {len(batches)} set(s)")
print(f"{sum(map(pathlib.Path.exists, files))} of {len(files)} files are there, {len(forgotten)} are taken for deleted")
assert sorted(change.name for change in said) == ["added", "deleted"], "the behaviour has changed"
assert forgotten and all(file.exists() for file in files), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/saved.py" "$folder"
