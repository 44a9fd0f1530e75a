"""callerid hygiene: the numbers in the CRM that nobody can match, and their correction."""

from __future__ import annotations

import csv
import io
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import confirm, echo, progress_bar
from callerid.cli.language.together import refuse_together
from callerid.cli.people.private_file import OUTPUT_FILE, write_private
from callerid.cli.session import crm_connection, open_session, repeated_by_hand
from callerid.messages import as_typed, counted, joined, message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from callerid.core.hygiene.review import HygieneFinding
    from callerid.crm.port import Crm
    from callerid.turns.context import AppContext
    from callerid.turns.hygiene.correct import Corrected
    from callerid.turns.hygiene.saved_corrections import Correction

_MEANINGS = {
    "masked": message("masked: the token may not see them"),
    "destroyed": message("destroyed by a spreadsheet: the digits are gone"),
    "impossible": message("that nobody can dial"),
    "no-area-code": message("without an area code"),
    "ambiguous": message("with more than one reading: a zero or a country code may be missing"),
    "several": message("written with others in one field"),
    "old-plan": message("from before their country changed its numbers"),
    "no-country": message("without a country code"),
    "shared": message("shared by four contacts or more"),
    "duplicate": message("of two or three contacts: perhaps one person twice"),
}
_COLUMNS = ("Record ID", "Name", "Property", "Number", "Problem", "Proposed number", "Other record IDs")


@click.command()
@click.option(
    "--problem", "problems", multiple=True, type=click.Choice(list(_MEANINGS)), help="Only this problem; may be repeated."
)
@click.option("-n", "--limit", default=5, show_default=True, type=click.IntRange(0), help="The examples of each problem.")
@click.option(
    "--csv",
    "csv_file",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write all of it as CSV; - for stdout.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of contact, name, property, number, problem, …")
@click.option("--apply", "applies", is_flag=True, help="Write the proposed numbers into the CRM, after a confirmation.")
@click.option(
    "--revert", "revert_file", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="Take back what --apply wrote."
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
def hygiene(
    problems: tuple[str, ...],
    limit: int,
    csv_file: str | None,
    *,
    as_json: bool,
    applies: bool,
    revert_file: str | None,
    yes: bool,
) -> None:
    """List the numbers in the CRM that nobody can match, and several contacts with one number; correct what is certain.

    Only a number with one proven reading gets a proposal, in E.164. What --apply changes is saved before, in a file of each run in
    callerid's folder "corrections", and can be reverted.

    Example: callerid hygiene --problem no-country --csv numbers.csv
    """
    does = {"--csv": csv_file is not None, "--json": as_json, "--apply": applies, "--revert": bool(revert_file)}
    refuse_together("hygiene", does)
    refuse_together("hygiene", {"--revert": bool(revert_file), "--problem": bool(problems)})
    with open_session() as app:
        if revert_file:
            _revert(app, Path(revert_file), yes=yes)
            return
        findings = _findings(app, problems)
        if applies:
            _apply(app, findings, yes=yes)
        elif csv_file is not None:
            _write_csv(csv_file, findings)
        elif as_json:
            print_json([_json(finding) for finding in findings])
        elif findings:
            _print(findings, limit)
            _say_how_to_correct(app, findings, problems)
        elif problems:
            echo(message("no number has this problem"))
        else:
            echo(message("every number can be matched, and no two contacts have the same"))


def _findings(app: AppContext, problems: Sequence[str]) -> tuple[HygieneFinding, ...]:
    from callerid.core.hygiene.review import review_contacts
    from callerid.errors import UsageFault

    if app.mirror.facts().built_at is None:
        raise UsageFault(message("There is nothing to look at before the first sync."), remedy=message("Type: callerid sync"))
    findings = review_contacts(app.mirror.all_contacts(), app.region, app.texts)
    return tuple(finding for finding in findings if not problems or finding.problem in problems)


def _json(finding: HygieneFinding) -> dict[str, object]:
    return {
        "contact": finding.contact_id,
        "name": finding.name,
        "property": finding.property,
        "number": finding.raw,
        "problem": finding.problem.value,
        "proposed": finding.proposed or None,
        "others": list(finding.others),
    }


def _print(findings: Sequence[HygieneFinding], limit: int) -> None:
    from callerid.core.wording import safe_text

    for problem, group in groupby(findings, key=lambda finding: finding.problem):
        of_problem = list(group)
        echo(
            counted(
                len(of_problem),
                "{count} number {meaning} [{problem}]",
                "{count} numbers {meaning} [{problem}]",
                meaning=_MEANINGS[problem],
                problem=problem.value,
            )
        )
        for finding in of_problem[:limit]:
            proposed = f" → {finding.proposed}" if finding.proposed else ""
            whose = joined(", ", (safe_text.title(finding.name), finding.property))
            echo(message("  {whose}: {raw}{proposed}", whose=whose, raw=safe_text.title(finding.raw), proposed=proposed))
        if 0 < limit < len(of_problem):
            echo(
                message(
                    "  … and {count} more; all of them: callerid hygiene --problem {problem} --csv -",
                    count=len(of_problem) - limit,
                    problem=problem.value,
                )
            )


def _say_how_to_correct(app: AppContext, findings: Sequence[HygieneFinding], problems: Sequence[str]) -> None:
    """Say what writes the proposals that were listed, and no others; where there is no CRM, that the person does."""
    from callerid.turns.context import has_crm, source_name

    proposals = sum(bool(finding.proposed) for finding in findings)
    if proposals and has_crm(app.mirror, app.config):
        chosen = "".join(f"--problem {name} " for name in problems)
        echo(
            counted(
                proposals,
                "To correct {count} number in the CRM: callerid hygiene {chosen}--apply",
                "To correct {count} numbers in the CRM: callerid hygiene {chosen}--apply",
                chosen=chosen,
            ),
            err=True,
        )
    elif proposals:
        echo(
            message("callerid only reads {source}. Correct the numbers there, then type: callerid sync", source=source_name(app)),
            err=True,
        )


def _write_csv(name: str, findings: Sequence[HygieneFinding]) -> None:
    """Write every finding into a file, with a mark, without which Excel takes it for cp1252; or print them for "-"."""
    rows = io.StringIO(newline="")
    _write_rows(rows, findings)
    if write_private(name, rows.getvalue(), encoding="utf-8-sig"):
        echo(counted(len(findings), "{name}: {count} row", "{name}: {count} rows", name=name), err=True)


def _write_rows(file: TextIO, findings: Sequence[HygieneFinding]) -> None:
    from callerid.core.wording.csv_cells import safe_cell

    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for finding in findings:
        row = (finding.contact_id, finding.name, finding.property, finding.raw, finding.problem.value, finding.proposed)
        writer.writerow([safe_cell(text) for text in (*row, " ".join(finding.others))])


def _apply(app: AppContext, findings: Sequence[HygieneFinding], *, yes: bool) -> None:
    """Show what would be written, ask, and write it. Raise ConfigFault or TokenFault, before anything is asked, where
    there is no CRM to write to."""
    from callerid.core.hygiene.review import corrections
    from callerid.turns.context import utc_now
    from callerid.turns.hygiene.correct import correct, corrections_of
    from callerid.turns.hygiene.saved_corrections import new_file

    proposed = corrections(findings)
    if not proposed:
        echo(message("no number has a proposal"))
        return
    with crm_connection(app) as connection:
        crm = connection()
        _print(proposed, limit=5)
        if not yes:
            confirm(counted(len(proposed), "Write {count} number into the CRM?", "Write {count} numbers into the CRM?"))
        file = new_file(app.paths.corrections, utc_now())
        try:
            _write(crm, corrections_of(proposed), lambda crm, fields, progress: correct(crm, fields, file, progress))
        finally:  # what was written before a fault can be taken back, too
            if file.exists():
                echo(message("To take it back: callerid hygiene --revert {file}", file=as_typed(file)), err=True)


def _revert(app: AppContext, file: Path, *, yes: bool) -> None:
    from callerid.turns.hygiene.correct import revert
    from callerid.turns.hygiene.saved_corrections import saved

    fields, unread = saved(file)
    if unread:
        echo(
            counted(
                len(unread),
                "{file}: {count} line could not be read, the first is line {line}",
                "{file}: {count} lines could not be read, the first is line {line}",
                file=file,
                line=unread[0],
            ),
            err=True,
        )
    with crm_connection(app) as connection:
        crm = connection()
        if not yes:
            numbers = counted(len(fields), "{count} number", "{count} numbers")
            confirm(message("Write back {counted} as they were before?", counted=numbers))
        _write(crm, fields, revert)


def _write(
    crm: Crm,
    fields: Sequence[Correction],
    write: Callable[[Crm, Sequence[Correction], Callable[[Corrected], None]], Corrected],
) -> None:
    """Write fields into the CRM with a progress bar, and print what became of them. Raise Refused when the CRM refused some."""
    from callerid.errors import Refused

    again = message("Type the same again when there is a network: what is done already is not done again.")
    with repeated_by_hand(again), progress_bar(len(fields), message("numbers")) as bar:
        result = write(crm, fields, lambda done: bar.update(_count(done)))
    echo(
        message(
            "{written} written, {unchanged} were so already, {changed_meanwhile} left, which the CRM has changed",
            written=result.written,
            unchanged=result.unchanged,
            changed_meanwhile=result.changed_meanwhile,
        )
    )
    if result.written:
        echo(message("The mirror follows with the next sync: callerid sync"), err=True)
    if result.refused:
        contact, reason = result.refused[0]
        raise Refused(
            counted(
                len(result.refused),
                "{count} contact was not written. The first, {contact}: {reason}",
                "{count} contacts were not written. The first, {contact}: {reason}",
                contact=contact,
                reason=reason,
            ),
            remedy=message("Correct them in the CRM, then see what is left: callerid sync && callerid hygiene"),
        )


def _count(done: Corrected) -> int:
    return done.written + done.unchanged + done.changed_meanwhile
