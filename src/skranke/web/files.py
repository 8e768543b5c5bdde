"""How a stored file is handed to a browser: never run, never guessed at, never cached."""

from urllib.parse import quote

SHOWN = frozenset({"image/jpeg", "image/png", "application/pdf"})


def file_headers(name: str, media_type: str, *, download: bool) -> dict[str, str]:
    """The headers of a file's response. `download`: save it rather than show it; unknown types are always saved."""
    way = "attachment" if download or media_type not in SHOWN else "inline"
    return {
        "Content-Type": media_type if media_type in SHOWN else "application/octet-stream",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
