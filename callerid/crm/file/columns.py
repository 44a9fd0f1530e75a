"""What the columns of a file mean: headers as exports write them, in the languages that HubSpot, Google and others export in.

Sources: the exports themselves (HubSpot in eleven languages; Google Contacts before and since 2024; Outlook; Salesforce's reports
and Data Loader; Pipedrive; Zoho; Dynamics 365; Thunderbird). Headers are compared without case, accents and signs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLES = (
    *("id", "first_name", "middle_name", "last_name", "name", "nickname", "email", "company", "owner", "last_contacted", "phone"),
    "ignore",
)
_LONGEST_LIST = 400  # characters
NAMES = frozenset(("first_name", "last_name", "name", "nickname", "company"))
# In English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Czech, Danish, Norwegian, Swedish, Finnish, Turkish,
# Russian, Japanese, Chinese and Korean.
_HEADERS = {
    "id": """
        record id | contact id | id | vid | hs object id | person id | uid | contactid | datensatz id | id de registro
        id do registro | id de l enregistrement | id record | record id van contact | post id | レコードid | 記錄 id
        记录 id
    """,
    "first_name": """
        first name | firstname | given name | forename | first | vorname | nombre de pila | primeiro nome | prenome
        prenom | nome proprio | voornaam | imie | jmeno | krestni jmeno | fornavn | fornamn | etunimi | ad | adi
        isim | имя | 名 | 名字 | 이름
    """,
    "middle_name": """
        middle name | additional name | zweiter vorname | segundo nombre | deuxieme prenom | отчество | ミドル ネーム
    """,
    "last_name": """
        last name | lastname | surname | family name | last | nachname | familienname | apellido | apellidos
        sobrenome | ultimo nome | apelido | nom de famille | cognome | achternaam | nazwisko | prijmeni | efternavn
        etternavn | efternamn | sukunimi | soyad | soyadi | фамилия | 姓 | 姓氏 | 성
    """,
    "name": """
        name | full name | display name | contact | contact name | fullname | person | customer | client | kontakt
        vollstandiger name | anzeigename | kontaktname | kunde | nombre completo | nombre y apellidos | contacto
        cliente | nome completo | contato | nom complet | nom et prenom | nome e cognome | nominativo | contatto
        volledige naam | naam | contactpersoon | imie i nazwisko | cele jmeno | jmeno a prijmeni | navn | fulde navn
        fullt navn | namn | fullstandigt namn | nimi | ad soyad | adi soyadi | фио | полное имя | контакт | 氏名 | 名前
        お名前 | 表示名 | 姓名 | 全名 | 联系人 | 聯絡人 | 성명
    """,
    "nickname": """
        nickname | file as | spitzname | speichern unter | apodo | alias | surnom | soprannome | bijnaam | ニックネーム
    """,
    "email": """
        email | e mail | email address | e mail address | mail | primary email | work email | email 1 | e mail 1 value
        e mail adresse | emailadresse | correo | correo electronico | direccion de correo electronico
        endereco de e mail | adresse e mail | courriel | adresse mail | posta elettronica | indirizzo e mail
        emailadres | e mailadres | adres e mail | sahkoposti | e post | e postadress | eposta | эл почта
        электронная почта | почта | メール | メールアドレス | eメール | 电子邮件 | 電子郵件 | 邮箱 | 이메일
    """,
    "company": """
        company | company name | associated company | organization | organisation | organization name | account name
        account | organization 1 name | employer | primary associated company | account name account | primary company
        firma | firmenname | unternehmen | unternehmensname | zugeordnetes unternehmen | organisationsname | empresa
        nombre de la empresa | empresa asociada | compania | empresa associada | nome da empresa | organizacao
        entreprise | societe | nom de l entreprise | entreprise associee | azienda | azienda associata | nome azienda
        societa | ditta | bedrijf | bedrijfsnaam | gekoppeld bedrijf | organisatie | nazwa firmy | przedsiebiorstwo
        spolecnost | virksomhed | firmanavn | selskap | foretag | foretagsnamn | yritys | sirket | firma adi
        компания | организация | фирма | 会社 | 会社名 | 勤務先 | 関連する会社 | 公司 | 公司名称 | 公司名稱 | 单位 | 회사 | 회사명
    """,
    "owner": """
        contact owner | owner | owner name | account owner | record owner | assigned to | inhaber | zustandig
        zustandiger | kontakteigentumer | besitzer | propietario | propietario del contacto | proprietario do contato
        proprietaire | proprietaire du contact | proprietario | proprietario del contatto | eigenaar
        contacteigenaar | wlasciciel | opiekun | ejer | eier | agare | omistaja | ответственный | コンタクト担当者 | 担当者 | 負責人
        담당자
    """,
    "last_contacted": """
        last contacted | notes last contacted | last activity date | letzter kontakt | zuletzt kontaktiert
        ultimo contacto | ultimo contato | dernier contact | ultimo contatto | laatste contact | 最終コンタクト
    """,
}
_PHONE = re.compile(
    r"phone|mobi[el]|\bcall ?back\b|\bcell|\btel\b|\btel ?\d|\btlf|tele?f|ruf ?n|rufnummer|whatsapp|\bfax\b|\btelefax|handy"
    r"|durchwahl|\bmovil\b|celular|cellulare|\bcel\b|telemovel|portable|\bgsm\b|\bcep\b|\bnatel\b|\bkomorka|\bkomorkowy"
    r"|puhelin|matkapuhelin|\bpager\b|"
    r"телефон|\bтел\b|мобильн|сотов|電話|携帯|ファックス|手机|手機|电话|行動|전화|휴대|핸드폰|sim ?\d\b",
)
# Headers that have such a word and hold no number of the contact's.
_NO_PHONE = re.compile(
    r"\btypes?\b|label|country|landervorwahl|extension|region|calculated|validity|\btyp\b|\btipo\b|consent|einwilligung|preferred"
    r"|bevorzugt|do not|nicht anrufen|\bhas\b|verified|status|\bdate\b|datum|last |letzte|\bcount\b|anzahl|number of|times"
    r"|\bcalls?\b|anrufe|telefonate|llamadas|chamadas|appels|chiamate|gesprekken|polaczen|phonetic|phonem"
    r"|owner|inhaber|回数|次数|ふりがな|フリガナ|よみ|読み|拼音",
)
_SOMEBODY_ELSES = re.compile(
    r"assistan|asistent|assistent|\basst\b|sekret|secretar|manager|vorgesetzt|\bchef\b|supervisor|\bboss\b|emergency|notfall"
    r"|urgence|emergenza|emergencia|nood|spouse|(?<!ansprech)partner|\behe|conjoint|conyuge|coniuge|conjuge|parent|eltern|referred"
    r"|reports to|\bwife|husband|mother|father|\bsons?\b|daughter|next of kin|\bpa\b|referrer|sales rep|\bdriver|\bdoctor|caretaker"
    r"|guardian|family (?:member|phone|tel|contact)|alternate contact|\breference (?:\d|phone|tel)"
    r"|mutter|\bvater|betreuer|angehorig|steuerberater|vertreter|hausverwaltung|gatt(?:e|in)\b"
    r"|ayudante|\bjefe|gerente|espos[ao]|marido|\bpadre|\bmadre|familiar|respons[aá]|\bchefe|leidinggevende|echtgeno"
    r"|gestionnaire|epou[sx]|\bmari\b|\btuteur|\bmere\b|\bpere\b|\bmoglie|\bmarito|genitore"
    r"|asystent|menedzer|kierowni|malzon|przelozon|nodkontakt|naermeste|\bleders?\b|aegtefael|ægtefæl|parorende"
    r"|помощник|секретар|руководител|супруг|экстренн|директор|родител|начальник"
    r"|asistan|yonetici|\bacil\b|\bveli\b|\banne\b|\bbaba\b|\bes (?:tel|cep)"
    r"|秘[書书]|アシスタント|緊急|配偶|上司|上级|家族|父母|保護者|紧急|助理",
)
# Words that are a first or last name beside the other one, and the whole name alone: (role beside, the other's role).
_BESIDE = {
    "nome": ("first_name", "last_name"),
    "nombre": ("first_name", "last_name"),
    "nom": ("last_name", "first_name"),
    "nombres": ("first_name", "last_name"),
    "name": ("last_name", "first_name"),
}
_OF_A_PERSON = re.compile(r"^(?:person|persona|pessoa|personne|contact|kontakt|contacto|contato|contatto) - ", re.IGNORECASE)
_OF_SOMETHING_ELSE = re.compile(r"^(?:organi[sz]ation|deal|company|unternehmen|lead|activity) - ", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VALUE = re.compile(r"^(?P<what>phone|e mail|organization) (?P<number>\d+) (?P<part>value|name|type|label|title|department)$")


def plain_header(header: str) -> str:
    """Return a header as it is compared: lower case, no accents, words divided by one blank (MobilePhone: "mobile phone")."""
    text = unicodedata.normalize("NFKC", _CAMEL.sub(" ", header))
    text = unicodedata.normalize("NFKD", text.casefold()) if _is_latin(text) else text.casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("ł", "l").replace("ø", "o").replace("ı", "i")
    return " ".join(re.sub(r"[^\w]+|_", " ", text).split())


def _is_latin(text: str) -> bool:
    return all(ord(c) < 0x370 or not c.isalpha() for c in text)  # noqa: PLR2004 - where Greek begins


_ROLE_OF = {
    plain_header(header): role
    for role, headers in _HEADERS.items()
    for line in headers.splitlines()
    for header in line.split("|")
    if header.strip()
}


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
    if _SOMEBODY_ELSES.search(plain):
        return ""
    if plain in _ROLE_OF or plain in _BESIDE:
        return _ROLE_OF.get(plain, "name")
    if _PHONE.search(plain) and not _NO_PHONE.search(plain):
        return "phone"
    return "email" if re.match(r"e ?mail\b(?! (?:type|label|opt|consent|status|domain))", plain) else ""


def _of_google(column: re.Match[str]) -> str:
    roles = {("phone", "value"): "phone", ("e mail", "value"): "email", ("organization", "name"): "company"}
    return roles.get((column["what"], column["part"]), "")


def is_somebody_elses(header: str) -> bool:
    """Return whether a header or a label is of the number of an assistant, a manager, a spouse or another person than the
    contact."""
    return _SOMEBODY_ELSES.search(plain_header(header)) is not None


@lru_cache(maxsize=512)
def phone_label_of(header: str) -> str:
    """Return which phone column, as `plain_header` gives it, a column of Google's labels; "" for any other column."""
    google = _VALUE.match(plain_header(header))
    is_label = google is not None and google["what"] == "phone" and google["part"] in ("type", "label")
    return f"phone {google['number']} value" if google and is_label else ""


def recognised(header: Sequence[str]) -> int:
    """Return how many columns of a row have a role, which distinguishes the header from lines before it."""
    return sum(bool(role_of(name)) for name in header)


def roles_of(header: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Return each column's role, "" for none, given the header and the corrections of the setting crm.columns ("Header = role").

    Raise ConfigFault when a correction names no column or no role, when no column holds numbers, and when none holds a name.
    """
    corrected = dict(_correction(column, header) for column in columns)
    roles = tuple(corrected.get(name.strip()) or role for name, role in zip(header, _roles(header), strict=True))
    needed = (("phone", "phone numbers", {"phone"}), ("name", "names", NAMES))
    lacking = [(role, content) for role, content, any_of in needed if not any_of.intersection(roles)]
    if lacking:
        content = " or ".join(content for _, content in lacking)
        raise ConfigFault(
            f"No column of the file is known to hold {content}; its columns are: {_listed(header)}.",
            remedy="Type: callerid config columns " + " ".join(f"--take 'COLUMN = {role}'" for role, _ in lacking),
        )
    return roles


def _listed(header: Sequence[str]) -> str:
    """Return the names of columns for a message, without what is not text: the file may be no CSV file."""
    names = ", ".join("".join(sign if sign.isprintable() else "?" for sign in name) for name in header)
    return names if len(names) <= _LONGEST_LIST else f"{names[:_LONGEST_LIST]}…"


def _roles(header: Sequence[str]) -> list[str]:
    """Return each column's role by the headers alone, those that mean another thing beside each other included."""
    roles = [role_of(name) for name in header]
    for place, name in enumerate(header):
        beside, other = _BESIDE.get(plain_header(_OF_A_PERSON.sub("", name)), ("", ""))
        if roles[place] == "name" and other in roles and beside not in roles:
            roles[place] = beside
    return roles


def _correction(column: str, header: Sequence[str]) -> tuple[str, str]:
    name, equals, role = (part.strip() for part in column.rpartition("="))
    role = {"mobile": "phone", "number": "phone"}.get(role, role)
    if not equals or role not in ROLES:
        raise ConfigFault(
            f"crm.columns: {column!r} is not understood; a column can be {', '.join(ROLES)}.",
            remedy="Write it as: callerid config set crm.columns 'Handy = phone, Firma = company'",
        )
    if name not in (known.strip() for known in header):
        raise ConfigFault(
            f"crm.columns names {name!r}, but the file's columns are: {_listed(header)}.",
            remedy="Correct it, or start again with: callerid config set crm.columns '[]'",
        )
    return name, role
