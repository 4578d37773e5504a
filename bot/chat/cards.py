"""How messages between people look in Slack, and the ids of what can be pressed; pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.chat.parsing import SEND_EXAMPLE
from bot.chat.queries import Stretch, Written
from bot.slack import blocks
from bot.slack.blocks import Block, escape, moment, quoted

LONGEST_NAME = 60
"""The name that a message is shown under is kept well below the 80 characters that Slack takes."""


class Act(StrEnum):
    """What can be pressed; the values of `action_id`."""

    EARLIER = "chat.earlier"
    LATER = "chat.later"


_WHY = {
    "channel_not_found": "I cannot see that conversation",
    "not_in_channel": "I am not in that channel any more",
    "is_archived": "that channel is archived",
    "restricted_action": "the workspace does not let me post there",
    "cannot_dm_bot": "that is an app",
    "user_disabled": "they have left this workspace",
    "user_not_found": "Slack does not know them any more",
    "users_not_found": "Slack does not know them any more",
    "msg_too_long": "it is too long for Slack",
}
"""Slack's error codes of `chat.postMessage` and `conversations.open`, in words."""


def relayed(sender: str, avatar_url: str | None, text: str) -> dict[str, Any]:
    """The message as it is posted, under the sender's name and picture."""
    payload = blocks.message(quoted(text))
    payload["username"] = f"{sender[:LONGEST_NAME]} (via bot)"
    if avatar_url and avatar_url.startswith(("https://", "http://")):
        payload["icon_url"] = avatar_url
    return payload


def to_person(slack_id: str | None, name: str) -> str:
    """A recipient as mrkdwn, for messages that only the sender sees."""
    return blocks.mention(slack_id, name)


def to_channel(channel: str) -> str:
    """A channel as mrkdwn."""
    return f"<#{channel}>"


def sent(number: str, to: str) -> tuple[str, list[Block]]:
    """The ephemeral receipt: text and blocks. `to` is mrkdwn that names the recipient."""
    text = f"Sent to {to} as {number}."
    return text, [blocks.section(f":speech_balloon: Sent to {to} as *{number}*.")]


def given_back(number: str, to: str, text: str, code: str) -> dict[str, Any]:
    """The message to a sender whose words Slack did not take; `code` is Slack's error code."""
    why = _WHY.get(code, f"Slack refused it (`{escape(code)}`)")
    said = f"{number} to {to} was not delivered: {why}. Nothing of it was kept; here is your text."
    return blocks.message(f"{said} {quoted(text)}", [blocks.section(f":warning: {said}"), blocks.section(quoted(text))])


def conversation(
    stretch: Stretch, *, title: str, about: dict[str, Any], since: datetime | None, zone: str
) -> tuple[str, list[Block]]:
    """A part of a conversation for one person: text and blocks.

    `title` is mrkdwn that names the conversation; `about` is what the paging buttons carry besides the place.
    """
    from_when = f" since {blocks.spoken(since, zone)}" if since else ""
    if not stretch.messages and not (stretch.has_earlier or stretch.has_later):
        text = f"No messages {title}{from_when}."
        return text, [blocks.section(text), blocks.context(f"Write one: `{SEND_EXAMPLE}`")]
    count = len(stretch.messages)
    text = f"{count} message{'' if count == 1 else 's'} {title}{from_when}."
    drawn = [blocks.section(f"*Messages {title}*{from_when}, oldest first")]
    for message in stretch.messages:
        drawn += [blocks.context(_heading(message, zone)), blocks.section(quoted(message.text))]
    turning = []
    if stretch.has_earlier and stretch.messages:
        earlier = blocks.value(**about, before=stretch.messages[0].id)
        turning.append(blocks.button("Earlier", Act.EARLIER, earlier))
    if stretch.has_later and stretch.messages:
        later = blocks.value(**about, after=stretch.messages[-1].id)
        turning.append(blocks.button("Later", Act.LATER, later))
    return text, [*drawn, *([blocks.actions(*turning)] if turning else [])]


def _heading(message: Written, zone: str) -> str:
    parts = [f"*{escape(message.sender)}*", moment(message.at, zone), message.number]
    return " · ".join([*parts, "edited"] if message.is_edited else parts)
