"""Adding an unknown caller to the CRM: what is asked about them, and whether the CRM has them already."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.callers.live_lookup import contacts_with_number
from callerid.core.followup.questions import AskedQuestion
from callerid.models import Dialog, NewContact, Widget
from callerid.models.name_order import divided
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.core.followup.conversation import Answer, Draft
    from callerid.core.wording.style import TextStyle
    from callerid.models import Contact

_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,190}\.[^@\s<>\"',;.]{2,24}")


class ContactField(StrEnum):
    """What is asked about a new contact, in this order. One of the two names is needed."""

    FIRST_NAME = "new-first-name"
    LAST_NAME = "new-last-name"
    COMPANY = "new-company"
    EMAIL = "new-email"


_NAMES = (ContactField.FIRST_NAME, ContactField.LAST_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredContact:
    """What was entered about a new contact."""

    first_name: str
    last_name: str
    company: str
    email: str

    def answers(self) -> Draft:
        """Return it as the answers that it is made of."""
        values = (self.first_name, self.last_name, self.company, self.email)
        return tuple((str(field), value) for field, value in zip(ContactField, values, strict=True))

    def contact(self, number: str, owner_id: str | None) -> NewContact:
        """Return it as a contact to be added, with its number and the owner of its record."""
        return NewContact(
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            email=self.email,
            number=number,
            owner_id=owner_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCaller:
    """The whole answer about a call with somebody who is to be added; its candidate is not in the CRM yet."""

    entered: EnteredContact
    answer: Answer


def next_field_question(
    number_shown: str, draft: Draft, style: TextStyle, earlier: Draft = (), *, as_typed: bool = False
) -> AskedQuestion | EnteredContact:
    """Return the next question about a new contact, or all that was entered when none is left. An earlier answer counts where the
    field is left empty now. A whole name in one field is divided, but not an earlier answer, nor one that is to be kept as it
    was typed."""
    given = {question: " ".join(answer.split()) for question, answer in draft}
    kept = dict(contact_field_answers(earlier))
    for field in ContactField:
        if field not in given or (field is ContactField.EMAIL and given[field] and not is_email(given[field])):
            return _field_question(field, number_shown, kept, style)
    values = {field: given[field] or kept.get(field, "") for field in ContactField}
    if not any(values[field] for field in _NAMES):
        return _field_question(ContactField.LAST_NAME, number_shown, kept, style)
    first, last = (values[field] for field in _NAMES)
    is_kept = as_typed or (first, last) == tuple(kept.get(field, "") for field in _NAMES)
    first, last = (first, last) if is_kept else divided(first, last)
    return EnteredContact(
        first_name=first,
        last_name=last,
        company=values[ContactField.COMPANY],
        email=values[ContactField.EMAIL].lower(),
    )


def entered_so_far(answers: Draft) -> EnteredContact | None:
    """Return what answers have entered about a new contact, though not every field was asked for; None without a name. An address
    that is none is left out."""
    given = {question: " ".join(answer.split()) for question, answer in contact_field_answers(answers)}
    first, last, company, email = (given.get(field, "") for field in ContactField)
    if not first and not last:
        return None
    first, last = divided(first, last)
    return EnteredContact(first_name=first, last_name=last, company=company, email=email.lower() if is_email(email) else "")


def contact_field_answers(answers: Draft) -> Draft:
    """Return those of the answers that are about a new contact."""
    return tuple((question, answer) for question, answer in answers if question in list(ContactField))


def _field_question(field: ContactField, number_shown: str, kept: dict[str, str], style: TextStyle) -> AskedQuestion:
    key, value = f"add.{field.name.lower()}", kept.get(field, "")
    hint = style.texts.say("question.unchanged", value=value) if value else style.texts.say(f"{key}_hint")
    dialog = Dialog(widget=Widget.TEXT, title=style.texts.say(key, number=number_shown), hint=hint)
    return AskedQuestion(question=field, dialog=dialog)


def is_email(text: str) -> bool:
    """Return whether a text looks like an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def existing_contact(new: NewContact, contacts: Sequence[Contact], region: str) -> Contact | None:
    """Return which of the contacts is the one to be added: one that has the number for certain, else one with the e-mail address.
    None when the CRM does not have them."""
    with_number = contacts_with_number(new.number, region, contacts)
    with_email = (contact for contact in contacts if new.email and contact.email.lower() == new.email)
    return next(iter(with_number), None) or next(with_email, None)
