"""Android's settings pages, as the words that open them, and the pages on which makers hide what keeps an app alive.

Actions: android.provider.Settings. Makers' activities: read in public libraries that open them; a newer build may lack them, so the
app's own page follows each.
"""

from __future__ import annotations

from callerid.core.ringing.sense_health import maker_advice, maker_name
from callerid.messages import message
from callerid.records import dataclass

TERMUX, API, BOOT = "com.termux", "com.termux.api", "com.termux.boot"
Page = tuple[str, ...]


def _page(*words: str) -> Page:
    return ("am", "start", *words)


def app_info(package: str) -> Page:
    """Return the page of an app."""
    return _page("-a", "android.settings.APPLICATION_DETAILS_SETTINGS", "-d", f"package:{package}")


def battery_exemption(package: str) -> Page:
    """Return the question whether an app may ignore battery optimisation."""
    return _page("-a", "android.settings.REQUEST_IGNORE_BATTERY_OPTIMIZATIONS", "-d", f"package:{package}")


def _activity(name: str) -> Page:
    return _page("-n", name)


OVERLAY = _page("-a", "android.settings.action.MANAGE_OVERLAY_PERMISSION", "-d", f"package:{API}")
LISTENERS = _page("-a", "android.settings.ACTION_NOTIFICATION_LISTENER_SETTINGS")
APP_NOTIFICATIONS = _page("-a", "android.settings.APP_NOTIFICATION_SETTINGS", "--es", "android.provider.extra.APP_PACKAGE", API)
ALL_NOTIFICATIONS = _page("-a", "android.settings.NOTIFICATION_SETTINGS")
DEVELOPER = _page("-a", "android.settings.APPLICATION_DEVELOPMENT_SETTINGS")
DATE = _page("-a", "android.settings.DATE_SETTINGS")
STORAGE = _page("-a", "android.settings.INTERNAL_STORAGE_SETTINGS")
API_MAIN = _activity(f"{API}/.activities.TermuxAPIMainActivity")
BOOT_MAIN = _activity(f"{BOOT}/.BootActivity")


def typed(page: Page) -> str:
    """Return what to type to open a page. No word of a page needs quotes."""
    return " ".join(page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """What a maker's phones keep from running in the background unless it is allowed."""

    advice: str  # what to allow
    pages: tuple[Page, ...]  # where, the likeliest first; the app's own page last


_PAGES: dict[str, tuple[str, ...]] = {
    "xiaomi": ("com.miui.securitycenter/com.miui.permcenter.autostart.AutoStartManagementActivity",),
    "huawei": (
        "com.huawei.systemmanager/.startupmgr.ui.StartupNormalAppListActivity",
        "com.huawei.systemmanager/.optimize.process.ProtectActivity",
    ),
    "oppo": (
        "com.coloros.safecenter/.permission.startup.StartupAppListActivity",
        "com.coloros.safecenter/.startupapp.StartupAppListActivity",
    ),
    "oneplus": ("com.oneplus.security/.chainlaunch.view.ChainLaunchAppListActivity",),
    "vivo": ("com.vivo.permissionmanager/.activity.BgStartUpManagerActivity",),
    "samsung": (
        "com.samsung.android.lool/com.samsung.android.sm.ui.battery.BatteryActivity",
        "com.samsung.android.lool/com.samsung.android.sm.battery.ui.BatteryActivity",
    ),
    "asus": ("com.asus.mobilemanager/.autostart.AutoStartActivity",),
}
_SAME_PAGES = {"honor": "huawei", "realme": "oppo"}


def maker(manufacturer: str) -> Maker | None:
    """Return what is known of a maker, by Android's name for it; None when it is not known to stop apps."""
    name = maker_name(manufacturer)
    advice = maker_advice(name, message("Termux and Termux:API"))
    if advice is None:
        return None
    activities = tuple(_activity(activity) for activity in _PAGES.get(_SAME_PAGES.get(name, name), ()))
    return Maker(advice=advice.capitalised(), pages=(*activities, app_info(TERMUX)))
