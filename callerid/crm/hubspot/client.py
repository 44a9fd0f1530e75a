"""HubSpot as the CRM of the port."""

from __future__ import annotations

from callerid.crm.hubspot.activities import ActivityRecords
from callerid.crm.hubspot.all_records import AllRecords
from callerid.crm.hubspot.some_records import SomeRecords
from callerid.crm.hubspot.written_records import WrittenRecords


class HubSpot(AllRecords, SomeRecords, ActivityRecords, WrittenRecords):
    """A portal; `Connection` says what it is made of."""

    name = "hubspot"
