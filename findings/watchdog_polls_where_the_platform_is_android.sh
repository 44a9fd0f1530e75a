#!/bin/sh
# Package: watchdog 7.1.0.
# Guess: on Android, where Python has called its platform "android" since 3.13 (PEP 738), watchdog's Observer is the inotify one, as it was
#   when the same phone's Python called it "linux": the kernel is Linux.
# Seen: Observer is then the polling one, which reads the whole folder each second, a phone's battery or not. The inotify observer itself
#   works, if its module is imported by name. (The platform's name is set here before the import, as Python on Android sets it.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0
cat > "$folder/observers.py" <<'PYTHON'
import pathlib
import sys
import threading

sys.platform = sys.argv[1]

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.inotify import InotifyObserver

arrived = threading.Event()


class Handler(FileSystemEventHandler):
    def on_created(self, event):
        arrived.set()


watched = pathlib.Path(sys.argv[2]) / sys.argv[1]
watched.mkdir()
observer = InotifyObserver()
observer.schedule(Handler(), str(watched))
observer.start()
(watched / "new").write_text("")
print(Observer.__name__, arrived.wait(10))
observer.stop()
observer.join()
PYTHON
linux=$("$folder/venv/bin/python" "$folder/observers.py" linux "$folder")
android=$("$folder/venv/bin/python" "$folder/observers.py" android "$folder")
echo "Observer, and whether the inotify observer reports a new file: linux: $linux; android: $android"
[ "$linux" = "InotifyObserver True" ]
[ "$android" = "PollingObserver True" ]
