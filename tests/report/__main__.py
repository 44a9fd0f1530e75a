"""`make pictures`: reports in both languages at two widths and in two colour schemes, as pictures to look at."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.desks import SyncedHome
from tests.report.in_browser import faults, why_not
from tests.report.pages_made import busy_app, write_pages


def main() -> None:
    """Write the pages and their pictures into a folder, and print what is wrong with them."""
    if why := why_not():
        sys.exit(f"No pictures: {why}.")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures").absolute()
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = SyncedHome(Path(scratch) / "home", people=5, companies=1, deals=1)
        with home.desk(Path(scratch) / "desk") as desk, busy_app(desk) as app:
            files = write_pages(app, folder)
    found = faults(files, folder)
    for page, wrong in found.items():
        print(f"{page}: {'; '.join(wrong) or 'nothing wrong'}")
    sys.exit(any(found.values()))


if __name__ == "__main__":
    main()
