"""Android's own programs, which Termux may run only with a granted permission, as root, or as the shell user by Shizuku.

They are in /system/bin and must not load Termux's libraries. Every line that a shell of root or Shizuku runs is a constant of this
module or of core/doctor: nothing from outside ever enters one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.ringing import telephony_registry
from callerid.errors import MalformedOutput, PermissionDenied, PhoneFault, Stopped
from callerid.messages import message, template
from callerid.models import SavedNumber

if TYPE_CHECKING:
    from callerid.core.ringing.telephony_registry import RegistryDump
    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, FollowedCommand

_REGISTRY_TIMEOUT = 10.0  # seconds
_CONTACTS_TIMEOUT = 60.0  # seconds
_ON_ANDROID = ("ANDROID_ROOT", "TERMUX_VERSION")
_OF_TERMUX = ("LD_PRELOAD", "LD_LIBRARY_PATH")
_REGISTRY = "/system/bin/dumpsys telephony.registry"
_EXEMPTIONS = "/system/bin/dumpsys deviceidle whitelist"
_TELECOM = "exec /system/bin/logcat -v epoch -T 1 -s Telecom:I"
_CONTACTS = "/system/bin/content query --uri content://com.android.contacts/data/phones --projection display_name:data1"
_CONTACT_IDS = "/system/bin/content query --uri content://com.android.contacts/data/phones --projection _id"
_CALL_LOG_FILES = (
    "set --; for f in /data/user/0/com.android.providers.contacts/databases/calllog.db "
    "/data/user_de/0/com.android.providers.contacts/databases/calllog.db "
    "/data/data/com.android.providers.contacts/databases/calllog.db "
    '/data/user/0/com.samsung.android.providers.contacts/databases/calllog.db; do [ -e "$f" ] && { '
    'set -- "$f:cw"; [ -e "$f-wal" ] && set -- "$@" "$f-wal:cw"; break; }; done; [ $# -gt 0 ] && '
    'exec inotifyd - "$@"; exit 3'
)


class AccessMethod(StrEnum):
    """What allows Termux to run Android's own programs."""

    GRANT = template("grant")  # adb shell pm grant com.termux android.permission.DUMP
    ROOT = "root"
    SHIZUKU = "shizuku"


_SHELLS = {AccessMethod.ROOT: "su", AccessMethod.SHIZUKU: "rish"}


class System:
    """Android's own programs: the telephony registry, the system log and the contacts."""

    def __init__(self, runner: CommandRunner) -> None:
        self._runner = runner

    @property
    def is_android(self) -> bool:
        """Whether this is a phone, not a computer."""
        return any(map(self._runner.variable, _ON_ANDROID))

    def shells(self) -> tuple[AccessMethod, ...]:
        """Return which of root and Shizuku have their command on this phone. That does not mean that they give access: every Termux
        has a `su`, which on most phones only prints that there is no root (termux-tools)."""
        if not self.is_android:
            return ()
        return tuple(method for method, name in _SHELLS.items() if self._runner.has(name))

    def read_registry(self, method: AccessMethod) -> RegistryDump:
        """Read the telephony registry. Raise PermissionDenied, MalformedOutput, CommandHung, CommandMissing."""
        if method is AccessMethod.GRANT:
            # Android itself sets ANDROID_ROOT, to /system
            program = f"{self._runner.variable('ANDROID_ROOT') or '/system'}/bin/dumpsys"
            output = self._run([program, "telephony.registry"], _REGISTRY_TIMEOUT)
        else:
            output = self._run([_SHELLS[method], "-c", _REGISTRY], _REGISTRY_TIMEOUT)
        dump = telephony_registry.parse(output.stdout or output.stderr)
        if dump.permission_denied or (not dump.is_registry and output.code):
            raise PermissionDenied(
                message("dumpsys telephony.registry is not permitted ({method}).", method=method), remedy=_REMEDIES[method]
            )
        if not dump.is_registry:
            raise MalformedOutput(
                message("dumpsys telephony.registry printed no call state."),
                remedy=message("See: /system/bin/dumpsys telephony.registry"),
            )
        return dump

    def can_read_registry(self, method: AccessMethod) -> bool:
        """Return whether the registry can be read by this method."""
        try:
            self.read_registry(method)
        except Stopped:
            raise
        except PhoneFault:
            return False
        return True

    def find_shell(self) -> AccessMethod | None:
        """Return which of root and Shizuku gives access, or None."""
        return next((method for method in self.shells() if self.can_read_registry(method)), None)

    def battery_exemptions(self, method: AccessMethod) -> str | None:
        """Return what names the apps that are exempt from battery optimisation; None where it may not be read. Raise PhoneFault."""
        if method is AccessMethod.GRANT:
            program = f"{self._runner.variable('ANDROID_ROOT') or '/system'}/bin/dumpsys"
            printed = self._run([program, "deviceidle", "whitelist"], _REGISTRY_TIMEOUT).stdout
        else:
            printed = self.run_line(method, _EXEMPTIONS)
        return None if "Permission Denial" in printed or not printed.strip() else printed

    def run_line(self, method: AccessMethod, line: str) -> str:
        """Run a line, which must be a constant of ours, in the shell of root or Shizuku, and return what it printed. Raise
        PhoneFault."""
        return self._run([_SHELLS[method], "-c", line], _REGISTRY_TIMEOUT).stdout

    def read_contacts(self, method: AccessMethod) -> list[SavedNumber]:
        """Return every number of the phone contacts. Raise PermissionDenied, MalformedOutput, CommandHung, CommandMissing."""
        printed = self._run([_SHELLS[method], "-c", _CONTACTS], _CONTACTS_TIMEOUT).stdout
        if not printed.startswith("Row: ") and "No result found" not in printed:
            raise PermissionDenied(
                message("reading the contacts is not permitted ({method}).", method=method), remedy=_REMEDIES[method]
            )
        ids = self._run([_SHELLS[method], "-c", _CONTACT_IDS], _CONTACTS_TIMEOUT).stdout
        rows = contact_rows(printed, ids.count("Row: "))
        if rows is None:
            raise MalformedOutput(
                message("a contact's name looks like a row of the table."),
                remedy=message("Find and rename it in the phone's contacts."),
            )
        return rows

    def follow_telecom(self, method: AccessMethod) -> FollowedCommand:
        """Start a command that prints each line that the telecom service logs from now on. Raise PhoneFault, Stopped."""
        return self._runner.follow([_SHELLS[method], "-c", _TELECOM], environment=self._runner.without(*_OF_TERMUX))

    def follow_call_log(self) -> FollowedCommand:
        """As root, start a command that prints a line each time the call log's file is written. Raise PhoneFault, Stopped."""
        command = [_SHELLS[AccessMethod.ROOT], "-c", _CALL_LOG_FILES]
        return self._runner.follow(command, environment=self._runner.without(*_OF_TERMUX))

    def _run(self, argv: list[str], timeout: float) -> CommandOutput:
        return self._runner.run(argv, timeout=timeout, environment=self._runner.without(*_OF_TERMUX))


_REMEDIES = {
    AccessMethod.GRANT: message("On a computer with adb: adb shell pm grant com.termux android.permission.DUMP"),
    AccessMethod.ROOT: message("Allow Termux in the root manager (Magisk, KernelSU), then type: su -c id"),
    AccessMethod.SHIZUKU: message("Start Shizuku, allow Termux in it, then type: rish -c id"),
}


def contact_rows(printed: str, count: int) -> list[SavedNumber] | None:
    """Return the rows that `content query` printed, `Row: 0 display_name=Ana López, data1=+353 87 …`; None when they cannot be told
    apart for sure. `count` is the number of rows that there must be.

    A name may contain anything, also line breaks and commas. If it contains something like a row, there are too many rows, or
    their numbers do not run from 0 on.
    """
    saved: list[SavedNumber] = []
    rows = ("\n" + printed).split("\nRow: ")[1:]
    if len(rows) != count or any(not row.startswith(f"{place} ") for place, row in enumerate(rows)):
        return None
    for row in rows:
        _, _, columns = row.partition(" display_name=")
        name, comma, number = columns.rpartition(", data1=")
        if comma and name != "NULL" and number.strip() != "NULL":
            saved.append(SavedNumber(name=" ".join(name.split()), number=number.strip()))
    return saved
