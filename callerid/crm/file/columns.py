"""What the columns of a file mean: headers as exports write them, by the words of column_words.py.

Sources: the exports themselves (HubSpot in eleven languages; Google Contacts before and since 2024; Outlook; Salesforce's reports
and Data Loader; Pipedrive; Zoho; Dynamics 365; Thunderbird). Headers are compared without case, accents and signs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from callerid.core.callers.typed_name import without_accent
from callerid.crm.file.column_words import CUSTOMERS, HEADERS, NO_PHONE, PHONE, PLACES, SOMEBODY_ELSES
from callerid.errors import ConfigFault
from callerid.messages import joined, message, shortened_list
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLES = (
    *("id", "first_name", "middle_name", "last_name", "name", "nickname", "email", "company", "owner", "last_contacted", "phone"),
    *("country_code", "area_code", "ignore"),
)
_LONGEST_LIST = 400  # characters
_CONTENT = {"phone": message("phone numbers"), "name": message("names of people")}
NAMES = frozenset(("first_name", "last_name", "name", "nickname", "company"))
# Words that are a first or last name beside the other one, and the whole name alone: (role beside, the other's role).
_BESIDE = {
    "nome": ("first_name", "last_name"),
    "nombre": ("first_name", "last_name"),
    "nom": ("last_name", "first_name"),
    "nombres": ("first_name", "last_name"),
    "name": ("last_name", "first_name"),
    "nume": ("last_name", "first_name"),
    "nev": ("last_name", "first_name"),
    "meno": ("first_name", "last_name"),
    "ime": ("first_name", "last_name"),
    "име": ("first_name", "last_name"),
    "ονομα": ("first_name", "last_name"),
    "ten": ("first_name", "last_name"),
    "nama": ("first_name", "last_name"),
    "नाम": ("first_name", "last_name"),
    "الاسم": ("first_name", "last_name"),
    "اسم": ("first_name", "last_name"),
    "نام": ("first_name", "last_name"),
    "שם": ("first_name", "last_name"),
    "ชื่อ": ("first_name", "last_name"),
}
_OF_A_PERSON = re.compile(r"^(?:person|persona|pessoa|personne|contact|kontakt|contacto|contato|contatto) - ", re.IGNORECASE)
_OF_SOMETHING_ELSE = re.compile(r"^(?:organi[sz]ation|deal|company|unternehmen|lead|activity) - ", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VALUE = re.compile(r"^(?P<what>phone|e mail|organization) (?P<number>\d+) (?P<part>value|name|type|label|title|department)$")


@lru_cache(maxsize=1024)
def plain_header(header: str) -> str:
    """Return a header as it is compared: lower case, no accents, words divided by one blank (MobilePhone: "mobile phone")."""
    text = unicodedata.normalize("NFKC", _CAMEL.sub(" ", header)).casefold().translate(_UNACCENTED)
    text = "".join(sign for letter in text for sign in without_accent(letter))
    return " ".join("".join(sign if _is_of_word(sign) else " " for sign in text).split())


def _is_of_word(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


_UNACCENTED = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ʼ": "'", "\u093c": None, "\u200c": " "})
_ROLE_OF = {
    plain_header(header): role
    for role, headers in HEADERS.items()
    for line in headers.splitlines()
    for header in line.split("|")
    if header.strip()
}
_PLACES = frozenset(plain_header(place) for line in PLACES.splitlines() for place in line.split("|"))
_CUSTOMERS = frozenset(plain_header(customer) for line in CUSTOMERS.splitlines() for customer in line.split("|"))


@lru_cache(maxsize=512)
def role_of(header: str) -> str:
    """Return a column's role by its header, one of ROLES; "" when it has none that callerid uses."""
    if _OF_SOMETHING_ELSE.match(header) and not re.search(r"- name$", header, re.IGNORECASE):
        return ""
    person = _OF_A_PERSON.match(header)
    plain = plain_header(header[person.end() :] if person else header)
    if _OF_SOMETHING_ELSE.match(header):
        return "company" if plain.startswith("organi") else ""
    if person and plain in ("organization", "organisation"):
        return "company"
    google = _VALUE.match(plain)
    if google:
        return _of_google(google)
    if SOMEBODY_ELSES.search(plain):
        return ""
    if plain in _ROLE_OF or plain in _BESIDE:
        return _ROLE_OF.get(plain, "name")
    if PHONE.search(plain) and not NO_PHONE.search(plain):
        return "phone"
    return "email" if re.match(r"e ?mail\b(?! (?:type|label|opt|consent|status|domain))", plain) else ""


def _of_google(column: re.Match[str]) -> str:
    roles = {("phone", "value"): "phone", ("e mail", "value"): "email", ("organization", "name"): "company"}
    return roles.get((column["what"], column["part"]), "")


def is_somebody_elses(header: str) -> bool:
    """Return whether a header or a label is of the number of an assistant, a manager, a spouse or another person than the
    contact."""
    return SOMEBODY_ELSES.search(plain_header(header)) is not None


@lru_cache(maxsize=512)
def phone_label_of(header: str) -> str:
    """Return which phone column, as `plain_header` gives it, a column of Google's labels; "" for any other column."""
    google = _VALUE.match(plain_header(header))
    is_label = google is not None and google["what"] == "phone" and google["part"] in ("type", "label")
    return f"phone {google['number']} value" if google and is_label else ""


def recognised(header: Sequence[str]) -> int:
    """Return how many columns of a row have a role, which distinguishes the header from lines before it."""
    return sum(bool(role_of(name)) for name in header)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRoles:
    """Each column's role, "" for none, and the roles that a file needs and none has: "phone", "name"."""

    header: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The roles without which nothing can be read."""
        needed = (("phone", frozenset(("phone",))), ("name", NAMES))
        return tuple(role for role, any_of in needed if any_of.isdisjoint(self.roles))

    def check(self) -> None:
        """Raise ConfigFault when no column holds numbers, and when none holds a name."""
        if self.lacking:
            content = joined(" or ", (_CONTENT[role] for role in self.lacking))
            raise ConfigFault(
                message(
                    "No column of the file is known to hold {content}; its columns are: {listed}.",
                    content=content,
                    listed=_listed(self.header),
                ),
                remedy=message(
                    "Type: callerid config columns {names}", names=" ".join(f"--take 'COLUMN = {role}'" for role in self.lacking)
                ),
            )


def roles_of(header: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> ColumnRoles:
    """Return the columns' roles, given the header, the corrections of the setting crm.columns ("Header = role"), and some of the
    rows: a column called "Home" or "Number" is of phone numbers if its values are.

    Raise ConfigFault when a correction names no column or no role.
    """
    corrected = dict(_correction(column, header) for column in columns)
    by_header = _roles(header)
    roles = (
        corrected.get(name.strip()) or role or _role_by_values(name, [row[place] for row in rows if len(row) > place])
        for place, (name, role) in enumerate(zip(header, by_header, strict=True))
    )
    return ColumnRoles(header=tuple(header), roles=tuple(roles))


def _role_by_values(header: str, values: Sequence[str]) -> str:
    written = [value.strip() for value in values if value.strip()]
    numbers = sum(_LOOKS_LIKE_NUMBER.fullmatch(value) is not None for value in written)
    return "phone" if plain_header(header) in _PLACES and numbers * 2 > len(written) else ""


# With a sign, or as long as no postcode or customer's number is; no date.
_LOOKS_LIKE_NUMBER = re.compile(
    r"(?!\d{1,4}([-./])\d\d?\1\d{1,4}$)(?:[+(0]|\d(?=[\d-]*[ ./()-])(?=(?:\D*\d){7})|\d(?=\d{9}))[\d ()./\-\u00a0]{5,20}"
)


def _listed(header: Sequence[str]) -> str:
    """Return the names of columns for a message, without what is not text: the file may be no CSV file."""
    return shortened_list(("".join(sign if sign.isprintable() else "?" for sign in name) for name in header), _LONGEST_LIST)


def _roles(header: Sequence[str]) -> list[str]:
    """Return each column's role by the headers alone, those that mean another thing beside each other included."""
    roles = [role_of(name) for name in header]
    for place, name in enumerate(header):
        beside, other = _BESIDE.get(plain_header(_OF_A_PERSON.sub("", name)), ("", ""))
        if roles[place] == "name" and other in roles and beside not in roles:
            roles[place] = beside
    customers = [place for place, name in enumerate(header) if roles[place] == "name" and plain_header(name) in _CUSTOMERS]
    if any(role in ("first_name", "last_name") for role in roles) or roles.count("name") > len(customers):
        for place in customers:
            roles[place] = "" if "company" in roles else "company"
    return roles


def _correction(column: str, header: Sequence[str]) -> tuple[str, str]:
    name, equals, role = (part.strip() for part in column.rpartition("="))
    role = {"mobile": "phone", "number": "phone"}.get(role, role)
    if not equals or role not in ROLES:
        raise ConfigFault(
            message(
                "crm.columns: {column!r} is not understood; a column can be {names}.", column=column, names=joined(", ", ROLES)
            ),
            remedy=message("Write it as: callerid config set crm.columns 'Handy = phone, Firma = company'"),
        )
    if name not in (known.strip() for known in header):
        raise ConfigFault(
            message("crm.columns names {name!r}, but the file's columns are: {listed}.", name=name, listed=_listed(header)),
            remedy=message("Correct it, or start again with: callerid config set crm.columns '[]'"),
        )
    return name, role
