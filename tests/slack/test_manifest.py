"""The manifest that an admin pastes: what Slack would refuse is refused here, in a sentence."""

from __future__ import annotations

import pytest

from bot import local
from bot.errors import Failure


def test_a_prefix_and_an_address_stand_in_every_command() -> None:
    commands = local.manifest("x-", "https://bot.example.com/")["features"]["slash_commands"]
    assert {command["command"] for command in commands} == {"/x-task", "/x-triage", "/x-chat", "/x-scrum"}
    assert {command["url"] for command in commands} == {"https://bot.example.com/slack/events"}


def test_without_an_address_slack_delivers_over_the_socket() -> None:
    made = local.manifest()
    assert made["settings"]["socket_mode_enabled"]
    assert all("url" not in command for command in made["features"]["slash_commands"])


@pytest.mark.parametrize("prefix", ["X-", "x y", "x!", "/x-", "x" * 21])
def test_a_prefix_that_slack_would_not_take_is_refused(prefix: str) -> None:
    with pytest.raises(Failure, match="for example x-"):
        local.manifest(prefix)


@pytest.mark.parametrize("address", ["bot.example.com", "http://bot.example.com", "https://", "https://a b"])
def test_an_address_that_slack_would_not_deliver_to_is_refused(address: str) -> None:
    with pytest.raises(Failure, match="starts with https://"):
        local.manifest(public_url=address)
