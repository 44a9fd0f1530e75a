"""callerid: says who is calling, from a mirror of the CRM kept on the phone."""

__version__ = "0.1.0"
