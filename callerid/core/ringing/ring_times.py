"""How long what is known of a ring counts."""

from __future__ import annotations

from datetime import timedelta

FRESH_FOR = timedelta(minutes=1)  # a ring reported later gets no card
SAME_RING = timedelta(seconds=20)  # between two reports of one ring, such as Tasker's and another sense's
REMEMBERED_FOR = timedelta(days=2)  # to judge the senses by
