"""`/chat` in Slack: sending, reading back, and hearing from delivery what became of a message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.chat import cards, operations, parsing, queries
from bot.chat.cards import Act
from bot.chat.queries import Bounds, Stretch
from bot.context import Context
from bot.db import Place, Transaction
from bot.errors import Refusal, SlackRefused
from bot.notifications.lanes import Entry
from bot.slack import blocks, words
from bot.slack.command_line import SlashCommand, Subcommand
from bot.slack.request import Answer, Reply, Request, Surface

MEMBERS_AT_ONCE = 1000
"""The most that `conversations.members` gives in one answer."""


async def send(context: Context, request: Request) -> Answer:
    """`/chat @bo The build is green`, `/chat #design Mock-ups are up`"""
    if not request.text:
        return words.help_reply(COMMAND)
    message = parsing.outgoing(request.text)
    if message.channel:
        await _check_channel(context, request, message.channel)
        async with context.as_user(request.user_id, channel=message.channel) as tx:
            number = await operations.send_to_channel(tx, message.channel, message.text)
        return _reply(cards.sent(f"M-{number}", cards.to_channel(message.channel)))
    slack_id = str(message.person)
    async with context.as_person(request, [slack_id]) as tx:
        recipient = tx.people[slack_id]
        number = await operations.send_to_person(tx, recipient, message.text)
    return _reply(cards.sent(f"M-{number}", cards.to_person(slack_id, recipient.username)))


async def _check_channel(context: Context, request: Request, channel: str) -> None:
    """Make sure that bot and person are in a channel; the bot joins a public one. Raises `Refusal` where not."""
    place = await _place(context, request, channel)
    if not place.is_member:
        # Since the bot was last seen outside of it, it may have been invited; and a public channel it can join.
        await context.introduce(frozenset(), channel)
        place = await _place(context, request, channel)
    named = cards.to_channel(channel)
    if place.is_archived:
        raise Refusal(f"{named} is archived, so nothing can be posted there.")
    if not place.is_member:
        raise Refusal(
            f"I am not in {named}, so I cannot post there. Invite me to it first.",
            example=parsing.SEND_EXAMPLE,
        )
    if not await _is_in(context, request.user_id, channel):
        raise Refusal(
            f"You are not in {named}, so I cannot post there for you. Join it first.", example=parsing.SEND_EXAMPLE
        )


async def _place(context: Context, request: Request, channel: str) -> Place:
    async with context.as_user(request.user_id, channel=channel) as tx:
        if tx.place is None:
            raise LookupError("a transaction that names a channel knows it")
        return tx.place


async def _is_in(context: Context, slack_id: str, channel: str) -> bool:
    """Whether somebody is a member of a channel; False too where the bot cannot see who is."""
    cursor = ""
    while True:
        try:
            answer = await context.slack.call(
                "conversations.members", channel=channel, limit=MEMBERS_AT_ONCE, cursor=cursor
            )
        except SlackRefused as refused:
            if refused.code in ("channel_not_found", "not_in_channel"):
                return False
            raise
        if slack_id in answer["members"]:
            return True
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return False


async def history(context: Context, request: Request) -> Answer:
    """`/chat history [@bo|here] [since:monday] [20]`"""
    asked = parsing.history(request.text)
    since = None
    if asked.since is not None:
        async with context.as_person(request) as tx:
            since = parsing.since_when(asked.since, tx.now, tx.actor.time_zone, context.settings.date_order)
    where = {"person": asked.person} if asked.person else {"channel": request.channel_id}
    return await _show(context, request, where, Bounds(asked.count, since))


async def turn_page(context: Context, request: Request) -> Answer:
    """Earlier and Later under a conversation."""
    value = request.value
    since = datetime.fromtimestamp(value["since"], UTC) if value.get("since") else None
    bounds = Bounds(value["count"], since, value.get("before"), value.get("after"))
    where = {name: value[name] for name in ("person", "channel") if name in value}
    return await _show(context, request, where, bounds, replace=True)


async def _show(
    context: Context, request: Request, where: dict[str, Any], bounds: Bounds, *, replace: bool = False
) -> Answer:
    """Show a part of a conversation: with the person, or in the channel, that `where` names by Slack id."""
    channel = where.get("channel")
    if "person" not in where:
        await _check_readable(context, request, channel)
    async with context.as_person(request) as tx:
        if channel:
            stretch, title = await queries.in_channel(tx, channel, bounds), f"in {cards.to_channel(channel)}"
        else:
            stretch, title = await _with_person(tx, where["person"], bounds)
        zone = tx.actor.time_zone
    about = {**where, "count": bounds.count}
    if bounds.since:
        about["since"] = int(bounds.since.timestamp())
    drawn = cards.conversation(stretch, title=title, about=about, since=bounds.since, zone=zone)
    return _reply(drawn, replace=replace)


async def _with_person(tx: Transaction, slack_id: str, bounds: Bounds) -> tuple[Stretch, str]:
    known = await queries.person_of(tx, slack_id)
    if known is None:
        return Stretch((), False, False), f"with {cards.to_person(slack_id, '')}"
    other, name = known
    return await queries.between(tx, other, bounds), f"with {cards.to_person(slack_id, name)}"


async def _check_readable(context: Context, request: Request, channel: str | None) -> None:
    """Who may read a channel: full members of the workspace a public one; a private one, and guests, who is in it."""
    if not channel or channel.startswith("D"):
        raise Refusal(
            "This is no channel. Name the person whose messages you want to see, or ask in the channel.",
            example=parsing.HISTORY_EXAMPLE,
        )
    async with context.as_user(request.user_id, channel=channel) as tx:
        is_open = tx.place is not None and tx.place.kind == "channel" and not tx.actor.is_guest
    if not is_open and not await _is_in(context, request.user_id, channel):
        raise Refusal(
            f"I cannot see that you are in {cards.to_channel(channel)}, so I cannot show you what was written there.",
            example=parsing.HISTORY_EXAMPLE,
        )


class MessageFollower:
    """Hears from delivery what became of a message, in the transaction that writes it down."""

    async def sent(self, tx: Transaction, message: Entry) -> None:
        """It stands in Slack. Edits come here as well; they change nothing."""
        if message.channel and message.ts:
            await operations.was_sent(tx, _number(message), message.channel, message.ts)

    async def refused(self, tx: Transaction, message: Entry, code: str) -> None:
        """Slack will not have it, now or until something changes: its sender should know at once."""
        await operations.was_refused(tx, _number(message), code)


FOLLOWER = MessageFollower()


def _number(message: Entry) -> int:
    return int(str(message.subject).removeprefix("chat:"))


def _reply(drawn: tuple[str, list[blocks.Block]], *, replace: bool = False) -> Reply:
    text, shown = drawn
    return Reply(text, tuple(shown), replace)


COMMAND = SlashCommand(
    "/chat",
    "Send a recorded message to a person or a channel, and read it back",
    "shows this",
    (
        Subcommand(
            "@person",
            "/chat @person text",
            "sends a direct message under your name, and keeps it",
            parsing.SEND_EXAMPLE,
        ),
        Subcommand(
            "#channel",
            "/chat #channel text",
            "posts it into a channel that you are in",
            "/chat #design Mock-ups are up",
        ),
        Subcommand(
            "history",
            "/chat history [@person|here] [since:monday] [20]",
            "shows the conversation with a person, or what was sent to this channel",
            parsing.HISTORY_EXAMPLE,
        ),
        Subcommand("help", "/chat help", "shows this", "/chat help", hidden=True),
    ),
)

SURFACE = Surface(
    handlers={
        ("command", "/chat *"): send,
        ("command", "/chat history"): history,
        ("action", Act.EARLIER): turn_page,
        ("action", Act.LATER): turn_page,
    },
    commands=(COMMAND,),
)
