#!/bin/sh
# Package: watchfiles 1.3.0, beside watchdog 7.1.0.
# Guess: of an export that a program unpacks elsewhere and then moves as a folder into the watched one, each file is reported as added, since
#   watch() looks into folders of folders by default; and polling, for file systems that tell nothing, reports the same as inotify.
# Seen: by inotify one thing is reported, the folder. Who asks which of the changed paths end in .csv imports nothing, and learns of a file
#   only when it is written again. A folder that is renamed or moved out is also one thing, so that files which are no longer there stay
#   known. With force_polling=True, and by watchdog, the files of a folder that is moved in are reported.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchfiles==1.3.0 watchdog==7.1.0
cat > "$folder/moved.py" <<'PYTHON'
import pathlib
import sys
import threading
import time

import watchfiles
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

root = pathlib.Path(sys.argv[1])


def until(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("the behaviour has changed")


def heard(name, start):
    """Return the paths that a watcher reports of a folder that is moved in: those until a file, made afterwards, is reported."""
    watched, ready, heard = root / name, root / f"{name} unpacked", set()
    watched.mkdir()
    (ready / "of today").mkdir(parents=True)
    (ready / "people.csv").write_text("Ana Doe\n")
    (ready / "of today" / "calls.csv").write_text("+353209100001\n")
    stop = start(watched, lambda path: heard.add(str(pathlib.Path(path).relative_to(watched))))
    for number in range(100):  # it is watching when it reports a first file
        (watched / f"first {number}").touch()
        time.sleep(0.1)
        if any(path.startswith("first") for path in heard):
            break
    ready.rename(watched / "export")
    until(lambda: "export" in heard)
    time.sleep(2)  # longer than it collects changes
    (watched / "last").touch()
    until(lambda: "last" in heard)
    stop()
    return sorted(path for path in heard if path.startswith("export"))


def by_watchfiles(polling):
    def start(watched, report):
        stop = threading.Event()

        def watch():
            for changes in watchfiles.watch(watched, stop_event=stop, rust_timeout=200, force_polling=polling):
                for _, path in changes:
                    report(path)

        thread = threading.Thread(target=watch)
        thread.start()
        return lambda: (stop.set(), thread.join())

    return start


def by_watchdog(watched, report):
    class Handler(FileSystemEventHandler):
        def on_created(self, event):
            report(event.src_path)

    observer = Observer()
    observer.schedule(Handler(), str(watched), recursive=True)
    observer.start()
    return lambda: (observer.stop(), observer.join())


seen = {
    "watchfiles": heard("a", by_watchfiles(False)),
    "watchfiles, polling": heard("b", by_watchfiles(True)),
    "watchdog": heard("c", by_watchdog),
}
for name, paths in seen.items():
    print(f"{name}: {', '.join(paths)}")
everything = ["export", "export/of today", "export/of today/calls.csv", "export/people.csv"]
assert list(seen.values()) == [["export"], everything, everything], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/moved.py" "$folder"
