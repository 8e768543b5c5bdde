"""What a token is kept as."""

import hashlib


def digest_of(token: str) -> str:
    """The SHA-256 (hex) a token is known by: who reads the database cannot use what stands there.

    A token has 256 random bits, so a slow hash would add nothing.
    """
    return hashlib.sha256(token.encode()).hexdigest()
