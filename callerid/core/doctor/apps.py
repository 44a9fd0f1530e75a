"""The apps of Termux: which are installed, from where, and in which version.

`pm list packages --show-versioncode -i -U com.termux` prints lines such as
`package:com.termux.api versionCode:1002  installer=org.fdroid.fdroid uid:10234` (AOSP PackageManagerShellCommand.runListPackages).
Termux's apps of F-Droid and GitHub share one user id, for which Android demands one signature; those of the Play store share none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.core.doctor import pages, versions
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.core.doctor.versions import PART_NAMES, Part
from callerid.messages import joined, message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST_PACKAGES = ("pm", "list", "packages", "--show-versioncode", "-i", "-U", pages.TERMUX)
_LINE = re.compile(
    r"package:(?P<name>[\w.]+)(?: versionCode:(?P<code>\d+))?(?:  installer=(?P<installer>\S+))?(?: uid:(?P<uid>\d+))?\S*\s*"
)
_PLAY_STORE = "com.android.vending"
_STORES = {"org.fdroid.fdroid": "F-Droid", _PLAY_STORE: message("the Play store")}
_FROM_ONE_SOURCE = message(
    "Install Termux, Termux:API and Termux:Boot all from F-Droid, or all from GitHub; uninstall "
    "them first. Save what matters of Termux's home before"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An installed app; what `pm` did not print is 0 or ""."""

    code: int = 0
    installer: str = ""
    uid: int = 0


def parse_packages(printed: str) -> dict[str, Package]:
    """Return the installed apps by their names; {} for what is no list of packages."""
    found = (_LINE.fullmatch(line) for line in printed.splitlines())
    return {
        match["name"]: Package(code=int(match["code"] or 0), installer=match["installer"] or "", uid=int(match["uid"] or 0))
        for match in found
        if match
    }


def is_of_play_store(termux_version: str, packages: Mapping[str, Package]) -> bool:
    """Return whether Termux is the Play store's (its TERMUX_VERSION begins so; termux-play-store/termux-apps)."""
    package = packages.get(pages.TERMUX)
    return termux_version.startswith("googleplay") or (package is not None and package.installer == _PLAY_STORE)


def termux_itself(packages: Mapping[str, Package], termux_version: str, sdk: int) -> Finding:
    """Return whether Termux is one with which callerid works. `termux_version` is the variable TERMUX_VERSION."""
    if not packages and not termux_version:
        return unknown(message("this is not Termux"))
    if is_of_play_store(termux_version, packages):
        return bad(
            message("the Play store's Termux: its buttons all run the first action ever made, and DUMP cannot be granted to it"),
            _FROM_ONE_SOURCE,
        )
    return _version(Part.TERMUX, termux_version, sdk, message("Update Termux in F-Droid"))


def termux_api(packages: Mapping[str, Package], sdk: int) -> Finding:
    """Return whether the app Termux:API is installed, in a version that works."""
    if not packages:
        return unknown(message("pm printed no packages"), message("See: pm list packages com.termux"))
    package = packages.get(pages.API)
    if package is None:
        return bad(
            message("Termux:API is not installed, so each of its commands hangs"),
            message("Install Termux:API from where Termux is"),
        )
    remedy = message(
        "Update Termux:API to {oldest_good_api} or later, from where Termux is", oldest_good_api=versions.OLDEST_GOOD_API
    )
    version = versions.api_version(package.code) if package.code and package.installer != _PLAY_STORE else ""
    return _version(Part.API, version, sdk, remedy)


def commands(version: str, sdk: int) -> Finding:
    """Return whether the package termux-api works, from what its client prints for --version; "" when it printed nothing."""
    remedy = message("Type: pkg upgrade")
    if not version:
        return bad(
            message("the package termux-api is missing, or only half upgraded"),
            message("Type: pkg upgrade && pkg reinstall termux-api"),
        )
    return _version(Part.COMMANDS, version, sdk, remedy)


def _version(part: Part, version: str, sdk: int, remedy: str) -> Finding:
    fault = versions.known_fault(part, version, sdk)
    if fault:
        return bad(message("{part} {version}: {fault}", part=PART_NAMES[part], version=version, fault=fault.fault), remedy)
    return good(version or message("installed; its version is not known"))


def one_source(packages: Mapping[str, Package]) -> Finding:
    """Return whether the apps are of one source: of mixed ones, commands hang (termux-packages#17580)."""
    ours = {name: packages[name] for name in (pages.TERMUX, pages.API, pages.BOOT) if name in packages}
    if len(ours) < 2 or not all(package.uid for package in ours.values()):  # noqa: PLR2004 - one cannot differ
        return unknown(message("cannot be told on this Android"))
    stores = {name: _STORES.get(package.installer, package.installer) for name, package in ours.items()}
    by_hand = message("by hand")
    told = joined(", ", (joined(" ", (name, by_hand if store in ("", "null") else store)) for name, store in stores.items()))
    is_play = [package.installer == _PLAY_STORE for package in ours.values()]
    shares = len({package.uid for package in ours.values()}) == 1
    if shares or all(is_play):
        return good(told)
    return bad(
        message("the apps are signed by different makers, so they may not talk to each other ({told})", told=told),
        _FROM_ONE_SOURCE,
        Fix(pages=(pages.app_info(pages.API),)),
    )
