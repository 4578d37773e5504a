"""Making Slack agree with one message of the ledger: post it, edit it, delete it, or look for it first.

Every post carries the ledger's id in its metadata, which any member may read and which says nothing else. By it a
message is found again when nobody knows whether Slack took it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SlackRateLimited, SlackRefused, SlackUnavailable
from bot.notifications.lanes import Entry
from bot.slack.gateway import Gateway

METADATA_EVENT = "scrum_ledger"

CONVERSATION_CODES = frozenset(
    {
        "access_denied",
        "cannot_dm_bot",
        "channel_is_limited_access",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "posting_to_channel_denied",
        "posting_to_general_channel_denied",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
"""Slack's codes that speak of the conversation and not of the message; so do those that begin with
`restricted_action`. From the pages of `chat.postMessage` and `conversations.open`, docs.slack.dev/reference/methods."""

WORKSPACE_CODES = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "message_limit_exceeded",
        "missing_scope",
        "no_permission",
        "not_authed",
        "rate_limited",
        "ratelimited",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's codes that speak of the app: no message is at fault, and each would meet the same."""

THREAD_CODES = frozenset({"cannot_reply_to_message", "invalid_thread_ts", "thread_not_found"})

WORKSPACE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 60.0

EDITED_BYTES = 4000
"""`chat.update` takes no longer text. Slack's page says characters and means bytes of UTF-8: a text of 4,002 bytes is
`msg_too_long` (measured in openclaw/openclaw pull request 115027)."""

_HALF_A_TOKEN = re.compile(r"(?:&[a-z]*|<[^>]*)$")

CLOCK_SECONDS = 60
"""By how much Slack's clock, which dates the messages, may differ from PostgreSQL's, which dates the attempts."""

PAGE = 200


class LeaseLost(Exception):
    """Somebody else owns the lane now, and has begun to find out what became of the message."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Slack agrees with the message; arguments of `lanes.settle`."""

    state: str = "settled"
    channel: str | None = None
    ts: str | None = None
    shown: int | None = None
    recheck: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now; arguments of `lanes.postpone`. `closed` is the method that Slack takes no more calls of for so long."""

    error: str
    seconds: float = 0.0
    unknown: bool = False
    blocked: str | None = None
    closed: str | None = None


Outcome = Settled | Postponed
Call = Callable[..., Awaitable[dict[str, Any]]]


class Sending:
    """One message on its way. `hold` is awaited before each call to Slack; it raises `LeaseLost`."""

    def __init__(self, slack: Gateway, entry: Entry, hold: Callable[[], Awaitable[None]]) -> None:
        self._slack = slack
        self._entry = entry
        self._hold = hold
        self._is_out = False
        self.opened: str | None = None
        """The conversation of somebody's direct messages, where it had to be opened."""

    async def run(self) -> Outcome:
        """Do what the message needs and say what came of it. Raises `LeaseLost`."""
        entry = self._entry
        try:
            if entry.ts is None:
                return await self._send()
            return await (self._delete(entry.ts) if entry.withdrawn else self._edit(entry.ts))
        except SlackRateLimited as limited:
            return Postponed(str(limited), limited.retry_after, closed=limited.method)
        except SlackUnavailable as trouble:
            return Postponed(str(trouble), pause(entry.attempts), unknown=self._is_out)
        except SlackRefused as refused:
            if refused.code in CONVERSATION_CODES or refused.code.startswith("restricted_action"):
                return Postponed(refused.code, blocked=refused.code)
            if refused.code in WORKSPACE_CODES:
                return Postponed(str(refused), WORKSPACE_SECONDS, closed=refused.method)
            return Settled("parked", shown=entry.shown_revision, error=str(refused))

    async def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        await self._hold()
        self._is_out = method == "chat.postMessage"
        try:
            return await self._slack.call(method, **arguments)
        except (SlackRefused, SlackRateLimited):
            self._is_out = False
            raise

    async def _as_member(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method for a conversation; one that is public is joined first where the bot is not in it."""
        try:
            return await self._call(method, **arguments)
        except SlackRefused as refused:
            if refused.code != "not_in_channel" or self._entry.to_person:
                raise
            try:
                await self._call("conversations.join", channel=arguments["channel"])
            except SlackRefused:
                raise refused from None
        return await self._call(method, **arguments)

    async def _send(self) -> Outcome:
        entry = self._entry
        if entry.withdrawn and entry.unknown_since is None:
            return Settled("cancelled")
        channel = entry.channel or await self._open()
        if entry.unknown_since is not None:
            found = await search(self._as_member, channel, entry.thread_ts, entry.id, entry.unknown_since)
            if found:
                return Settled(channel=channel, ts=found[0], shown=entry.shown_revision, recheck=len(found) > 1)
            if entry.withdrawn:
                return Settled("cancelled", channel=channel, recheck=True)
        ts = await self._post(channel)
        return Settled(channel=channel, ts=ts, recheck=entry.unknown_since is not None)

    async def _open(self) -> str:
        answer = await self._call("conversations.open", users=self._entry.lane)
        self.opened = str(answer["channel"]["id"])
        return self.opened

    async def _post(self, channel: str) -> str:
        message: dict[str, Any] = {**self._entry.payload, "channel": channel, "metadata": self._metadata()}
        if self._entry.thread_ts:
            message["thread_ts"] = self._entry.thread_ts
        while True:
            try:
                answer = await self._as_member("chat.postMessage", **message)
                return str(answer["ts"])
            except SlackRefused as refused:
                if refused.code in THREAD_CODES and message.pop("thread_ts", None):
                    continue
                if not _is_about_message(refused.code) or "blocks" not in message:
                    raise
                del message["blocks"]
                message["text"] = _plain(message["text"])

    async def _edit(self, ts: str) -> Outcome:
        entry = self._entry
        message: dict[str, Any] = {
            "channel": entry.channel,
            "ts": ts,
            # Where there are blocks, the text is what is read out, and need not be whole.
            "text": _plain(entry.payload["text"]) if entry.payload.get("blocks") else entry.payload["text"],
            # Slack keeps the blocks it has where none are given.
            "blocks": entry.payload.get("blocks", []),
            "metadata": self._metadata(),
        }
        try:
            try:
                await self._as_member("chat.update", **message)
            except SlackRefused as refused:
                if not _is_about_message(refused.code) or not message["blocks"]:
                    raise
                await self._as_member("chat.update", **message | {"blocks": [], "text": _plain(message["text"])})
        except SlackRefused as refused:
            if refused.code == "message_not_found":
                # Somebody deleted it in Slack, and meant it.
                return Settled("cancelled", error=refused.code)
            raise
        return Settled()

    async def _delete(self, ts: str) -> Outcome:
        await delete(self._as_member, str(self._entry.channel), ts)
        return Settled("cancelled")

    def _metadata(self) -> dict[str, Any]:
        return {"event_type": METADATA_EVENT, "event_payload": {"id": self._entry.id}}


def pause(attempts: int) -> float:
    """Seconds until the next attempt: twice as long each time, up to a minute, and never the same for two lanes."""
    return min(LONGEST_PAUSE_SECONDS, 2.0 ** min(attempts, 10)) * random.uniform(0.5, 1.0)


async def search(call: Call, channel: str, thread_ts: str | None, ledger_id: int, since: datetime) -> list[str]:
    """The `ts` of every message in a conversation that carries this ledger id, earliest first.

    In the thread `thread_ts` where given; `since` is when it was sent at the earliest.
    """
    arguments: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{(since - timedelta(seconds=CLOCK_SECONDS)).timestamp():.6f}",
        "include_all_metadata": True,
        "limit": PAGE,
    }
    method = "conversations.history"
    if thread_ts:
        method, arguments = "conversations.replies", {**arguments, "ts": thread_ts}
    found: list[str] = []
    while True:
        try:
            page = await call(method, **arguments)
        except SlackRefused as refused:
            if thread_ts and refused.code in THREAD_CODES:
                # The thread is gone; then the message was sent without one.
                return await search(call, channel, None, ledger_id, since)
            raise
        found += [str(message["ts"]) for message in page.get("messages", ()) if _carries(message, ledger_id)]
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return sorted(set(found))
        arguments["cursor"] = cursor


def _carries(message: dict[str, Any], ledger_id: int) -> bool:
    metadata = message.get("metadata") or {}
    return metadata.get("event_type") == METADATA_EVENT and (metadata.get("event_payload") or {}).get("id") == ledger_id


async def delete(call: Call, channel: str, ts: str) -> None:
    """Delete a message; one that is gone already is as good."""
    try:
        await call("chat.delete", channel=channel, ts=ts)
    except SlackRefused as refused:
        if refused.code != "message_not_found":
            raise


def _is_about_message(code: str) -> bool:
    """Whether Slack refused this message as such, so that fewer and plainer words may pass."""
    return not (
        code in CONVERSATION_CODES
        or code in WORKSPACE_CODES
        or code in ("message_not_found", "cant_update_message", "edit_window_closed")
        or code.startswith("restricted_action")
    )


def _plain(text: str) -> str:
    """The text as far as it can be edited later, not cut in the middle of an escape or a mention."""
    encoded = text.encode()
    if len(encoded) <= EDITED_BYTES:
        return text
    mark = "…"
    kept = encoded[: EDITED_BYTES - len(mark.encode())].decode(errors="ignore")
    return _HALF_A_TOKEN.sub("", kept) + mark
