"""Names of key values that a turn reads at its start."""

from __future__ import annotations

ZONE = "zone"  # the phone's IANA zone, as found when the call log was last read
OFF_SINCE = "off_since"  # when a round first found callerid switched off; "" while it is on
CARDS_WORDED = "cards_worded"  # by which settings the cards on the screen are worded
DIALOG_TRIED = "dialog_tried"  # when a dialog was last opened
