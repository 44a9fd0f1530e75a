"""People to fill a portal with: names of several countries, numbers as people write them, and the usual dirt."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records

_FIRST = (
    "Ana Ben Chloé Dmitri Élodie Fatima Giulia Hans Ines Jürgen Kenji Lena Miguel Noor Oskar Priya Quentin Rosa Søren Tomás "
    "Ursula Víctor Wei Ximena Yuki Zoë"
).split()
_LAST = (
    "López Müller O'Hara Tanaka Nguyễn García Dubois Rossi Schmidt Kowalski Ivanov Andersson Fernández Yamamoto Çelik Novák "
    "Silva Brown Murphy Kim Okafor Haddad Jansen Weiß"
).split()
_COMPANIES = (
    "Acme",
    "Bolt",
    "Cobalt",
    "Delta",
    "Ember",
    "Falke",
    "Globex",
    "Hanseat",
    "Iris",
    "Juno",
    "Kaizen",
    "Lumen",
)
_FORMS = ("GmbH", "Ltd", "Inc.", "S.A.", "K.K.", "AB", "B.V.")
_DEALS = ("Renewal 2027", "Pilot", "Expansion", "Support contract", "Migration", "Framework agreement")
_STAGES = (
    ("appointmentscheduled", "Appointment scheduled", "0.2", "false"),
    ("qualifiedtobuy", "Qualified to buy", "0.4", "false"),
    ("contractsent", "Contract sent", "0.9", "false"),
    ("closedwon", "Closed won", "1.0", "true"),
    ("closedlost", "Closed lost", "0.0", "true"),
)
_DAY = 86400.0


def populate(records: Records, *, people: int, companies: int, deals: int, seed: int) -> None:
    """Fill a portal with so many records; the same seed gives the same portal."""
    chance = random.Random(seed)
    records.owners += [
        {
            "id": "77001",
            "email": "me@example.com",
            "type": "PERSON",
            "firstName": "Max",
            "lastName": "Own",
            "userId": 9001,
        },
        {
            "id": "77002",
            "email": "eva@example.com",
            "type": "PERSON",
            "firstName": "Eva",
            "lastName": "Else",
            "userId": 9002,
        },
    ]
    stages = [
        {
            "id": i,
            "label": label,
            "displayOrder": n,
            "archived": False,
            "metadata": {"probability": p, "isClosed": closed},
        }
        for n, (i, label, p, closed) in enumerate(_STAGES)
    ]
    records.pipelines.append({"id": "default", "label": "Sales pipeline", "displayOrder": 0, "archived": False, "stages": stages})
    company_ids = [_company(records, chance, number) for number in range(companies)]
    contact_ids = [_contact(records, chance, number, company_ids) for number in range(people)]
    for number in range(deals):
        _deal(records, chance, number, contact_ids)
    for kind in ("companies", "contacts", "deals"):
        for seconds, record in enumerate(reversed(records.by_kind[kind].values())):
            record.created = record.modified = records.clock() - seconds


def _company(records: Records, chance: random.Random, number: int) -> int:
    name = f"{_COMPANIES[number % len(_COMPANIES)]} {chance.choice(_FORMS)}" + (f" {number}" if number >= len(_COMPANIES) else "")
    properties = {
        "name": name,
        "domain": f"{name.split(maxsplit=1)[0].lower()}{number}.example",
        "phone": f"+49 89 {900000 + number}",
    }
    return records.create("companies", properties).id


def _contact(records: Records, chance: random.Random, number: int, company_ids: list[int]) -> int:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    if number == 0:
        first, last = "Ana", "López"
    properties = {
        "firstname": first,
        "lastname": last,
        "email": f"person{number}@example.com",
        "hubspot_owner_id": chance.choice(("77001", "77002")),
        "notes_last_contacted": str(int((records.clock() - chance.randint(1, 90) * _DAY) * 1000)),
    } | _numbers(chance, number)
    contact = records.create("contacts", properties)
    if company_ids and number % 5 != 4:  # noqa: PLR2004
        records.link("contacts", contact.id, "companies", company_ids[0] if number == 0 else chance.choice(company_ids), 1)
    return contact.id


def _numbers(chance: random.Random, number: int) -> dict[str, str]:
    """Return the numbers of a person: the first people have clean ones to try things with, the others have what people type."""
    line = f"{1_000_000 + number:07}"
    if number == 0:
        return {"phone": "+353 87 123 4567", "mobilephone": ""}
    if number % 50 == 49:  # noqa: PLR2004
        return {"phone": chance.choice(("", "00004", "n/a", "(877) 829-06966777"))}
    written = (
        f"+353 87 {line}",
        f"087 {line[:3]} {line[3:]}",
        f"+49 (0)171 {line}",
        f"0049 171 {line}",
        f"(212) {line[:3]}-{line[3:]}",
        f"+1 212-{line[:3]}-{line[3:]}",
        f"+81 90-{line[:3]}1-{line[3:]}",
        f"+52 1 55 {line}0",
        f"+33 6 {line[:2]} {line[2:4]} {line[4:6]} {line[6:]}0",
        f"+44 20 7{line[:3]} {line[3:]}",
    )
    properties = {"phone": written[number % len(written)]}
    if number % 7 == 0:
        properties["mobilephone"] = f"+353 86 {line}"
    if number % 40 == 1:
        properties["direct_line"] = "+49 89 5550100"  # a switchboard that several share
    return properties


def _deal(records: Records, chance: random.Random, number: int, contact_ids: list[int]) -> None:
    stage = "contractsent" if number == 0 else chance.choice(_STAGES)[0]
    closed = stage.startswith("closed")
    properties = {
        "dealname": "Renewal 2027" if number == 0 else f"{chance.choice(_DEALS)} {number}",
        "amount": "12000" if number == 0 else str(chance.randint(1, 90) * 500),
        "deal_currency_code": "EUR" if number == 0 else chance.choice(("EUR", "USD", "")),
        "dealstage": stage,
        "pipeline": "default",
        "closedate": str(int((records.clock() + (20 if number == 0 else chance.randint(-60, 120)) * _DAY) * 1000)),
        "hs_is_closed": "true" if closed else "false",
        "hs_is_closed_won": "true" if stage == "closedwon" else "false",
        "hubspot_owner_id": "77001",
    }
    contact_id = contact_ids[0] if number == 0 else chance.choice(contact_ids[1:] or contact_ids)
    links = [("contacts", contact_id, 3)]
    company = records.value(records.by_kind["contacts"][contact_id], "associatedcompanyid")
    records.create(
        "deals", properties, links + ([("companies", int(company), 341), ("companies", int(company), 5)] if company else [])
    )
