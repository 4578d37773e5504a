"""Messages that only one person sees, until that person's page is loaded anew."""

from __future__ import annotations

from bot.sandbox.slack.live import Live
from bot.sandbox.slack.model import BOT_ID, BOT_USER_ID, Json
from bot.sandbox.slack.state import Workspace


class Ephemerals:
    """Kept in memory only, as Slack promises no more: docs.slack.dev/messaging (ephemeral messages)."""

    def __init__(self, workspace: Workspace, live: Live) -> None:
        self._workspace = workspace
        self._live = live
        self._kept: dict[tuple[str, str], dict[str, Json]] = {}

    def post(self, user: str, channel_id: str, content: Json, thread_ts: str | None = None) -> Json:
        """Show `content` (text, blocks, …) to one person in a conversation."""
        message: Json = {
            "type": "message",
            "user": BOT_USER_ID,
            "bot_id": BOT_ID,
            **content,
            "ts": self._workspace.next_ts(),
            "ephemeral": True,
        }
        if thread_ts:
            message["thread_ts"] = thread_ts
        self._kept.setdefault((user, channel_id), {})[message["ts"]] = message
        self._live.push([user], "ephemeral", channel=channel_id, message=message)
        return message

    def find(self, user: str, channel_id: str, ts: str) -> Json | None:
        return self._kept.get((user, channel_id), {}).get(ts)

    def replace(self, user: str, channel_id: str, ts: str, content: Json) -> bool:
        """Replace what a message says; False if it is gone."""
        kept = self._kept.get((user, channel_id), {})
        if ts not in kept:
            return False
        old = kept[ts]
        message = {key: old[key] for key in ("type", "user", "bot_id", "ts", "ephemeral", "thread_ts") if key in old}
        kept[ts] = message | content
        self._live.push([user], "ephemeral_changed", channel=channel_id, message=kept[ts])
        return True

    def delete(self, user: str, channel_id: str, ts: str) -> bool:
        if self._kept.get((user, channel_id), {}).pop(ts, None) is None:
            return False
        self._live.push([user], "ephemeral_deleted", channel=channel_id, ts=ts)
        return True

    def of(self, user: str, channel_id: str) -> list[Json]:
        return list(self._kept.get((user, channel_id), {}).values())

    def forget(self, user: str) -> None:
        """The person's page was loaded anew."""
        for key in [key for key in self._kept if key[0] == user]:
            del self._kept[key]
