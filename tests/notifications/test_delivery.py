"""Messages reach Slack once, in order, and stay true, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.db import Transaction
from bot.notifications import lanes
from bot.notifications.lanes import Entry
from bot.notifications.operations import Redraw, cancel_about, publish
from bot.notifications.slack_sending import METADATA_EVENT
from bot.slack import blocks
from tests.notifications.conftest import WEB, Post, note
from tests.waiting import until

LEADS = "C0LEADS001"
RANDOM = "C0RANDOM01"
ANA = "U0SAMPLEANA"


async def redraw(post: Post, subject: str, words: str) -> None:
    async with post.database.as_system() as tx:
        payload = blocks.message(words, [blocks.section(words)])
        await publish(tx, redraws=[Redraw(subject, "card", payload)])


async def test_a_message_is_posted_with_its_ledger_id_in_the_metadata(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("task:1:card"))
        delivery.wake()
        row = await post.comes_to("task:1:card", "settled")
    (message,) = await post.history(WEB)
    assert message["metadata"] == {"event_type": METADATA_EVENT, "event_payload": {"id": row.id}}
    assert (row.channel, row.ts, row.shown_revision) == (WEB, message["ts"], 1)
    assert await post.runs("SELECT 1 FROM internal.lanes WHERE leased_until IS NOT NULL") == []


async def test_a_direct_message_opens_the_conversation_once_and_keeps_it(post: Post) -> None:
    await post.runs(
        "INSERT INTO users (github_id, username, role, slack_id) VALUES ('1', 'ana', 'tester', :ana)", ana=ANA
    )
    await post.hands_in(note("direct:1", ANA))
    async with post.delivering():
        row = await post.comes_to("direct:1", "settled")
    assert row.channel.startswith("D")
    assert await post.runs("SELECT direct_channel FROM users") == [(row.channel,)]
    assert "direct:1" in await post.slack.person("ana").channel("@bot").shows("direct:1")


@pytest.mark.parametrize(
    "faults",
    [
        [{"on": "chat.postMessage", "kind": "lose_answer"}],
        [{"on": "chat.postMessage", "kind": "status", "status": 500}],
        [
            {"on": "chat.postMessage", "kind": "status", "status": 502},
            {"on": "chat.postMessage", "kind": "lose_answer"},
        ],
        [
            {"on": "chat.postMessage", "kind": "lose_answer"},
            {"on": "conversations.history", "kind": "status", "status": 503},
        ],
        [{"on": "chat.postMessage", "kind": "rate_limit", "retry_after": 1}],
    ],
    ids=["lost answer", "500", "502 and lost answer", "lost answer and no history", "429"],
)
async def test_trouble_on_the_way_neither_loses_nor_doubles_a_message(post: Post, faults: list[Any]) -> None:
    await post.slack.has_faults(*faults)
    await post.hands_in(note("first"), note("second"))
    async with post.delivering():
        await post.comes_to("second", "settled", within=20)
    assert [message["text"] for message in await post.history(WEB)] == ["This is first.", "This is second."]
    assert (await post.row("first")).state == "settled"


async def test_a_lost_answer_in_a_thread_is_looked_for_in_the_thread(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("card"))
        delivery.wake()
        parent = await post.comes_to("card", "settled")
        await post.slack.has_faults({"on": "chat.postMessage", "kind": "lose_answer"})
        await post.hands_in(note("line", kind="line", parent_key="card"))
        delivery.wake()
        await post.comes_to("line", "settled")
    _, line = await post.history(WEB)
    assert line["thread_ts"] == parent.ts


async def test_several_changes_before_the_next_delivery_are_one_edit(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("task:1:card", subject="task:1"))
        delivery.wake()
        await post.comes_to("task:1:card", "settled")
    for state in ("started", "blocked", "done"):
        await redraw(post, "task:1", f"It is {state}.")
    async with post.delivering():
        row = await post.comes_to("task:1:card", "settled")
    (message,) = await post.history(WEB)
    assert message["text"] == "It is done."
    assert (row.revision, row.shown_revision) == (4, 4)
    assert message["metadata"]["event_payload"] == {"id": row.id}


async def test_a_change_before_the_first_delivery_is_what_is_posted(post: Post) -> None:
    await post.hands_in(note("task:1:card", subject="task:1"))
    await redraw(post, "task:1", "It is done already.")
    async with post.delivering():
        await post.comes_to("task:1:card", "settled")
    assert [message["text"] for message in await post.history(WEB)] == ["It is done already."]


async def test_a_change_while_the_message_is_under_way_follows_it(post: Post) -> None:
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "slow", "seconds": 0.5})
    await post.hands_in(note("task:1:card", subject="task:1"))
    async with post.delivering() as delivery:

        async def is_under_way() -> bool:
            return (await post.row("task:1:card")).attempts == 1

        await until(is_under_way)
        await redraw(post, "task:1", "It changed meanwhile.")
        delivery.wake()
        row = await post.comes_to("task:1:card", "settled")
    assert (row.revision, row.shown_revision) == (2, 2)
    assert [message["text"] for message in await post.history(WEB)] == ["It changed meanwhile."]


async def test_an_edit_whose_answer_was_lost_is_simply_repeated(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("task:1:card", subject="task:1"))
        delivery.wake()
        await post.comes_to("task:1:card", "settled")
        await post.slack.has_faults({"on": "chat.update", "kind": "lose_answer"})
        await redraw(post, "task:1", "It is done.")
        delivery.wake()
        await post.comes_to("task:1:card", "settled")
    assert [message["text"] for message in await post.history(WEB)] == ["It is done."]


async def test_what_is_taken_back_is_deleted_or_never_sent(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("sent", subject="task:1"))
        delivery.wake()
        await post.comes_to("sent", "settled")
    await post.hands_in(note("unsent", subject="task:1"))
    async with post.database.as_system() as tx:
        await cancel_about(tx, "task:1", ["card"])
    assert (await post.row("unsent")).state == "cancelled"
    async with post.delivering():
        await post.comes_to("sent", "cancelled")
    assert await post.history(WEB) == []


async def test_what_is_taken_back_while_nobody_knows_whether_it_was_sent_is_looked_for_and_deleted(post: Post) -> None:
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "lose_answer"})
    await post.hands_in(note("card", subject="task:1"))
    async with post.delivering() as delivery:

        async def is_unknown() -> bool:
            return (await post.row("card")).last_error is not None

        await until(is_unknown)
        async with post.database.as_system() as tx:
            await cancel_about(tx, "task:1", ["card"])
        delivery.wake()
        await post.comes_to("card", "cancelled")
    assert await post.history(WEB) == []


async def test_a_public_channel_is_joined_before_posting(post: Post) -> None:
    await post.hands_in(note("card", RANDOM))
    async with post.delivering():
        await post.comes_to("card", "settled")
    assert len(await post.history(RANDOM)) == 1


async def test_a_conversation_that_refuses_blocks_itself_and_keeps_its_messages(post: Post) -> None:
    await post.hands_in(note("private", LEADS), note("after it", LEADS), note("public"))
    async with post.delivering() as delivery:
        await post.comes_to("public", "settled")

        async def is_blocked() -> Any:
            return await post.runs("SELECT 1 FROM internal.lanes WHERE blocked = 'channel_not_found'")

        await until(is_blocked)
        assert [(await post.row(key)).state for key in ("private", "after it")] == ["pending", "pending"]
        await post.slack.person("mia").invites("U0SCRUMBOT", to="#leads")
        async with post.database.as_system() as tx:
            await lanes.unblock(tx, LEADS)
        delivery.wake()
        await post.comes_to("after it", "settled")
    assert [message["text"] for message in await post.history(LEADS)] == ["This is private.", "This is after it."]


async def test_a_change_keeps_its_blocks_where_its_text_is_longer_than_slack_edits(post: Post) -> None:
    words = "я" * 1997
    async with post.delivering() as delivery:
        await post.hands_in(note("long", subject="task:1"))
        await post.comes_to("long", "settled")
        payload = blocks.message(words + "&amp;" + words, [blocks.section("drawn anew")])
        async with post.database.as_system() as tx:
            await publish(tx, redraws=[Redraw("task:1", "card", payload)])
        delivery.wake()
        row = await post.comes_to("long", "settled")
    (message,) = await post.history(WEB)
    assert message["blocks"][0]["text"]["text"] == "drawn anew"
    # 4,000 bytes of UTF-8, and no half of an escape at the end.
    assert message["text"] == words + "…"
    assert (row.shown_revision, row.last_error) == (2, None)


async def test_blocks_that_slack_refuses_become_plain_text(post: Post) -> None:
    broken = note("broken")
    broken.payload["blocks"] = [{"type": "no such block"}]
    await post.hands_in(broken)
    async with post.delivering():
        await post.comes_to("broken", "settled")
    (message,) = await post.history(WEB)
    assert message["text"] == "This is broken."
    assert "blocks" not in message or message["blocks"] != broken.payload["blocks"]


async def test_a_message_that_slack_refuses_is_parked_and_its_lane_goes_on(post: Post) -> None:
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "error", "error": "msg_too_long", "times": 2})
    await post.hands_in(note("refused"), note("reply", parent_key="refused"), note("next"))
    async with post.delivering():
        await post.comes_to("next", "settled")
    row = await post.row("refused")
    assert (row.state, row.ts) == ("parked", None)
    assert "msg_too_long" in row.last_error
    messages = await post.history(WEB)
    assert [message["text"] for message in messages] == ["This is reply.", "This is next."]
    assert "thread_ts" not in messages[0], "there is no thread without its first message"


async def test_a_message_held_back_does_not_hold_up_the_others(post: Post) -> None:
    async with post.database.as_system() as tx:
        later = tx.now + timedelta(seconds=2)
        await publish(tx, messages=[note("held", not_before=later), note("line", parent_key="held"), note("free")])
    async with post.delivering():
        await post.comes_to("free", "settled")
        assert (await post.row("held")).state == "pending"
        await post.comes_to("line", "settled")
    held, line = [await post.row(key) for key in ("held", "line")]
    assert held.posted_at >= later
    messages = {message["text"]: message for message in await post.history(WEB)}
    assert messages["This is line."]["thread_ts"] == held.ts == messages["This is held."]["ts"]
    assert line.posted_at > held.posted_at


async def test_a_revoked_token_parks_nothing(post: Post) -> None:
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "error", "error": "token_revoked"})
    await post.hands_in(note("card"))
    async with post.delivering():

        async def is_postponed() -> Any:
            return (await post.row("card")).last_error

        await until(is_postponed)
    assert (await post.row("card")).state == "pending"
    assert await post.runs("SELECT 1 FROM internal.budgets WHERE method = 'chat.postMessage' AND next_at > now()")


class Follows:
    """Writes down what it is told; `fails` makes it raise."""

    def __init__(self, fails: bool = False) -> None:
        self.told: list[tuple[str, str, str | None]] = []
        self._fails = fails

    async def sent(self, tx: Transaction, message: Entry) -> None:
        self.told.append(("sent", message.key, message.ts))
        if self._fails:
            raise KeyError(message.key)

    async def refused(self, tx: Transaction, message: Entry, code: str) -> None:
        self.told.append(("refused", message.key, code))


async def test_followers_hear_what_became_of_their_kind(post: Post) -> None:
    follower = Follows()
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "error", "error": "no_text", "times": 2})
    await post.hands_in(note("chat:1", kind="chat"), note("chat:2", kind="chat"), note("chat:3", LEADS, kind="chat"))
    async with post.delivering(followers={"chat": follower}):
        await post.comes_to("chat:2", "settled")

        async def has_heard() -> bool:
            return len(follower.told) == 3

        await until(has_heard)
    (message,) = await post.history(WEB)
    assert sorted(follower.told) == [
        ("refused", "chat:1", "chat.postMessage: no_text"),
        ("refused", "chat:3", "channel_not_found"),
        ("sent", "chat:2", message["ts"]),
    ]


async def test_a_follower_that_fails_does_not_undo_that_a_message_was_sent(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    await post.hands_in(note("chat:1", kind="chat"))
    async with post.delivering(followers={"chat": Follows(fails=True)}):
        await post.comes_to("chat:1", "settled")
    assert len(await post.history(WEB)) == 1
    assert "follows chat messages failed" in caplog.text


async def test_stopping_finishes_the_message_in_hand_and_frees_its_lane(post: Post) -> None:
    await post.slack.has_faults({"on": "chat.postMessage", "kind": "slow", "seconds": 0.5})
    await post.hands_in(note("card"), note("next"))
    async with post.delivering() as delivery:

        async def is_under_way() -> bool:
            return (await post.row("card")).attempts == 1

        await until(is_under_way)
        await delivery.stop()
        assert (await post.row("card")).state == "settled"
        assert await post.runs("SELECT 1 FROM internal.lanes WHERE leased_until IS NOT NULL") == []
    assert (await post.row("next")).state == "pending"
