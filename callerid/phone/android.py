"""Android's own programs, which Termux may run only by a grant, as root, or as the shell's user by Shizuku.

They are in /system/bin and want none of Termux's libraries. Every line that goes through a shell of root or Shizuku is a constant
of this module: nothing from outside ever enters one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.ringing import telephony_registry
from callerid.errors import MalformedOutput, PermissionDenied, PhoneFault, Stopped
from callerid.models import SavedNumber

if TYPE_CHECKING:
    from callerid.core.ringing.telephony_registry import RegistryDump
    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, FollowedCommand

_LOOK = 10.0  # seconds
_TABLE = 60.0
_ON_ANDROID = ("ANDROID_ROOT", "TERMUX_VERSION")
_OF_TERMUX = ("LD_PRELOAD", "LD_LIBRARY_PATH")
_REGISTRY = "/system/bin/dumpsys telephony.registry"
_TELECOM = "exec /system/bin/logcat -v epoch -T 1 -s Telecom:I"
_CONTACTS = "/system/bin/content query --uri content://com.android.contacts/data/phones --projection display_name:data1"
_CONTACT_IDS = "/system/bin/content query --uri content://com.android.contacts/data/phones --projection _id"
_CALL_LOG_FILES = (
    "set --;"
    " for f in /data/user/0/com.android.providers.contacts/databases/calllog.db"
    " /data/user_de/0/com.android.providers.contacts/databases/calllog.db"
    " /data/data/com.android.providers.contacts/databases/calllog.db"
    " /data/user/0/com.samsung.android.providers.contacts/databases/calllog.db;"
    ' do [ -e "$f" ] && { set -- "$f:cw"; [ -e "$f-wal" ] && set -- "$@" "$f-wal:cw"; break; }; done;'
    ' [ $# -gt 0 ] && exec inotifyd - "$@"; exit 3'
)


class AccessMethod(StrEnum):
    """By whose leave."""

    GRANT = "grant"  # adb shell pm grant com.termux android.permission.DUMP
    ROOT = "root"
    SHIZUKU = "shizuku"


_SHELLS = {AccessMethod.ROOT: "su", AccessMethod.SHIZUKU: "rish"}


class System:
    """Android below Termux:API."""

    def __init__(self, runner: CommandRunner) -> None:
        self._runner = runner

    @property
    def is_android(self) -> bool:
        """Is this a phone at all?"""
        return any(map(self._runner.variable, _ON_ANDROID))

    def shells(self) -> tuple[AccessMethod, ...]:
        """Return which of root and Shizuku have their command here. Whether they let us in is another thing: every Termux has a
        `su`, which on most phones only says that there is none (termux-tools)."""
        if not self.is_android:
            return ()
        return tuple(way for way, name in _SHELLS.items() if self._runner.has(name))

    def read_registry(self, way: AccessMethod) -> RegistryDump:
        """Look at the telephony registry. Raise PermissionDenied, MalformedOutput, CommandHung, CommandMissing."""
        if way is AccessMethod.GRANT:
            # Android itself sets ANDROID_ROOT, to /system
            program = f"{self._runner.variable('ANDROID_ROOT') or '/system'}/bin/dumpsys"
            said = self._run([program, "telephony.registry"], _LOOK)
        else:
            said = self._run([_SHELLS[way], "-c", _REGISTRY], _LOOK)
        found = telephony_registry.parse(said.stdout or said.stderr)
        if found.permission_denied or (not found.is_registry and said.code):
            raise PermissionDenied(f"dumpsys telephony.registry may not be read by {way}.", remedy=_REMEDIES[way])
        if not found.is_registry:
            raise MalformedOutput(
                "dumpsys telephony.registry printed no call state.", remedy="See it with: /system/bin/dumpsys telephony.registry"
            )
        return found

    def can_read_registry(self, way: AccessMethod) -> bool:
        """Can the registry be read this way?"""
        try:
            self.read_registry(way)
        except Stopped:
            raise
        except PhoneFault:
            return False
        return True

    def find_shell(self) -> AccessMethod | None:
        """Return which of root and Shizuku lets us in, or None."""
        return next((way for way in self.shells() if self.can_read_registry(way)), None)

    def read_contacts(self, way: AccessMethod) -> list[SavedNumber]:
        """Return every number of the phone's contacts. Raise PermissionDenied, CommandHung, CommandMissing."""
        said = self._run([_SHELLS[way], "-c", _CONTACTS], _TABLE).stdout
        if not said.startswith("Row: ") and "No result found" not in said:
            raise PermissionDenied(f"the contacts may not be read by {way}.", remedy=_REMEDIES[way])
        ids = self._run([_SHELLS[way], "-c", _CONTACT_IDS], _TABLE).stdout
        rows = contact_rows(said, ids.count("Row: "))
        if rows is None:
            raise MalformedOutput(
                "a contact's name looks like a row of the table.", remedy="Look for it among the phone's contacts."
            )
        return rows

    def follow_telecom(self, way: AccessMethod) -> FollowedCommand:
        """Start what prints each line that the telecom service writes from now on. Raise PhoneFault, Stopped."""
        return self._runner.follow([_SHELLS[way], "-c", _TELECOM], environment=self._runner.without(*_OF_TERMUX))

    def follow_call_log(self) -> FollowedCommand:
        """As root, start what prints a line each time the call log's file is written. Raise PhoneFault, Stopped."""
        command = [_SHELLS[AccessMethod.ROOT], "-c", _CALL_LOG_FILES]
        return self._runner.follow(command, environment=self._runner.without(*_OF_TERMUX))

    def _run(self, argv: list[str], timeout: float) -> CommandOutput:
        return self._runner.run(argv, timeout=timeout, environment=self._runner.without(*_OF_TERMUX))


_REMEDIES = {
    AccessMethod.GRANT: "On a computer with adb: adb shell pm grant com.termux android.permission.DUMP",
    AccessMethod.ROOT: "Allow Termux in the root manager (Magisk, KernelSU), then type: su -c id",
    AccessMethod.SHIZUKU: "Start Shizuku, allow Termux in it, then type: rish -c id",
}


def contact_rows(printed: str, count: int) -> list[SavedNumber] | None:
    """Given what `content query` printed, `Row: 0 display_name=Ana López, data1=+353 87 …`, and how many rows there must be, return
    them; None when they are not to be believed.

    A name may hold anything, line breaks and commas too. One that holds a row of its own makes the rows too many, or not count on.
    """
    found: list[SavedNumber] = []
    rows = ("\n" + printed).split("\nRow: ")[1:]
    if len(rows) != count or any(not row.startswith(f"{place} ") for place, row in enumerate(rows)):
        return None
    for row in rows:
        _, _, said = row.partition(" display_name=")
        name, comma, number = said.rpartition(", data1=")
        if comma and name != "NULL" and number.strip() != "NULL":
            found.append(SavedNumber(name=" ".join(name.split()), number=number.strip()))
    return found
