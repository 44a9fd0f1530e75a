"""Write corrected numbers into the CRM, a hundred contacts at a time, and take them back.

A correction is saved before it is written, and written only where the field still holds what it held: so a run that was interrupted
anywhere can be repeated, or reverted, and what a colleague has changed meanwhile stays.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from callerid.errors import Offline, StoreFault, TokenFault
from callerid.records import dataclass
from callerid.turns.hygiene.saved_corrections import Correction, cut_back, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from callerid.core.hygiene.review import HygieneFinding
    from callerid.crm.port import Crm

_BATCH = 100  # contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What became of corrections, counted in fields."""

    written: int = 0
    unchanged: int = 0  # it held the new value already
    changed_meanwhile: int = 0  # it holds something else, or the contact does not exist any more
    refused: tuple[tuple[str, str], ...] = ()  # ids of contacts, each with the CRM's reason

    def __add__(self, other: Corrected) -> Corrected:
        return Corrected(
            written=self.written + other.written,
            unchanged=self.unchanged + other.unchanged,
            changed_meanwhile=self.changed_meanwhile + other.changed_meanwhile,
            refused=self.refused + other.refused,
        )


def corrections_of(findings: Iterable[HygieneFinding]) -> tuple[Correction, ...]:
    """Return the corrections that findings, each of which has a proposal, ask for."""
    return tuple(Correction(found.contact_id, found.property, found.raw, found.proposed) for found in findings)


def correct(crm: Crm, corrections: Sequence[Correction], file: Path, progress: Callable[[Corrected], None]) -> Corrected:
    """Write corrections into the CRM, saving each batch into a file before, and call `progress` after each. Raise CalleridError:
    what was not written yet then stays as it was. There is a file afterwards only if something may have been written."""
    return _write(crm, corrections, lambda batch: partial(cut_back, file, save(file, batch)), progress)


def revert(crm: Crm, corrections: Sequence[Correction], progress: Callable[[Corrected], None]) -> Corrected:
    """Write what fields held before they were corrected, where they still hold the correction; of a contact that was merged since,
    those of the one that is left. Raise CalleridError."""
    back = [Correction(saved.contact, saved.property, saved.after, saved.before) for saved in corrections]
    return _write(crm, back, lambda _: lambda: None, progress, follows_merges=True)


def _write(
    crm: Crm,
    corrections: Sequence[Correction],
    save_batch: Callable[[Sequence[Correction]], Callable[[], None]],
    progress: Callable[[Corrected], None],
    *,
    follows_merges: bool = False,
) -> Corrected:
    result = Corrected()
    for batch in _batches(corrections):
        fields = [field for of_contact in batch.values() for field in of_contact]
        now = _values_now(crm, fields)
        if follows_merges and (survivors := _survivors(crm, batch.keys() - now.keys())):
            fields = [replace(field, contact=survivors.get(field.contact, field.contact)) for field in fields]
            now = _values_now(crm, fields)
        to_write = _first_of_each([field for field in fields if _value(now, field) == field.before])
        unchanged = sum(_value(now, field) == field.after for field in fields)
        done = Corrected(unchanged=unchanged, changed_meanwhile=len(fields) - len(to_write) - unchanged)
        if to_write:
            done += _write_batch(crm, to_write, save_batch(to_write))
        result += done
        progress(done)
    return result


def _write_batch(crm: Crm, fields: Sequence[Correction], forget: Callable[[], None]) -> Corrected:
    """Write the fields of a batch; `forget` is called when surely none was written."""
    try:
        written = _written(fields, crm.set_contact_values(_values(fields)))
    except (Offline, TokenFault):
        with suppress(StoreFault):
            forget()
        raise
    if not written.written:
        forget()
    return written


def _batches(corrections: Sequence[Correction]) -> Iterator[dict[str, list[Correction]]]:
    """Yield the corrections of a hundred contacts after the other, by contact: no contact is written by two requests."""
    by_contact: defaultdict[str, list[Correction]] = defaultdict(list)
    for correction in corrections:
        by_contact[correction.contact].append(correction)
    ids = list(by_contact)
    for start in range(0, len(ids), _BATCH):
        yield {contact: by_contact[contact] for contact in ids[start : start + _BATCH]}


def _values_now(crm: Crm, fields: Sequence[Correction]) -> dict[str, dict[str, str]]:
    contacts = dict.fromkeys(field.contact for field in fields)
    return crm.contact_values(list(contacts), sorted({field.property for field in fields}))


def _survivors(crm: Crm, gone: Iterable[str]) -> dict[str, str]:
    """Return, for each contact (id) that was merged into another, the id of the one that is left."""
    current = {contact: crm.current_contact(contact) for contact in sorted(gone)}
    return {contact: survivor for contact, survivor in current.items() if survivor}


def _first_of_each(fields: Sequence[Correction]) -> list[Correction]:
    """Return the first correction of each field: two contacts that were merged may have had one number in it."""
    return list({(field.contact, field.property): field for field in reversed(fields)}.values())[::-1]


def _value(now: Mapping[str, Mapping[str, str]], field: Correction) -> str | None:
    return now.get(field.contact, {}).get(field.property)


def _values(fields: Iterable[Correction]) -> dict[str, dict[str, str]]:
    values: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for field in fields:
        values[field.contact][field.property] = field.after
    return dict(values)


def _written(fields: Sequence[Correction], refused: Mapping[str, str]) -> Corrected:
    return Corrected(written=sum(field.contact not in refused for field in fields), refused=tuple(refused.items()))
