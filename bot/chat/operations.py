"""Writing messages between people, and keeping them true to what Slack made of them. Nothing here commits.

A message is recorded together with the ledger row that sends it. Until Slack has taken it, `sent_at` is NULL and it is
in no history; when Slack refuses it, it goes, and its words go back to the sender.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from bot.chat import cards, notices, queries
from bot.chat.model import ChatMessage
from bot.chat.notices import Undelivered
from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.history.operations import Happening
from bot.users.model import User


async def send_to_person(tx: Transaction, recipient: Person, text: str) -> int:
    """Write to a person who is here; returns the message's number.

    The direct conversation is opened when the message is posted, and `channel` is written down then.
    """
    if recipient.id == tx.actor.id:
        raise Refusal(
            "That would be a message to yourself. Name the person it is for.", example="/chat @bo The build is green"
        )
    return await _send(tx, recipient.slack_id, text, recipient_id=recipient.id, channel=None)


async def send_to_channel(tx: Transaction, channel: str, text: str) -> int:
    """Write into a channel that the bot and the person are members of; returns the message's number."""
    return await _send(tx, channel, text, recipient_id=None, channel=channel)


async def _send(tx: Transaction, lane: str, text: str, *, recipient_id: int | None, channel: str | None) -> int:
    avatar_url = await queries.avatar_of(tx, tx.actor.id)
    number: int = (
        await tx.session.execute(
            insert(ChatMessage)
            .values(sender_id=tx.actor.id, recipient_id=recipient_id, message=text, channel=channel)
            .returning(ChatMessage.id)
        )
    ).scalar_one()
    to = {"recipient_id": (None, recipient_id)} if recipient_id else {"channel": (None, channel)}
    happened = Happening(notices.subject(number), "written", to)
    await notices.written(tx, number, lane, text, avatar_url, happened)
    return number


async def was_sent(tx: Transaction, chat_id: int, channel: str, ts: str) -> None:
    """Slack has taken the message: it stands in `channel` as `ts`. Saying so twice is harmless."""
    await tx.session.execute(
        update(ChatMessage)
        .where(ChatMessage.id == chat_id, ChatMessage.sent_at.is_(None))
        .values(channel=channel, slack_ts=ts, sent_at=tx.now)
    )


async def was_refused(tx: Transaction, chat_id: int, code: str) -> None:
    """Slack did not take the message (`code` is its error): it goes, and the sender gets the words back.

    Saying so twice, or of a message that was sent after all, changes nothing.
    """
    gone = (
        await tx.session.execute(
            delete(ChatMessage)
            .where(ChatMessage.id == chat_id, ChatMessage.sent_at.is_(None))
            .returning(ChatMessage.sender_id, ChatMessage.recipient_id, ChatMessage.channel, ChatMessage.message)
        )
    ).first()
    if gone is None:
        return
    people = {
        row.id: row
        for row in await tx.session.execute(
            select(User.id, User.slack_id, User.username).where(User.id.in_((gone.sender_id, gone.recipient_id)))
        )
    }
    recipient = people.get(gone.recipient_id)
    to = cards.to_person(recipient.slack_id, recipient.username) if recipient else cards.to_channel(gone.channel)
    lost = Undelivered(chat_id, gone.sender_id, people[gone.sender_id].slack_id, to, gone.message)
    await notices.refused(tx, lost, code)
