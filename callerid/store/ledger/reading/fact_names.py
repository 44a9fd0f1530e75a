"""Names of key values that a turn reads at its start."""

from __future__ import annotations

ZONE = "zone"  # the phone's IANA zone, as found when the call log was last read
OFF_SINCE = "off_since"  # when a round first found callerid switched off; "" while it is on
DIALOG_TRIED = "dialog_tried"  # when a dialog was last opened
