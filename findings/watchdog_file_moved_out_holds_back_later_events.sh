#!/bin/sh
# Package: watchdog 7.1.0, its inotify observer.
# Guess: a file that is moved out of a watched folder is reported late, because the observer waits whether it turns up elsewhere; files
#   that arrive meanwhile are reported at once.
# Seen: whatever happens in the folder within the next half second is reported only when that half second is over. A spool folder whose
#   reader moves what it has handled to a folder that is not watched hears of the next file 500 ms late; a reader that deletes it hears
#   within a millisecond.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0
cat > "$folder/spool.py" <<'PYTHON'
import pathlib
import queue
import statistics
import sys
import time

from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver

root = pathlib.Path(sys.argv[1]) / "spool"
inbox, handled = root / "inbox", root / "handled"
inbox.mkdir(parents=True)
handled.mkdir()
events = queue.Queue()


class Handler(FileSystemEventHandler):
    def on_any_event(self, event):
        events.put((time.monotonic(), event))


def seconds_until_reported(name):
    (root / name).write_text("new")
    moved_at = time.monotonic()
    (root / name).rename(inbox / name)
    while True:
        at, event = events.get(timeout=10)
        if str(inbox / name) in (event.src_path, event.dest_path):
            return at - moved_at


def median_after(dispose, kind):
    taken = []
    for number in range(7):
        old = inbox / f"{kind}-{number}-old"
        old.write_text("handled")
        time.sleep(0.8)
        dispose(old)
        taken.append(seconds_until_reported(f"{kind}-{number}-new"))
    return statistics.median(taken)


observer = InotifyObserver()
observer.schedule(Handler(), str(inbox))
observer.start()
time.sleep(0.5)
deleted = median_after(lambda old: old.unlink(), "deleted")
moved = median_after(lambda old: old.rename(handled / old.name), "moved")
observer.stop()
observer.join()
print(f"the next file is reported {deleted:.4f} s after the last one was deleted, {moved:.4f} s after it was moved out")
assert deleted < 0.2, "the behaviour has changed"
assert 0.4 < moved < 0.8, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/spool.py" "$folder"
