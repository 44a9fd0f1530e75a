"""Steps that ask for a setting: the region and the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.errors import UsageFault
from callerid.turns.setup.interview import StepResult, write_setting

if TYPE_CHECKING:
    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview

_LANGUAGES = (("auto", "that of the phone"), ("en", "English"), ("ja", "日本語"))


def region(app: AppContext, interview: Interview) -> StepResult:
    """Ask for the region of numbers without a country code; that of the SIM is proposed. Raise ConfigFault, Left."""
    found = app.region
    while True:
        typed = interview.text("region", "Your country, as two letters (for numbers without a country code)", found).upper()
        if numbers.is_region(typed):
            break
        wrong = f"{typed!r} is not a region." if typed else "The phone does not tell its country."
        if not interview.asks:
            return StepResult(says="unknown", missing=UsageFault(wrong, remedy="Type: callerid setup --region DE"))
        interview.tell(f"{wrong} A region is two letters, such as DE, IE or JP.")
    is_of_sim = app.config.region == "auto" and typed == found
    if not is_of_sim and typed != app.config.region:
        write_setting(app, "region", typed)
    return StepResult(says=f"{typed}, as the SIM tells" if is_of_sim else typed)


def language(app: AppContext, interview: Interview) -> StepResult:
    """Ask for the language of cards and questions. Raise ConfigFault, Left."""
    chosen = interview.choose("language", "Language of cards and questions", _LANGUAGES, app.config.language)
    if chosen != app.config.language:
        write_setting(app, "language", chosen)
    return StepResult(says=dict(_LANGUAGES)[chosen])
