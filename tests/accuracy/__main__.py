"""`make accuracy`: how often the right person is named, by kind of case, beside libphonenumber and the last seven digits."""

from __future__ import annotations

import sys
from collections import Counter

from tests.accuracy import dialers, files
from tests.accuracy.pairs import VERDICTS, by_callerid, by_libphonenumber, by_suffix, known_pairs, tally

_MOST_MISSED = 0.01
_LEAST_RIGHT = {"ringing": 1.0, "talking": 0.98, "dialling": 0.98, "missed": 0.98, "nobody": 1.0, "no name": 0.98}


def main() -> int:
    """Print the tables and return 1 when a target is missed."""
    return 0 if all([_pairs(), _files(), _dialers()]) else 1


def _pairs() -> bool:
    pairs = tuple(known_pairs())
    tallies = {
        "callerid": tally(pairs, by_callerid),
        "libphonenumber": tally(pairs, by_libphonenumber),
        "last 7 digits": tally(pairs, by_suffix),
    }
    print("Pairs of numbers: right / wrong person / wrongly probable / missed")
    print(f"{'':28}" + "".join(f"{name:>26}" for name in tallies))
    for kind in sorted({pair.kind for pair in pairs}):
        print(f"{kind:28}" + "".join(f"{_cell(counts, kind):>26}" for counts in tallies.values()))
    sums = {name: _sums(counts) for name, counts in tallies.items()}
    print(f"{'all':28}" + "".join(f"{_cell(counts, 'all'):>26}" for counts in sums.values()))
    ours = sums["callerid"]
    changed = tally((pair for pair in pairs if pair.is_digit_changed), by_callerid)
    wrongly_probable = sum(count for (_, verdict), count in changed.items() if verdict == "wrongly probable")
    same = sum(pair.truth == "same" for pair in pairs)
    missed = ours["all", "missed"] / same
    wrong = ours["all", "wrong person"]
    print(f"wrong persons {wrong}, wrongly probable among one-digit changes {wrongly_probable}, missed {missed:.2%}")
    return not wrong and not wrongly_probable and missed <= _MOST_MISSED


def _files() -> bool:
    counts, wrong = files.tally()
    print("\nFiles of people: look-ups right / wrong")
    for name in sorted({name for name, _ in counts}):
        print(f"{name:28}{counts[name, True]:>10} / {counts[name, False]}")
    print("\n".join(wrong), end="\n" if wrong else "")
    return not wrong


def _dialers() -> bool:
    counts, wrong = dialers.tally()
    print("\nTexts of AOSP's dialer in 69 languages: right / wrong")
    for meaning, least in _LEAST_RIGHT.items():
        right, others = counts[meaning, True], counts[meaning, False]
        print(f"{meaning:28}{right:>10} / {others}   {right / (right + others):.1%} (at least {least:.0%})")
    print("\n".join(text for texts in wrong.values() for text in texts))
    return all(
        counts[meaning, True] >= least * (counts[meaning, True] + counts[meaning, False]) for meaning, least in _LEAST_RIGHT.items()
    )


def _sums(counts: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for (_, verdict), count in counts.items():
        total["all", verdict] += count
    return total


def _cell(counts: Counter[tuple[str, str]], kind: str) -> str:
    return " / ".join(str(counts[kind, verdict]) for verdict in VERDICTS)


if __name__ == "__main__":
    sys.exit(main())
