"""A lane lives for months and now and then holds 12 MiB of attachments several times over: it must give that back."""

import ctypes
import platform

_M_MMAP_THRESHOLD = -3  # mallopt(3)
_LARGE = 1024 * 1024


def return_large_blocks() -> None:
    """Let every block of a megabyte or more go back to the system as soon as it is freed, where the C library is glibc.

    By itself glibc takes the first large block for the beginning of many, and from then on keeps them among the small
    ones, where one small block in use holds back all below it.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
