"""`/scrum setup`, and what Slack tells about its conversations."""

from __future__ import annotations

import asyncio

from bot.context import Context
from bot.db import Place, Workspace
from bot.errors import Refusal
from bot.notifications import cards, operations, parsing, places
from bot.notifications.cards import Action
from bot.notifications.parsing import Setup
from bot.slack import forms
from bot.slack.blocks import Block
from bot.slack.command_line import Subcommand
from bot.slack.request import Answer, CloseForms, Options, Reply, Request, Surface


async def setup(context: Context, request: Request) -> Answer:
    """The line sets up at once; without one the form opens."""
    if request.text:
        return await _set_up(context, request, parsing.setup_line(request.text))
    return await open_form(context, request)


async def open_form(context: Context, request: Request) -> Answer:
    """Show the form, or why there is none."""
    view_id = await forms.open_loading(context.slack, request, cards.TITLE)

    async def form() -> Block:
        async with context.as_person(request) as tx:
            operations.require_set_up_right(tx)
            zone = tx.actor.time_zone if tx.workspace == Workspace() else tx.workspace.time_zone
            metadata = {"channel": request.channel_id, "response_url": request.response_url}
            return cards.setup_form(tx.workspace, zone, metadata)

    await forms.fill(context.slack, view_id, cards.TITLE, form)
    return None


async def submitted(context: Context, request: Request) -> Answer:
    """The form as it was sent. An emptied channel is no channel."""
    fields = request.fields
    zone = parsing.zone_name(str(fields.get(Action.ZONE) or "UTC"))
    team, alerts, triage = (str(fields.get(name) or "") for name in (Action.TEAM, Action.ALERTS, Action.TRIAGE))
    chosen = Setup(team, alerts, triage, zone)
    return CloseForms(await _set_up(context, request, chosen))


async def _set_up(context: Context, request: Request, chosen: Setup) -> Reply:
    async with context.as_person(request) as tx:
        # Before any channel is joined.
        operations.require_set_up_right(tx)
    wanted = {
        channel: name
        for channel, name in (
            (chosen.team, Action.TEAM),
            (chosen.alerts, Action.ALERTS),
            (chosen.triage, Action.TRIAGE),
        )
        if channel
    }
    seen = await asyncio.gather(*(places.look_at(context.database, context.slack, channel) for channel in wanted))
    for place in seen:
        _require_usable(place, wanted[place.id])
    async with context.as_person(request) as tx:
        workspace = await operations.set_up(tx, chosen)
    text, shown = cards.setup_done(workspace, seen)
    return Reply(text, tuple(shown))


def _require_usable(place: Place, field: str) -> None:
    if place.is_archived:
        raise Refusal(f"<#{place.id}> is archived. Choose a channel that people write in.", field=field)
    if place.kind in ("im", "mpim"):
        raise Refusal("A direct message is no channel. Choose a channel.", field=field)


async def zones(context: Context, request: Request) -> Answer:
    """The time zones that fit what is being typed."""
    found = parsing.zones_like(str(request.value.get("typed", "")))
    return Options(tuple(cards.zone_option(zone) for zone in found))


SURFACE = Surface(
    handlers={
        ("command", "/scrum setup"): setup,
        ("action", Action.OPEN): open_form,
        ("view", Action.FORM): submitted,
        ("options", Action.ZONE): zones,
        **places.HANDLERS,
    },
    words={
        "/scrum": (
            Subcommand(
                "setup",
                "/scrum setup",
                "choose the channels for the team, alerts and reports",
                parsing.EXAMPLE,
            ),
        )
    },
)
