"""Checks of Termux's apps and commands, and of Android's permissions: each by trying it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.doctor import android, apps, pages, running
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.errors import PermissionDenied, PhoneFault, Stopped
from callerid.messages import counted, message
from callerid.phone.termux import POLL, PROPERTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.turns.doctor.examination import Examination

_SET_REGION = message("Type: callerid config set region DE")
_PERMISSION_PAGE = Fix(pages=(pages.app_info(pages.API),))


def termux(examination: Examination) -> Finding:
    """Check Termux itself."""
    return apps.termux_itself(examination.packages, examination.termux_version, examination.sdk)


def termux_api(examination: Examination) -> Finding:
    """Check that the app Termux:API is there, in a version that works."""
    return apps.termux_api(examination.packages, examination.sdk)


def source(examination: Examination) -> Finding:
    """Check that the apps are of one source."""
    return apps.one_source(examination.packages)


def commands(examination: Examination) -> Finding:
    """Check the package termux-api by its client, which answers without the app (termux-api.c)."""
    prefix = examination.runner.variable("PREFIX")
    client = Path(prefix, "libexec", "termux-api")
    if not prefix or examination.termux_version.startswith("googleplay"):
        return unknown(message("not looked for: it has another place here"))
    if not client.is_file():
        return apps.commands("", examination.sdk)
    return apps.commands(examination.runner.run([str(client), "--version"], timeout=PROPERTY).stdout.strip(), examination.sdk)


def cards(examination: Examination) -> Finding:
    """Check notifications by showing one and taking it away."""
    card = examination.test_card
    if card.fault:
        return android.cards("", None, card.fault.sentence, card.fault.remedy)
    mode = android.appop(examination.by_shell(android.NOTIFY_OP)) if not card.listed else ""
    return android.cards(mode, card.listed, "", "")


def call_log(examination: Examination) -> Finding:
    """Check the call log by reading it."""
    return _permitted(
        lambda: (examination.termux.call_log(50), good(message("readable: every call appears there after its end")))[1]
    )


def contacts(examination: Examination) -> Finding:
    """Check the phone's contacts by reading them."""

    def read() -> Finding:
        people = counted(len(examination.termux.contact_list()), "{count} person", "{count} people")
        return good(message("{people}, one number each (all that Termux:API gives)", people=people))

    return _permitted(read)


def sim(examination: Examination) -> Finding:
    """Check that the phone tells the region of its SIM or network."""

    def read() -> Finding:
        found = _country(examination)
        return good(found) if found else unknown(message("neither SIM nor network tells a country"), _SET_REGION)

    return _permitted(read)


def region(examination: Examination) -> Finding:
    """Check that the region of numbers without a country code is known: from the settings, or from the phone."""
    known = examination.app.region
    try:
        known = known or (_country(examination) if examination.app.config.region == "auto" else "")
    except Stopped:
        raise
    except PhoneFault:
        known = ""
    return good(known) if known else bad(message("unknown: numbers without a country code are not understood"), _SET_REGION)


def _country(examination: Examination) -> str:
    """Return the country of the SIM, else of the network; "" when neither is known. Raise PhoneFault."""
    info = examination.once("device info", examination.termux.device_info)
    return info.sim_country or info.network_country


def _permitted(read: Callable[[], Finding]) -> Finding:
    """Return what was found; where Android does not permit it, with the page on which it is granted."""
    try:
        return read()
    except PermissionDenied as fault:
        return bad(fault.sentence, fault.remedy, _PERMISSION_PAGE)


def job(examination: Examination) -> Finding:
    """Check whether Android's job is registered."""
    printed = examination.runner.run(["termux-job-scheduler", "--pending"], timeout=POLL).stdout
    return running.job(printed, daemon_runs=examination.around.daemon_runs)
