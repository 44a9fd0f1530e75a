"""Large blocks of memory go back to the system when they are freed, also where the C library would rather keep them."""

from __future__ import annotations

import os
from functools import lru_cache

_M_MMAP_THRESHOLD = -3  # malloc.h of the GNU C library
_LARGE = 64 * 1024  # bytes; a page of a list is about as large


@lru_cache(maxsize=1)
def give_back() -> None:
    """See that freed blocks of 64 KiB and more are given back, once for the process; nothing where the C library does so itself.

    The GNU C library raises its threshold whenever such a block is freed (mallopt(3)), and then keeps what threads freed, each
    thread's own: a sync with many readers grew by 0.7 KB with each contact. Android's allocators do not.
    """
    if _is_gnu():
        import ctypes

        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def _is_gnu() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, ValueError, OSError):  # Android's C library knows neither the name nor the function
        return False
