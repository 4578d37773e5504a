"""Whether a webhook is GitHub's. The vector is the one GitHub's documentation gives to check against."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.signature import is_signed

SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_githubs_own_example_is_signed() -> None:
    assert is_signed(SECRET, BODY, SIGNATURE)


@pytest.mark.parametrize(
    ("secret", "body", "signature"),
    [
        (SECRET, BODY + b" ", SIGNATURE),
        ("another", BODY, SIGNATURE),
        (SECRET, BODY, None),
        (SECRET, BODY, ""),
        (SECRET, BODY, "sha256="),
        (SECRET, BODY, SIGNATURE.removeprefix("sha256=")),
        (SECRET, BODY, SIGNATURE.replace("sha256", "sha1")),
        (SECRET, BODY, SIGNATURE[:-1]),
        (SECRET, BODY, SIGNATURE.upper()),
        (SECRET, BODY, "sha256=ä\udcff"),
    ],
)
def test_anything_else_is_not(secret: str, body: bytes, signature: str | None) -> None:
    assert not is_signed(secret, body, signature)


def test_an_empty_secret_signs_nothing() -> None:
    digest = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    assert not is_signed("", BODY, f"sha256={digest}")


@given(st.text(min_size=1), st.binary(), st.text())
def test_no_header_makes_it_fail(secret: str, body: bytes, signature: str) -> None:
    digest = hmac.new(secret.encode("utf-8", "replace"), body, hashlib.sha256).hexdigest()
    assert is_signed(secret.encode("utf-8", "replace").decode(), body, signature) is (signature == f"sha256={digest}")
