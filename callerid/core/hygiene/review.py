"""The numbers of a whole CRM: fields that nobody can match, and numbers that several contacts have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.hygiene.field_problems import Problem, review_field
from callerid.core.wording.names import full_name
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.catalogue import Catalogue
    from callerid.models import Contact

_MANY = 4  # contacts with one number: a switchboard, and no duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class HygieneFinding:
    """A problem with one field of a contact."""

    contact_id: str
    name: str
    property: str
    raw: str
    problem: Problem
    proposed: str = ""  # E.164, "" for no proposal
    others: tuple[str, ...] = ()  # ids of the other contacts with that number


def review_contacts(contacts: Iterable[Contact], region: str, texts: Catalogue) -> tuple[HygieneFinding, ...]:
    """Return what is wrong with the numbers of contacts, by problem, then by contact: first what a field's text says, then the
    numbers that several contacts have. Names are in the order of `texts`. Memory grows with the number of lines, not with the
    records."""
    findings: list[HygieneFinding] = []
    holders: defaultdict[str, list[HygieneFinding]] = defaultdict(list)
    for contact in contacts:
        for phone in contact.fields():
            review = review_field(phone.raw, region)
            problem = review.problem or Problem.DUPLICATE
            finding = HygieneFinding(
                contact_id=contact.id,
                name=full_name(contact, texts),
                property=phone.property,
                raw=phone.raw,
                problem=problem,
                proposed=review.proposed,
            )
            if review.problem:
                findings.append(finding)
            for line in review.lines:
                holders[line].append(finding)
    findings += _shared(holders.values())
    order = list(Problem)
    return tuple(sorted(findings, key=lambda finding: (order.index(finding.problem), int(finding.contact_id), finding.property)))


def _shared(holders: Iterable[Sequence[HygieneFinding]]) -> list[HygieneFinding]:
    """Return a finding for each contact that has a number which another one has, too; by its first field."""
    found: list[HygieneFinding] = []
    for fields in holders:
        first = {field.contact_id: field for field in reversed(fields)}
        problem = Problem.SHARED if len(first) >= _MANY else Problem.DUPLICATE
        found += [_with_others(field, problem, first.keys()) for field in first.values() if len(first) > 1]
    return found


def _with_others(field: HygieneFinding, problem: Problem, ids: Iterable[str]) -> HygieneFinding:
    others = sorted((other for other in ids if other != field.contact_id), key=int)
    return replace(field, problem=problem, proposed="", others=tuple(others))


def corrections(findings: Iterable[HygieneFinding]) -> tuple[HygieneFinding, ...]:
    """Return the findings whose field can be corrected without a person: there is one proven reading."""
    return tuple(finding for finding in findings if finding.proposed)
