"""The one place that names a version of HubSpot's API.

2026-09 is the latest that is generally available and is supported for 18 months. It applies the portal's own validation rules to
writes; a call that a rule refuses is shown with the portal's words.
"""

VERSION = "2026-09"
