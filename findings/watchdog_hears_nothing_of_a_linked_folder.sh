#!/bin/sh
# Package: watchdog 7.1.0 (6.0.0 does the same).
# Guess: a folder that is named by a symbolic link is watched like any other. In Termux, ~/storage/downloads, where an export of contacts
#   arrives, is such a link.
# Seen: schedule() accepts it, the observer runs, and not one event comes, because inotify is told not to follow links. The polling observer
#   reports the same file. With follow_symlink=True, which 7.1.0 has and which is not the default, or with the resolved path, it is heard.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0
cat > "$folder/linked.py" <<'PYTHON'
import pathlib
import sys
import threading

from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserver

root = pathlib.Path(sys.argv[1])
real, link = root / "Download", root / "downloads"
real.mkdir()
link.symlink_to(real)


class Handler(FileSystemEventHandler):
    def __init__(self):
        self.arrived = threading.Event()

    def on_created(self, event):
        self.arrived.set()


def hears(observer, path, name, **options):
    handler = Handler()
    observer.schedule(handler, str(path), **options)
    observer.start()
    (real / name).write_text("BEGIN:VCARD")
    heard = handler.arrived.wait(3)
    observer.stop()
    observer.join()
    return heard


seen = {
    "by the link": hears(InotifyObserver(), link, "1.vcf"),
    "by the link, polling": hears(PollingObserver(timeout=0.2), link, "2.vcf"),
    "by the link, follow_symlink": hears(InotifyObserver(), link, "3.vcf", follow_symlink=True),
    "resolved": hears(InotifyObserver(), link.resolve(), "4.vcf"),
}
print("a new file is reported:", seen)
assert list(seen.values()) == [False, True, True, True], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/linked.py" "$folder"
