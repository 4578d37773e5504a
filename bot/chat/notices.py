"""What a message between people becomes in Slack, and what its sender is told when it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat import cards
from bot.db import Transaction
from bot.history.operations import Happening
from bot.notifications.operations import Message, Notice, cancel_about, publish


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that Slack refused: its sender, the words it had, and the recipient as mrkdwn."""

    id: int
    sender_id: int
    sender_slack_id: str | None
    to: str
    text: str


def subject(number: int) -> str:
    """How history and ledger call a message, for example `chat:31`."""
    return f"chat:{number}"


async def written(
    tx: Transaction, number: int, lane: str, text: str, avatar_url: str | None, happened: Happening
) -> None:
    """A new message goes into its conversation; `lane` is a channel's id, or the recipient's Slack id."""
    payload = cards.relayed(tx.actor.username, avatar_url, text)
    message = Message(subject(number), lane, "chat", payload, subject(number))
    await publish(tx, events=[happened], messages=[message])


async def refused(tx: Transaction, lost: Undelivered, code: str) -> None:
    """The sender gets the words back, in a direct message, and the message is not sent later instead."""
    await cancel_about(tx, subject(lost.id), ["chat"])
    payload = cards.given_back(f"M-{lost.id}", lost.to, lost.text, code)
    key = f"{subject(lost.id)}:refused"
    title = f"M-{lost.id} was not delivered"
    messages = []
    if lost.sender_slack_id:
        messages.append(Message(f"direct:{key}", lost.sender_slack_id, "direct", payload, subject(lost.id), key))
    await publish(
        tx,
        events=[Happening(subject(lost.id), "refused", why=code)],
        notices=[Notice(key, lost.sender_id, "system", title, payload["text"])],
        messages=messages,
    )
