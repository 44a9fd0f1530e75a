"""The packages whose notifications are read for calls; learn_dialer adds the one of an unknown dialer."""

from __future__ import annotations

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
DIALER_PACKAGES = GENERAL_PACKAGES | frozenset(
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
        "org.fossify.phone",
        "com.simplemobiletools.dialer",
    )
)
