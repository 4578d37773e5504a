"""Where a person goes: the workspace as they see it, direct messages, channels and who is in them, profiles."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.slack.asked import Asked
from bot.sandbox.slack.errors import PersonError, SlackError
from bot.sandbox.slack.model import BOT_USER_ID, Channel, Json
from bot.sandbox.slack.platform import visible_channels
from bot.sandbox.slack.profiles import page_channel, page_person


async def workspace(asked: Asked) -> Json:
    slack = asked.slack
    return {
        "me": page_person(slack.workspace.people[asked.user]),
        "people": [page_person(person) for person in slack.workspace.people.values()],
        "channels": visible_channels(slack.workspace, asked.user),
        "commands": [
            {"command": each.command, "usage_hint": each.usage_hint, "description": each.description}
            for each in slack.manifest.commands.values()
        ],
        "shortcuts": [
            {"callback_id": each.callback_id, "name": each.name, "type": each.type}
            for each in slack.manifest.shortcuts.values()
        ],
        "bot": slack.bot_state(),
    }


async def open_direct(asked: Asked) -> Json:
    user = asked.text("user")
    if user not in asked.slack.workspace.people:
        raise SlackError("user_not_found")
    channel = asked.slack.workspace.direct([asked.user, user])
    asked.slack.live.channels_changed([asked.user, user])
    if user == BOT_USER_ID:
        # The direct message with an app is the Messages tab of its Home, and Slack tells of that visit too.
        event = {"type": "app_home_opened", "user": asked.user, "channel": channel.id, "tab": "messages"}
        asked.slack.events.send(event)
    return {"channel": page_channel(asked.slack.workspace, channel, asked.user)}


async def join(asked: Asked) -> Json:
    channel = asked.channel()
    if channel.kind != "channel":
        raise SlackError("channel_not_found")
    asked.slack.membership.join(channel, asked.user)
    return {}


async def leave(asked: Asked) -> Json:
    asked.slack.membership.leave(_with_members(asked), asked.user)
    return {}


async def invite(asked: Asked) -> Json:
    channel, user = _with_members(asked), asked.text("user")
    if user not in asked.slack.workspace.people:
        raise SlackError("user_not_found")
    if user in channel.members:
        raise SlackError("already_in_channel")
    asked.slack.membership.join(channel, user, inviter=asked.user)
    return {}


async def kick(asked: Asked) -> Json:
    asked.slack.membership.leave(_with_members(asked), asked.text("user"), kicked_by=asked.user)
    return {}


def _with_members(asked: Asked) -> Channel:
    """A channel, not a direct message: those keep their two people."""
    channel = asked.own_channel()
    if channel.is_direct:
        raise SlackError("channel_not_found")
    return channel


async def create(asked: Asked) -> Json:
    private = asked.body.get("private") is True
    channel = asked.slack.membership.create(asked.text("name"), asked.user, private=private)
    return {"channel": page_channel(asked.slack.workspace, channel, asked.user)}


async def rename(asked: Asked) -> Json:
    asked.slack.membership.rename(_with_members(asked), asked.text("name"))
    return {}


async def archive(asked: Asked) -> Json:
    asked.slack.membership.archive(_with_members(asked), asked.user, archived=True)
    return {}


async def unarchive(asked: Asked) -> Json:
    asked.slack.membership.archive(_with_members(asked), asked.user, archived=False)
    return {}


def _check_zone(tz: object) -> None:
    try:
        ZoneInfo(str(tz))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PersonError("invalid_request", f"{tz!r} is no time zone; one is Europe/Berlin.") from None


PROFILE = {
    "real_name": str,
    "title": str,
    "tz": str,
    "email": str,
    "avatar": str,
    "deleted": bool,
    "is_admin": bool,
    "is_owner": bool,
    "is_restricted": bool,
}


async def profile(asked: Asked) -> Json:
    """A change of one's own profile; of somebody else's, or of rights, by admins."""
    slack = asked.slack
    user = asked.optional("user") or asked.user
    person = slack.workspace.people.get(user)
    if person is None:
        raise SlackError("user_not_found")
    changes = {name: asked.body[name] for name in PROFILE if name in asked.body}
    if any(not isinstance(value, PROFILE[name]) for name, value in changes.items()):
        raise PersonError("invalid_request", "Names, title, tz and email are texts; the other fields true or false.")
    needs_admin = user != asked.user or any(PROFILE[name] is bool for name in changes)
    if needs_admin and not slack.workspace.people[asked.user].is_admin:
        raise SlackError("restricted_action")
    if "tz" in changes:
        _check_zone(changes["tz"])
    return {"person": page_person(slack.membership.change_person(person, changes))}


async def add_person(asked: Asked) -> Json:
    if not asked.slack.workspace.people[asked.user].is_admin:
        raise SlackError("restricted_action")
    tz = asked.optional("tz") or "Etc/UTC"
    _check_zone(tz)
    person = asked.slack.membership.add_person(asked.text("name").lower(), asked.text("real_name"), tz)
    return {"person": page_person(person)}
