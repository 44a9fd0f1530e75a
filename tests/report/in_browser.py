"""The browser of this machine, if it has one, and what it finds wrong with pages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

_PACKAGES = Path(sys.prefix) / "browser" / "node_modules"
_SCRIPT = Path(__file__).with_name("browser") / "check.mjs"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def why_not() -> str:
    """Return why no page can be opened here, "" if one can."""
    if not any(map(shutil.which, _BROWSERS)):
        return "there is no Chromium on this machine to open a report with"
    if not shutil.which("node") or not (_PACKAGES / "puppeteer-core").is_dir():
        return "puppeteer-core and axe-core are not installed: `make test` does that where there are npm and Chromium"
    return ""


def faults(files: list[Path], pictures: Path | None = None) -> dict[str, list[str]]:
    """Return what is wrong with each file at each width and in each colour scheme; pictures are put into a folder, if one is given."""
    browser = next(path for name in _BROWSERS if (path := shutil.which(name)))
    command = ["node", str(_SCRIPT), str(_PACKAGES), browser, str(pictures or ""), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return {result["page"]: result["faults"] for result in json.loads(done.stdout)}
