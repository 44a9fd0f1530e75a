"""The words that phones, dialers and automation apps show in place of the number or name of a caller who withholds it.

AOSP's dialer says "Unknown", "Private number" and "Payphone" (packages/services/Telephony, strings.xml: unknown, private_num,
payphone); makers and networks have their own. The languages are those in which dialer notifications are
understood (core/ringing/dialer_texts.py).
"""

from __future__ import annotations

import re
import unicodedata

_TEXT = """
anonymous | anonymous caller | area unavailable | coverage area unavailable | id withheld | caller id withheld
out of area | blocked | blocked caller | blocked number | caller id blocked
hidden | hidden number | no caller id | no number | none | not available | null | number withheld
pay phone | payphone | private | private caller | private number | restricted | restricted number
unavailable | undefined | unknown | unknown caller | unknown number | withheld | withheld number
anonym | anonymer anruf | anonymer anrufer | keine anrufer id | keine rufnummer | münztelefon
nummer unterdrückt | privat | private nummer | rufnummer unterdrückt | unbekannt | unbekannte nummer
unbekannter anrufer | unterdrückt | unterdrückte nummer | verborgen | verborgene nummer
öffentliches telefon
anónimo | número anónimo | sin número | desconocido | identificador oculto | llamada oculta | no disponible | número desconocido
número oculto | número privado | oculto | privado | restringido | sin id de llamada
sin identificar | teléfono público
anônimo | confidencial | desconhecido | indisponível | não identificado | número confidencial
número desconhecido | orelhão | restrito | telefone público
anonyme | appel anonyme | appel masqué | appelant inconnu | cabine téléphonique | caché | inconnu | masqué
numéro caché | numéro inconnu | numéro masqué | numéro privé | pas de numéro | privé | restreint
téléphone public
anonimo | chiamante sconosciuto | nascosto | numero nascosto | numero non disponibile | numero privato | numero sconosciuto
privato | riservato | sconosciuto | telefono pubblico
afgeschermd | afgeschermd nummer | anoniem | anonieme beller | geen beller id | onbekend | onbekend nummer
onbekende beller | privé nummer | privénummer | telefooncel | verborgen nummer
anonimowy | automat telefoniczny | nieznany | nieznany numer | numer nieznany | numer prywatny
numer ukryty | numer zastrzeżony | prywatny | ukryty | zastrzeżony
ankesörlü telefon | bilinmeyen | bilinmeyen numara | bilinmiyor | gizli | gizli numara | numara yok
özel numara
анонимный | неизвестно | неизвестный | неизвестный абонент | неизвестный номер | номер не определен
номер не определён | номер скрыт | скрыт | скрытый номер | таксофон | частный номер
خاص | رقم خاص | رقم غير معروف | رقم مجهول | رقم محجوب | رقم مخفي | غير معروف | مجهول | محجوب | مخفي
هاتف عمومي
अज्ञात | अज्ञात नंबर | अनजान नंबर | निजी | निजी नंबर | पे फ़ोन | पेफ़ोन
不明 | 不明な番号 | 不明な発信者 | 公衆電話 | 番号非通知
表示圏外 | 通知不可 | 通知不可能 | 非通知 | 非通知設定
不明號碼 | 公用电话 | 公用電話 | 匿名 | 无法显示号码 | 未知 | 未知來電
未知号码 | 未知来电 | 未知號碼 | 未顯示號碼 | 私人号码 | 私人號碼 | 隐藏号码
隐藏来电 | 隱藏號碼
개인 번호 | 공중전화 | 발신번호 없음 | 발신번호 표시제한 | 발신번호표시제한
hemligt nummer | dolt nummer | okänt nummer | ukjent nummer | salainen numero | tuntematon numero | privatnummer
rejtett szám | privát szám | magánszám | neznámé číslo | neznáme číslo | skryté číslo | număr necunoscut | număr ascuns
prywatny numer | ukryty numer | brak numeru | απόρρητος αριθμός | απόκρυψη αριθμού | número desconhecido
số riêng tư | số lạ | số ẩn | nomor tidak dikenal | скрит номер | nepoznati broj | skriveni broj | privaatnumber
skrita številka | anruf ohne nummer | identité masquée | identidad oculta | identificativo nascosto | sem identificação
nummer verborgen | geheim nummer | абонент скрыт | 号码隐藏 | 无号码 | 未顯示來電號碼 | 発信者番号なし | 발신자 표시 제한
невідомо | невідомий | невідомий номер | невідомий абонент | приватний номер | прихований номер
i panjohur | numër i panjohur | numër privat | telefon me monedha | telefon publik | telefon me pagesë
descoñecido | número descoñecido
ไม่ทราบ | ไม่รู้จัก | ไม่ทราบหมายเลข | หมายเลขส่วนตัว | โทรศัพท์สาธารณะ | หมายเลขที่ไม่รู้จัก
නොදන්නා | නොදනී | නොදන්න | පෞද්ගලික අංකය | පුද්ගලික අංකය | මුදල් ගෙවීමේ දුරකථනය | පොදු දුරකථනය | පේෆෝනය
ਅਗਿਆਤ | ਨਿੱਜੀ ਨੰਬਰ | ਪ੍ਰਾਈਵੇਟ ਨੰਬਰ | ਜਨਤਕ ਫ਼ੋਨ | ਪੇਫੋਨ | ਪੇਫ਼ੋਨ | ਅਣਜਾਣ
tidak diketahui | nombor peribadi | nombor persendirian | telefon awam | telefon bayar
nežinoma | nežinomas | nežinomas numeris | privatus numeris | taksofonas | taksofono numeris
ບໍ່ຮູ້ຈັກ | ເບີສ່ວນຕົວ | ໝາຍເລກສ່ວນຕົວ | ໂທລະສັບສາທາລະນະ | ຕູ້ໂທລະສັບສາທາລະນະ | ໂທລະສັບຢອດຫຼຽນ
белгисиз | белгисиз номер | купуя номер | автомат телефон | жеке номер
белгісіз | белгісіз нөмір | жасырын нөмір | жеке нөмір
לא ידוע | מספר לא ידוע | מספר פרטי | מספר חסוי | חסוי | טלפון ציבורי
અજાણ | અજાણ્યું | અજાણ્યા | અજાણ્યો | ખાનગી નંબર | પેફોન | જાહેર ફોન
نامشخص | ناشناس | شماره ناشناس | شماره خصوصی | خصوصی | تلفن عمومی
발신자 정보 없음 | 비공개 번호 | 알 수 없는 번호 | 알 수 없음 | 알수없음
"""
_WORDS = frozenset(
    unicodedata.normalize("NFKC", word.strip()) for line in _TEXT.splitlines() for word in line.split("|") if word.strip()
)
_LONGEST = max(map(len, _WORDS))
_ENDS = " \t()[]{}<>«»“”\"'.,:;!?*-_"
_GAPS = re.compile(r"[\s_-]+")


def means_hidden(text: str) -> bool:
    """Return whether a text, shown in place of a caller's number or name, means that the caller withholds it."""
    if len(text) > 2 * _LONGEST:
        return False
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", text).casefold().strip(_ENDS)) in _WORDS
