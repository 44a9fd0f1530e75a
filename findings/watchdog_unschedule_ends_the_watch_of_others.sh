#!/bin/sh
# Package: watchdog 7.1.0.
# Guess: schedule() returns a watch of its own for each handler, so that unschedule() of one handler's watch leaves another handler of the
#   same folder as it was: the two watches are different objects.
# Seen: they are equal, and unschedule() ends both. A daemon that watches its settings, and beside them a file of contacts, and that
#   schedules the latter anew when the settings change, hears of the first change of its settings and of none after it. What ends one
#   handler alone is remove_handler_for_watch().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0
cat > "$folder/two.py" <<'PYTHON'
import pathlib
import sys
import time

from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver

root = pathlib.Path(sys.argv[1])
called = []


class Handler(FileSystemEventHandler):
    def __init__(self, name):
        self.name = name

    def on_created(self, event):
        called.append(self.name)


def handlers_called(end, name):
    (root / name).mkdir()
    observer = InotifyObserver()
    observer.start()
    settings, people = Handler("settings"), Handler("people")
    watches = observer.schedule(settings, str(root / name)), observer.schedule(people, str(root / name))
    end(observer, people, watches[1])
    called.clear()
    (root / name / "new").write_text("")
    time.sleep(1)
    observer.stop()
    observer.join()
    return watches[0] is watches[1], sorted(called)


same, after_unschedule = handlers_called(lambda observer, handler, watch: observer.unschedule(watch), "a")
_, after_removal = handlers_called(lambda observer, handler, watch: observer.remove_handler_for_watch(handler, watch), "b")
_, untouched = handlers_called(lambda observer, handler, watch: None, "c")
print(f"one object: {same}; called: {untouched}; after unschedule(): {after_unschedule}; after remove_handler_for_watch(): {after_removal}")
assert (same, untouched) == (False, ["people", "settings"])
assert (after_unschedule, after_removal) == ([], ["settings"]), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/two.py" "$folder"
