import pytest

from bot.users.sealing import Seal


def test_what_was_sealed_is_opened_with_the_same_secret_only() -> None:
    sealed = Seal("xoxb-sample", "sign-ins").close("device code")
    assert b"device code" not in sealed
    assert Seal("xoxb-sample", "sign-ins").open(sealed) == "device code"
    assert Seal("xoxb-changed", "sign-ins").open(sealed) is None
    assert Seal("xoxb-sample", "another purpose").open(sealed) is None


@pytest.mark.parametrize("damaged", [b"", b"x", b"gAAAA", "ä".encode()])
def test_what_is_damaged_is_not_opened(damaged: bytes) -> None:
    assert Seal("xoxb-sample", "sign-ins").open(damaged) is None
