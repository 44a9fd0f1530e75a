"""Changes of numbering plans that are one to one: from an earlier spelling to today's.

None of these old numbers is assigned to another line today; `doubtful_plans` has those that may be.

Each row has its date and source. "X, in Y" is X's announcement as Y quotes it; a source that quotes no regulator, operator or
ITU is called secondary. No better one was found for either.
"""

from __future__ import annotations

from callerid.messages import template

Rule = tuple[str, str, str]  # a pattern, which `country_rules` compiles where it is needed; what it becomes; and why


def _changed(why: str, *rules: tuple[str, str]) -> tuple[Rule, ...]:
    """Return a change: why in words, and the national numbers that it applies to with what they became (country code:number)."""
    return tuple((pattern, template, why) for pattern, template in rules)


# The area codes of the three stages of 2017 (11 February, 15 April, 17 June) whose old numbers are not assigned again.
_VIETNAM_AREAS = {
    "20": "214",
    "22": "212",
    "25": "205",
    "26": "206",
    "27": "207",
    "29": "216",
    "53": "233",
    "54": "234",
    "230": "215",
    "231": "213",
    "240": "204",
    "241": "222",
    "280": "208",
    "281": "209",
    "320": "220",
    "321": "221",
    "350": "228",
    "351": "226",
    "510": "235",
    "511": "236",
    "780": "290",
    "781": "291",
    "500": "262",
    "501": "261",
    "650": "274",
    "651": "271",
    "710": "292",
    "711": "293",
    "57": "257",
    "60": "260",
    "61": "251",
    "62": "252",
    "63": "263",
    "64": "254",
    "66": "276",
    "67(?!2)": "277",
    "68": "259",
    "72": "272",
    "73": "273",
    "74": "294",
    "75": "275",
}
_MONTENEGRO_AREAS = {"81": "20", "82": "32", "83": "40", "84": "50", "85": "30", "87": "51", "88": "31", "89": "52"}
# Madagascar's towns, whose five digits became seven.
_MADAGASCAR_TOWNS = {
    "2": "22",
    "481": "5481",
    "482": "5682",
    "45": "955",
    "53": "533",
    "62": "622",
    "67": "677",
    "72": "722",
    "75": "755",
    "791": "7391",
    "794": "7294",
    "82": "822",
    "86": "866",
    "92": "922",
    "94": "944",
}
_MONTENEGRO = _changed(
    template("Montenegrin number written with the old codes"),
    *((rf"{old}(\d{{6}})", rf"382:{new}\1") for old, new in _MONTENEGRO_AREAS.items()),
)
# By country code; the first that fits applies. Each has the date of the change and its source.
CHANGES = {
    # Greece, 20 January and 20 October 2002, 20 January 2003: 0 behind the area code and 2 before it, 6 for the 0 of mobiles
    # (National Telecommunications and Post Commission, in Kathimerini, 1 January and 19 October 2002).
    30: _changed(
        template("Greek number written in the plan before 2003"),
        (r"10?(\d{7})", r"30:210\1"),
        (r"([3-8]1)(\d{6})", r"30:2\g<1>0\2"),
        (r"([2-8][02-9]\d)(\d{5})", r"30:2\g<1>0\2"),
        (r"([2-8]\d{8})", r"30:2\1"),
        (r"(9[34789]\d{7})", r"30:6\1"),
    ),
    # San Marino, also dialled from Italy with 0549 (ITU, E.164 assigned country codes: 378; the 0549 area of +39).
    39: _changed(template("San Marino dialled by way of Italy"), (r"(0549[89]\d{5})", r"378:\1")),
    378: _changed(template("San Marino written without 0549"), (r"([89]\d{5})", r"378:0549\1")),
    # Romania, 14 June 2002: 2 before geographic area codes (ANRC by ITU, in the World Telephone Numbering Guide).
    40: _changed(template("Romanian number written with the old area code"), (r"([13-6]\d{7})", r"40:2\1")),
    # Switzerland, 31 March 2007: 044 for Zurich's 01 (BAKOM, announcement of 13 March 2006).
    41: _changed(template("Swiss number written with the old area code 01"), (r"1(\d{7})", r"41:44\1")),
    # Singapore, 1 March 2002: 6 before landlines (IDA, press release of 2001).
    65: _changed(template("Singaporean landline written with seven digits"), (r"([2-8]\d{6})", r"65:6\1")),
    # Russia, 1 December 2005: 4 for the 0 of area codes, 401 for 011 (announcement of the ministry by ITU, in the World Telephone
    # Numbering Guide). Kazakhstan, 2007: 71 and 72 for 31 and 32, which Russia has left free (Agency on Informatization and
    # Communication, order 307 of 9 September 2008: the plan; Wikipedia, Telephone numbers in Kazakhstan, secondary: the date).
    7: (
        *_changed(
            template("Russian number written with the old area code"), (r"011(\d{7})", r"7:401\1"), (r"0([4-9]\d{8})", r"7:4\1")
        ),
        *_changed(template("Kazakh number written with the old area code"), (r"3([12]\d{8})", r"7:7\1")),
    ),
    # Egypt, 6 October 2011: a digit of the operator after 1 (NTRA, press release).
    20: _changed(
        template("Egyptian mobile written with ten digits"),
        (r"1([069]\d{7})", r"20:10\1"),
        (r"1([14]\d{7})", r"20:11\1"),
        (r"1([278]\d{7})", r"20:12\1"),
    ),
    # United Kingdom, 22 April 2000: 020, 023, 024 and 029, with eight digits behind them (Oftel, The Big Number, questions and
    # answers).
    44: _changed(
        template("British number written with the codes before 2000"),
        (r"171([2-9]\d{6})", r"44:207\1"),
        (r"181([2-9]\d{6})", r"44:208\1"),
        (r"1705(\d{6})", r"44:2392\1"),
        (r"1703(\d{6})", r"44:2380\1"),
        (r"1203(\d{6})", r"44:2476\1"),
        (r"1222(\d{6})", r"44:2920\1"),
    ),
    # Mexico, 3 August 2019: no 1 before a mobile from abroad; 044, 045 and 01 at home given up (IFT, Plan Técnico Fundamental de
    # Numeración).
    52: _changed(template("Mexican mobile written with the old 1"), (r"1(\d{10})", r"52:\1")),
    # Argentina: 15 between area code and number at home, 9 before the area code from abroad; some write both (ENACOM, Plan
    # Fundamental de Numeración Nacional).
    54: _changed(
        template("Argentine mobile written with 15"),
        (r"9?(11)15(\d{8})", r"54:9\1\2"),
        (r"9?([23]\d{2})15(\d{7})", r"54:9\1\2"),
        (r"9?([23]\d{3})15(\d{6})", r"54:9\1\2"),
    ),
    # Brazil, until November 2016: a 9 before mobiles that began with 6 to 9 (Anatel, Resolução 553/2010).
    55: _changed(template("Brazilian mobile written without the ninth digit"), (r"([1-9]\d)([6-9]\d{7})", r"55:\g<1>9\2")),
    # Chile, 24 November 2012: 2 before the seven digits of Santiago (Subtel by ITU, communication of 2.VII.2014).
    56: _changed(template("Chilean number written without the 2 of 2012"), (r"2(\d{7})", r"56:22\1")),
    # Colombia, 1 September 2021: 60 before the one-digit area code (CRC, Resolución 5826 of 2019).
    57: _changed(template("Colombian number written with the old area code"), (r"([124-8])(\d{7})", r"57:60\1\2")),
    # Thailand, 1 September 2006: 8 before mobiles (NTC; CAT Telecom, in the World Telephone Numbering Guide). Those that are
    # landlines today are in `doubtful_plans`.
    66: _changed(template("Thai mobile written with nine digits"), (r"(9\d{7}|1[1-57]\d{6})", r"66:8\1")),
    # Vietnam, 15 September 2018: eleven-digit mobiles got ten (Ministry of Information and Communications, decision
    # 798/QD-BTTTT). 11 February to 31 August 2017: new area codes (decision 2036/QĐ-BTTTT). Those that are mobiles today:
    # `doubtful_plans`.
    84: (
        *_changed(
            template("Vietnamese landline written with the old area code"),
            (r"4(\d{8})", r"84:24\1"),
            *((rf"{old}(\d{{7}})", rf"84:{new}\1") for old, new in _VIETNAM_AREAS.items()),
        ),
        *_changed(
            template("Vietnamese mobile written with the old eleven digits"),
            (r"16([2-9]\d{7})", r"84:3\1"),
            (r"120(\d{7})", r"84:70\1"),
            (r"121(\d{7})", r"84:79\1"),
            (r"122(\d{7})", r"84:77\1"),
            (r"126(\d{7})", r"84:76\1"),
            (r"128(\d{7})", r"84:78\1"),
            (r"12([345])(\d{7})", r"84:8\1\2"),
            (r"127(\d{7})", r"84:81\1"),
            (r"129(\d{7})", r"84:82\1"),
            (r"18([68])(\d{7})", r"84:5\1\2"),
            (r"199(\d{7})", r"84:59\1"),
        ),
    ),
    # Morocco, 7 March 2009: 5 before landlines, 6 before mobiles (ANRT, communiqué). 4 and 5 had been landlines until 2006
    # (`doubtful_plans`).
    212: _changed(
        template("Moroccan number written with the old nine digits"),
        (r"(2[2-9]\d{6}|3[5-9]\d{6})", r"212:5\1"),
        (r"([167]\d{7})", r"212:6\1"),
    ),
    # Algeria, 22 February 2008: the first digit of mobiles twice (ARPT).
    213: _changed(template("Algerian mobile written with nine digits"), (r"([567])(\d{7})", r"213:\1\1\2")),
    # Mauritania, 1 January 2011: a digit of the operator first (ARE by ITU, communication of 30.VI.2010; World Telephone
    # Numbering Guide, secondary: the ranges).
    222: _changed(
        template("Mauritanian number written with the old seven digits"),
        (r"([234])(\d{6})", r"222:\1\1\2"),
        (r"(5[08]\d{5}|70\d{5})", r"222:2\1"),
        (r"(6[1236]\d{5}|7[123]\d{5})", r"222:3\1"),
        (r"(5[1-7]\d{5}|6[045789]\d{5}|7[4-9]\d{5})", r"222:4\1"),
    ),
    # Tunisia, 1 October 2001: 7 before landlines (Tunisie Télécom by ITU, in the World Telephone Numbering Guide).
    216: _changed(template("Tunisian landline written with seven digits"), (r"([1-8]\d{6})", r"216:7\1")),
    # Togo, 7 August 2011: 2 before landlines (ARTP). Mobiles changed by the operator (`doubtful_plans`).
    228: _changed(template("Togolese number written with the old seven digits"), (r"([2-4]\d{6})", r"228:2\1")),
    # Benin, 30 November 2024: 01 before every eight digits (ARCEP Bénin; ITU, T0202000017).
    229: _changed(template("Beninese number written with the old eight digits"), (r"(\d{8})", r"229:01\1")),
    # Mauritius, 1 September 2013: 5 before mobiles (ICTA, decision of 11 February 2013).
    230: _changed(template("Mauritian mobile written with the old seven digits"), (r"([79]\d{6})", r"230:5\1")),
    # Ghana, 1 May 2010: ten area codes for over fifty (NCA and Vodafone Ghana; World Telephone Numbering Guide).
    233: _changed(
        template("Ghanaian number written with the old area code"),
        (r"21(\d{6})", r"233:302\1"),
        (r"22(\d{6})", r"233:303\1"),
        (r"31(\d{5})", r"233:3120\1"),
        (r"41(\d{5})", r"233:3320\1"),
        (r"42(\d{5})", r"233:3321\1"),
        (r"51(\d{5})", r"233:3220\1"),
        (r"61(\d{5})", r"233:3520\1"),
        (r"71(\d{5})", r"233:3720\1"),
        (r"72(\d{5})", r"233:3820\1"),
    ),
    # Cameroon, 21 November 2014: 6 before mobiles (ART). Landlines got 2, or 24 (`doubtful_plans`).
    237: _changed(template("Cameroonian mobile written with the old eight digits"), (r"([79]\d{7})", r"237:6\1")),
    # São Tomé and Príncipe, 31 January 2010: 2 before landlines (AGER by ITU, communication of 28.XII.2009). Mobiles changed by
    # the operator (`doubtful_plans`).
    239: _changed(template("Landline of São Tomé written with six digits"), (r"(2\d{5})", r"239:2\1")),
    # Equatorial Guinea, 9 April 2010: nine digits for six (ORTEL by ITU, communication of 4.V.2010; World Telephone Numbering
    # Guide).
    240: _changed(
        template("Equatorial Guinean number written with six digits"),
        (r"(0[789]\d{4})", r"240:333\1"),
        (r"([25]\d{5})", r"240:222\1"),
    ),
    # Congo, 15 October 2010: 22 before landlines, 0 and a digit of the operator before mobiles (ARPCE, Numérotation: nine digits
    # since October 2010; World Telephone Numbering Guide, secondary: the first digits).
    242: _changed(
        template("Congolese number written with the old seven digits"),
        (r"(2[1-589]\d{5})", r"242:22\1"),
        (r"([456])(\d{6})", r"242:0\1\1\2"),
    ),
    # Angola, 26 June 2005: 2 before area codes and a digit of the operator behind them (World Telephone Numbering Guide,
    # secondary). Outside Luanda the old number does not show the operator (`doubtful_plans`).
    244: _changed(
        template("Number of Luanda written in the plan before 2005"),
        (r"2(74[01]\d{3})", r"244:228\1"),
        (r"2(\d{6})", r"244:222\1"),
    ),
    # Seychelles, 1 November 2010 to 4 August 2011: 4 before landlines, 2 before mobiles (World Telephone Numbering Guide,
    # secondary).
    248: _changed(
        template("Seychellois number written with the old six digits"),
        (r"(47\d{4})", r"248:6\1"),
        (r"(4[123]\d{4}|[236]\d{5})", r"248:4\1"),
        (r"([57]\d{5})", r"248:2\1"),
    ),
    # Rwanda, 1 February 2009: 783 for 03, 788 for 08 (RURA by ITU, 14 January 2009, in the World Telephone Numbering Guide).
    250: _changed(template("Rwandan mobile written with the old eight digits"), (r"0?([38]\d{6})", r"250:78\1")),
    # Kenya, March 2002: a digit more in Safaricom's mobiles (CCK, in the World Telephone Numbering Guide).
    254: _changed(template("Kenyan mobile written with eight digits"), (r"72(\d{6})", r"254:722\1")),
    # Zambia, 1 May 2007: 21 before landlines; the last digit of a mobile's code again, 97 for 97 to 99 (the operators' notice, in
    # The Zambian).
    260: _changed(
        template("Zambian number written in the plan before 2007"),
        (r"([1-8]\d{6})", r"260:21\1"),
        (r"9([56])(\d{6})", r"260:9\1\1\2"),
        (r"9([789]\d{6})", r"260:97\1"),
    ),
    # Madagascar, October 1997: seven digits, behind 20 from abroad (OMERT by ITU, in the World Telephone Numbering Guide).
    261: _changed(
        template("Malagasy number written with the old area code"),
        *((rf"{old}(\d{{{6 - len(old)}}})", rf"261:20{new}\1") for old, new in _MADAGASCAR_TOWNS.items()),
    ),
    # Malawi, 31 March 2009: 99 or 88 before mobiles (MACRA by ITU, in the World Telephone Numbering Guide).
    265: _changed(
        template("Malawian mobile written with seven digits"), (r"([359]\d{6})", r"265:99\1"), (r"([48]\d{6})", r"265:88\1")
    ),
    # Eswatini, 1 March 2010 and 1 February 2011: 7 before mobiles, 2 before landlines (SPTC by ITU, communication of 30.IX.2010).
    268: _changed(
        template("Swazi number written with the old seven digits"), (r"([2-5]\d{6})", r"268:2\1"), (r"(6\d{6})", r"268:7\1")
    ),
    # Gibraltar, 1 December 2007: 200 before landlines (GRA, in the World Telephone Numbering Guide).
    350: _changed(template("Gibraltarian landline written with five digits"), (r"([457]\d{4})", r"350:200\1")),
    # Portugal, 31 October 1999: 2 for the 0 of area codes; 91, 93 and 96 for 0931, 0933 and 0936 (ANACOM, principles of the new
    # plan).
    351: _changed(
        template("Portuguese number written in the plan before 1999"),
        (r"([1-9]\d{7})", r"351:2\1"),
        (r"93([136]\d{7})", r"351:9\1"),
    ),
    # Malta, November 2001: 21 before landlines, 9 before mobiles that begin with 9 or in place of their 0 (MCA, in the World
    # Telephone Numbering Guide).
    356: _changed(
        template("Maltese number written in the plan before 2002"), (r"([2-8]\d{5})", r"356:21\1"), (r"0?(9\d{6})", r"356:9\1")
    ),
    # Cyprus, 1 December 2001: 2 before area codes, 99 for 09 (CyTA, in the Cyprus Mail of 28 November 2001).
    357: _changed(
        template("Cypriot number written in the plan before 2002"), (r"([2-6]\d{6})", r"357:2\1"), (r"(9\d{6})", r"357:9\1")
    ),
    # Latvia, 1 May 2006 to 1 August 2007: 2 before mobiles, 6 before landlines (Public Utilities Commission by ITU, in the World
    # Telephone Numbering Guide; which are mobiles: Ministry of Transport by ITU, 30.X.2000).
    371: _changed(
        template("Latvian number written with the old seven digits"),
        (r"(9\d{6}|6[45]\d{5})", r"371:2\1"),
        (r"([3457]\d{6})", r"371:6\1"),
    ),
    # Belarus, 22 January 2011: Lida's 154 and six digits for 1561 and five (Ministry of Communications by ITU, communication of
    # 4.XI.2010).
    375: _changed(template("Number of Lida written with the old area code"), (r"1561(\d{5})", r"375:1545\1")),
    # Montenegro, 1 October 2007 and 2008: +382 for +381, and new area codes (Wikipedia, Telephone numbers in Montenegro,
    # secondary).
    381: _MONTENEGRO,
    382: _MONTENEGRO,
    # Guatemala, 18 September 2004: 2 or 6 before landlines of the capital and around it, 7 before others, 5 before mobiles
    # (Telgua, in the World Telephone Numbering Guide).
    502: _changed(
        template("Guatemalan number written with the old seven digits"),
        (r"(5\d{6}|[2-9][019]\d{5})", r"502:5\1"),
        (r"([234]\d{6})", r"502:2\1"),
        (r"(6\d{6})", r"502:6\1"),
        (r"([789]\d{6})", r"502:7\1"),
    ),
    # El Salvador, 14 May 2005: 2 before landlines, 7 before mobiles (SIGET by ITU, 18 March 2005, in the World Telephone
    # Numbering Guide).
    503: _changed(
        template("Salvadoran number written with the old seven digits"),
        (r"([2-6]\d{6})", r"503:2\1"),
        (r"(7\d{6}|[89](?!00)\d{6})", r"503:7\1"),
    ),
    # Honduras, 25 February 2007 and 14 November 2010: 3 or 9 before mobiles, 2 before landlines (Conatel, NR014/06 and
    # announcement of 13 November 2010, in the World Telephone Numbering Guide). 8 was both (`doubtful_plans`).
    504: _changed(
        template("Honduran number written with the old seven digits"),
        (r"([24567]\d{6})", r"504:2\1"),
        (r"([39])(\d{6})", r"504:\1\1\2"),
    ),
    # Nicaragua, 22 April 2009: 2 before landlines, 8 before mobiles (Telcor by ITU, 5 March 2009, in the World Telephone
    # Numbering Guide; The Tico Times).
    505: _changed(
        template("Nicaraguan number written with the old seven digits"),
        (r"([2357]\d{6})", r"505:2\1"),
        (r"(4\d{6}|8(?!00)\d{6})", r"505:8\1"),
    ),
    # Costa Rica, 20 March 2008: 2 before landlines, 8 before mobiles (ICE, in La Nación and The Tico Times).
    506: _changed(
        template("Costa Rican number written with the old seven digits"),
        (r"([24-7]\d{6})", r"506:2\1"),
        (r"(3\d{6}|8(?!00)\d{6})", r"506:8\1"),
    ),
    # Haiti, 1 March 2008: 2 before landlines, 3 before mobiles, 9 before other services (CONATEL by ITU, communication of
    # 23.VIII.2007, in the World Telephone Numbering Guide).
    509: _changed(
        template("Haitian number written with the old seven digits"),
        (r"(2\d{6})", r"509:2\1"),
        (r"(8[5789]\d{5})", r"509:9\1"),
        (r"([4-9]\d{6})", r"509:3\1"),
    ),
    # Bolivia, 20 October 2001: the area code again before the six digits of La Paz, Santa Cruz and Cochabamba; 2 before Oruro's
    # 52 and Potosí's 62, 4 before Sucre's 64 and Tarija's 66 (SITTEL, changes in national numbering). Trinidad:
    # `doubtful_plans`.
    591: _changed(
        template("Bolivian landline written with the old area code"),
        (r"([23])(\d{6})", r"591:\1\1\2"),
        (r"4([0-57-9]\d{5})", r"591:44\1"),
        (r"([56]2\d{5})", r"591:2\1"),
        (r"(6[46]\d{5})", r"591:4\1"),
    ),
    # Ecuador, 30 September 2012: 9 before mobiles (Sangay's guide to Ecuador, secondary).
    593: _changed(template("Ecuadorian mobile written with the old nine digits"), (r"([89]\d{7})", r"593:9\1")),
    # Timor-Leste, 1 January 2013: 7 before mobiles (Ministry of Transport and Communications by ITU, communication of
    # 27.III.2013).
    670: _changed(template("Timorese mobile written with the old seven digits"), (r"(7[1-9]\d{5})", r"670:7\1")),
    # Macao, 1 October 2006: 28 before landlines, 6 before mobiles; 1 January 2008: 8 before direct lines (Secretary for
    # Transport and Public Works, dispatch 179/2006; telecommunications bureau, in Xinhua of 3 April 2006, and its notice on
    # direct lines).
    853: _changed(
        template("Number of Macao written in the plan before 2008"),
        (r"([2-9]\d{5})", r"853:28\1"),
        (r"(6\d{6})", r"853:6\1"),
        (r"([2-57-9]\d{6})", r"853:8\1"),
    ),
    # Saudi Arabia, 13 May and 18 August 2013: 1 before the area code (CITC by ITU, communication of 9.IV.2013).
    966: _changed(template("Saudi landline written with the old area code"), (r"([123467][2-9]\d{6})", r"966:1\1")),
    # Israel, 1 December 2013 to 2015: 53 for 57 (Ministry of Communications, in Mako). Mobiles of six digits: `doubtful_plans`.
    972: _changed(template("Israeli mobile written with the old prefix 057"), (r"57(\d{7})", r"972:53\1")),
    # Qatar, 28 July 2010: the first digit twice (ictQATAR). Numbers with 3 are in `doubtful_plans`.
    974: _changed(template("Qatari number written with the old seven digits"), (r"([4567])(\d{6})", r"974:\1\1\2")),
    # Georgia, June 2011: 5 before mobiles, 2 before the six digits of Tbilisi (GNCC by ITU, communication of 22.XII.2010;
    # Wikipedia, Telephone numbers in Georgia, secondary).
    995: _changed(
        template("Georgian number written in the plan before 2011"),
        (r"((?:55|58|77|9[135789])\d{6})", r"995:5\1"),
        (r"32(\d{6})", r"995:322\1"),
    ),
}
