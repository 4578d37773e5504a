"""Keeping a secret in the database so that the database alone does not give it away."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Encrypts and decrypts with a key made of a secret that all replicas have: the bot's Slack token.

    `purpose` keeps keys for different things apart. When the token is changed, what was sealed before cannot be
    opened any more; that is why only what lives for minutes is kept this way.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> bytes:
        """The text as bytes that only `open` with the same secret and purpose reads."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """The text again; None where it was sealed with another secret, or damaged."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None
