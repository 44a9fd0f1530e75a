"""A run of corrections that the network interrupts between two batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from callerid.errors import Offline
from callerid.turns.hygiene.correct import correct
from callerid.turns.hygiene.saved_corrections import Correction, saved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from callerid.crm.port import Crm


class OneBatchCrm:
    """A CRM that takes one batch of values; then the network is gone."""

    def __init__(self) -> None:
        self.written: dict[str, Mapping[str, str]] = {}

    def contact_values(self, contacts: Sequence[str], properties: Sequence[str]) -> dict[str, dict[str, str]]:
        return {contact: dict.fromkeys(properties, "087 1555010") for contact in contacts}

    def set_contact_values(self, values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        if self.written:
            raise Offline("There is no network.")
        self.written.update(values)
        return {}


def test_what_was_written_before_the_network_went_can_be_taken_back_and_nothing_else_is_listed(tmp_path: Path) -> None:
    crm, file = OneBatchCrm(), tmp_path / "corrections.jsonl"
    wanted = [Correction(str(contact), "phone", "087 1555010", "+353871555010") for contact in range(150)]
    progress: list[Any] = []
    with pytest.raises(Offline):
        correct(cast("Crm", crm), wanted, file, progress.append)
    assert [done.written for done in progress] == [100] == [len(crm.written)]
    listed, unreadable = saved(file)
    assert {correction.contact for correction in listed} == set(crm.written)
    assert unreadable == ()
