"""Messages between people: written, sent, refused, and read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.chat import operations, queries
from bot.chat.queries import Bounds, Stretch
from bot.chat.slack import FOLLOWER
from bot.errors import Refusal
from bot.notifications.lanes import Entry
from tests.team import Team, slack_id


async def write(team: Team, sender: str, recipient: str, text: str) -> int:
    async with team.acts(sender, recipient) as tx:
        return await operations.send_to_person(tx, tx.people[slack_id(recipient)], text)


async def post(team: Team, sender: str, text: str, channel: str = "C0WEBTEAM") -> int:
    async with team.acts(sender, channel=channel) as tx:
        return await operations.send_to_channel(tx, channel, text)


async def arrives(team: Team, number: int, channel: str = "D0BO") -> None:
    async with team.database.as_system() as tx:
        await operations.was_sent(tx, number, channel, f"1700000000.{number:06d}")


async def row(team: Team, number: int) -> Any:
    found = await team.rows("SELECT * FROM chat_messages WHERE id = :id", id=number)
    return found[0] if found else None


async def between(team: Team, me: str, other: str, bounds: Bounds | None = None) -> Stretch:
    async with team.acts(me) as tx:
        known = await queries.person_of(tx, slack_id(other))
        assert known
        return await queries.between(tx, known[0], bounds or Bounds(20))


async def entry(team: Team, number: int, **changed: Any) -> Entry:
    """The ledger's row as delivery hands it over."""
    (ledger,) = await team.rows("SELECT * FROM internal.ledger WHERE key = :key", key=f"chat:{number}")
    values = {name: getattr(ledger, name, None) for name in Entry.__dataclass_fields__}
    return Entry(**{**values, **changed})


async def test_a_message_and_what_sends_it_are_written_together(team: Team) -> None:
    number = await write(team, "ana", "bo", "The build is <green>")
    kept = await row(team, number)
    assert (kept.message, kept.message_type, kept.sent_at, kept.channel) == ("The build is <green>", "text", None, None)
    (sending,) = await team.ledger("chat")
    assert (sending.key, sending.lane, sending.subject) == (f"chat:{number}", slack_id("bo"), f"chat:{number}")
    assert sending.payload == {
        "text": "The build is &lt;green&gt;",
        "username": "Ana (via bot)",
        "icon_url": "https://example.com/ana.png",
    }
    assert await team.verbs(f"chat:{number}") == ["written"]


async def test_a_message_to_a_channel_has_no_recipient(team: Team) -> None:
    number = await post(team, "ana", "Mock-ups are up")
    kept = await row(team, number)
    assert (kept.recipient_id, kept.channel) == (None, "C0WEBTEAM")
    assert (await team.ledger("chat"))[0].lane == "C0WEBTEAM"


async def test_a_message_that_is_rolled_back_is_not_sent_either(team: Team) -> None:
    async def fails_afterwards() -> None:
        async with team.acts("ana", "bo") as tx:
            await operations.send_to_person(tx, tx.people[slack_id("bo")], "never mind")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_afterwards()
    assert await team.ledger("chat") == []
    assert await team.rows("SELECT 1 FROM chat_messages") == []


async def test_a_message_to_oneself_is_refused(team: Team) -> None:
    with pytest.raises(Refusal, match="yourself"):
        await write(team, "ana", "ana", "hello me")


async def test_a_message_is_in_no_history_before_slack_has_it(team: Team) -> None:
    number = await write(team, "ana", "bo", "hello")
    assert (await between(team, "ana", "bo")).messages == []
    await arrives(team, number)
    assert [message.text for message in (await between(team, "bo", "ana")).messages] == ["hello"]


async def test_delivery_says_where_the_message_stands(team: Team) -> None:
    number = await write(team, "ana", "bo", "hello")
    posted = await entry(team, number, channel="D0BO", ts="1700000000.000100")
    for _ in range(2):
        async with team.database.as_system() as tx:
            await FOLLOWER.sent(tx, posted)
    kept = await row(team, number)
    assert (kept.channel, kept.slack_ts) == ("D0BO", "1700000000.000100")
    assert kept.sent_at is not None


@pytest.mark.parametrize("recipient", ["bo", None])
async def test_what_slack_refuses_goes_back_to_its_sender(team: Team, recipient: str | None) -> None:
    number = await write(team, "ana", recipient, "keep <this>") if recipient else await post(team, "ana", "keep <this>")
    refused = await entry(team, number)
    for _ in range(2):
        async with team.database.as_system() as tx:
            await FOLLOWER.refused(tx, refused, "not_in_channel")
    assert await row(team, number) is None
    (direct,) = await team.ledger("direct")
    assert direct.lane == slack_id("ana")
    assert "keep &lt;this&gt;" in direct.payload["text"]
    assert (f"<@{slack_id('bo')}>" if recipient else "<#C0WEBTEAM>") in direct.payload["text"]
    assert "I am not in that channel any more" in direct.payload["text"]
    assert await team.told("system") == ["Ana"]
    # A conversation that opens again later must not get what its sender was given back.
    assert [message.state for message in await team.ledger("chat")] == ["cancelled"]
    assert await team.verbs(f"chat:{number}") == ["written", "refused"]


async def test_what_was_sent_is_not_given_back(team: Team) -> None:
    number = await write(team, "ana", "bo", "hello")
    await arrives(team, number)
    async with team.database.as_system() as tx:
        await operations.was_refused(tx, number, "cant_update_message")
    assert await row(team, number) is not None
    assert await team.ledger("direct") == []


async def test_a_conversation_holds_both_directions_and_nothing_of_others(team: Team) -> None:
    for sender, recipient, text in (
        ("ana", "bo", "one"),
        ("bo", "ana", "two"),
        ("ana", "tess", "not for bo"),
        ("tess", "bo", "not for ana"),
        ("ana", "bo", "three"),
    ):
        await arrives(team, await write(team, sender, recipient, text))
    await arrives(team, await post(team, "ana", "for all"), "C0WEBTEAM")
    for me, other in (("ana", "bo"), ("bo", "ana")):
        stretch = await between(team, me, other)
        assert [(message.sender, message.text) for message in stretch.messages] == [
            ("Ana", "one"),
            ("Bo", "two"),
            ("Ana", "three"),
        ]
        assert not stretch.has_earlier
        assert not stretch.has_later


async def test_a_channel_holds_what_was_posted_into_it(team: Team) -> None:
    await arrives(team, await post(team, "ana", "here"), "C0WEBTEAM")
    await arrives(team, await post(team, "bo", "there", "C0TRIAGE01"), "C0TRIAGE01")
    await arrives(team, await write(team, "ana", "bo", "between us"))
    async with team.acts("tess") as tx:
        stretch = await queries.in_channel(tx, "C0WEBTEAM", Bounds(20))
    assert [message.text for message in stretch.messages] == ["here"]


async def test_history_pages_in_both_directions(team: Team) -> None:
    for number in range(7):
        await arrives(team, await write(team, "ana", "bo", str(number)))

    def read(stretch: Stretch) -> tuple[str, bool, bool]:
        return "".join(message.text for message in stretch.messages), stretch.has_earlier, stretch.has_later

    latest = await between(team, "bo", "ana", Bounds(3))
    assert read(latest) == ("456", True, False)
    middle = await between(team, "bo", "ana", Bounds(3, before=latest.messages[0].id))
    assert read(middle) == ("123", True, True)
    first = await between(team, "bo", "ana", Bounds(3, before=middle.messages[0].id))
    assert read(first) == ("0", False, True)
    assert read(await between(team, "bo", "ana", Bounds(3, after=first.messages[-1].id))) == ("123", True, True)
    assert read(await between(team, "bo", "ana", Bounds(3, after=middle.messages[-1].id))) == ("456", True, False)


async def test_a_page_holds_no_more_text_than_slack_shows(team: Team) -> None:
    for number in range(5):
        await arrives(team, await write(team, "ana", "bo", f"{number}" + "x" * 2999))
    latest = await between(team, "ana", "bo")
    assert [message.text[0] for message in latest.messages] == ["2", "3", "4"]
    assert latest.has_earlier
    earlier = await between(team, "ana", "bo", Bounds(20, before=latest.messages[0].id))
    assert [message.text[0] for message in earlier.messages] == ["0", "1"]


async def test_history_begins_where_it_is_asked_to_and_leaves_out_the_deleted(team: Team) -> None:
    numbers = [await write(team, "ana", "bo", text) for text in ("old", "edited", "deleted")]
    for number in numbers:
        await arrives(team, number)
    for change in (
        f"UPDATE chat_messages SET created_at = now() - interval '9 days' WHERE id = {numbers[0]} RETURNING 1",
        f"UPDATE chat_messages SET is_edited = true WHERE id = {numbers[1]} RETURNING 1",
        f"UPDATE chat_messages SET deleted_at = now() WHERE id = {numbers[2]} RETURNING 1",
    ):
        await team.rows(change)
    (moment,) = (await team.rows("SELECT now()"))[0]
    stretch = await between(team, "ana", "bo", Bounds(20, since=moment - timedelta(days=1)))
    assert [(message.text, message.is_edited) for message in stretch.messages] == [("edited", True)]
    assert not stretch.has_earlier


async def test_somebody_who_has_left_is_still_found_and_a_stranger_is_not(team: Team) -> None:
    await team.rows("UPDATE users SET is_active = false WHERE username = 'Bo' RETURNING 1")
    async with team.acts("ana") as tx:
        assert (await queries.person_of(tx, slack_id("bo")) or ("", ""))[1] == "Bo"
        assert await queries.person_of(tx, "U0NOBODY") is None
