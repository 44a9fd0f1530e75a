"""The messages of the code, and the catalogues that hold them in other languages."""
