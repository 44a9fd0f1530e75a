"""The code stays in order: documents name only what exists, folders stay small, and no module grows out of hand."""

from __future__ import annotations

import ast
import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("docs/architecture.md", "docs/hubspot.md", "docs/security.md", "CONTRIBUTING.md", "README.md")
MOST_MODULES = 14
FEWEST_LINES, MOST_LINES = 60, 250
_TOLD_IN_FULL = ("callerid", "callerid.turns", "callerid.core", "callerid.store", "callerid.crm.hubspot")
_PATHS = re.compile(r"`((?:callerid|tests|bin|termux|docs)/[A-Za-z0-9_./*-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_files_that_exist(document: str) -> None:
    named = set(_PATHS.findall((ROOT / document).read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not any(ROOT.glob(path.rstrip("/").replace("STORY", "*")))] == []


def test_the_map_of_decisions_leads_to_files_that_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Where is it decided?")[2].partition("\n## ")[0]
    assert len(_PATHS.findall(table)) >= 10


def test_no_folder_has_more_modules_than_can_be_taken_in_at_a_glance() -> None:
    folders = {path.parent for top in ("callerid", "tests") for path in (ROOT / top).rglob("*.py")}
    sizes = {folder: sum(path.name != "__init__.py" for path in folder.glob("*.py")) for folder in folders}
    assert {str(folder.relative_to(ROOT)): size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_every_story_of_the_contracts_is_on_the_map() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for floor in ("turns", "core", "store"):
        stories = {path.stem for path in (ROOT / "callerid" / floor).iterdir() if path.name not in ("__init__.py", "__pycache__")}
        assert {story for story in stories if not re.search(rf"\b{story}\b", text)} == set()


def test_the_map_tells_the_orders_of_the_contracts() -> None:
    section = (
        (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## What may import what")[2].partition("\n## ")[0]
    )
    told = {" ".join(order.split()) for order in re.findall(r"`([a-z_]+ [^`]*>[^`]*)`", section)}
    orders = {contract["containers"].strip(): " > ".join(contract["layers"].split("\n")[1:]) for contract in _layers()}
    assert told - {"a > b | c"} == {orders.pop(package) for package in _TOLD_IN_FULL}
    assert [package for package in orders if f"`{package.replace('.', '/')}`" not in section] == []


def test_every_order_of_the_contracts_names_everything_in_its_folder() -> None:
    assert len(_layers()) > len(_TOLD_IN_FULL)
    assert [
        contract["name"] for contract in _layers() if contract.get("exhaustive") != "True" or "ignore_imports" in contract
    ] == []


def test_no_module_imports_the_package_that_imports_it() -> None:
    """The import contracts compare siblings only, not a package with what is in it."""
    packages = {path.parent: _imports(path) for path in (ROOT / "callerid").rglob("__init__.py")}
    importing = {folder for folder, imports in packages.items() if any(name.startswith(f"{_dotted(folder)}.") for name in imports)}
    modules = {path: _imports(path) for folder in importing for path in folder.rglob("*.py") if path != folder / "__init__.py"}
    circles = [
        (str(path.relative_to(ROOT)), _dotted(folder))
        for path, imports in modules.items()
        for folder in importing
        if folder in path.parents and _dotted(folder) in imports
    ]
    assert circles == []


def test_a_short_module_that_only_its_neighbour_imports_is_part_of_it() -> None:
    modules = {_dotted(path).removesuffix(".__init__"): path for path in (ROOT / "callerid").rglob("*.py")}
    importers = {path: _imports(path) for path in modules.values()}
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in importers}
    pages = []
    for name, path in modules.items():
        by = [importer for importer, imports in importers.items() if name in imports]
        neighbours = [importer for importer in by if importer.parent == path.parent and importer.name != "__init__.py"]
        if len(by) == 1 and neighbours and sizes[path] < FEWEST_LINES and sizes[path] + sizes[by[0]] <= MOST_LINES:
            pages.append(name)
    assert pages == []


def _layers() -> list[configparser.SectionProxy]:
    """Return the contracts that put the modules of a package into an order."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    return [settings[name] for name in settings.sections() if settings[name].get("type") == "layers"]


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imports(path: Path) -> set[str]:
    """Return the dotted names of the modules that a file imports, for type checking too. A name that is not a module's own is its
    package's."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            of_folder = ROOT / (node.module or "").replace(".", "/")
            names = [alias.name for alias in node.names]
            submodules = {name for name in names if (of_folder / f"{name}.py").exists() or (of_folder / name).is_dir()}
            imported.update(f"{node.module}.{name}" for name in submodules)
            imported.update([node.module or ""] if len(submodules) < len(names) else [])
    return imported
