"""A day of calls as a text file: what happens, and what is expected of callerid. docs/simulated-days.md describes the format."""
