"""Messages, threads, reactions and ephemeral messages, from the app to people and back."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.app import App
from tests.sandbox.slack.test_web_api import error_of
from tests.workspace import LocalWorkspace

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Fix login* for <@U0SAMPLEANA>"}}


async def test_a_post_is_seen_and_comes_back_with_its_metadata_when_asked_for(
    workspace: LocalWorkspace, web: AsyncWebClient
) -> None:
    metadata = {"event_type": "ledger", "event_payload": {"id": 7}}
    posted = await web.chat_postMessage(channel="C0WEBTEAM", text="A task", blocks=[SECTION], metadata=metadata)
    assert posted["message"]["blocks"][0]["block_id"]
    card = await workspace.channel("web").shows("Fix login")
    assert card.text == "*Fix login* for @ana"
    plain = (await web.conversations_history(channel="C0WEBTEAM", limit=1))["messages"][0]
    assert "metadata" not in plain
    whole = (await web.conversations_history(channel="C0WEBTEAM", limit=1, include_all_metadata=True))["messages"][0]
    assert whole["metadata"] == metadata
    assert whole["bot_id"] == "B0SCRUMBOT"


async def test_history_goes_backwards_in_pages_that_new_messages_do_not_shift(web: AsyncWebClient) -> None:
    posted = [(await web.chat_postMessage(channel="C0TRIAGE01", text=f"m{number}"))["ts"] for number in range(5)]
    first = await web.conversations_history(channel="C0TRIAGE01", limit=2)
    await web.chat_postMessage(channel="C0TRIAGE01", text="meanwhile")
    await web.chat_delete(channel="C0TRIAGE01", ts=posted[2])
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_history(channel="C0TRIAGE01", limit=2, cursor=cursor)
    assert [message["text"] for message in first["messages"]] == ["m4", "m3"]
    assert [message["text"] for message in second["messages"]] == ["m1", "m0"]
    assert second["has_more"] is False


async def test_history_is_bounded_by_oldest_and_latest(web: AsyncWebClient) -> None:
    ts = [(await web.chat_postMessage(channel="C0TRIAGE01", text=f"m{number}"))["ts"] for number in range(4)]

    async def texts(**bounds: object) -> list[str]:
        answer = await web.conversations_history(channel="C0TRIAGE01", **bounds)
        return [message["text"] for message in answer["messages"]]

    assert await texts(oldest=ts[1]) == ["m3", "m2"]
    assert await texts(oldest=ts[1], inclusive=True) == ["m3", "m2", "m1"]
    assert await texts(latest=ts[1]) == ["m0"]
    assert await texts(oldest=ts[0], latest=ts[3]) == ["m2", "m1"]
    assert await texts(latest=ts[2], oldest=ts[2], inclusive="true") == ["m2"]


async def test_a_thread_counts_its_replies_and_survives_its_first_message(
    workspace: LocalWorkspace, web: AsyncWebClient
) -> None:
    top = (await web.chat_postMessage(channel="C0WEBTEAM", text="Top"))["ts"]
    bo = workspace.person("bo")
    seen = await bo.channel("web").shows("Top")
    answered = await bo.says("A reply", in_="#web", thread=seen)
    broadcast = await web.chat_postMessage(
        channel="C0WEBTEAM", text="Loud", thread_ts=answered.ts, reply_broadcast=True
    )
    assert broadcast["message"]["thread_ts"] == top
    replies = (await web.conversations_replies(channel="C0WEBTEAM", ts=answered.ts))["messages"]
    assert [message["text"] for message in replies] == ["Top", "A reply", "Loud"]
    assert replies[0]["reply_count"] == 2
    assert replies[0]["reply_users"] == ["U0SAMPLEBO", "U0SCRUMBOT"]
    assert replies[0]["latest_reply"] == broadcast["ts"]
    shown = [message.text for message in await bo.messages("#web")]
    assert "A reply" not in shown
    assert "Loud" in shown
    await web.chat_delete(channel="C0WEBTEAM", ts=broadcast["ts"])
    await web.chat_delete(channel="C0WEBTEAM", ts=top)
    left = (await web.conversations_replies(channel="C0WEBTEAM", ts=top))["messages"]
    assert [message.get("subtype") for message in left] == ["tombstone", None]
    assert left[0]["reply_count"] == 1
    assert await error_of(web.chat_update(channel="C0WEBTEAM", ts=top, text="x")) == "message_not_found"


async def test_an_update_replaces_what_is_given_and_a_text_alone_removes_the_blocks(
    workspace: LocalWorkspace, web: AsyncWebClient
) -> None:
    metadata = {"event_type": "ledger", "event_payload": {"id": 7}}
    ts = (await web.chat_postMessage(channel="C0WEBTEAM", text="One", blocks=[SECTION], metadata=metadata))["ts"]
    by_blocks = await web.api_call(
        "chat.update", json={"channel": "C0WEBTEAM", "ts": ts, "blocks": [SECTION | {"block_id": "b2"}]}
    )
    assert by_blocks["message"]["text"] == "One"
    assert "edited" not in by_blocks["message"]
    by_text = await web.chat_update(channel="C0WEBTEAM", ts=ts, text="Two")
    assert "blocks" not in by_text["message"]
    assert by_text["message"]["edited"]["user"] == "U0SCRUMBOT"
    assert by_text["message"]["metadata"] == metadata
    await workspace.channel("web").shows("Two")


async def test_only_its_own_messages_are_the_apps_to_change(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    said = await workspace.person("ana").says("Mine", in_="#web")
    assert await error_of(web.chat_update(channel="C0WEBTEAM", ts=said.ts, text="x")) == "cant_update_message"
    assert await error_of(web.chat_delete(channel="C0WEBTEAM", ts=said.ts)) == "cant_delete_message"


async def test_long_texts_are_cut_when_posted_and_refused_when_edited(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel="C0WEBTEAM", text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert await error_of(web.chat_update(channel="C0WEBTEAM", ts=posted["ts"], text="x" * 4_001)) == "msg_too_long"


async def test_a_post_to_a_person_goes_to_their_direct_messages(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel="U0SAMPLEANA", text="Only you")
    assert posted["channel"].startswith("D")
    assert posted["channel"] == (await web.conversations_open(users="U0SAMPLEANA"))["channel"]["id"]
    await workspace.person("ana").direct_message_from_bot().shows("Only you")
    assert (await workspace.person("bo").channel_id("@bot")) != posted["channel"]


async def test_a_message_may_carry_another_name_and_picture(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    await web.chat_postMessage(
        channel="C0WEBTEAM", text="Hi", username="Ana (via bot)", icon_url="https://example.com/a.png"
    )
    message = await workspace.channel("web").shows("Hi")
    assert message.body["username"] == "Ana (via bot)"
    assert message.body["icons"]["image_48"] == "https://example.com/a.png"
    assert message.body["subtype"] == "bot_message"
    assert "user" not in message.body


async def test_an_ephemeral_message_is_seen_by_one_person_until_they_reload(
    workspace: LocalWorkspace, web: AsyncWebClient
) -> None:
    ana = workspace.person("ana")
    answer = await web.chat_postEphemeral(channel="C0GENERAL", user=ana.id, text="Psst")
    whispered = await ana.channel("general").shows("Psst")
    assert whispered.ts == answer["message_ts"]
    assert whispered.body["ephemeral"] is True
    assert not [message for message in await workspace.person("bo").messages("#general") if "Psst" in message]
    await ana.opens_page(fresh=True)
    await ana.channel("general").hides("Psst")


async def test_permalinks_name_channel_message_and_thread(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    top = (await web.chat_postMessage(channel="C0WEBTEAM", text="Top"))["ts"]
    reply = (await web.chat_postMessage(channel="C0WEBTEAM", text="Reply", thread_ts=top))["ts"]
    link = (await web.chat_getPermalink(channel="C0WEBTEAM", message_ts=top))["permalink"]
    assert link == f"{workspace.base_url}/archives/C0WEBTEAM/p{top.replace('.', '')}"
    link = (await web.chat_getPermalink(channel="C0WEBTEAM", message_ts=reply))["permalink"]
    assert link.endswith(f"?thread_ts={top}&cid=C0WEBTEAM")


async def test_reactions_of_people_and_the_app_are_counted(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    said = await ana.says("Ship it", in_="#web")
    await ana.reacts("ticket", on=said)
    event = (await app.receives("reaction_added")).payload["event"]
    assert event["reaction"] == "ticket"
    assert event["item"] == {"type": "message", "channel": "C0WEBTEAM", "ts": said.ts}
    assert event["item_user"] == ana.id
    await app.web.reactions_add(channel="C0WEBTEAM", timestamp=said.ts, name="ticket")
    again = app.web.reactions_add(channel="C0WEBTEAM", timestamp=said.ts, name="ticket")
    assert await error_of(again) == "already_reacted"
    message = (await app.web.reactions_get(channel="C0WEBTEAM", timestamp=said.ts))["message"]
    assert message["reactions"] == [{"name": "ticket", "users": [ana.id, "U0SCRUMBOT"], "count": 2}]
    await app.web.reactions_remove(channel="C0WEBTEAM", timestamp=said.ts, name="ticket")
    assert (await ana.channel("web").shows("Ship it")).body["reactions"][0]["count"] == 1


async def test_what_people_type_is_escaped_and_mentions_are_resolved(workspace: LocalWorkspace, app: App) -> None:
    typed = "1 < 2 & <!channel> @bo, #web and `@ana <x>` on https://example.com/@ana?a=1&b=2."
    await workspace.person("ana").says(typed, in_="#general")
    text = (await app.receives("message")).payload["event"]["text"]
    assert text == (
        "1 &lt; 2 &amp; &lt;!channel&gt; <@U0SAMPLEBO>, <#C0WEBTEAM|web> and `@ana &lt;x&gt;` "
        "on <https://example.com/@ana?a=1&amp;b=2>."
    )


async def test_edits_and_deletions_of_people_are_told_with_what_was_there_before(
    workspace: LocalWorkspace, app: App
) -> None:
    ana = workspace.person("ana")
    said = await ana.says("Frist", in_="#web")
    await ana.edits(said, "First")
    changed = (await app.receives("message", lambda p: p["event"].get("subtype") == "message_changed")).payload["event"]
    assert changed["message"]["text"] == "First"
    assert changed["message"]["edited"]["user"] == ana.id
    assert changed["previous_message"]["text"] == "Frist"
    await ana.deletes(said)
    deleted = (await app.receives("message", lambda p: p["event"].get("subtype") == "message_deleted")).payload["event"]
    assert deleted["deleted_ts"] == said.ts
    assert deleted["channel_type"] == "channel"
