"""What happens in conversations: each change is kept, pushed to the pages and told to the app."""

from __future__ import annotations

import uuid
from typing import Any

from bot.sandbox.slack.conversation_log import TOMBSTONE
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.formatting import TEXT_LIMIT
from bot.sandbox.slack.live import Live
from bot.sandbox.slack.model import BOT_USER_ID, TEAM_ID, Channel, Json
from bot.sandbox.slack.state import Workspace

# The fields of a message that say something; the others say where and when.
CONTENT = ("text", "blocks", "attachments", "metadata")


class Timeline:
    """Posting, changing and deleting messages, and reacting to them."""

    def __init__(self, workspace: Workspace, live: Live, events: Events) -> None:
        self._workspace = workspace
        self._live = live
        self._events = events

    def post(
        self, channel: Channel, author: Json, content: Json, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> Json:
        """Add a message. `author` holds `user`, and `bot_id` and more for the app. Raises `thread_not_found`."""
        if channel.is_archived:
            raise SlackError("is_archived")
        message: Json = {"type": "message", "team": TEAM_ID, **author, **content, "ts": self._workspace.next_ts()}
        message["text"] = message.get("text", "")[:TEXT_LIMIT]
        if "bot_id" not in author:
            message["client_msg_id"] = str(uuid.uuid4())
        saved = [message]
        parent = None
        if thread_ts:
            parent = self._thread_parent(channel, thread_ts)
            message["thread_ts"] = parent["ts"]
            message["parent_user_id"] = parent.get("user", BOT_USER_ID)
            if broadcast:
                message["subtype"] = "thread_broadcast"
            replies = [*self._workspace.logs[channel.id].replies(parent["ts"]), message]
            parent = _with_replies(parent, replies)
            saved.append(parent)
        self._workspace.save_messages(channel.id, saved)
        viewers = self._workspace.viewers(channel)
        self._live.push(viewers, "message", channel=channel.id, message=message)
        if parent is not None:
            self._live.push(viewers, "message_changed", channel=channel.id, message=parent)
        self._live.channels_changed(viewers)
        self._events.message(channel, message)
        return message

    def _thread_parent(self, channel: Channel, thread_ts: str) -> Json:
        message = self._workspace.message(channel.id, thread_ts)
        if message is not None and message.get("thread_ts", message["ts"]) != message["ts"]:
            message = self._workspace.message(channel.id, message["thread_ts"])
        if message is None:
            raise SlackError("thread_not_found")
        return message

    def change(self, channel: Channel, message: Json, content: Json, *, edited_by: str | None) -> Json:
        """Replace what a message says. A value of None removes a field. `edited_by` marks it as edited."""
        changed = {key: value for key, value in {**message, **content}.items() if value is not None}
        changed["text"] = changed.get("text", "")[:TEXT_LIMIT]
        if edited_by is not None:
            changed["edited"] = {"user": edited_by, "ts": self._workspace.next_ts()}
        self._workspace.save_messages(channel.id, [changed])
        self._live.push(self._workspace.viewers(channel), "message_changed", channel=channel.id, message=changed)
        self._events.message_changed(channel, changed, message)
        return changed

    def delete(self, channel: Channel, message: Json) -> None:
        """Delete a message. One with replies leaves a tombstone, so that its thread stays."""
        log = self._workspace.logs[channel.id]
        viewers = self._workspace.viewers(channel)
        ts = message["ts"]
        if log.replies(ts):
            tombstone = {
                "type": "message",
                "subtype": TOMBSTONE,
                "user": "USLACKBOT",
                "hidden": True,
                "text": "This message was deleted.",
                **{k: v for k, v in message.items() if k in ("ts", "thread_ts") or k.startswith(("reply_", "latest_"))},
            }
            self._workspace.save_messages(channel.id, [tombstone])
            self._live.push(viewers, "message_changed", channel=channel.id, message=tombstone)
        else:
            parent = None
            if message.get("thread_ts", ts) != ts:
                parent = self._workspace.message(channel.id, message["thread_ts"])
            if parent is None:
                self._workspace.remove_message(channel.id, ts)
                self._live.push(viewers, "message_deleted", channel=channel.id, ts=ts)
            else:
                remaining = [reply for reply in log.replies(parent["ts"]) if reply["ts"] != ts]
                parent = _with_replies(parent, remaining)
                self._workspace.remove_message(channel.id, ts, changed=[parent])
                thread_ts = message["thread_ts"]
                self._live.push(viewers, "message_deleted", channel=channel.id, ts=ts, thread_ts=thread_ts)
                self._live.push(viewers, "message_changed", channel=channel.id, message=parent)
        self._live.channels_changed(viewers)
        self._events.message_deleted(channel, message)

    def react(self, channel: Channel, message: Json, user: str, name: str) -> None:
        """Raises `already_reacted`."""
        reactions = [dict(reaction) for reaction in message.get("reactions", [])]
        mine = next((reaction for reaction in reactions if reaction["name"] == name), None)
        if mine is None:
            mine = {"name": name, "users": [], "count": 0}
            reactions.append(mine)
        if user in mine["users"]:
            raise SlackError("already_reacted")
        mine["users"] = [*mine["users"], user]
        mine["count"] = len(mine["users"])
        self._save_reactions(channel, message, reactions)
        self._tell_reaction("reaction_added", channel, message, user, name)

    def unreact(self, channel: Channel, message: Json, user: str, name: str) -> None:
        """Raises `no_reaction`."""
        reactions = [dict(reaction) for reaction in message.get("reactions", [])]
        mine = next((reaction for reaction in reactions if reaction["name"] == name), None)
        if mine is None or user not in mine["users"]:
            raise SlackError("no_reaction")
        mine["users"] = [other for other in mine["users"] if other != user]
        mine["count"] = len(mine["users"])
        self._save_reactions(channel, message, [reaction for reaction in reactions if reaction["users"]])
        self._tell_reaction("reaction_removed", channel, message, user, name)

    def _save_reactions(self, channel: Channel, message: Json, reactions: list[Json]) -> None:
        changed = {key: value for key, value in message.items() if key != "reactions"}
        if reactions:
            changed["reactions"] = reactions
        self._workspace.save_messages(channel.id, [changed])
        self._live.push(self._workspace.viewers(channel), "message_changed", channel=channel.id, message=changed)

    def _tell_reaction(self, kind: str, channel: Channel, message: Json, user: str, name: str) -> None:
        if BOT_USER_ID not in channel.members:
            return
        event: dict[str, Any] = {
            "type": kind,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        }
        if "user" in message:
            event["item_user"] = message["user"]
        self._events.send(event)


def _with_replies(parent: Json, replies: list[Json]) -> Json:
    """The message that a thread hangs on, with what Slack keeps there about the replies."""
    kept = {key: value for key, value in parent.items() if not key.startswith(("reply_", "latest_"))}
    if not replies:
        kept.pop("thread_ts", None)
        return kept
    users = list(dict.fromkeys(reply.get("user", reply.get("bot_id", "")) for reply in replies))
    return {
        **kept,
        "thread_ts": parent["ts"],
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1]["ts"],
    }
