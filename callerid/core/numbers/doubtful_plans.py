"""Changes of numbering plans that are not one to one, or whose old numbers may be somebody else's today, or whose source is weak.

From an earlier spelling to what it may be now. Dates and sources are told as in `earlier_plans`.
"""

from __future__ import annotations

from callerid.messages import template

Choice = tuple[str, tuple[str, ...], str]  # a pattern, what it may be today, and why


def _may_be(why: str, *rules: tuple[str, ...]) -> tuple[Choice, ...]:
    """Return a change that is not one to one: why in words, and the national numbers it applies to with what they may be now."""
    return tuple((pattern, tuple(templates), why) for pattern, *templates in rules)


# Area codes of 2017 whose old numbers are mobiles or VoIP numbers (672) today (decision 2036/QĐ-BTTTT).
_VIETNAM_AREAS_OF_MOBILES = {
    "30": "229",
    "31": "225",
    "33": "203",
    "36": "227",
    "37": "237",
    "38": "238",
    "39": "239",
    "52": "232",
    "55": "255",
    "56": "256",
    "58": "258",
    "59": "269",
    "67(?=2)": "277",
    "70": "270",
    "76": "296",
    "77": "297",
    "79": "299",
}
# Changes by operator, which does not show, and old numbers that may be assigned again today. By country code.
CHOICES = {
    # Egypt, 6 October 2011: eleven digits with 015, which Telecom Egypt has today (NTRA, press release).
    20: _may_be(
        template("Egyptian mobile written with 015"),
        (r"150(\d{7})", r"20:120\1"),
        (r"151(\d{7})", r"20:101\1"),
        (r"15([25]\d{7})", r"20:11\1"),
    ),
    # France, 18 October 1996: the zone, 1 to 5, before eight digits (government of France, Le téléphone passe à la numérotation
    # à dix chiffres). Monaco, 21 June 1996: +377 for +33 (Histelfrance, secondary); 93 is Nice's as well.
    33: (
        *_may_be(
            template("French number written with eight digits"), (r"([2-9]\d{7})", *(rf"33:{zone}\1" for zone in range(1, 6)))
        ),
        *_may_be(template("Monaco's old country code"), (r"(9[237]\d{6})", r"377:\1")),
    ),
    # Spain, 1998: 9 before landlines, for the trunk prefix 9; 6 for the 9 of mobiles with 906 to 909 (Plan Nacional de
    # Numeración of 14 November 1997, cited in BOE-A-1999-16585; how: Wikipedia, Telephone numbers in Spain, secondary).
    34: _may_be(
        template("Spanish number written in the plan before 1998"), (r"([1-8]\d{7})", r"34:9\1"), (r"0([6-9]\d{6})", r"34:60\1")
    ),
    # Romania, 14 June 2002: 7 for the 9 of mobiles and a digit of the operator (Wikipedia, Telephone numbers in Romania,
    # secondary).
    40: _may_be(
        template("Romanian mobile written with the old code"),
        (r"0?9([123]\d{6})", r"40:72\1"),
        (r"0?9([045]\d{6})", r"40:74\1"),
        (r"0?98(\d{6})", r"40:788\1"),
    ),
    # Peru, 5 April 2008: 9 before mobiles, which Lima had with its area code 1 (MTC and Osiptel, in La República).
    51: _may_be(template("Peruvian mobile written with the old eight digits"), (r"1?(9\d{7})", r"51:9\1")),
    # Mexico, 17 November 2001: ten digits for eight; Mexico City has eight behind 55 (IFT by ITU, communication of 12.V.2015).
    52: _may_be(template("Mexican number written in the plan before 2001"), (r"(?:01)?(5[2-8]\d{6})", r"52:55\1")),
    # Buenos Aires, 1999: 11 for 1, and 4 before the number (Wikipedia, Argentine telephone numbering plan, secondary).
    54: (
        *_may_be(
            template("Argentine number with and without the 9 of mobiles"), (r"9(\d{10})", r"54:\1"), (r"(\d{10})", r"54:9\1")
        ),
        *_may_be(template("Number of Buenos Aires written with the old area code"), (r"0?1([2-9]\d{6})", r"54:114\1")),
    ),
    # Chile, 20 October 2012 to 6 July 2013: 2 before the six digits of other areas (Subtel by ITU, communication of
    # 2.VII.2014); 6 February 2016: 9 before mobiles, always (Subtel).
    56: _may_be(
        template("Chilean number written with eight digits"),
        (r"([3-7][1-8])(\d{6})", r"56:\g<1>2\2", r"56:9\1\2"),
        (r"([89]\d{7}|[3-7][09]\d{6})", r"56:9\1"),
    ),
    # Australia, 1994 to 1998: 9 before the seven digits of Sydney and Melbourne (Wikipedia, Australian telephone numbering
    # plan, secondary).
    61: _may_be(template("Australian landline written with seven digits"), (r"([23])(\d{7})", r"61:\g<1>9\2")),
    # Philippines, 6 October 2019: 8, 7 or 3 before the seven digits of Metro Manila, by the operator (NTC, memorandum order
    # 10-10-2017).
    63: _may_be(
        template("Metro Manila before and after the eight digits of 2019"), (r"2(\d{7})", r"63:28\1", r"63:27\1", r"63:23\1")
    ),
    # Thailand, 1 September 2006: 8 before mobiles (NTC; CAT Telecom, in the World Telephone Numbering Guide).
    66: _may_be(template("Thai mobile written with nine digits"), (r"(1[0689]\d{6})", r"66:8\1")),
    84: _may_be(
        template("Vietnamese landline written with the old area code"),
        (r"8(\d{8})", r"84:28\1"),
        *((rf"{old}(\d{{7}})", rf"84:{new}\1") for old, new in _VIETNAM_AREAS_OF_MOBILES.items()),
    ),
    # India, until 2003: 2 before landlines of BSNL and MTNL (Department of Telecommunications, National Numbering Plan, April
    # 2003: the area codes; Silicon India: the 2, secondary). Others had other digits.
    91: _may_be(
        template("Indian landline written with the old seven digits"), (r"(11|20|22|33|40|44|79|80)([2-9]\d{6})", r"91:\g<1>2\2")
    ),
    # Morocco, 24 March 2006 and 7 March 2009: 4 and 5 were landlines, which became 2 and 3, then mobiles (ANRT by ITU,
    # 12.VII.2006).
    212: _may_be(
        template("Moroccan number written with the old nine digits"),
        (r"4(\d{7})", r"212:64\1", r"212:52\1"),
        (r"5(\d{7})", r"212:65\1", r"212:53\1"),
    ),
    # Iran: 3 before the seven digits of provincial capitals, whose area codes lost their 1; eight digits of today may look the
    # same. Karaj (261), 11 April 2012, and Qom (251), 17 May 2013 (Mehr News); Urmia (441), 11 June 2014 (Mehr News; Negah-e
    # Rooz); Mashhad (511), July 2014 (Telecommunication Company of Khorasan Razavi, in IRNA).
    98: _may_be(template("Iranian landline written with the old area code"), (r"(25|26|44|51)1(\d{7})", r"98:\g<1>3\2")),
    # Senegal, 2007: 33 before landlines, 77 or 76 before mobiles, by operator (ARTP; Agence de presse sénégalaise).
    221: _may_be(
        template("Senegalese number written with the old seven digits"), (r"(\d{7})", r"221:33\1", r"221:77\1", r"221:76\1")
    ),
    # Mali, 1 November 2008: 20 or 21 for the 2 of landlines, by the region; 4, 6 or 7 before others, by the operator (CRT, in
    # Ouestaf).
    223: _may_be(
        template("Malian number written with the old seven digits"),
        (r"2(\d{6})", r"223:20\1", r"223:21\1"),
        (r"([3-9]\d{6})", r"223:4\1", r"223:6\1", r"223:7\1"),
    ),
    # Côte d'Ivoire, 31 January 2021: 01, 05, 07 before mobiles, 21, 25, 27 before others, by the operator (ARTCI).
    225: _may_be(
        template("Ivorian number before and after the ten digits of 2021"),
        (r"(\d{8})", r"225:01\1", r"225:05\1", r"225:07\1", r"225:21\1", r"225:25\1", r"225:27\1"),
    ),
    # Burkina Faso, 15 December 2014: landlines with 25 for 50 and 24 for 40, which were reserved for mobiles then (ARCEP).
    226: _may_be(
        template("Burkinabe landline written with the old code"), (r"50(\d{6})", r"226:25\1"), (r"40(\d{6})", r"226:24\1")
    ),
    # Niger, 30 June 2006: two digits of the service and operator before the six (ARM by ITU, communication of 6.IX.2006).
    227: _may_be(
        template("Nigerien number written with the old six digits"),
        (r"(\d{6})", r"227:20\1", r"227:90\1", r"227:93\1", r"227:94\1", r"227:96\1"),
    ),
    # Togo, 7 August 2011: two digits for the first of a mobile, by the operator (ARTP).
    228: _may_be(
        template("Togolese number written with the old seven digits"),
        (r"0(\d{6})", r"228:91\1", r"228:98\1"),
        (r"5(\d{6})", r"228:99\1", r"228:25\1"),
        (r"6(\d{6})", r"228:98\1", r"228:26\1"),
        (r"7(\d{6})", r"228:92\1", r"228:99\1", r"228:27\1"),
        (r"8(\d{6})", r"228:91\1", r"228:98\1"),
        (r"9(\d{6})", r"228:90\1", r"228:99\1"),
    ),
    # Chad, 15 March 2010: 2, 6, 7 or 9 before the seven digits, by operator (OTRT).
    235: _may_be(
        template("Chadian number written with the old seven digits"), (r"(\d{7})", r"235:2\1", r"235:6\1", r"235:7\1", r"235:9\1")
    ),
    # Cameroon, 21 November 2014: 2 before landlines, some 24 for their first digit (ART; Camtel's notice in Bamenda Online).
    237: _may_be(template("Cameroonian landline written with the old eight digits"), (r"([23])(\d{7})", r"237:2\1\2", r"237:24\2")),
    # São Tomé and Príncipe, 31 January 2010: 98 or 99 for the 9 of mobiles (AGER by ITU, communication of 28.XII.2009).
    239: _may_be(template("Mobile of São Tomé written with six digits"), (r"9(\d{5})", r"239:98\1", r"239:99\1")),
    # Gabon, 15 November 2019, the old numbers until 6 April 2024: a digit of the operator after the 0, none from abroad (ARCEP).
    241: _may_be(
        template("Gabonese number written with the old eight digits"),
        (r"0([256]\d{6})", r"241:6\1"),
        (r"0([47]\d{6})", r"241:7\1"),
        (r"0(1\d{6})", r"241:1\1"),
    ),
    # Congo, 15 October 2010: 0 and a digit of the operator, where the first digit does not show it (as in `earlier_plans`).
    242: _may_be(
        template("Congolese number written with the old seven digits"),
        (r"([3789]\d{6})", r"242:01\1", r"242:04\1", r"242:05\1", r"242:06\1"),
    ),
    # Angola, 26 June 2005: 2 before the area codes outside Luanda, 2 or 8 behind them, by the operator (World Telephone Numbering
    # Guide, secondary).
    244: _may_be(
        template("Angolan number written in the plan before 2005"), (r"([3-7]\d)(\d{5})", r"244:2\g<1>2\2", r"244:2\g<1>8\2")
    ),
    # South Sudan, 1 October 2011: +211 for +249 (VOA; New Vision), where Sudan may have assigned the numbers again.
    249: _may_be(template("South Sudan's old country code"), (r"(9[1257]\d{7})", r"211:\1")),
    # Rwanda, 1 February 2009: 250 or 255 before landlines (RURA by ITU, in the World Telephone Numbering Guide).
    250: _may_be(template("Rwandan landline written with the old six digits"), (r"(5\d{5})", r"250:250\1", r"250:255\1")),
    # Djibouti, after November 2010: 77 before mobiles, 21 or 27 before landlines (the six digits: Djibouti Télécom by ITU,
    # communication of 14.XI.2010; today's first digits: the metadata).
    253: _may_be(
        template("Djiboutian number written with the old six digits"),
        (r"([678]\d{5})", r"253:77\1"),
        (r"([2-5]\d{5})", r"253:21\1", r"253:27\1"),
    ),
    # French overseas departments, 22 June 2001: the country code before the six digits again, or 690 to 696 if it is a mobile
    # (ARCEP). Mayotte, 30 March 2007: +262 269 for +269, or +262 639 for mobiles (ARCEP, decision 2006-0720).
    262: _may_be(template("Number of Réunion written with six digits"), (r"([2-9]\d{5})", r"262:262\1", r"262:692\1")),
    269: _may_be(template("Mayotte's old country code"), (r"([26]\d{5})", r"262:269\1", r"262:639\1")),
    590: _may_be(template("Number of Guadeloupe written with six digits"), (r"([2-9]\d{5})", r"590:590\1", r"590:690\1")),
    594: _may_be(template("Number of French Guiana written with six digits"), (r"([2-9]\d{5})", r"594:594\1", r"594:694\1")),
    596: _may_be(template("Number of Martinique written with six digits"), (r"([2-9]\d{5})", r"596:596\1", r"596:696\1")),
    # Zimbabwe, 2016 to 2017: 242 for Harare's 4, 292 for Bulawayo's 9 (Sent, Zimbabwe phone numbers, secondary).
    263: _may_be(
        template("Zimbabwean number written with the old area code"), (r"4(\d{6})", r"263:242\1"), (r"9(\d{6})", r"263:292\1")
    ),
    # Kosovo, 15 December 2016 to 2017: +383 replaced numbers of Serbia, Monaco and Slovenia (ITU, Operational Bulletin
    # 1113), which may have assigned them again since.
    377: _may_be(template("Kosovo's old country code"), (r"(4[45]\d{6})", r"383:\1")),
    386: _may_be(template("Kosovo's old country code"), (r"(4[3489]\d{6})", r"383:\1")),
    # Montenegro: mobiles that Serbia may have today, and an area that was divided.
    381: (
        *_may_be(template("Kosovo's old country code"), (r"((?:2[89]|3[89])\d{6})", r"383:\1")),
        *_may_be(
            template("Montenegrin number written with the old codes"),
            (r"(6[789]\d{6})", r"382:\1"),
            (r"86(\d{6})", r"382:33\1", r"382:41\1"),
        ),
    ),
    382: _may_be(template("Montenegrin number written with the old codes"), (r"86(\d{6})", r"382:33\1", r"382:41\1")),
    504: _may_be(template("Honduran number written with the old seven digits"), (r"(8\d{6})", r"504:9\1", r"504:2\1")),
    # Bolivia, 20 October 2001: Trinidad's 46 looks like Cochabamba's 4 (SITTEL, changes in national numbering).
    591: _may_be(template("Bolivian landline written with the old area code"), (r"4(6\d{5})", r"591:34\1", r"591:44\1")),
    # Ecuador, October 2001 to 2003: 2 before the six digits of landlines, 9 before those of mobiles, which got another 9 in
    # 2012 (Zbol, La confusión de los números, secondary).
    593: _may_be(
        template("Ecuadorian number written with six digits"), (r"0?([2-7])(\d{6})", r"593:\g<1>2\2"), (r"0?9(\d{6})", r"593:999\1")
    ),
    # Uruguay, 29 August 2010: 4 before the seven digits of the interior (URSEC by ITU, communication of 18.VI.2010), which
    # Montevideo wrote without its 2.
    598: _may_be(template("Uruguayan number written with the old seven digits"), (r"0?([3-7]\d{6})", r"598:4\1", r"598:2\1")),
    # Sint Maarten, 30 September 2011: +1 721 for +599, but for 555 (Bureau Telecommunications and Post). Curaçao's numbers with 5
    # look the same without their 9.
    599: _may_be(template("Sint Maarten's old country code"), (r"(5(?!55)\d{6})", r"1:721\1", r"599:9\1")),
    # French Polynesia, 21 and 23 June 2014: 40 before landlines, 87 or 49 before mobiles (council of ministers; Tahiti Infos).
    689: _may_be(
        template("Polynesian number before and after the eight digits of 2014"), (r"(\d{6})", r"689:40\1", r"689:87\1", r"689:49\1")
    ),
    # Kuwait, 17 October 2008: 2 before landlines, 9, 6 or 5 before mobiles, by the operator (the Ministry of Communications'
    # plan).
    965: _may_be(
        template("Kuwaiti number before and after the eight digits of 2008"),
        (r"([2-9]\d{6})", r"965:2\1", r"965:5\1", r"965:6\1", r"965:9\1"),
    ),
    # Israel, 20 April 2004: a prefix for each operator, and the last digit of the old one before the six digits (Ministry of
    # Communications, information sheet of May 2003; its deputy director general, in TheStreet). Cellcom's 52, Partner's 54 and
    # Mirs' 57 alone are told there. 53 for 57: `earlier_plans`.
    972: _may_be(
        template("Israeli mobile written with the old prefix"),
        (r"5([24])(\d{6})", r"972:5\1\1\2"),
        (r"57(\d{6})", r"972:537\1"),
    ),
    # Qatar, 28 July 2010: 33 for 3 (ictQATAR); ITU's list has 31 for another operator's as well.
    974: _may_be(template("Qatari number written with the old seven digits"), (r"(3\d{6})", r"974:3\1")),
}
