"""Whether a webhook really comes from GitHub: its `X-Hub-Signature-256` header."""

from __future__ import annotations

import hashlib
import hmac

_PREFIX = "sha256="


def is_signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether `signature` is GitHub's for exactly these bytes, compared in constant time.

    `signature` is the header's value, `sha256=` and the hexadecimal HMAC of the raw body under the
    webhook's secret (docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries); None where
    the header is missing. An empty secret signs nothing: anybody could.
    """
    if not secret or signature is None or not signature.startswith(_PREFIX):
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # Bytes, because comparing strings refuses anything that is not ASCII, and a header may hold that.
    return hmac.compare_digest(expected.encode(), signature.removeprefix(_PREFIX).encode("utf-8", "surrogateescape"))
