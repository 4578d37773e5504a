"""Meeting people: asking Slack who somebody is, and writing down what it says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.context import Context
from bot.db import Database, Transaction
from bot.errors import Refusal, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.history.operations import Happening
from bot.notifications.operations import publish
from bot.settings import Settings
from bot.slack.gateway import Gateway
from bot.slack.request import Request
from bot.users import operations, queries
from bot.users.operations import Change
from bot.users.parsing import SLACKBOT, SlackProfile, slack_profile

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.2
"""How long a command waits for `users.info`; what is left of Slack's three seconds is for the command itself."""

_UNKNOWN = {"user_not_found", "user_not_visible", "users_not_found", "invalid_user_id"}


async def introduce_people(database: Database, slack: Gateway, settings: Settings, slack_ids: frozenset[str]) -> None:
    """Write down people who were met for the first time, as Slack describes them.

    Where Slack does not answer in time, a provisional row in UTC is written, which `correct_provisional` makes good.
    Raises `Refusal` for an id that is nobody's, an app's, or that of somebody who has left.
    """
    answers = await asyncio.gather(*(_ask(slack, slack_id) for slack_id in sorted(slack_ids)))
    profiles = [
        profile or SlackProfile(slack_id, "", slack_id, is_provisional=True)
        for slack_id, profile in zip(sorted(slack_ids), answers, strict=True)
    ]
    people = [profile for profile in profiles if not profile.is_bot]
    async with database.as_system() as tx:
        await tell(tx, await operations.introduce(tx, people, settings.default_role))
    for profile in profiles:
        if profile.is_bot:
            raise Refusal(f"<@{profile.slack_id}> is an app. This works with people only.")
        if not profile.is_active:
            raise Refusal(f"<@{profile.slack_id}> has left this workspace, so I cannot do that with them.")


async def _ask(slack: Gateway, slack_id: str) -> SlackProfile | None:
    """What Slack says about somebody; None where it does not answer in time."""
    if slack_id == SLACKBOT:
        raise Refusal("Slackbot is an app. This works with people only.")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await slack.call("users.info", user=slack_id)
    except SlackRefused as refused:
        if refused.code in _UNKNOWN:
            raise Refusal("Slack knows nobody with that name here. Pick a person from Slack's list.") from refused
        raise
    except (SlackUnavailable, SlackRateLimited, TimeoutError) as error:
        log.warning("person %s: Slack did not describe them: %s", slack_id, type(error).__name__)
        return None
    return slack_profile(answer["user"])


async def correct_provisional(context: Context) -> None:
    """Ask Slack again about the people of whom only the id was known. Trouble is left for the next time."""
    async with context.as_system() as tx:
        slack_ids = await queries.provisional_slack_ids(tx)
    for slack_id in sorted(slack_ids):
        try:
            profile = await _ask(context.slack, slack_id)
        except (Refusal, SlackRefused):
            log.warning("person %s: Slack does not know them any more", slack_id)
            continue
        if profile is not None:
            await _refresh(context, profile)


async def changed(context: Context, request: Request) -> None:
    """Slack's `user_change`: a known person's name, picture, zone, guest state, or leaving and coming back."""
    await _refresh(context, slack_profile(request.payload["event"]["user"]))


async def joined(context: Context, request: Request) -> None:
    """Slack's `team_join`: somebody new in the workspace is known before their first command."""
    profile = slack_profile(request.payload["event"]["user"])
    if profile.is_bot:
        return
    async with context.as_system() as tx:
        await tell(tx, await operations.introduce(tx, [profile], context.settings.default_role))


async def _refresh(context: Context, profile: SlackProfile) -> None:
    async with context.as_system() as tx:
        await tell(tx, await operations.refresh(tx, profile, context.settings.default_role))


async def tell(tx: Transaction, changes: Sequence[Change]) -> None:
    """Write the events of what changed about people."""
    if changes:
        await publish(tx, events=[Happening(one.subject, one.verb, one.changes) for one in changes])
