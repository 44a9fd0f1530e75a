"""What keeps the numbers in one field of the CRM from being matched, and what could be written there instead."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.numbers import is_hidden
from callerid.core.numbers.fields import find_numbers, is_number
from callerid.core.numbers.library import is_valid
from callerid.core.numbers.parse import parse_number
from callerid.core.numbers.text import spreadsheets
from callerid.core.numbers.text.masks import is_masked
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.numbers.line import Line


class Problem(StrEnum):
    """A problem with a number, the worst first."""

    MASKED = "masked"  # the token may not see it
    DESTROYED = "destroyed"  # by a spreadsheet; the digits are gone
    IMPOSSIBLE = "impossible"  # no number of a numbering plan
    NO_AREA_CODE = "no-area-code"  # only dialled within an area, which nobody knows
    AMBIGUOUS = "ambiguous"  # more than one reading: a zero or a country code may be missing
    SEVERAL = "several"  # numbers in one field
    OLD_PLAN = "old-plan"  # a number that its country has changed since
    NO_COUNTRY = "no-country"  # read as a number of this phone's region
    SHARED = "shared"  # by many contacts
    DUPLICATE = "duplicate"  # another contact has it, too


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReview:
    """What is wrong with a field (None: nothing), what to write instead ("" for no proposal), and the lines of its numbers."""

    problem: Problem | None
    proposed: str = ""  # E.164
    lines: tuple[str, ...] = ()


def review_field(raw: str, region: str) -> FieldReview:
    """Return what is wrong with the text of a field, which is not empty, for a phone of a region ("" if unknown)."""
    if is_masked(raw):
        return FieldReview(problem=Problem.MASKED)
    if is_hidden(raw):
        return FieldReview(problem=Problem.IMPOSSIBLE)
    whole = [part for part in spreadsheets.parts(raw) if not spreadsheets.is_destroyed(part)]
    has_lost = len(whole) < len(spreadsheets.parts(raw))
    found = find_numbers("; ".join(whole) if has_lost else raw, region)
    parsed = [line for number in found if (line := parse_number(number, region))]
    if has_lost:
        return FieldReview(problem=Problem.DESTROYED, lines=tuple(line.key for line in parsed))
    if not parsed:
        return FieldReview(problem=Problem.IMPOSSIBLE)
    if len(parsed) > 1:
        return FieldReview(problem=Problem.SEVERAL, lines=tuple(line.key for line in parsed))
    review = _review_number(found[0], parsed[0], region)
    has_remark = any(map(str.isalpha, raw))  # which would be lost
    return replace(review, proposed="") if has_remark else review


def _review_number(number: str, line: Line, region: str) -> FieldReview:
    lines = (line.key,)
    if not line.e164:
        return _review_other_reading(line, region)
    has_place = not line.extension and is_valid(line.key, "")  # an extension has none in E.164
    proposed = line.key if has_place else ""
    if line.doubt:
        return FieldReview(problem=Problem.AMBIGUOUS, lines=lines)
    if line.key != line.e164 and is_number(line.key, ""):
        return FieldReview(problem=Problem.OLD_PLAN, proposed=proposed, lines=lines)
    if not is_number(number, region):
        return FieldReview(problem=Problem.IMPOSSIBLE, lines=lines)
    if not line.has_plus:
        return FieldReview(problem=Problem.NO_COUNTRY, proposed=proposed, lines=lines)
    return FieldReview(problem=None, lines=lines)


def _review_other_reading(line: Line, region: str) -> FieldReview:
    """Review a text that is no number as dialled in the region; its one other reading is what could be written instead."""
    readings = [key for key, _ in line.alternatives]
    if len(readings) == 1 and is_valid(readings[0], ""):
        return FieldReview(problem=Problem.AMBIGUOUS, proposed=readings[0], lines=(line.key,))
    return FieldReview(problem=_without_plan(line, region), lines=(line.key,))


def _without_plan(line: Line, region: str) -> Problem:
    """Return what is wrong with a text that is no subscriber's number, as far as that is known here."""
    if line.local_only:
        return Problem.NO_AREA_CODE
    return Problem.IMPOSSIBLE if region or line.has_plus else Problem.NO_COUNTRY
