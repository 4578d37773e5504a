"""Identity in Slack: `/scrum link`, `unlink` and `whoami`, their buttons, and what Slack tells about people."""

from __future__ import annotations

import aiohttp

from bot.context import Context
from bot.errors import Refusal
from bot.github import sign_in
from bot.github.failures import GitHubError
from bot.history.operations import Happening
from bot.notifications.operations import publish
from bot.slack import blocks
from bot.slack.command_line import Subcommand
from bot.slack.request import Answer, Reply, Request, Surface
from bot.users import cards, operations, queries, sign_ins, slack_people
from bot.users.cards import Action
from bot.users.github import seal
from bot.users.slack_people import correct_provisional, introduce_people

__all__ = ["SURFACE", "correct_provisional", "introduce_people"]


async def link(context: Context, request: Request) -> Answer:
    """Begin a sign-in at GitHub, or show the one that waits; the answer holds the code and where to enter it."""
    async with context.as_person(request) as tx:
        me = await queries.identity(tx, tx.actor.id)
    if me.link_kind == "self":
        return _replacing(request, cards.already_linked(me, context.settings.github_url))
    client_id = context.settings.github_client_id
    if client_id is None:
        raise Refusal(
            "Signing in at GitHub is not set up here. An admin has to make a GitHub App with its device flow enabled"
            " and set GITHUB_CLIENT_ID."
        )
    async with context.as_system() as tx:
        waiting = await queries.open_sign_in(tx, me.id)
        if waiting is not None and request.response_url:
            await sign_ins.answer_at(tx, me.id, request.response_url, seal(context))
    if waiting is None:
        try:
            async with aiohttp.ClientSession() as session:
                code = await sign_in.start(session, github_url=context.settings.github_url, client_id=client_id)
        except GitHubError as error:
            raise Refusal(blocks.escape(str(error))) from error
        async with context.as_system() as tx:
            waiting = await sign_ins.begin(
                tx,
                me.id,
                device_code=code.device_code,
                user_code=code.user_code,
                verification_uri=code.verification_uri,
                interval_seconds=code.interval_seconds,
                expires_in_seconds=code.expires_in_seconds,
                response_url=request.response_url,
                seal=seal(context),
            )
    return _replacing(
        request, cards.offer(waiting.user_code, waiting.verification_uri, waiting.expires_at, me.time_zone)
    )


async def link_opened(context: Context, request: Request) -> Answer:
    """The person went to GitHub. The outcome can now take the place of the very message they pressed on."""
    async with context.as_person(request) as tx:
        me = tx.actor
    async with context.as_system() as tx:
        await sign_ins.answer_at(tx, me.id, request.response_url, seal(context))
    return None


async def link_cancelled(context: Context, request: Request) -> Answer:
    """Forget the sign-in that waits."""
    async with context.as_person(request) as tx:
        me = tx.actor
    async with context.as_system() as tx:
        was_open = await sign_ins.cancel(tx, me.id)
    return _replacing(request, cards.cancelled(was_open))


async def unlink(context: Context, request: Request) -> Answer:
    """Give the GitHub account up."""
    async with context.as_person(request) as tx:
        me = tx.actor
    # `github_id` is not a person's own to write, so the system does it for them.
    async with context.as_system() as tx:
        tx.me = me
        login, change = await operations.unlink(tx, me.id, request.team_id)
        await sign_ins.cancel(tx, me.id)
        await publish(tx, events=[Happening(change.subject, change.verb, change.changes)])
    return Reply(*cards.unlinked(login))


async def who_am_i(context: Context, request: Request) -> Answer:
    """Show how the bot knows the person."""
    async with context.as_person(request) as tx:
        me = await queries.identity(tx, tx.actor.id)
    return Reply(*cards.who(me, context.settings.github_url))


def _replacing(request: Request, shown: cards.Shown) -> Reply:
    """A pressed button's answer takes the place of its message; a command's stands below it."""
    text, drawn = shown
    return Reply(text, drawn, replace=request.kind == "action")


SURFACE = Surface(
    handlers={
        ("command", "/scrum link"): link,
        ("command", "/scrum unlink"): unlink,
        ("command", "/scrum whoami"): who_am_i,
        ("action", Action.BEGIN): link,
        ("action", Action.OPEN): link_opened,
        ("action", Action.CANCEL): link_cancelled,
        ("event", "user_change"): slack_people.changed,
        ("event", "team_join"): slack_people.joined,
    },
    words={
        "/scrum": (
            Subcommand("link", "/scrum link", "link your GitHub account", "/scrum link"),
            Subcommand("unlink", "/scrum unlink", "give your GitHub account up", "/scrum unlink"),
            Subcommand("whoami", "/scrum whoami", "your role, time zone and GitHub account", "/scrum whoami"),
        )
    },
)
