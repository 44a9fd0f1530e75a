"""The words in the headers of files of contacts, by language, in the form of `plain_header` (columns.py), and in names."""

from __future__ import annotations

import re

# Their languages: English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Czech, Danish, Norwegian, Swedish,
# Finnish, Turkish, Russian, Japanese, Chinese, Korean, Hungarian, Ukrainian, Romanian, Slovak, those of former Yugoslavia, Greek,
# Vietnamese, Indonesian, Malay, Hindi, Arabic, Hebrew, Thai, Bulgarian, Catalan, Lithuanian, Latvian, Estonian and Persian.
HEADERS = {
    "id": """
        record id | contact id | id | vid | hs object id | person id | uid | contactid | datensatz id | id de registro
        id do registro | id de l enregistrement | id record | record id van contact | post id | レコードid | 記錄 id
        记录 id
        rekord id | запис id | id inregistrare | id zaznamu | id zapisa | αναγνωριστικο εγγραφης | id ban ghi
        id catatan
    """,
    "first_name": """
        first name | firstname | given name | forename | first | vorname | nombre de pila | primeiro nome | prenome
        prenom | nome proprio | voornaam | imie | jmeno | krestni jmeno | fornavn | fornamn | etunimi | ad | adi
        isim | имя | 名 | 名字 | 이름
        keresztnev | utonev | ім'я | імя | prenume | krstne meno | osobno ime | μικρο ονομα
        nama depan | पहला नाम | प्रथम नाम | الاسم الأول | الاسم الاول | שם פרטי | ชื่อจริง | ชื่อแรก | vardas | vards
        eesnimi | نام کوچک | nom de pila | собствено име
    """,
    "middle_name": """
        middle name | additional name | zweiter vorname | segundo nombre | deuxieme prenom | отчество | ミドル ネーム
        kozepso nev | по батькові | stredne meno | srednje ime | μεσαιο ονομα | ten dem | nama tengah | मध्य नाम
        الاسم الأوسط | שם אמצעי | ชื่อกลาง
    """,
    "last_name": """
        last name | lastname | surname | family name | last | nachname | familienname | apellido | apellidos
        sobrenome | ultimo nome | apelido | nom de famille | cognome | achternaam | nazwisko | prijmeni | efternavn
        etternavn | efternamn | sukunimi | soyad | soyadi | фамилия | 姓 | 姓氏 | 성
        vezeteknev | csaladnev | прізвище | nume de familie | priezvisko | prezime | priimek | презиме | επωνυμο
        επιθετο | ho | nama belakang | nama keluarga | उपनाम | अंतिम नाम | कुलनाम | सरनेम | اسم العائلة | الاسم الأخير
        اللقب | الكنية | שם משפחה | นามสกุล | фамилно име | cognoms | pavarde | uzvards | perekonnanimi | نام خانوادگی
    """,
    "name": """
        name | full name | display name | contact | contact name | fullname | person | customer | client | kontakt
        vollstandiger name | anzeigename | kontaktname | kunde | nombre completo | nombre y apellidos | contacto
        cliente | nome completo | contato | nom complet | nom et prenom | nome e cognome | nominativo | contatto
        volledige naam | naam | contactpersoon | imie i nazwisko | cele jmeno | jmeno a prijmeni | navn | fulde navn
        fullt navn | namn | fullstandigt namn | nimi | ad soyad | adi soyadi | фио | полное имя | контакт | 氏名 | 名前
        お名前 | 表示名 | 姓名 | 全名 | 联系人 | 聯絡人 | 성명
        nev | teljes nev | kapcsolat | kapcsolat neve | kapcsolattarto | kapcsolattarto neve | ugyfel | ugyfel neve
        повне ім'я | піб | прізвище та ім'я | ім'я та прізвище | ім'я контакту | контактна особа | клієнт | nume complet
        nume si prenume | nume contact | persoana de contact | client | cele meno | meno a priezvisko | kontaktna osoba
        zakaznik | ime i prezime | puno ime | ime in priimek | polno ime | име и презиме | ονοματεπωνυμο | πληρες ονομα
        επαφη | ονομα επαφης | πελατης | ho va ten | ho ten | ten day du | ten lien he | nguoi lien he | lien he
        khach hang | ten khach hang | nama lengkap | nama kontak | kontak | pelanggan | nama pelanggan | nama penuh
        पूरा नाम | नाम | संपर्क | संपर्क नाम | संपर्क का नाम | ग्राहक | الاسم | الاسم الكامل | جهة الاتصال
        اسم جهة الاتصال | العميل | اسم العميل | שם מלא | איש קשר | שם איש קשר | שם איש הקשר | לקוח | שם לקוח | ชื่อเต็ม
        ชื่อ นามสกุล | ชื่อและนามสกุล | ชื่อสกุล | ชื่อผู้ติดต่อ | ผู้ติดต่อ | ลูกค้า | ชื่อลูกค้า | пълно име | имена
        nom i cognoms | vardas pavarde | vards uzvards | taisnimi | نام و نام خانوادگی | نام کامل | مخاطب
        телефонная книга
    """,
    "nickname": """
        nickname | file as | spitzname | speichern unter | apodo | alias | surnom | soprannome | bijnaam | ニックネーム
        becenev | псевдонім | porecla | prezyvka | nadimak | ψευδωνυμο | biet danh | nama panggilan | الاسم المستعار
        כינוי | ชื่อเล่น
    """,
    "email": """
        email | e mail | email address | e mail address | mail | primary email | work email | email 1 | e mail 1 value
        e mail adresse | emailadresse | correo | correo electronico | direccion de correo electronico
        endereco de e mail | adresse e mail | courriel | adresse mail | posta elettronica | indirizzo e mail
        emailadres | e mailadres | adres e mail | sahkoposti | e post | e postadress | eposta | эл почта
        электронная почта | почта | メール | メールアドレス | eメール | 电子邮件 | 電子郵件 | 邮箱 | 이메일
        e mail cim | email cim | e mail cime | drotposta | електронна пошта | ел пошта | ел адреса | електронна адреса
        пошта | адреса електронної пошти | адрес электронной почты | имейл | имейл адрес | adresa de e mail
        adresa de email | adresa e mail | e mailova adresa | emailova adresa | e mail adresa | email adresa | e posta
        adresa e poste | e postni naslov | е пошта | ηλεκτρονικο ταχυδρομειο | ηλεκτρονικη διευθυνση | διευθυνση email
        διευθυνση ηλεκτρονικου ταχυδρομειου | dia chi email | thu dien tu | surel | alamat email | alamat surel | e mel
        ईमेल | ई मेल | ईमेल पता | ईमेल एड्रेस | البريد الإلكتروني | البريد | عنوان البريد الإلكتروني | الإيميل | ايميل
        דוא"ל | דואל | מייל | אימייל | כתובת דוא"ל | כתובת מייל | כתובת אימייל | דואר אלקטרוני | อีเมล | อีเมล์
        ที่อยู่อีเมล | correu electronic | el pastas | e pasts | e pasta adrese | ایمیل | پست الکترونیک
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
        ceg | cegnev | ceg neve | vallalat | vallalat neve | tarsasag | munkahely | компанія | назва компанії
        організація | фірма | підприємство | companie | nume companie | denumire companie | numele companiei
        nume firma | organizatie | societate | nazov spolocnosti | nazov firmy | nazev spolecnosti | nazev firmy
        firma nazev | organizacia | organizace | tvrtka | naziv tvrtke | ime tvrtke | poduzece | podjetje | ime podjetja
        preduzece | kompanija | компанија | предузеће | εταιρεια | εταιρια | ονομα εταιρειας | επωνυμια
        επωνυμια εταιρειας | οργανισμος | επιχειρηση | cong ty | ten cong ty | doanh nghiep | to chuc | perusahaan
        nama perusahaan | syarikat | nama syarikat | organisasi | कंपनी | कम्पनी | कंपनी का नाम | कंपनी नाम | संगठन
        الشركة | شركة | اسم الشركة | المؤسسة | المنظمة | חברה | שם חברה | שם החברה | ארגון | עסק | บริษัท | ชื่อบริษัท
        องค์กร | หน่วยงาน | фирма | име на фирма | nom de l empresa | imone | imones pavadinimas | uznemums | ettevote
        شرکت | نام شرکت
    """,
    "owner": """
        contact owner | owner | owner name | account owner | record owner | assigned to | inhaber | zustandig
        zustandiger | kontakteigentumer | besitzer | propietario | propietario del contacto | proprietario do contato
        proprietaire | proprietaire du contact | proprietario | proprietario del contatto | eigenaar
        contacteigenaar | wlasciciel | opiekun | ejer | eier | agare | omistaja | ответственный | コンタクト担当者 | 担当者 | 負責人
        담당자
        kapcsolat tulajdonosa | власник контакту | відповідальний | proprietarul contactului | vlastnik kontaktu
        vlasnik kontakta | κατοχος επαφης | chu so huu lien he | pemilik kontak | संपर्क स्वामी | مالك جهة الاتصال
        בעלי איש הקשר | เจ้าของผู้ติดต่อ
    """,
    "last_contacted": """
        last contacted | notes last contacted | last activity date | letzter kontakt | zuletzt kontaktiert
        ultimo contacto | ultimo contato | dernier contact | ultimo contatto | laatste contact | 最終コンタクト
    """,
}
HEADERS |= {
    "country_code": """
        country code | phone country code | country calling code | calling code | country dialing code | dial code
        international code | landervorwahl | landesvorwahl | internationale vorwahl | landerkennzahl | indicatif pays
        indicatif international | codigo de pais | codigo pais | prefijo internacional | prefijo pais | codigo do pais
        prefisso internazionale | landcode | landnummer | landskod | landekode | maatunnus | numer kierunkowy kraju
        predvolba zeme | ulke kodu | код страны | код країни | κωδικος χωρας | 国番号 | 国家代码 | 国家区号 | 國碼
        국가번호 | 국가 코드
        kode negara | ma quoc gia | رمز الدولة | देश कोड | קידומת מדינה
    """,
    "area_code": """
        area code | phone area code | areacode | std code | dialling code | city code | vorwahl | ortsvorwahl
        telefonvorwahl | telefon vorwahl | vorwahl telefon | ortskennzahl | indicatif | indicatif regional
        codigo de area | codigo area | prefijo | ddd | codigo de area ddd | prefisso | prefisso telefonico | netnummer
        kengetal | riktnummer | suuntanumero | numer kierunkowy | kierunkowy | predvolba | predcisli | alan kodu
        код города | код міста | код оператора | κωδικος περιοχης | 市外局番 | 区号 | 區碼 | 電話區碼
        지역번호 | kode area | ma vung
        رمز المنطقة | क्षेत्र कोड | קידומת
    """,
}
PHONE = re.compile(
    r"phone|mobi[el]|\bcall ?back\b|\bcell(?!ar)|\btel\b|\btel ?\d|\btlf|tele?f|ruf ?n|rufnummer|whatsapp|\bfax\b|\btelefax|handy"
    r"|durchwahl|festnetz|landline|switchboard|\bdirect (?:dial|line|no|number)|\bddi\b|^ph$|\bph (?:no|number|\d)|\btfno\b"
    r"|\bfon[oe]\b|\btlm\b|pevna linka|kannykka|talrun|ফোন|直通|座机|固[话定話]|市[话話内]|연락처|nomor hp|мобилен|whats app"
    r"|\bmovil\b|celular|cellulare|\bcel\b|telemovel|portable|\bgsm\b|\bcep\b|\bnatel\b|\bkomorka"
    r"|\bkomorkowy"
    r"|puhelin|matkapuhelin|\bpager\b|"
    r"telepon|ponsel|selul[ae]r|\bno hp\b|^hp$|nomor wa\b|mobite|dien thoai|di dong|\bsdt\b"
    r"|телефон|\bтел\b|мобильн|мобилн|мобільн|\bмоб\b|сотов|τηλεφων|κινητ|\bτηλ\b|फोन|मोबाइल|दूरभाष|هاتف|جوال|محمول"
    r"|موبايل|موبایل|تليفون|تلفون|تلفن"
    r"|نقال|همراه|טלפון|נייד|סלולרי|פלאפון|โทร|มือถือ|電話|携帯|ファックス|手机|手機|电话|行動|전화|휴대|핸드폰|sim ?\d\b"
    # Outlook's column Callback, in its languages.
    r"|^ruckmeldung$|^ruckruf$|ruckrufn|devolucion de llamada|^rappel$"
    r"|rappel (?:tel|num)|^richiamata$|terugbel|retorno (?:de )?chamada"
    r"|oddzwan|wywolanie zwrotne|motringning"
    r"|tilbagekald|tilbakering|takaisinsoitto|geri arama|обратн\w* (?:вызов|звонок)|zpetne volani"
    r"|コールバック|回[拨撥电電]|콜백|회신"
    r"|visszahiv|зворотн\w* (?:дзвінок|виклик)|spatne volanie|povratni poziv|επανακληση|goi lai|معاودة الاتصال"
    r"|חזרה טלפונית|โทรกลับ",
)
# Headers that have such a word and hold no number of the contact's.
NO_PHONE = re.compile(
    r"\btypes?\b|label|country|landervorwahl|extension|region|calculated|validity|\btyp\b|\btipo\b|consent|einwilligung|preferred"
    r"|bevorzugt|do not|nicht anrufen|\bhas\b|verified|status|\bdate\b|datum|last |letzte|\bcount\b|anzahl|number of|times"
    r"|\bcalls?\b|anrufe|telefonate|llamadas|chamadas|appels|chiamate|gesprekken|polaczen|phonetic|phonem"
    r"|hivas|дзвінк|звонк|apeluri|hovor|poziv[ia]|κλησε|cuoc goi|panggilan|المكالمات"
    r"|שיחות|จ\u0e4dานวน|кількість|количество"
    r"|pocet|broj poziva|\bso lan\b|jumlah|عدد|מספר שיחות|tipus\b|\bтип\b|τυπος|\bloai\b|\bjenis\b|نوع|סוג|ประเภท"
    r"|\bopt ?(?:in|out)\b|\bnotes?\b|\bext\b|notiz|typ$|\bbill\b|\bmodel|headphone|^mobilitat|carrier|anbieter|\bprovider"
    r"|\bversion\b|bestatigt|erlaubt|telephone company"
    r"|owner|inhaber|tulajdonos|власник|vlastnik|vlasnik|κατοχο|回数|次数|ふりがな|フリガナ|よみ|読み|拼音",
)
SOMEBODY_ELSES = re.compile(
    r"assistan|asistent|assistent|\basst\b|sekret|secretar|manager|vorgesetzt|\bchef\b|supervisor|\bboss\b|emergency|notfall"
    r"|urgence|emergenza|emergencia|nood|spouse|(?<!ansprech)partner|\behe|conjoint|conyuge|coniuge|conjuge|parent"
    r"|eltern|referred"
    r"|secretair|\bmom s?\b|\bmums?\b|\bdad s?\b|\bchild|\bkids?\b|\bice\b|caregiver|\bcarer|landlord|lawyer|attorney"
    r"|a prevenir|alarmow|anhorig|lahiomai|hatayht|avustaj|esimie"
    r"|\bжен[аы]\b|\bмуж[а]?\b|\bматери\b|\bмамы\b|\bотца\b|\bпапы\b|ассистент|经理|家长|家長"
    r"|reports to|\bwife|husband|mother|father|\bsons?\b|daughter|next of kin|\bpa\b|referrer|sales rep|\bdriver"
    r"|\bdoctor|caretaker"
    r"|guardian|family (?:member|phone|tel|contact)|alternate contact|\breference (?:\d|phone|tel)"
    r"|mutter|\bvater|betreuer|angehorig|steuerberater|vertreter|hausverwaltung|gatt(?:e|in)\b"
    r"|ayudante|\bjefe|gerente|espos[ao]|marido|\bpadre|\bmadre|familiar|respons[aá]|\bchefe|leidinggevende|echtgeno"
    r"|gestionnaire|epou[sx]|\bmari\b|\btuteur|\bmere\b|\bpere\b|\bmoglie|\bmarito|genitore"
    r"|asystent|menedzer|kierowni|malzon|przelozon|nodkontakt|naermeste|\bleders?\b|aegtefael|ægtefæl|parorende"
    r"|помощник|секретар|руководител|супруг|экстренн|директор|родител|начальник"
    r"|asistan|yonetici|\bacil\b|\bveli\b|\banne\b|\bbaba\b|\bes (?:tel|cep)"
    r"|asszisztens|titkar|felettes|fonok\b|\bveszhelyzet|surgossegi|hazastars|\bferj|feleseg|\bszulo|\banya\b|\bapa\b"
    r"|асистент|помічник|керівник|екстрен|чоловік|дружин|\bбатьки|\bмати\b|\bмами\b|\bтата\b|асистен|спешн"
    r"|urgenta|\bsot(?:ul|ie|iei|ului)?\b|parint|\bmama\b|\btata\b|\bsef(?:ul|ului)?\b|nadriaden|nadrizen|tiesn|nudzov"
    r"|nouzov|manzel|\brodic|veduc|vedouc"
    r"|\bhitn|suprug|roditelj|tajnic|voditelj|nadreden|\bnuj|pomocnik|zakonec|βοηθο|γραμματε|προισταμεν|διευθυντ|εκτακτ"
    r"|συζυγ|γονε[αιω]|μητερα|πατερα"
    r"|tro ly|thu ky|quan ly|giam doc|khan cap|phu huynh|vo chong|(?:sdt|thoai|dong) (?:cua )?(?:vo|chong|me|bo|cha)\b"
    r"|\basisten\b|atasan|darurat|suami|\bistri\b|isteri|orang ?tua|manajer|pengurus|\bibu\b|\bayah\b|\bwali\b|kecemasan|penjaga"
    r"|सहायक|प्रबंधक|मैनेजर|आपात|इमरजेंसी|(?:^| )(?:पति|पत्नी|माता|पिता|मां|बॉस)(?: |$)|जीवनसाथी|अभिभावक|सचिव"
    r"|مساعد|مدير|طوار|زوج|والد|سكرتير|ولي الامر|الرييس|دستیار|اضطراری|همسر|منشی|עוזר|מזכיר|מנהל|חירום"
    r"|זוג|הורה|הורים|אמא|אבא|בעלה|אשתו"
    r"|ผู้ช่วย|ผู้จัดการ|ฉุกเฉิน|คู่สมรส|สามี|ภรรยา|ผู้ปกครอง|บิดา|มารดา|เลขา|หัวหน้า|비서|비상|긴급|배우자|보호자|상사"
    r"|秘[書书]|アシスタント|緊急|配偶|上司|上级|家族|父母|保護者|紧急|助理",
)

# Headers that say no more than which number it is. Such a column is of phone numbers if its values are.
PLACES = """
    home | main | primary | work | business | office | direct | other | number | main number | home number | work number
    mob | privat | zuhause | geschaftlich | dienstlich | beruflich | buro | zentrale | weitere | sonstige | nummer
    hauptnummer | casa | particular | personal | trabajo | oficina | principal | otro | numero | trabalho | escritorio
    comercial | outro | residencial | domicile | maison | prive | travail | bureau | professionnel | pro | autre
    abitazione | lavoro | ufficio | principale | altro | thuis | werk | zakelijk | kantoor | hoofdnummer | overig | dom
    domowy | praca | sluzbowy | biuro | glowny | inny | domu | domaci | prace | pracovni | hlavni | jiny | hjem | arbejde
    arbeid | jobb | kontor | hoved | hovednummer | andet | annet | hem | hemma | arbete | huvudnummer | annat | koti | tyo
    paanumero | muu | ev | is | ofis | ana | diger | numara | дом | домашний | работа | рабочий | основной | другой | номер
    自宅 | 仕事 | 職場 | 代表 | 代表番号 | その他 | 番号 | 連絡先 | 家庭 | 住宅 | 工作 | 办公室 | 辦公室 | 主要 | 其他 | 号码 | 號碼
    집 | 자택 | 직장 | 대표 | 기타 | 번호 | otthon | otthoni | munkahelyi | fo | egyeb | szam | домашній | робочий
    основний | інший | acasa | serviciu | birou | altul | numar | doma | domov | pracovne | hlavne | ine | cislo | kuca
    kucni | posao | ured | glavni | ostalo | broj | σπιτι | εργασια | γραφειο | κυριο | αλλο | αριθμος | nha | nha rieng
    co quan | van phong | chinh | khac | so | rumah | kantor | utama | lainnya | nomor | घर | कार्यालय | ऑफिस | मुख्य | अन्य
    नंबर | المنزل | العمل | المكتب | الرئيسي | أخرى | الرقم | בית | עבודה | משרד | ראשי | אחר | מספר | บ้าน | ที่ทำงาน
    สำนักงาน | หลัก | อื่นๆ | หมายเลข | เบอร์ | fixed | fixed line | land line | fixe | ligne fixe | fijo | linea fija | fixo
    telefono fijo | fisso | linea fissa | rete fissa | vast | vaste lijn | vast nummer | stacjonarny | numer stacjonarny
    pevna | fast | fasttelefon | fastnett | fastnet | fastnat | kiintea | sabit | sabit hat | vezetekes | стационарный
    городской | стаціонарний | міський | fiksni | fix | σταθερο | co dinh | may ban | tetap | ثابت | الثابت
    קווי
"""

# Who buys: a person's name where no other column has one, a company's beside it.
CUSTOMERS = """
    customer | client | kunde | cliente | customer name | client name | kundenname | klient | клиент | клієнт | ugyfel
    ugyfel neve | zakaznik | πελατης | khach hang | ten khach hang | pelanggan | nama pelanggan | ग्राहक | العميل
    اسم العميل | לקוח | שם לקוח | ลูกค้า | ชื่อลูกค้า
"""

# What tells a company from a person, where it is a word of a name; those that are also people's names, such as Sa, are not here.
COMPANY_FORMS = frozenset(
    "inc incorporated ltd limited llc llp plc corp company gmbh ag kg ohg ug sas sarl srl spa bv nv aps pty kk".split()
)

# What follows a comma and is no first name: the form of a company, or a title.
NO_FIRST_NAMES = COMPANY_FORMS | frozenset(
    "co se sa ab as oy jr sr ii iii iv phd md dds esq mba cpa rn dr prof ing dipl mag msc bsc ma ba jun sen".split()
)
