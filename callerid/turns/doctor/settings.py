"""Checks of Android's settings that stop or mute an app, and of what gives access to the phone's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.doctor import android, pages
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.core.ringing.sense_health import maker_name
from callerid.errors import CommandMissing
from callerid.messages import message
from callerid.phone.android import AccessMethod
from callerid.turns.doctor.installation import boot_seen

if TYPE_CHECKING:
    from callerid.turns.doctor.examination import Examination

_SECONDS = 60.0


def access(examination: Examination) -> Finding:
    """Check notification access."""
    if examination.list_is_gone and examination.test_card.list_fault:
        fault = examination.test_card.list_fault
        return bad(fault.sentence, fault.remedy, Fix(pages=(pages.LISTENERS,)))
    return android.notification_access(examination.printed(android.LISTENERS))


def overlay(examination: Examination) -> Finding:
    """Check whether Termux:API may open dialogs over other apps."""
    mode = android.appop(examination.by_shell(android.OVERLAY_OP))
    return android.overlay(mode, dialogs_fail=examination.dialogs_fail, dialog_tried=examination.dialog_tried)


def battery(examination: Examination) -> Finding:
    """Check whether both apps are exempt from battery optimisation."""
    method = AccessMethod.GRANT if examination.has_grant else examination.shell
    return android.battery(examination.system.battery_exemptions(method) if method else None)


def freezer(examination: Examination) -> Finding:
    """Check whether Android freezes apps in the background."""
    minutes = (examination.around.beat.wall - examination.freeze.at) / _SECONDS if examination.freeze else 0.0
    return android.freezer(examination.printed(android.FREEZER), examination.freeze, minutes)


def phantoms(examination: Examination) -> Finding:
    """Check whether Android ends child processes."""
    return android.phantoms(examination.printed(android.PHANTOMS), examination.sdk)


def cooldown(examination: Examination) -> Finding:
    """Check whether Android mutes notifications that follow one another."""
    return android.cooldown(examination.printed(android.COOLDOWN), examination.sdk)


def autostart(examination: Examination) -> Finding:
    """Check whether the maker lets Termux start by itself."""
    maker = examination.maker
    mode = android.appop(examination.by_shell(android.AUTOSTART_OP)) if maker_name(maker) == "xiaomi" else ""
    return android.autostart(maker, mode, boot_seen=boot_seen(examination))


def dump(examination: Examination) -> Finding:
    """Check the permission DUMP."""
    return android.dump_grant(examination.has_grant, is_play_store=examination.is_play_store)


def root(examination: Examination) -> Finding:
    """Check whether root lets callerid in."""
    return _shell(
        examination,
        AccessMethod.ROOT,
        message("no root; callerid needs none"),
        message("Allow Termux in the root manager, then: su -c id"),
    )


def shizuku(examination: Examination) -> Finding:
    """Check whether Shizuku lets callerid in."""
    return _shell(
        examination,
        AccessMethod.SHIZUKU,
        message("no Shizuku; callerid needs none"),
        message("Start Shizuku, allow Termux in it, then: rish -c id"),
    )


def _shell(examination: Examination, method: AccessMethod, none: str, remedy: str) -> Finding:
    if method not in examination.system.shells():
        return unknown(none)
    try:
        works = examination.shell is method or examination.once(
            message("{method} alone", method=method), lambda: examination.system.can_read_registry(method)
        )
    except CommandMissing:
        works = False
    return good(message("gives access")) if works else unknown(none, remedy)
