"""The text of a raw number: what of it is the number, and what only stands around it."""
