"""The messages of one conversation, in order, with their threads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from bot.sandbox.slack.model import Json

# In Slack's history a message that had replies when it was deleted leaves this in its place.
TOMBSTONE = "tombstone"


class ConversationLog:
    """Messages by `ts`. A reply is in its thread; a reply that was broadcast is at the top level as well."""

    def __init__(self) -> None:
        self.by_ts: dict[str, Json] = {}
        self._top: list[str] = []
        self._threads: dict[str, list[str]] = {}

    def put(self, message: Json) -> None:
        """Add a message, or replace the one with the same `ts`."""
        ts: str = message["ts"]
        is_new = ts not in self.by_ts
        self.by_ts[ts] = message
        if not is_new:
            return
        thread_ts = message.get("thread_ts")
        if thread_ts and thread_ts != ts:
            insort(self._threads.setdefault(thread_ts, []), ts)
        if not thread_ts or thread_ts == ts or message.get("subtype") == "thread_broadcast":
            insort(self._top, ts)

    def remove(self, ts: str) -> None:
        message = self.by_ts.pop(ts, None)
        if message is None:
            return
        for listed in (self._top, self._threads.get(message.get("thread_ts", ""), [])):
            position = bisect_left(listed, ts)
            if position < len(listed) and listed[position] == ts:
                del listed[position]

    def replies(self, thread_ts: str) -> list[Json]:
        """The replies of a thread, oldest first, without the message they reply to."""
        return [self.by_ts[ts] for ts in self._threads.get(thread_ts, ())]

    def top_level(self, *, after: str = "", before: str = "9", inclusive: bool = False) -> list[Json]:
        """Top-level messages between two normal timestamps, oldest first."""
        low = bisect_left(self._top, after) if inclusive else bisect_right(self._top, after)
        high = bisect_right(self._top, before) if inclusive else bisect_left(self._top, before)
        return [self.by_ts[ts] for ts in self._top[low:high]]

    @property
    def newest(self) -> str:
        """The newest `ts` of all, or an empty string."""
        return max(self.by_ts, default="")
