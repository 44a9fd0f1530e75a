"""The text of a raw number: which part of it is the number, and what surrounds it."""
