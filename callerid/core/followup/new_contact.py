"""Adding an unknown caller to the CRM: what is asked, and what is known of a person who may be there already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.callers.live_lookup import contacts_with_number
from callerid.core.followup.questions import AskedQuestion
from callerid.models import Dialog, NewContact, Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.core.followup.conversation import Answer, Draft
    from callerid.core.wording.notifications import TextStyle
    from callerid.models import Contact

_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,190}\.[^@\s<>\"',;.]{2,24}")


class ContactField(StrEnum):
    """What is asked of a person, in this order. Of the first two one is needed."""

    FIRST_NAME = "new-first-name"
    LAST_NAME = "new-last-name"
    COMPANY = "new-company"
    EMAIL = "new-email"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredContact:
    """All that the person entered of somebody."""

    first_name: str
    last_name: str
    company: str
    email: str

    def answers(self) -> Draft:
        """Return it as the answers that it is made of."""
        texts = (self.first_name, self.last_name, self.company, self.email)
        return tuple((str(entry), text) for entry, text in zip(ContactField, texts, strict=True))

    def contact(self, number: str, owner_id: str | None) -> NewContact:
        """Given their number and who will own the record, return them as the CRM shall have them."""
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
    """All that the person said of a call with somebody who is to be added. The candidate of the answer is not in the CRM yet."""

    entered: EnteredContact
    answer: Answer


def next_field_question(number_shown: str, draft: Draft, style: TextStyle, before: Draft = ()) -> AskedQuestion | EnteredContact:
    """Given an unknown number as it is shown, the answers so far, and those of an earlier time, which hold where nothing is said
    now, return what is asked next, or all that was entered."""
    given = {question: " ".join(answer.split()) for question, answer in draft}
    kept = dict(contact_field_answers(before))
    for entry in ContactField:
        if entry not in given or (entry is ContactField.EMAIL and given[entry] and not is_email(given[entry])):
            return _ask(entry, number_shown, kept, style)
    whole = {entry: given[entry] or kept.get(entry, "") for entry in ContactField}
    if not whole[ContactField.FIRST_NAME] and not whole[ContactField.LAST_NAME]:
        return _ask(ContactField.LAST_NAME, number_shown, kept, style)
    return EnteredContact(
        first_name=whole[ContactField.FIRST_NAME],
        last_name=whole[ContactField.LAST_NAME],
        company=whole[ContactField.COMPANY],
        email=whole[ContactField.EMAIL].lower(),
    )


def contact_field_answers(said: Draft) -> Draft:
    """Given what was said, return what of it was entered of somebody."""
    return tuple((question, answer) for question, answer in said if question in list(ContactField))


def _ask(entry: ContactField, number_shown: str, kept: dict[str, str], style: TextStyle) -> AskedQuestion:
    title = style.texts.say(f"add.{entry.name.lower()}", number=number_shown)
    said = kept.get(entry, "")
    hint = style.texts.say("ask.kept", note=said) if said else style.texts.say(f"add.{entry.name.lower()}_hint")
    return AskedQuestion(question=entry, dialog=Dialog(widget=Widget.TEXT, title=title, hint=hint))


def is_email(text: str) -> bool:
    """Given a text, does it look like an e-mail address?"""
    return _EMAIL.fullmatch(text) is not None


def existing_contact(new: NewContact, found: Sequence[Contact], region: str) -> Contact | None:
    """Given a person to be added and contacts who may be the same, return who is: whoever has the number for certain, else
    whoever has the e-mail. Nobody else."""
    has_it = contacts_with_number(new.number, region, found)
    return next(iter(has_it), None) or next((c for c in found if new.email and c.email.lower() == new.email), None)
