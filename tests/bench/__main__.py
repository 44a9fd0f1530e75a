"""`make bench`: each figure with the floor of the same run. Name parts to run only them: syncs exports callers delta lookups kills
resumed edits large rings door rest flood growth starts size report card; and before, with BEFORE=FOLDER, which is not among all."""

from __future__ import annotations

import sys

from tests.bench import build_before, card_lines, first_minute, growth, installed, lookups, report, rings, starts, syncs

PARTS = (
    "syncs",
    "exports",
    "callers",
    "delta",
    "lookups",
    "kills",
    "resumed",
    "edits",
    "large",
    "rings",
    "door",
    "rest",
    "flood",
    "growth",
    "starts",
    "size",
    "report",
    "card",
)


def main() -> None:
    """Run the parts that are named, or all of them."""
    chosen = sys.argv[1:] or PARTS
    if "syncs" in chosen:
        for latency, burst in ((0.3, 100), (0.3, 190), (1.0, 100)):
            syncs.full(20_000, 2_000, 4_000, latency, burst)
    if "exports" in chosen:
        syncs.exports(20_000, 2_000, 4_000, 0.3, 100)
        syncs.exports(100_000, 2_000, 4_000, 0.3, 190)
    if "callers" in chosen:
        first_minute.first_minute(20_000, 2_000, 4_000, 0.3, 100)
        first_minute.first_minute(100_000, 2_000, 4_000, 0.3, 100)
    if "delta" in chosen:
        syncs.deltas()
    if "kills" in chosen:
        syncs.kills()
    if "resumed" in chosen:
        syncs.resumed(5_000, 400, 800)
        syncs.resumed(20_000, 2_000, 4_000)
    if "edits" in chosen:
        syncs.edits(400, 60, 120, 20)
        syncs.edits(2_000, 200, 400, 20)
        syncs.edits(20_000, 2_000, 4_000, 20)
    if "lookups" in chosen:
        small, large = (lookups.lookups(people) for people in (10_000, 1_000_000))
        print(f"from 10,000 to 1,000,000 contacts a look-up costs {large / small:.2f} x (medians)", flush=True)
    if "large" in chosen:
        syncs.full(100_000, 2_000, 4_000, 0.0, 100_000)
        syncs.full(1_000_000, 2_000, 4_000, 0.0, 100_000)
    if "door" in chosen:
        rings.door()
    if "rings" in chosen:
        rings.rings()
    if "rest" in chosen:
        rings.rest()
    if "flood" in chosen:
        rings.flood()
    if "growth" in chosen:
        growth.growth()
    if "starts" in chosen:
        starts.starts()
    if "size" in chosen:
        installed.size()
    if "report" in chosen:
        report.report_of_a_year()
    if "card" in chosen:
        card_lines.card_lines()
    if "before" in chosen:
        build_before.build_before()


if __name__ == "__main__":
    main()
