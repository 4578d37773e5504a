"""Reading conversations: what was written between two people, or into a channel.

Only what Slack has taken and nobody has deleted is shown. Who may read a channel is known to Slack alone, so the
surface asks it first; between two people the query itself is the rule.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from bot.chat.model import ChatMessage
from bot.db import Transaction
from bot.users.model import User

MOST_TEXT = 12_000
"""Slack takes about 13,200 characters in all blocks of one message (slackapi/bolt-js issue 2509)."""
HEADING_TEXT = 120
"""So many of them stand around the sender's name above each message: its moment and its number."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a conversation, with its sender's name."""

    id: int
    sender_id: int
    sender: str
    text: str
    at: datetime
    is_edited: bool

    @property
    def number(self) -> str:
        """How people call it, for example `M-31`."""
        return f"M-{self.id}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which part of a conversation: messages from `since` on, up to `count` of them.

    The latest ones; or those next to the message number `before` or `after`.
    """

    count: int
    since: datetime | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a conversation, oldest first, and whether there is more on either side of it."""

    messages: Sequence[Written]
    has_earlier: bool
    has_later: bool


async def between(tx: Transaction, other_id: int, bounds: Bounds) -> Stretch:
    """What the person of this transaction and `other_id` wrote to each other."""
    me = tx.actor.id
    return await _stretch(
        tx,
        or_(
            and_(ChatMessage.sender_id == me, ChatMessage.recipient_id == other_id),
            and_(ChatMessage.sender_id == other_id, ChatMessage.recipient_id == me),
        ),
        bounds,
    )


async def in_channel(tx: Transaction, channel: str, bounds: Bounds) -> Stretch:
    """What was written into a channel through the bot; the caller has made sure that the person may read it."""
    return await _stretch(tx, and_(ChatMessage.channel == channel, ChatMessage.recipient_id.is_(None)), bounds)


async def _stretch(tx: Transaction, conversation: ColumnElement[bool], bounds: Bounds) -> Stretch:
    chosen = (
        select(
            ChatMessage.id,
            ChatMessage.sender_id,
            User.username,
            ChatMessage.message,
            ChatMessage.sent_at,
            ChatMessage.is_edited,
        )
        .join(User, User.id == ChatMessage.sender_id)
        .where(conversation, ChatMessage.sent_at.is_not(None), ChatMessage.deleted_at.is_(None))
        # One more than asked for tells whether there is more.
        .limit(bounds.count + 1)
    )
    if bounds.since:
        chosen = chosen.where(ChatMessage.created_at >= bounds.since)
    forward = bounds.after is not None
    if forward:
        chosen = chosen.where(ChatMessage.id > bounds.after).order_by(ChatMessage.id)
    else:
        chosen = chosen.order_by(ChatMessage.id.desc())
        if bounds.before is not None:
            chosen = chosen.where(ChatMessage.id < bounds.before)
    found = [_written(row) for row in await tx.session.execute(chosen)]
    shown = _that_fit(found[: bounds.count])
    more = len(found) > len(shown)
    if forward:
        return Stretch(shown, True, more)
    return Stretch(shown[::-1], more, bounds.before is not None)


def _written(row: Sequence[Any]) -> Written:
    number, sender_id, sender, text, at, is_edited = row
    return Written(number, sender_id, sender, text, at, bool(is_edited))


def _that_fit(found: Sequence[Written]) -> list[Written]:
    """The first ones, at least one, that one message of Slack's can show whole."""
    shown: list[Written] = []
    room = MOST_TEXT
    for message in found:
        room -= HEADING_TEXT + sum(len(html.escape(words, quote=False)) for words in (message.sender, message.text))
        if shown and room < 0:
            break
        shown.append(message)
    return shown


async def person_of(tx: Transaction, slack_id: str) -> tuple[int, str] | None:
    """Number and name of a person in Slack, also of one who has left; None for who was never met."""
    row = (await tx.session.execute(select(User.id, User.username).where(User.slack_id == slack_id))).first()
    return (row.id, row.username) if row else None


async def avatar_of(tx: Transaction, user_id: int) -> str | None:
    """The address of a person's picture."""
    url: str | None = await tx.session.scalar(select(User.avatar_url).where(User.id == user_id))
    return url
