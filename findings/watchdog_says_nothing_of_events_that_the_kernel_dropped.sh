#!/bin/sh
# Package: watchdog 6.0.0, on Linux with inotify.
# Guess: a program that is frozen for a while (Android freezes apps in the background) learns of each new file when it runs again, or
#   is told that the kernel's queue was full and events are missing: by an event, an error, a warning or a line of the log.
# Seen: the queue (fs.inotify.max_queued_events, 16,384 by default) takes three events of each file; of files beyond that nothing is
#   heard. No event, exception or warning says so, and nothing at level INFO or above is logged. The observer stays alive and hears what
#   comes later, so nothing looks wrong. Whoever must miss no file lists the folder again after each pause.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==6.0.0
mkdir "$folder/inbox"
"$folder/venv/bin/python" - "$folder/inbox" <<'PYTHON'
import logging
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import warnings

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

inbox = pathlib.Path(sys.argv[1])
signs = []


class Signs(logging.Handler):
    def emit(self, record):
        signs.append(record.getMessage())


class Created(FileSystemEventHandler):
    def __init__(self):
        self.names = set()
        self.latest = threading.Event()

    def on_created(self, event):
        self.names.add(pathlib.Path(event.src_path).name)
        if event.src_path.endswith("later"):
            self.latest.set()


logging.getLogger().addHandler(Signs(level=logging.INFO))
warnings.showwarning = lambda text, *rest: signs.append(str(text))
threading.excepthook = lambda fault: signs.append(repr(fault))
queue = int(pathlib.Path("/proc/sys/fs/inotify/max_queued_events").read_text())
count = queue // 2  # files, of three events each
created, observer = Created(), Observer()
observer.schedule(created, str(inbox))
observer.start()
writer = """
import os, pathlib, signal, sys
watcher, inbox, count = int(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
os.kill(watcher, signal.SIGSTOP)  # as the freezer does
for number in range(count):
    (inbox / str(number)).touch()
os.kill(watcher, signal.SIGCONT)
"""
subprocess.run([sys.executable, "-c", writer, str(os.getpid()), str(inbox), str(count)], check=True)
time.sleep(3)
(inbox / "later").touch()
heard_later = created.latest.wait(10)
alive = observer.is_alive()
observer.stop()
observer.join()
heard = len(created.names - {"later"})
print(f"{count} files, {heard} heard of, {count - heard} not; signs of it: {signs}; a later file is heard of: {heard_later}")
assert heard_later and alive and not signs, "this has changed"
assert 0 < heard < count, "this has changed"
PYTHON
