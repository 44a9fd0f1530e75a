"""The packages whose notifications are read for calls; learn_dialer adds the one of an unknown dialer."""

from __future__ import annotations

from callerid.messages import message

# They show a call by a layout of their own, without title and text (Source: CallNotificationManager.kt), so that its notification
# is the only one of theirs that is empty; a summary of missed calls has a group (Source: MissedCallReceiver.kt).
TEXTLESS_PACKAGES = frozenset(("org.fossify.phone", "com.simplemobiletools.dialer"))
TEXTLESS_REMEDY = message(
    "Fossify Phone and Simple Dialer show other apps neither name nor number of a call, and not "
    "whether it comes in: for the caller, set up the sense inbox, stream or telephony"
)

# Their notifications may be about anything: one is about a call only if its words say so.
GENERAL_PACKAGES = frozenset(
    (
        "com.android.phone",
        "com.android.contacts",  # Huawei, MIUI
        "com.android.server.telecom",
        "com.huawei.contacts",
        "com.hihonor.contacts",
        "com.vivo.contacts",
        "com.asus.contacts",
        "com.samsung.android.app.telephonyui",
        "com.truecaller",
    )
)
DIALER_PACKAGES = GENERAL_PACKAGES.union(
    TEXTLESS_PACKAGES,
    (
        "com.google.android.dialer",
        "com.android.dialer",
        "com.android.incallui",  # MIUI, ColorOS, and AOSP before 7
        "com.samsung.android.incallui",
        "com.samsung.android.dialer",
        "com.oneplus.dialer",
        "com.oneplus.incallui",
        "com.coloros.dialer",
        "com.oplus.dialer",
        "com.bbk.incallui",
        "com.sonymobile.android.dialer",
        "com.motorola.dialer",
        "org.lineageos.dialer",
    ),
)
