"""The strings of AOSP's dialer in each language of the test data: what its notifications are taken for."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from callerid.core.ringing.dialer_dictionary import build_dictionary
from callerid.core.ringing.dialer_notifications import ListedNotification, call_state, caller_info
from callerid.core.ringing.dialer_texts import CallState
from callerid.dialer_strings import load_dialer_strings

_STRINGS = Path(__file__).parents[1] / "data" / "dialer-strings.tsv"
_DIALER = "com.android.dialer"
_NAME = "Ana López"
_WORDS = build_dictionary(load_dialer_strings())
_WIFI, _SIM = "Wi-Fi", "SIM 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerString:
    """One string of a dialer: its language, resource, what it means, and its text."""

    language: str
    resource: str
    meaning: str
    text: str

    def filled(self) -> str:
        """Return the text with its placeholder filled as the dialer fills it."""
        return self.text.replace("%1$s", _SIM if "sim" in self.resource else _WIFI)


def strings() -> tuple[DialerString, ...]:
    """Return every string of the test data."""
    with _STRINGS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            DialerString(language=row["language"], resource=row["resource"], meaning=row["meaning"], text=row["string"])
            for row in rows
        )


def taken_for(known: DialerString, incoming: dict[str, str]) -> bool:
    """Tell whether a notification that says the string is taken for what it is."""
    match known.meaning:
        case "ringing" | "talking" | "dialling":
            notice = _notice(_NAME, known.filled())
            return (
                call_state(notice, dictionary=_WORDS) == CallState(known.meaning)
                and caller_info(notice, dictionary=_WORDS).name == _NAME
            )
        case "missed":
            return call_state(_notice(known.filled(), _NAME), dictionary=_WORDS) is CallState.MISSED
    caller = caller_info(_notice(known.filled(), incoming[known.language]), dictionary=_WORDS)
    return not caller.name and not caller.number


def _notice(title: str, content: str) -> ListedNotification:
    return ListedNotification(package=_DIALER, key="0|com.android.dialer|1|null|10100", title=title, content=content)


def tally() -> tuple[Counter[tuple[str, bool]], dict[str, list[str]]]:
    """Return how many strings of each meaning are taken right and wrong, and the wrong ones by meaning."""
    known = strings()
    incoming = {string.language: string.text for string in known if string.resource == "notification_incoming_call"}
    counts: Counter[tuple[str, bool]] = Counter()
    wrong = defaultdict(list)
    for string in known:
        right = taken_for(string, incoming)
        counts[string.meaning, right] += 1
        if not right:
            wrong[string.meaning].append(f"{string.language} {string.resource}: {string.text}")
    return counts, dict(wrong)
