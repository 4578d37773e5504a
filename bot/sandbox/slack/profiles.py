"""People and conversations in the shapes of Slack's answers, and in those of the page."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Person
from bot.sandbox.slack.state import Workspace


def avatar_url(person: Person, base_url: str) -> str:
    return base_url + person.avatar if person.avatar.startswith("/") else person.avatar


def tz_offset(tz: str) -> int:
    """Seconds east of UTC now."""
    offset = datetime.now(UTC).astimezone(ZoneInfo(tz)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def slack_user(person: Person, base_url: str, *, with_email: bool) -> Json:
    """docs.slack.dev/reference/objects/user-object; the e-mail address needs the scope `users:read.email`."""
    image = avatar_url(person, base_url)
    profile: Json = {
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": person.real_name.partition(" ")[0],
        "last_name": person.real_name.partition(" ")[2],
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "sample",
        "fields": None,
        "team": TEAM_ID,
        **{f"image_{size}": image for size in (24, 32, 48, 72, 192, 512)},
    }
    if with_email and person.email:
        profile["email"] = person.email
    if person.is_bot:
        profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID, "always_active": True}
    user: Json = {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    if not person.deleted:
        user |= {
            "real_name": person.real_name,
            "tz": person.tz,
            "tz_label": person.tz,
            "tz_offset": tz_offset(person.tz),
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "is_primary_owner": person.is_owner,
            "is_restricted": person.is_restricted,
            "is_ultra_restricted": False,
        }
    return user


def page_person(person: Person) -> Json:
    """A person as `docs/local-workspace.md` describes it."""
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "avatar": person.avatar,
        "tz": person.tz,
        "is_admin": person.is_admin,
        "is_bot": person.is_bot,
        "is_restricted": person.is_restricted,
        "deleted": person.deleted,
    }


def slack_channel(channel: Channel, user: str = BOT_USER_ID) -> Json:
    """docs.slack.dev/reference/objects/conversation-object, as `user` sees it."""
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "context_team_id": TEAM_ID,
        "is_archived": channel.is_archived,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_org_shared": False,
        "is_shared": False,
        "is_ext_shared": False,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        others = [member for member in channel.members if member != user]
        return shown | {"user": others[0] if others else user, "is_user_deleted": False, "priority": 0}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_member": user in channel.members,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def page_channel(workspace: Workspace, channel: Channel, user: str) -> Json:
    """A conversation as `docs/local-workspace.md` describes it, for `user`."""
    others = [member for member in channel.members if member != user]
    return {
        "id": channel.id,
        "kind": channel.kind,
        "name": channel.name,
        "topic": channel.topic,
        "user": (others[0] if others else user) if channel.kind == "im" else None,
        "is_member": user in channel.members,
        "bot_is_member": BOT_USER_ID in channel.members,
        "unread": workspace.unread(user, channel) if user in channel.members else 0,
        "members": list(channel.members),
        "is_archived": channel.is_archived,
    }
