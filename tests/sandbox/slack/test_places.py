"""Channels, members and people: what the app is told, and what it is not."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.model import BOT_USER_ID, Channel, Person, WorkspaceData
from tests.sandbox.slack.app import App, connected_app, kind_of
from tests.workspace import LocalWorkspace, Refused


async def test_a_mention_is_an_event_of_its_own_beside_the_message(workspace: LocalWorkspace, app: App) -> None:
    await workspace.person("ana").says("@sample_bot task list", in_="#web")
    event = (await app.receives("app_mention")).payload["event"]
    assert event["text"] == f"<@{BOT_USER_ID}> task list"
    await app.receives("message")


async def test_where_the_bot_is_no_member_it_hears_nothing(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await ana.says("@sample_bot are you here?", in_="#random")
    await ana.says("but here you are", in_="#web")
    heard = await app.receives("message")
    assert heard.payload["event"]["channel"] == "C0WEBTEAM"
    assert not [request for request in app.received if kind_of(request) == "app_mention"]


async def test_an_event_it_is_not_subscribed_to_is_not_sent(manifest: dict[str, Any]) -> None:
    quiet = copy.deepcopy(manifest)
    quiet["settings"]["event_subscriptions"]["bot_events"] = ["message.im"]
    async with LocalWorkspace.start(manifest=quiet) as workspace, connected_app(workspace) as app:
        ana = workspace.person("ana")
        await ana.says("public", in_="#web")
        await ana.says("direct", in_="@bot")
        event = (await app.receives("message")).payload["event"]
        assert (event["text"], event["channel_type"]) == ("direct", "im")
        assert len(app.received) == 1


async def test_joining_inviting_and_leaving_are_told(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await ana.invites(BOT_USER_ID, to="#random")
    joined = (await app.receives("member_joined_channel")).payload["event"]
    assert (joined["user"], joined["channel"], joined["inviter"]) == (BOT_USER_ID, "C0RANDOM01", ana.id)
    await ana.leaves("#random")
    left = (await app.receives("member_left_channel")).payload["event"]
    assert (left["user"], left["channel"]) == (ana.id, "C0RANDOM01")
    await workspace.person("bo").kicks(BOT_USER_ID, from_="#random")
    assert (await app.receives("channel_left")).payload["event"]["channel"] == "C0RANDOM01"


async def test_the_app_joins_a_public_channel_by_itself(workspace: LocalWorkspace, app: App) -> None:
    assert (await app.web.conversations_join(channel="C0RANDOM01"))["channel"]["is_member"]
    again = await app.web.conversations_join(channel="C0RANDOM01")
    assert again["warning"] == "already_in_channel"
    await app.web.chat_postMessage(channel="C0RANDOM01", text="Here I am")
    await workspace.person("ana").channel("random").shows("Here I am")


async def test_channels_are_made_renamed_and_archived(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    channel = (await ana.does("create", name="payments"))["channel"]
    assert (await app.receives("channel_created")).payload["event"]["channel"]["name"] == "payments"
    await ana.does("rename", channel=channel["id"], name="billing")
    assert (await app.receives("channel_rename")).payload["event"]["channel"]["name"] == "billing"
    await ana.does("archive", channel=channel["id"])
    assert (await app.receives("channel_archive")).payload["event"]["channel"] == channel["id"]
    with pytest.raises(Refused, match="archived"):
        await ana.does("say", channel=channel["id"], text="too late")
    with pytest.raises(Refused, match="already"):
        await ana.does("create", name="web")


async def test_people_join_change_and_are_deactivated(workspace: LocalWorkspace, app: App) -> None:
    ada = workspace.person("ada")
    zoe = (await ada.does("person", name="zoe", real_name="Zoe Sample", tz="Asia/Tokyo"))["person"]
    joined = (await app.receives("team_join")).payload["event"]["user"]
    assert (joined["id"], joined["tz"], joined["tz_offset"]) == (zoe["id"], "Asia/Tokyo", 9 * 3600)
    await workspace.person("ana").does("profile", tz="America/New_York")
    changed = (await app.receives("user_change")).payload["event"]["user"]
    assert (changed["id"], changed["tz"]) == ("U0SAMPLEANA", "America/New_York")
    await ada.does("profile", user=zoe["id"], deleted=True)
    gone = (await app.receives("user_change", lambda p: p["event"]["user"]["id"] == zoe["id"])).payload["event"]["user"]
    assert gone["deleted"] is True
    with pytest.raises(Refused, match="You may not do this"):
        await workspace.person("ana").does("profile", is_admin=True)
    with pytest.raises(Refused, match="is no time zone"):
        await workspace.person("ana").does("profile", tz="Mars/Olympus")


async def test_the_messages_tab_is_told_as_a_visit_too(workspace: LocalWorkspace, app: App) -> None:
    await workspace.person("ana").does("open", user=BOT_USER_ID)
    event = (await app.receives("app_home_opened")).payload["event"]
    assert event["tab"] == "messages"
    assert event["channel"].startswith("D")


async def test_private_channels_and_direct_messages_are_seen_by_their_members_only(workspace: LocalWorkspace) -> None:
    def names(seen: dict[str, Any]) -> set[str]:
        return {channel["name"] for channel in seen["channels"]}

    async with aiohttp.ClientSession() as session:

        async def workspace_of(user: str) -> dict[str, Any]:
            async with session.get(f"{workspace.base_url}/_/workspace", params={"as": user}) as response:
                return await response.json()

        assert "leads" in names(await workspace_of("U0SAMPLEMIA"))
        assert "leads" not in names(await workspace_of("U0SAMPLEANA"))
    with pytest.raises(Refused) as refused:
        await workspace.person("ana").does("say", channel="C0LEADS001", text="hello?")
    assert refused.value.code == "channel_not_found"


async def test_unread_messages_are_counted_until_they_are_read(workspace: LocalWorkspace) -> None:
    ana, bo = workspace.person("ana"), workspace.person("bo")
    await ana.does("read", channel="C0WEBTEAM", ts=(await ana.messages("#web"))[-1].ts)

    async def unread() -> int:
        channel = await ana.does("open", user=bo.id)
        return channel["channel"]["unread"]

    said = await bo.says("one", in_="@ana")
    await bo.says("two", in_="@ana")
    assert await unread() == 2
    await ana.does("read", channel=said.channel, ts=said.ts)
    assert await unread() == 1


async def test_another_workspace_can_be_given(manifest: dict[str, Any]) -> None:
    people = tuple(Person(f"U{number:09d}", f"person{number}", f"Person {number}") for number in range(300))
    everybody = tuple(person.id for person in people)
    data = WorkspaceData(people, (Channel("C000000001", "channel", "all", members=(*everybody, BOT_USER_ID)),))
    async with LocalWorkspace.start(manifest=manifest, workspace=data) as workspace:
        await workspace.person("person7").says("hello @person299", in_="#all")
        await workspace.person("person299").channel("all").shows("hello @person299")


@pytest.mark.parametrize("path", ["_/workspace", "_/workspace?as=U0NOBODY", "_/live?as=U0SCRUMBOT"])
async def test_a_request_of_nobody_is_refused(workspace: LocalWorkspace, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{workspace.base_url}/{path}") as response:
        assert response.status == 400
        assert "active person" in (await response.json())["message"]


async def test_a_failed_wait_prints_what_is_shown_instead(workspace: LocalWorkspace) -> None:
    await workspace.person("ana").says("Something else", in_="#web")
    with pytest.raises(AssertionError, match=r"waited 0\.05 s for \('Nothing of this',\)[^$]*'Something else'"):
        await workspace.channel("web").shows("Nothing of this", within=0.05)


async def test_somebody_who_waits_is_woken_by_the_message_itself(workspace: LocalWorkspace) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(workspace.person("bo").channel("web").shows("Now"))
        group.create_task(workspace.person("ana").says("Now", in_="#web"))
    assert waiting.result().body["user"] == "U0SAMPLEANA"
