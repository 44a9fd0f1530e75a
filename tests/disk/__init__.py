"""Phones whose disk is full, and homes in which a file or a folder is broken."""
