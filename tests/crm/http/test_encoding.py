"""Names are read as they were saved, in whatever encoding a spreadsheet of their country writes."""

from __future__ import annotations

import io

import pytest

from callerid.crm.file.encoding import encoding_of


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", ["José Muñoz", "Begoña Peña", "Iñaki Güell"]),
        ("cp1252", ["João Conceição", "Inês Simões"]),
        ("cp1252", ["Hélène Lefèvre", "Loïc Béranger", "Sacré Cœur"]),
        ("cp1252", ["Søren Ærø", "Bjørn Ødegård", "Åsa"]),
        ("cp1252", ["Niccolò Donà"]),
        ("cp1252", ["Jürgen Müller", "Özgür"]),
        ("cp1252", ["Ana Muñoz"]),
        ("cp1250", ["Łukasz Żółw", "Małgorzata Święta"]),
        ("cp1250", ["Jan Wiśniewski"]),
        ("cp1250", ["Jiří Dvořák"]),
        ("cp1250", ["Szűcs Ákos", "Nagy Győző"]),
        ("cp1250", ["Ştefan Ţepeş"]),
        ("cp1250", ["Đorđe Šimić", "Ivana Kovačić"]),
        ("cp1254", ["Işık Gülşen", "Özgür Yılmaz"]),
        ("cp1254", ["Ayşe Yılmaz"]),
        ("cp1251", ["Иван Петров", "Анна Сидорова"]),
        ("cp1253", ["Γιώργος Παπαδόπουλος"]),
        ("cp932", ["山田太郎", "鈴木花子"]),
        ("cp949", ["김철수", "이영희"]),
        ("gbk", ["王小明", "李丽"]),
        ("big5", ["陳大文", "黃小華"]),
    ],
)
@pytest.mark.parametrize("header", ["Name,Phone", "Contact,Telefon"])
def test_names_below_a_header_without_accents_are_read_as_they_were_saved(encoding: str, names: list[str], header: str) -> None:
    text = "\r\n".join([header, *(f"{name},+4930901820{place}" for place, name in enumerate(names)), ""])
    saved = text.encode(encoding)
    detected = encoding_of(io.BufferedReader(io.BytesIO(saved))).name
    assert saved.decode(detected) == text
