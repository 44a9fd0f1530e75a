"""The values that cross floors: frozen, slotted, keyword-only. No dict travels above the edge that parsed it.

Times are aware UTC datetimes; a `start` is the moment a call began to ring or to dial. Numbers named `raw` are as
somebody typed or a network sent them; `e164` is "+" and digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal


# ------------------------------------------------------------------------------------------------ numbers


class Match(StrEnum):
    """How sure it is that two numbers are one line."""

    EXACT = "exact"
    SAME_LINE = "same-line"
    PROBABLE = "probable"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMatch:
    """A match and, in one English phrase, why."""

    match: Match
    why: str


# ------------------------------------------------------------------------------------------------ the CRM's records


class Kind(StrEnum):
    """The three kinds of records that are mirrored."""

    CONTACTS = "contacts"
    COMPANIES = "companies"
    DEALS = "deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPhone:
    """One phone property of a contact, as entered."""

    property: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person of the CRM. Empty text means that the CRM has none."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    company_text: str = ""  # the free-text property `company`, which may differ from the associated company's name
    company_id: str | None = None  # primary company
    owner_id: str | None = None
    last_contacted: datetime | None = None
    modified: datetime | None = None
    phones: tuple[ContactPhone, ...] = ()
    merged_ids: tuple[str, ...] = ()  # of records that were merged into this one and are gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company of the CRM."""

    id: str
    name: str = ""
    domain: str = ""
    owner_id: str | None = None
    modified: datetime | None = None
    phones: tuple[ContactPhone, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal of the CRM with the contacts and companies it is associated with."""

    id: str
    name: str = ""
    amount: Decimal | None = None
    currency: str = ""  # ISO 4217; empty means the account's own
    pipeline_id: str = ""
    stage_id: str = ""
    closes: date | None = None
    is_closed: bool | None = None  # as the portal calculated it; None when it did not say (then the stage decides)
    owner_id: str | None = None
    modified: datetime | None = None
    contact_ids: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A deal stage; stage ids are unique only within their pipeline."""

    pipeline_id: str
    stage_id: str
    pipeline_label: str
    label: str
    order: int
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A user of the portal who can own records."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    user_id: str | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The portal itself. `own_owner_id` is the owner behind the token, when the CRM tells."""

    portal_id: str
    ui_domain: str
    time_zone: str = ""
    currency: str = ""
    own_owner_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many records the CRM says it has (for progress and free space; never used to decide what is gone)."""

    contacts: int = 0
    companies: int = 0
    deals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneField:
    """A property that holds phone numbers, or by its name may."""

    kind: Kind
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is read of a CRM before its records: who it is, owners and stages, which properties are phones, how much there is."""

    account: Account
    owners: tuple[Owner, ...] = ()
    stages: tuple[Stage, ...] = ()
    phones: tuple[PhoneField, ...] = ()
    suggested: tuple[PhoneField, ...] = ()  # text properties that look like phones; only a person can know
    outcomes: tuple[CallOutcome, ...] = ()  # in the portal's own order; () when it did not tell
    totals: Totals = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which contacts are wanted: those of some owners (None: of all), modified since some time (None: ever)."""

    owner_ids: tuple[str, ...] | None = None
    modified_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a sync asks for: the names of the phone properties of each kind, and which contacts; and in which time zone (of the IANA
    database, "" for UTC) days are days."""

    contact_phones: tuple[str, ...] = ()
    company_phones: tuple[str, ...] = ()
    scope: Scope = Scope()
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run of records of one kind, in the order of their ids, that is read request after request.

    `start` is the first id (it names the stretch), `cursor` where the next request begins, `stop` the first id that belongs to
    the next stretch (None: to the end).
    """

    kind: Kind
    start: int
    cursor: int
    stop: int | None = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the CRM's records as one answer brought it, and how far that brings the reading of each stretch it is about."""

    companies: tuple[Company, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deals: tuple[Deal, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def __len__(self) -> int:
        return len(self.companies) + len(self.contacts) + len(self.deals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of what changed: `rows` came in it, `total` counts this page and all that follow, `last_id` is where the next begins
    (exclusive). `page` has those of the rows that are not known as they are; `at` is the CRM's own time when it answered.
    """

    page: Page
    rows: int
    total: int
    last_id: int
    at: datetime


# ------------------------------------------------------------------------------------------------ calls


class CallType(StrEnum):
    """The call log's types (Termux:API CallLogAPI.java)."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    BLOCKED = "BLOCKED"
    VOICEMAIL = "VOICEMAIL"
    UNKNOWN = "UNKNOWN_TYPE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One row of the phone's call log, parsed. `starts` holds one instant, or two when a clock change makes the text ambiguous."""

    starts: tuple[datetime, ...]
    number: str  # as the network or the person gave it; "" when hidden
    type: CallType
    duration: int  # connected seconds
    sim: str | None
    name: str  # the phone's own contact name; "" when it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call in the ledger. `key` never changes: UTC start, number, SIM and ordinal among twins."""

    key: str
    start: datetime
    number: str
    type: CallType
    duration: int
    sim: str | None
    ordinal: int
    name: str


class Direction(StrEnum):
    """HubSpot's words for who called whom."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class CallStatus(StrEnum):
    """The call statuses of HubSpot that a phone can know."""

    COMPLETED = "COMPLETED"
    NO_ANSWER = "NO_ANSWER"
    BUSY = "BUSY"


class Outcome(StrEnum):
    """The outcomes that we can tell by ourselves, by our own stable words; the edge knows what the CRM calls them."""

    CONNECTED = "connected"
    LEFT_LIVE_MESSAGE = "left-live-message"
    LEFT_VOICEMAIL = "left-voicemail"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """An outcome that the portal offers. `id` is a word of `Outcome` where it is one of those, else the CRM's own id."""

    id: str
    label: str


class EngagementKind(StrEnum):
    """What is written to the CRM about a call."""

    CALL = "call"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEngagement:
    """A call as the CRM shall hold it. `external_id` is our own uuid: the same engagement is never created twice."""

    external_id: str
    start: datetime
    duration_ms: int
    direction: Direction
    status: CallStatus
    outcome: str | None  # the id of a `CallOutcome`
    title: str
    note: str  # plain text; the edge escapes it
    from_number: str
    to_number: str
    owner_id: str | None
    contact_id: str | None  # None when the contact is gone and only company or deal are left
    company_id: str | None = None
    deal_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEngagement:
    """A follow-up as the CRM shall hold it: a task that is due at a time, with the associations of its call."""

    external_id: str
    due: datetime  # aware; the reminder comes then, too
    title: str
    note: str  # plain text; the edge escapes it
    owner_id: str | None
    contact_id: str | None
    company_id: str | None = None
    deal_id: str | None = None


Engagement = CallEngagement | TaskEngagement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A person to be added to the CRM. Empty text means not told; `number` is E.164, or raw where it has none."""

    first_name: str
    last_name: str
    company: str
    email: str
    number: str
    owner_id: str | None


# ------------------------------------------------------------------------------------------------ the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedNumber:
    """A number that the phone itself has under a name, as typed."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A notification's button: its label, and the word the inbox hears when it is tapped. With `reply` something is typed instead,
    and the inbox hears that; there must never be two such buttons on the screen (termux-api NotificationAPI.java)."""

    label: str
    word: str
    reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a notification shows. `tap` is the word for a tap on its body, `swipe` for its removal by hand ("" for none)."""

    id: str
    title: str
    body: str
    buttons: tuple[Button, ...] = ()
    tap: str = ""
    swipe: str = ""
    urgent: bool = False
    token: str = field(default="", repr=False)  # opaque and single-use: the only thing of ours that an action carries


class Widget(StrEnum):
    """The termux-dialog widgets that we use."""

    SHEET = "sheet"
    TEXT = "text"
    SPEECH = "speech"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A question to show: labels for a sheet, a hint for a text or for what is to be said."""

    widget: Widget
    title: str
    labels: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogReply:
    """What termux-dialog printed: code and text only, because `index` is stale (termux-api#541)."""

    code: int
    text: str
