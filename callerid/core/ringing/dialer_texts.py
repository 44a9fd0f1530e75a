"""The texts of dialers in 29 languages: which mean that a call rings, is dialled or goes on, and what in them is a number.

The languages are English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Turkish, Russian, Arabic, Hindi, Japanese,
Chinese and Korean; and, for dialers whose texts are not in the dictionary, Ukrainian, Albanian, Galician, Thai, Sinhala, Punjabi,
Malay, Lithuanian, Lao, Kyrgyz, Kazakh, Hebrew, Gujarati and Persian.
"""

from __future__ import annotations

import re
from enum import StrEnum

from callerid.messages import message


class CallState(StrEnum):
    """What a dialer's notification is about. NONE is anything that is not a call."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    MISSED = "missed"
    NONE = "none"


STATE_NAMES = {
    CallState.RINGING: message("ringing"),
    CallState.DIALLING: message("dialling"),
    CallState.TALKING: message("talking"),
    CallState.MISSED: message("missed"),
    CallState.NONE: message("no call"),
}
_WORDS = {
    "missed": "missed|verpasst|entgangen|llamadas? perdidas?|chamadas? (?:perdidas?|não atendidas?)|manqué|appel en absence"
    "|chiamat[ae] pers[ae]|gemist|nieodebran|cevapsız|пропущен|فائتة|छूट[ीे]|मिस्ड|不在着信|未接|부재중"
    "|humbur|ไม่ได้รับ|พลาดสาย|ม[ගඟ] ?හැරු|ਖੁੰਝ|ਮਿਸ|terlepas|tidak dijawab|praleist|ບໍ່ໄດ້ຮັບ|өткөрүп|кабыл алынба|жооп"
    " берилбеген|қабылданбаған|өткізіп"
    "|לא נענ|ચૂક|છૂટ|મિસ|از دست رفته|ازدست.?رفته|بی.?پاسخ"
    "|in abwesenheit|não respondida|ubesvart|vastaamat|pierdut|zgrešen",
    "dialling": "dialing|dialling|calling|connecting|outgoing|wird angerufen|anruf wird aufgebaut|wählen|llamando|marcando"
    "|chamando|discando|ligando|appel en cours d|numérotation|chiamata in uscita|bellen|dzwonię|łączenie|wybieranie|aranıyor"
    "|çevriliyor|جار[ٍي]? (?:الاتصال|الطلب)|डायल|कॉल कर|発信中|呼び出し中|正在拨号|拨号|발신"
    "|ausgehend|sortant|saliente|saída|исходящ|uitgaand|wychodząc|giden|去电|呼出|正在呼叫|redial"
    "|набір|набирання|вихідн|dalëse|po telefon|po i bie|po formon|formim|กำลังโทร|โทรออก|หมุน|ඩයල්|අමතමින්|ਡਾਇਲ|mendail"
    "|memanggil|mendial"
    "|renkama|skambinama|ກຳລັງໂທ(?!ຢູ່)|ກຳລັງໝຸນ|терилүүдө|терүү|чалып жат|нөмірді? тер|теріл|қоңырау шалу|מחייג|חיוג|יוצאת|ડાયલ"
    "|شماره.?گیری|در حال تماس"
    "|verbindung wird hergestellt|connexion(?:…|\\.\\.\\.)|sto chiamando|соединение(?:…|\\.\\.\\.)|вызов(?:…|\\.\\.\\.)|呼叫中"
    "|ringer upp|slår nummer"
    "|hívás(?:…|\\.\\.\\.)|se formează|đang quay|menelepon|biranje|trucant",
    "talking": "ongoing|on hold|current call|in call|laufend|aktiver anruf|gehalten|en curso|em andamento|em curso|em espera"
    "|en cours|in corso|lopend|trwa|w toku|zawieszon|devam ed|beklemede|(?:مكالمة )?جارية|قيد الانتظار|चालू कॉल|चल रही|जारी"
    "|通話中|通话中|通话(?!录音)|통화 중|in progress|gespräch läuft|return to call|aktuelles gespräch"
    "|поточн|активн|утрим|очіку|триває|në vazhdim|në pritje|aktuale|retid|โทรต่อเนื่อง|กำลังใช้|กำลังอยู่ในสาย|กำลังดำเนิน"
    "|สนทนา|พักสาย|อยู่ในสาย|ระงับ"
    "|කරගෙන|පවතින|සිදු වන|සිදු වෙමින්|රඳවා|රැඳව|යෙදෙමින්|ਜਾਰੀ|ਚੱਲ ਰਹੀ|ਹੋਲਡ|ਚਾਲੂ|berlangsung|berjalan|ditunda|penahanan"
    "|ditahan|ditangguh|semasa|vykst|dabartin|sulaikyt|užlaikyt"
    "|ກຳລັງໂທຢູ່|ພັກສາຍ|ດຳເນີນ|ຖືສາຍ|учурда|күтүлүү|сүйлөшүп|катышып|жүрүп жат|кармо|кармал|күтүү|ағымдағы|қазіргі|шалынуда"
    "|жүріп жат|ұстап|күту|מתבצעת|פעילה|נוכחית|מתמשכת|בהמתנה|החזקה"
    "|ચાલુ|હોલ્ડ|સક્રિય|ચાલી રહ|در.?حال انجام|در انتظار|جاری|در حالت انتظار|نگه.?داشته|فعلی|در جریان"
    "|active call|actief gesprek|appel en attente|llamada en espera|chiamata in attesa|удержани|parkerat|venteposition|podržen"
    "|đang diễn ra|trucada en curs|保留中",
    "ringing": "incoming|eingehend|ankommend|entrante|entrant|recebida|recebendo|in arrivo|inkomend|przychodząc|gelen|входящ"
    "|واردة|आने वाली|इनकमिंग|着信|来电|來電|수신"
    "|вхідн|hyrës|po vjen|ardhës|สายเรียกเข้า|โทรเข้า|เรียกเข้า|එන ඇමතුම|පැමිණෙන|ලැබෙන|ਆ ਰਹੀ|ਇਨਕਮਿੰਗ|ਆਉਣ ਵਾਲੀ|panggilan"
    " masuk|masuk|įeinan|gaunam"
    "|ສາຍໂທເຂົ້າ|ສາຍເຂົ້າ|ໂທເຂົ້າ|кирүүчү|келип жат|кіріс|келген|келіп жат|נכנסת|આવનાર|ઇનકમિંગ|આવતો|આવતા|ورودی|دریافتی",
}
_PATTERNS = {CallState(state): re.compile(rf"(?<![a-zà-žа-я])(?:{words})", re.IGNORECASE) for state, words in _WORDS.items()}
_WHOLE_WORDS = {state: re.compile(rf"{known.pattern}[a-zà-žЀ-ӿ֐-׿؀-ۿऀ-෿]*", re.IGNORECASE) for state, known in _PATTERNS.items()}
# A notification after the call: its recording, a reminder to call back.
_PAST_CALL = re.compile(
    r"call record|recording (?:is )?(?:saved|ready)|recorded call|^reminder|^(?:tap to )?call back(?: now)?$|anrufaufzeichnung"
    r"|aufzeichnung gespeichert"
    r"|grabación (?:de |guardada)|gravação (?:de |salva|guardada)|enregistrement (?:de l|sauvegardé|enregistré)"
    r"|registrazione (?:chiamata|salvata)|gespreksopname|nagranie (?:rozmowy|zapisane)|(?:arama|çağrı) kaydı"
    r"|запись (?:разговора|вызова|звонка)|تسجيل المكالم|कॉल रिकॉर्ड|通話録音|通话录音|통화 녹음",
    re.IGNORECASE,
)
_TIMER = re.compile(r"^\W*\d{1,2}(:\d{2}){1,2}\W*$")
_NUMBER = re.compile(r"[+(]?[0-9٠-٩۰-۹][0-9٠-٩۰-۹ ().\-/\u00a0\u2011\u202f]{4,24}[0-9٠-٩۰-۹]")
# Words before one's own number, on which the call comes in.
_BEFORE_OWN_NUMBER = re.compile(r"(?:\b(?:via|über|par|por|per|przez|to|an|sim ?\d?)|経由)\W*$", re.IGNORECASE)
# Dates, years and times have as many digits as a number.
_WHEN = (
    r"(?:[0-3]?\d[./][01]?\d[./](?:(?:19|20)\d\d|\d\d)|[0-3]?\d-[01]?\d-(?:19|20)\d\d|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d"
    r"|(?:19|20)\d\d|[0-3]?\d[./-][0-5]?\d\.?)"
)
_DATE = re.compile(rf"\(?{_WHEN}(?:[ ()-]+{_WHEN})*[ ().-]*")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?::\d{2}){1,2}(?!\d)")
_INTERNATIONAL = re.compile(r"\+(?:\D*\d){8,}")  # a number even if a name stands before it
# Words of titles that are about the call: then the caller is in the content, or follows these words.
_CALL_WORDS = frozenset(
    "incoming call eingehend eingehender ankommend anruf sprachanruf videoanruf llamada entrante chamada recebida recebendo appel"
    " entrant chiamata inkomende oproep połączenie przychodzące gelen çağrı arama входящий вызов звонок مكالمة واردة आने"
    " कॉल इनकमिंग"
    " 着信 来电 來電 수신 전화"
    " виклик дзвінок відеодзвінок telefonatë videochamada สาย ඇමතුම ਕਾਲ panggilan skambutis ສາຍ чалуу қоңырау שיחה שיחת કૉલ تماس"
    " ඇමතුමක чалууда בשיחה કૉલમાં skambinant อยู่ในสาย ຢູ່ໃນສາຍ การประชุมสาย ການປະຊຸມທາງໂທລະສັບ конференц қоңырауы".split()
)
_FILLER_WORDS = frozenset(
    "voice video wifi wi fi hd volte sim on via über auf por en vocal vidéo sur in arrivo su वाली në konferencë"
    " konferencinis sidang dalam ਕਾਨਫਰੰਸ ਵਿੱਚ ועידה કૉન્ફરન્સ کنفرانسی در сөйлесу мәжіліс зв’язок සම්මන්ත්‍රණ".split()
)
_APP_NAMES = frozenset("phone telefon teléfono telefone téléphone telefono telefoon".split())
_MORE_CALL_WORDS = frozenset(
    "anrop puhelu apel klic chamada"
    " calls anrufe sprachanrufe llamadas chamadas appels chiamate oproepen połączenia połączeń çağrılar aramalar вызовы вызова"
    " вызовов звонки звонка звонков مكالمات कॉलें 件 通 개 个 wird tap to हो रहा रही है"
    " виклики дзвінки робочий телефон іншому пристрої призупинено telefonata telefonatë e të humbura pune me video një"
    " pajisje tjetër"
    " videoja ndërpre chamadas traballo perdidas noutro dispositivo vídeo pausa สายที่ มีสายจากที่ทำงานที่ จากที่ทำงาน"
    " วิดีโอ อุปกรณ์อื่น"
    " ඇමතුම් වීඩියෝ කාර්යාල වෙනත් උපාංගයක ਕਾਲਾਂ ਹੋਈਆਂ ਵੀਡੀਓ ਕੰਮ ਨਾਲ ਸਬੰਧਿਤ ਕਿਸੇ ਹੋਰ ਡੀਵਾਈਸ 'ਤੇ ਜਾ ਰਿਹਾ ਕੀਤਾ ਹੈ sedang"
    " dijeda pada peranti lain"
    " daripada tempat kerja tidak skambučiai darbo vaizdo srautas kitame įrenginyje ສາຍທີ່ чалуулар видео башка түзмөктө"
    " жумуш боюнча болуп"
    " жаткан қоңырауы қоңыраулар бейне жұмыс басқа құрылғыда құрылғыдан алынған שיחות וידאו הווידאו עבודה עסקית באחד"
    " מהמכשירים האחרים שלא හැරුණු හැරුණ ඇමතුම් ગયેલ калган"
    " કૉલ્સ વીડિઓ વિડિઓ કાર્ય અન્ય ઉપકરણ પર રહેલ રહ્યાં છે કરી تماس‌های کاری ویدیویی ویدئویی ویدیو دستگاهی دیگر در".split()
)
# What a dialer calls a number of a contact, where a name could stand.
_KINDS_OF_PHONE = frozenset(
    "mobile cell home work main other mobil privat geschäftlich móvil casa trabajo celular telemóvel trabalho portable domicile"
    " bureau cellulare ufficio lavoro mobiel thuis werk komórka dom praca cep ev iş"
    " мобильный домашний рабочий الجوال मोबाइल 携帯 手机"
    " 휴대전화".split()
)
_LONGEST_CALL_TITLE = 60
_FEWEST_WORDS_OF_SENTENCE = 2  # beside those for the call; a dialer writes "SIM 1" or "Mobile" there
_WORD_BREAK = re.compile(r"[\s\d().,:;…·|/\-]+")
_CALL_FROM = re.compile(
    r"(?:incoming |missed )?(?:voice |video )?call from|(?:eingehender |verpasster )?anruf von|llamada (?:entrante |perdida )?de"
    r"|chamada (?:recebida |perdida )?de|appel (?:entrant |manqué )?de|chiamata (?:in arrivo |persa )?da",
    re.IGNORECASE,
)


def state_of(text: str) -> CallState | None:
    """Return what a dialer's text means, None if none of its words is known."""
    return next((state for state, pattern in _PATTERNS.items() if pattern.search(text)), None)


def state_of_title(title: str) -> CallState | None:
    """Return what a title means that has no word beside those for a call, such as "2 missed calls"; None for any other.

    Some such words are names, so that one alone is enough only for a missed call, and with "…" for one that is dialled.
    """
    state = state_of(title) if len(title) <= _LONGEST_CALL_TITLE else None
    if state is CallState.MISSED and _CALL_FROM.match(title):  # "Missed call from …"
        return state
    if state is None or _other_words(title, state):
        return None
    words = _words(title)
    is_alone = len(words) <= 1 or (_CALL_WORDS | _MORE_CALL_WORDS).isdisjoint(words)
    is_clear = state is CallState.MISSED or (state is CallState.DIALLING and title.endswith(("…", "...")))
    return state if is_clear or not is_alone else None


def is_sentence(text: str) -> bool:
    """Return whether a text has so many words beside those for the call that a person may have written it."""
    state = state_of(text)
    return state is not None and not _CALL_FROM.match(text) and len(_other_words(text, state)) >= _FEWEST_WORDS_OF_SENTENCE


def _other_words(text: str, state: CallState) -> list[str]:
    """Return the words of a text that are not about a call."""
    known = _CALL_WORDS | _MORE_CALL_WORDS | _FILLER_WORDS | _APP_NAMES
    return [word for word in _words(_WHOLE_WORDS[state].sub(" ", text)) if word not in known]


def _words(text: str) -> list[str]:
    return [word for word in _WORD_BREAK.split(text.casefold()) if word]


def means_ringing(text: str) -> bool:
    """Return whether a text has a word for an incoming call."""
    return _PATTERNS[CallState.RINGING].search(text) is not None


def is_timer(text: str) -> bool:
    """Return whether a text is a running time, "01:23", as dialers show it during a call."""
    return _TIMER.match(text) is not None


def is_about_past_call(text: str) -> bool:
    """Return whether a text is about a call that is over: its recording, a reminder to call back."""
    return _PAST_CALL.search(text) is not None


def is_call_title(text: str) -> bool:
    """Return whether a title only has words for the call, "Incoming voice call", or is the dialer's name: it names no caller."""
    words = _words(text) if len(text) <= _LONGEST_CALL_TITLE else []
    return (len(words) == 1 and words[0] in _APP_NAMES) or (
        not _CALL_WORDS.isdisjoint(words) and (_CALL_WORDS | _FILLER_WORDS | _APP_NAMES).issuperset(words)
    )


def is_kind_of_phone(text: str) -> bool:
    """Return whether a text says which of the contact's phones calls, "Mobile", and names nobody."""
    return text.casefold() in _KINDS_OF_PHONE


def is_kind_of_line(text: str) -> bool:
    """Return whether a text says by which line the call comes, "SIM 1", "Wi-Fi", and names nobody."""
    return _FILLER_WORDS.issuperset(_words(text))


def without_call_from(title: str) -> str:
    """Return a title without "Incoming call from" before the caller's name."""
    return _CALL_FROM.sub("", title, count=1).strip() if _CALL_FROM.match(title) else title


def is_number(text: str) -> bool:
    """Return whether a text is a number and nothing else."""
    return _NUMBER.fullmatch(text) is not None


def has_number(text: str) -> bool:
    """Return whether a number is in a text."""
    return _NUMBER.search(text) is not None


def numbers_of_caller(text: str, *, is_title: bool) -> tuple[str, ...]:
    """Return the numbers in a text that may be the caller's: no dates, and not the one on which the call comes in ("via …").

    In a title, which may be a name with digits in it, a national number counts only if it is the whole title or the title says that
    it is about a call.
    """
    if is_timer(text):
        return ()
    without_clock = _CLOCK.sub(lambda clock: "|" * len(clock[0]), text)
    numbers = [number for number in _NUMBER.finditer(without_clock) if not _DATE.fullmatch(number[0])]
    if is_title and state_of(text) is None and not _CALL_FROM.match(text):
        numbers = [number for number in numbers if is_number(text) or _INTERNATIONAL.match(number[0])]
    return tuple(number[0] for number in numbers if not _BEFORE_OWN_NUMBER.search(text[: number.start()]))
