"""A program of its own: reads a PDF from the standard input, and writes its first page as a PNG.

A PDF from outside may be made to do harm. So it is opened here, in a process that lives for one page and that has
neither the database, nor secrets, nor a file of its own: `first_page` starts it with an empty environment and ends it
when it takes too long. What it may use of memory, time and files is bounded before the first byte of the PDF is looked
at, and cannot be raised again. It imports nothing of ours.
"""

import resource
import struct
import sys
import zlib

import pypdfium2
from pypdfium2 import raw

MOST_PIXELS = 720
"""The longer side of the picture."""
_MOST_MEMORY = 512 * 1024 * 1024
_MOST_SECONDS = 5
_LONGEST_PNG = 4 * MOST_PIXELS * MOST_PIXELS


def bound() -> None:
    """Give up what a page of a PDF does not need: memory, time, new processes, and files that are not open yet."""
    for what, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_FSIZE, _LONGEST_PNG),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def render(content: bytes) -> bytes:
    """The first page as a PNG whose longer side is MOST_PIXELS. Raises PdfiumError for what is no PDF, or locked."""
    page = pypdfium2.PdfDocument(content)[0]
    width, height = page.get_size()
    scale = MOST_PIXELS / max(width, height)
    bitmap = page.render(scale=scale, may_draw_forms=False, force_bitmap_format=raw.FPDFBitmap_BGRx, rev_byteorder=True)
    return _png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))


def _png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """Rows of red, green, blue and a byte that says nothing, as a PNG."""
    rows = bytearray()
    for y in range(height):
        row = pixels[y * stride : y * stride + 4 * width]
        colours = bytearray(3 * width)
        colours[0::3], colours[1::3], colours[2::3] = row[0::4], row[1::4], row[2::4]
        rows += b"\0" + colours
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


if __name__ == "__main__":
    bound()
    sys.stdout.buffer.write(render(sys.stdin.buffer.read()))
