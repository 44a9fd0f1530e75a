"""Checks of Android's settings that stop or mute an app, and of what gives access to the phone's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.doctor import android, pages
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.core.ringing.sense_health import maker_name
from callerid.errors import CommandMissing
from callerid.phone.android import AccessMethod
from callerid.turns.doctor.installation import boot_seen

if TYPE_CHECKING:
    from callerid.turns.doctor.examination import Examination

_SECONDS = 60.0


def access(x: Examination) -> Finding:
    """Check notification access."""
    if x.list_is_gone and x.test_card.list_fault:
        fault = x.test_card.list_fault
        return bad(fault.sentence, fault.remedy, Fix(pages=(pages.LISTENERS,)))
    return android.notification_access(x.printed(android.LISTENERS))


def overlay(x: Examination) -> Finding:
    """Check whether Termux:API may open dialogs over other apps."""
    mode = android.appop(x.by_shell(android.OVERLAY_OP))
    return android.overlay(mode, dialogs_fail=x.dialogs_fail, dialog_tried=x.dialog_tried)


def battery(x: Examination) -> Finding:
    """Check whether both apps are exempt from battery optimisation."""
    method = AccessMethod.GRANT if x.has_grant else x.shell
    return android.battery(x.system.battery_exemptions(method) if method else None)


def freezer(x: Examination) -> Finding:
    """Check whether Android freezes apps in the background."""
    minutes = (x.around.beat.wall - x.freeze.at) / _SECONDS if x.freeze else 0.0
    return android.freezer(x.printed(android.FREEZER), x.freeze, minutes)


def phantoms(x: Examination) -> Finding:
    """Check whether Android ends child processes."""
    return android.phantoms(x.printed(android.PHANTOMS), x.sdk)


def cooldown(x: Examination) -> Finding:
    """Check whether Android mutes notifications that follow one another."""
    return android.cooldown(x.printed(android.COOLDOWN), x.sdk)


def autostart(x: Examination) -> Finding:
    """Check whether the maker lets Termux start by itself."""
    maker = x.maker
    mode = android.appop(x.by_shell(android.AUTOSTART_OP)) if maker_name(maker) == "xiaomi" else ""
    return android.autostart(maker, mode, boot_seen=boot_seen(x))


def dump(x: Examination) -> Finding:
    """Check the permission DUMP."""
    return android.dump_grant(x.has_grant, is_play_store=x.is_play_store)


def root(x: Examination) -> Finding:
    """Check whether root lets callerid in."""
    return _shell(x, AccessMethod.ROOT, "no root; callerid needs none", "Allow Termux in the root manager, then: su -c id")


def shizuku(x: Examination) -> Finding:
    """Check whether Shizuku lets callerid in."""
    return _shell(x, AccessMethod.SHIZUKU, "no Shizuku; callerid needs none", "Start Shizuku, allow Termux in it, then: rish -c id")


def _shell(x: Examination, method: AccessMethod, none: str, remedy: str) -> Finding:
    if method not in x.system.shells():
        return unknown(none)
    try:
        works = x.shell is method or x.once(f"{method} alone", lambda: x.system.can_read_registry(method))
    except CommandMissing:
        works = False
    return good("gives access") if works else unknown(none, remedy)
