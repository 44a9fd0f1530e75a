"""The house keeps its order: documents name only what exists, folders stay small, and no module grows out of hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("docs/architecture.md", "CONTRIBUTING.md", "README.md")
MOST_MODULES = 14
_PATHS = re.compile(r"`((?:callerid|tests|bin|termux|docs)/[A-Za-z0-9_./*-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_files_that_exist(document: str) -> None:
    named = set(_PATHS.findall((ROOT / document).read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not any(ROOT.glob(path.rstrip("/").replace("STORY", "*")))] == []


def test_the_map_of_decisions_leads_to_files_that_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Where is it decided?")[2].partition("\n## ")[0]
    assert len(_PATHS.findall(table)) >= 10


def test_no_folder_has_more_modules_than_one_takes_in_at_a_glance() -> None:
    folders = {path.parent for top in ("callerid", "tests") for path in (ROOT / top).rglob("*.py")}
    sizes = {folder: sum(path.name != "__init__.py" for path in folder.glob("*.py")) for folder in folders}
    assert {str(folder.relative_to(ROOT)): size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_every_story_of_the_contracts_is_on_the_map() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for floor in ("turns", "core", "store"):
        stories = {path.stem for path in (ROOT / "callerid" / floor).iterdir() if path.name not in ("__init__.py", "__pycache__")}
        assert {story for story in stories if not re.search(rf"\b{story}\b", text)} == set()
