"""Slack's conversations: getting to know them, joining them, and hearing what happens to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bot.context import Context
from bot.db import Database, Place, Transaction
from bot.errors import SlackRefused
from bot.notifications import lanes
from bot.notifications.notices import welcome_first_admin
from bot.slack.gateway import Gateway
from bot.slack.request import Handler, Request


async def introduce_channel(database: Database, slack: Gateway, channel_id: str) -> None:
    """Make a conversation known; a public channel is joined. See `look_at`."""
    await look_at(database, slack, channel_id)


async def look_at(database: Database, slack: Gateway, channel_id: str) -> Place:
    """Ask Slack about a conversation, join it if it is a public channel, and write it down.

    One that the bot may not see is written down as private and without the bot. Raises `SlackUnavailable` and
    `SlackRateLimited`.
    """
    place = await _seen(slack, channel_id)
    async with database.as_system() as tx:
        await _write_down(tx, place)
    return place


async def _seen(slack: Gateway, channel_id: str) -> Place:
    try:
        answer = await slack.call("conversations.info", channel=channel_id)
    except SlackRefused:
        return Place(channel_id, "private", "", is_member=False, is_archived=False)
    channel: dict[str, Any] = answer["channel"]
    kinds = (("is_im", "im"), ("is_mpim", "mpim"), ("is_private", "private"))
    kind = next((kind for flag, kind in kinds if channel.get(flag)), "channel")
    is_archived = bool(channel.get("is_archived"))
    # Slack says nothing about membership of direct messages: the bot sees only those it is in.
    is_member = kind == "im" or bool(channel.get("is_member", kind != "channel"))
    if kind == "channel" and not is_member and not is_archived:
        is_member = await _joined(slack, channel_id)
    return Place(channel_id, kind, str(channel.get("name") or ""), is_member, is_archived)


async def _joined(slack: Gateway, channel_id: str) -> bool:
    try:
        await slack.call("conversations.join", channel=channel_id)
    except SlackRefused:
        # The workspace's admins may forbid it; then somebody has to invite the bot.
        return False
    return True


async def _write_down(tx: Transaction, place: Place) -> None:
    await tx.session.execute(
        text(
            """
            INSERT INTO conversations (id, kind, name, is_member, is_archived)
            VALUES (:id, :kind, :name, :is_member, :is_archived)
            ON CONFLICT (id) DO UPDATE
               SET kind = excluded.kind, name = excluded.name, is_member = excluded.is_member,
                   is_archived = excluded.is_archived, seen_at = now()
            """
        ),
        {
            "id": place.id,
            "kind": place.kind,
            "name": place.name[:100],
            "is_member": place.is_member,
            "is_archived": place.is_archived,
        },
    )
    if place.is_member and not place.is_archived:
        await lanes.unblock(tx, place.id)


async def welcome(database: Database) -> None:
    """Greet the first admin if that was not done; called when people have become known."""
    async with database.as_system() as tx:
        await welcome_first_admin(tx)


# --- what Slack tells about conversations -----------------------------------------------------------------------------


def _is_about_the_bot(request: Request) -> bool:
    own = {str(each.get("user_id")) for each in request.payload.get("authorizations") or ()}
    return request.user_id in own


async def joined(context: Context, request: Request) -> None:
    """The bot was invited, or has joined: what waited for that goes out."""
    if request.channel_id and _is_about_the_bot(request):
        place = await _seen(context.slack, request.channel_id)
        async with context.as_system() as tx:
            await _write_down(tx, place)


async def left(context: Context, request: Request) -> None:
    """The bot was removed."""
    if request.channel_id and _is_about_the_bot(request):
        await _change(context, request.channel_id, "is_member = false")


async def renamed(context: Context, request: Request) -> None:
    """A channel has another name; Slack sends the channel as an object here."""
    channel = request.payload["event"]["channel"]
    await _change(context, channel["id"], "name = :name", name=str(channel["name"])[:100])


async def archived(context: Context, request: Request) -> None:
    """A channel takes no messages any more."""
    if request.channel_id:
        await _change(context, request.channel_id, "is_archived = true")


async def unarchived(context: Context, request: Request) -> None:
    """A channel takes messages again. Its members have to come back; whether the bot is one, Slack says when asked."""
    if request.channel_id:
        await look_at(context.database, context.slack, request.channel_id)


async def _change(context: Context, channel_id: str, assignment: str, **values: str) -> None:
    async with context.as_system() as tx:
        await tx.session.execute(
            text(f"UPDATE conversations SET {assignment}, seen_at = now() WHERE id = :id"),
            {"id": channel_id, **values},
        )


HANDLERS: dict[tuple[str, str], Handler] = {
    ("event", "member_joined_channel"): joined,
    ("event", "member_left_channel"): left,
    ("event", "channel_rename"): renamed,
    ("event", "group_rename"): renamed,
    ("event", "channel_archive"): archived,
    ("event", "group_archive"): archived,
    ("event", "channel_unarchive"): unarchived,
    ("event", "group_unarchive"): unarchived,
}
