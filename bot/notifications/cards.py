"""What `/scrum setup` shows; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from bot.db import Place, Workspace
from bot.slack import blocks
from bot.slack.blocks import Block

TITLE = "Set up"


class Action(StrEnum):
    """Ids of the form, of its inputs, and of the button that opens it."""

    OPEN = "setup.open"
    FORM = "setup.form"
    TEAM = "setup.team"
    ALERTS = "setup.alerts"
    TRIAGE = "setup.triage"
    ZONE = "setup.zone"


_CHANNELS = (
    (Action.TEAM, "Team", "The team's channel", "Cards of tasks go here where no other channel fits."),
    (Action.ALERTS, "Alerts", "Channel for alerts", "Tasks that run late are announced here."),
    (Action.TRIAGE, "Triage", "Channel for reports", "What people report with /triage arrives here."),
)


def setup_form(workspace: Workspace, zone: str, metadata: Mapping[str, Any]) -> Block:
    """The form, filled with what was chosen before; `zone` is the time zone it starts with."""
    chosen = {
        Action.TEAM: workspace.team_channel,
        Action.ALERTS: workspace.alert_channel,
        Action.TRIAGE: workspace.triage_channel,
    }
    fields = [
        blocks.field(
            action,
            label,
            blocks.channel_select(action, "Choose a channel", chosen[action]),
            optional=True,
            hint=hint,
        )
        for action, _, label, hint in _CHANNELS
    ]
    zones = {
        "type": "external_select",
        "action_id": Action.ZONE,
        "placeholder": blocks.plain_text("Type a city"),
        "min_query_length": 2,
        "initial_option": zone_option(zone),
    }
    fields.append(
        blocks.field(Action.ZONE, "The team's time zone", zones, hint="For what has no reader of its own, as reports.")
    )
    said = blocks.section("I join public channels by myself. To a private one I have to be invited.")
    return blocks.modal(TITLE, [said, *fields], callback_id=Action.FORM, submit="Save", metadata=metadata)


def zone_option(zone: str) -> Block:
    """A time zone as a choice."""
    return blocks.option(zone.replace("_", " "), zone)


def setup_done(workspace: Workspace, places: Sequence[Place]) -> tuple[str, list[Block]]:
    """The receipt: every choice as it is now, and which channels I cannot write to yet."""
    lines = [
        f"*{name}:* {f'<#{channel}>' if channel else instead}"
        for name, channel, instead in (
            ("Team", workspace.team_channel, "none yet; cards go to the channel of the command"),
            ("Alerts", workspace.alert_channel, "none yet; late tasks are announced in their home channel"),
            ("Triage", workspace.triage_channel, "none yet; reports stay in the channel they were made in"),
        )
    ]
    lines.append(f"*Time zone:* {workspace.time_zone.replace('_', ' ')}")
    text = "Saved: " + ", ".join(
        f"{name} {f'<#{channel}>' if channel else 'not chosen'}"
        for name, channel in (
            ("team", workspace.team_channel),
            ("alerts", workspace.alert_channel),
            ("triage", workspace.triage_channel),
        )
    )
    text += f", time zone {workspace.time_zone}."
    shown = [blocks.section(":white_check_mark: *Saved*\n" + "\n".join(lines))]
    outside = [f"<#{place.id}>" for place in places if not place.is_member and not place.is_archived]
    if outside:
        ask = f"I am not in {', '.join(outside)} yet. Type `/invite` there and choose me; what waits then goes out."
        text += f" {ask}"
        shown.append(blocks.section(f":envelope: {ask}"))
    shown.append(blocks.actions(blocks.button("Change", Action.OPEN, blocks.value(), label="Change the set-up")))
    return text, shown


def welcome() -> dict[str, Any]:
    """The first message to the first admin."""
    text = "Hello! I keep your team's tasks, reports and messages. Set me up with /scrum setup: it takes a minute."
    return blocks.message(
        text,
        [
            blocks.section(
                ":wave: *Hello!* I keep your team's tasks, reports and messages, and say so in time when something runs"
                " late.\nTell me which channels to use, and we can begin. Until then I stay in the channels in which"
                " I am asked."
            ),
            blocks.actions(
                blocks.button("Set up", Action.OPEN, blocks.value(), style="primary", label="Set up the bot")
            ),
            blocks.context("Later: `/scrum setup` · `/task help` · `/triage help` · `/chat help`"),
        ],
    )
