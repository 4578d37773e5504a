"""Messages through the bot: sent, found again, and given back where Slack does not take them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack.model import BOT_USER_ID
from tests.flows.conftest import Office
from tests.waiting import until


async def kept(office: Office) -> list[Any]:
    return await office.rows("SELECT * FROM chat_messages ORDER BY id")


async def are_sent(office: Office, count: int) -> None:
    """Wait until Slack has taken so many messages, and the record says so."""

    async def counted() -> bool:
        return len(await office.rows("SELECT 1 FROM chat_messages WHERE sent_at IS NOT NULL")) == count

    await until(counted)


async def test_a_direct_message_arrives_under_its_senders_name_and_is_kept(office: Office) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    receipt = await ana.types("/chat @bo The build is <green> & so am I", in_="#web")
    assert receipt.body["ephemeral"]
    assert "Sent to" in receipt
    assert "M-1" in receipt
    arrived = await bo.direct_message_from_bot().shows("The build is <green> & so am I")
    assert arrived.body["username"] == "ana (via bot)"
    assert arrived.body["icons"]["image_48"].endswith("/page/avatars/ana.svg")
    await are_sent(office, 1)
    (row,) = await kept(office)
    assert (row.message, row.channel, row.slack_ts) == (
        "The build is <green> & so am I",
        arrived.channel,
        arrived.ts,
    )
    assert row.recipient_id


async def test_a_channel_gets_it_from_who_is_in_it(office: Office) -> None:
    ana = office.person("ana")
    assert "M-1" in await ana.types("/chat #web Mock-ups are up", in_="#general")
    arrived = await office.channel("web").shows("Mock-ups are up")
    assert arrived.body["username"] == "ana (via bot)"
    await are_sent(office, 1)
    (row,) = await kept(office)
    assert (row.recipient_id, row.channel) == (None, "C0WEBTEAM")


async def test_the_bot_joins_a_public_channel_it_was_not_in(office: Office) -> None:
    assert "M-1" in await office.person("ana").types("/chat #random Cake in the kitchen", in_="#web")
    await office.channel("random").shows("Cake in the kitchen")


async def test_who_is_not_in_a_channel_cannot_post_there(office: Office) -> None:
    ana = office.person("ana")
    await ana.leaves("#random")
    answer = await ana.types("/chat #random Cake in the kitchen", in_="#web")
    assert "You are not in" in answer
    assert "Cake in the kitchen" in answer
    assert await kept(office) == []


async def test_a_private_channel_without_the_bot_is_refused(office: Office) -> None:
    answer = await office.person("mia").types("/chat #leads Secret plans", in_="#web")
    assert "I am not in" in answer
    assert "Secret plans" in answer
    assert await kept(office) == []


async def test_wrong_input_is_answered_and_given_back(office: Office) -> None:
    ana = office.person("ana")
    for line, said in {
        "/chat @ana hello me": "yourself",
        "/chat @nobody hello": "did not tell me who",
        "/chat hello there": "begins with whom it is for",
        "/chat @bo": "nothing to send",
        "/chat @bo " + "x" * 3001: "3,001 characters",
        "/chat history @bo yesterday": "do not understand",
        "/chat history since:someday": "cannot read the date",
        "/chat history 99": "from 1 to 20",
    }.items():
        answer = await ana.types(line, in_="#web")
        assert said in answer, line
    assert "/chat @person text" in await ana.types("/chat", in_="#web")
    assert "/chat history" in await ana.types("/chat help", in_="#web")
    assert await kept(office) == []


async def test_an_app_and_somebody_who_left_get_no_messages(office: Office) -> None:
    ana = office.person("ana")
    answer = await ana.types("/chat @scrum_bot hello", in_="#web")
    assert "is an app" in answer
    await office.person("ada").does("profile", user="U0SAMPLETESS", deleted=True)

    async def has_left() -> bool:
        return not (await office.row("SELECT is_active FROM users WHERE slack_id = 'U0SAMPLETESS'")).is_active

    await until(has_left)
    assert "has left this workspace" in await ana.types("/chat @tess hello", in_="#web")
    assert await kept(office) == []


async def test_a_conversation_is_read_back_by_both_and_by_nobody_else(office: Office) -> None:
    ana, bo, tess = office.person("ana"), office.person("bo"), office.person("tess")
    assert "No messages with" in await ana.types("/chat history @bo", in_="#web")
    await ana.types("/chat @bo The build is green", in_="#web")
    await bo.types("/chat @ana Then ship it", in_="#web")
    await are_sent(office, 2)
    for reader, other in ((ana, "@bo"), (bo, "@ana")):
        read = await reader.types(f"/chat history {other} since:today", in_="#web")
        assert read.body["ephemeral"]
        assert read.text.index("The build is green") < read.text.index("Then ship it")
        assert "M-1" in read
    assert "No messages with" in await tess.types("/chat history @bo", in_="#web")


async def test_history_pages_back_and_forth(office: Office) -> None:
    ana = office.person("ana")
    for number in range(1, 6):
        await ana.types(f"/chat @bo message {number}", in_="#web")
    await are_sent(office, 5)
    latest = await ana.types("/chat history @bo 2", in_="#web")
    assert "message 4" in latest
    assert "message 5" in latest
    assert "message 3" not in latest
    await ana.presses("Earlier", on=latest)
    middle = await ana.channel("web").shows("message 2", "message 3")
    await ana.channel("web").hides("message 5")
    await ana.presses("Later", on=middle)
    await ana.channel("web").shows("message 4", "message 5")


async def test_a_channels_messages_are_read_in_it(office: Office) -> None:
    ana, rob = office.person("ana"), office.person("rob")
    await ana.types("/chat #general Mock-ups are up", in_="#web")
    await are_sent(office, 1)
    assert "Mock-ups are up" in await rob.types("/chat history here", in_="#general")
    assert "No messages in" in await ana.types("/chat history here", in_="#web")
    assert "This is no channel" in await ana.types("/chat history", in_="@bot")


async def test_a_private_channel_is_read_by_its_members_only_while_the_bot_is_there(office: Office) -> None:
    mia = office.person("mia")
    assert "I cannot see that you are in" in await mia.types("/chat history here", in_="#leads")
    await mia.invites(BOT_USER_ID, to="#leads")
    assert "No messages in" in await mia.types("/chat history here", in_="#leads")


@pytest.mark.parametrize("error", ["restricted_action", "is_archived"])
async def test_what_slack_refuses_is_given_back_and_forgotten(office: Office, error: str) -> None:
    ana = office.person("ana")
    await office.slack.has_faults({"on": "chat.postMessage", "kind": "error", "error": error})
    await ana.types("/chat #web Keep these words", in_="#general")
    await ana.direct_message_from_bot().shows("M-1 to", "was not delivered", "Keep these words")
    assert await kept(office) == []
