"""The home and the world of the tests of commands and of turns."""

from __future__ import annotations

from tests.cli.conftest import small_home
from tests.turns.conftest import beginning, world

__all__ = ["beginning", "small_home", "world"]
