"""What an app may answer with beside the Web API: bodies of acknowledgements, and `response_url`s.

Source: docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.block_kit import checked_blocks
from bot.sandbox.slack.ephemerals import Ephemerals
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.formatting import TEXT_LIMIT
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json
from bot.sandbox.slack.state import Workspace
from bot.sandbox.slack.timeline import CONTENT, Timeline

# A response_url works this often, for this many seconds.
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60


def bot_author(manifest: Manifest) -> Json:
    """The fields that say that the app wrote a message."""
    return {
        "user": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": manifest.bot_name,
            "icons": {},
            "deleted": False,
            "updated": 0,
            "team_id": TEAM_ID,
        },
    }


def message_content(body: Json) -> Json:
    """The text and blocks of an answer, checked. Raises `no_text` or what is wrong with the blocks."""
    content: Json = {key: body[key] for key in CONTENT if body.get(key) is not None}
    attachments = content.get("attachments", [])
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise SlackError("invalid_attachments")
    if "blocks" in content:
        content["blocks"] = checked_blocks(content["blocks"])
    if not content.get("text") and not content.get("blocks") and not content.get("attachments"):
        raise SlackError("no_text")
    content["text"] = str(content.get("text", ""))[:TEXT_LIMIT]
    return content


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer goes: to `user` in `channel`, about the message `ts` (`is_ephemeral` or not) if there is one."""

    user: str
    channel: str
    ts: str | None
    is_ephemeral: bool
    thread_ts: str | None
    issued: float
    uses: int = 0


class Answers:
    """Carries out answers. `clock` gives seconds."""

    def __init__(
        self,
        manifest: Manifest,
        workspace: Workspace,
        timeline: Timeline,
        ephemerals: Ephemerals,
        clock: Callable[[], float],
    ) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._timeline = timeline
        self._ephemerals = ephemerals
        self._clock = clock
        self._urls: dict[str, ResponseUrl] = {}
        # Known once the server listens.
        self.base_url = ""

    def response_url(
        self,
        user: str,
        channel_id: str,
        *,
        ts: str | None = None,
        is_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:
        now = self._clock()
        for old in [token for token, url in self._urls.items() if url.issued < now - 2 * RESPONSE_URL_SECONDS]:
            del self._urls[old]
        token = secrets.token_urlsafe(18)
        # The message that a thread began with stands in the channel, and so do the answers to it.
        thread = thread_ts if thread_ts != ts else None
        self._urls[token] = ResponseUrl(user, channel_id, ts, is_ephemeral, thread, now)
        return f"{self.base_url}/response/{token}"

    def use(self, token: str, body: Any) -> None:
        """What the app sent to a response_url. Raises `invalid_url`, `expired_url`, `used_url` or what is wrong."""
        url = self._urls.get(token)
        if url is None:
            raise SlackError("invalid_url")
        if self._clock() - url.issued > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        self.carry_out(url, body)
        url.uses += 1

    def acknowledge(self, user: str, channel_id: str, body: Any) -> None:
        """The body of a slash command's acknowledgement: nothing, a text, or a message."""
        if body in (None, "", {}):
            return
        message = {"text": body} if isinstance(body, str) else body
        if not isinstance(message, dict):
            raise SlackError("invalid_command_response")
        self.carry_out(ResponseUrl(user, channel_id, None, False, None, self._clock()), message)

    def carry_out(self, url: ResponseUrl, body: Json) -> None:
        if body.get("delete_original") is True:
            self._delete_original(url)
            return
        content = message_content(body)
        if body.get("replace_original") is True and url.ts is not None:
            self._replace_original(url, url.ts, content)
            return
        thread_ts = str(body.get("thread_ts") or "") or url.thread_ts
        if body.get("response_type") == "in_channel":
            channel = self._workspace.channels[url.channel]
            self._timeline.post(channel, bot_author(self._manifest), content, thread_ts=thread_ts)
        else:
            content.pop("metadata", None)
            self._ephemerals.post(url.user, url.channel, content, thread_ts)

    def _delete_original(self, url: ResponseUrl) -> None:
        if url.ts is None:
            raise SlackError("message_not_found")
        if url.is_ephemeral:
            self._ephemerals.delete(url.user, url.channel, url.ts)
            return
        message = self._workspace.message(url.channel, url.ts)
        if message is None or message.get("bot_id") != BOT_ID:
            raise SlackError("message_not_found")
        self._timeline.delete(self._workspace.channels[url.channel], message)

    def _replace_original(self, url: ResponseUrl, ts: str, content: Json) -> None:
        if url.is_ephemeral:
            # An ephemeral message that is gone from the page stays gone; Slack does not tell the app.
            self._ephemerals.replace(url.user, url.channel, ts, content)
            return
        message = self._workspace.message(url.channel, ts)
        if message is None or message.get("bot_id") != BOT_ID:
            raise SlackError("message_not_found")
        content.setdefault("blocks", None)
        self._timeline.change(self._workspace.channels[url.channel], message, content, edited_by=None)
