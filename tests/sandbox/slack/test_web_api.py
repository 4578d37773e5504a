"""The Web API as Slack's SDK reads it: tokens, scopes, arguments, errors."""

from __future__ import annotations

import copy
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace import LocalWorkspace


async def refused(call: Awaitable[Any]) -> dict[str, Any]:
    """The answer of a call that has to be refused."""
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response.data


async def error_of(call: Awaitable[Any]) -> str:
    return (await refused(call))["error"]


async def test_the_bot_token_is_known_and_tells_who_the_bot_is(web: AsyncWebClient, workspace: LocalWorkspace) -> None:
    answer = await web.auth_test()
    assert answer["user_id"] == "U0SCRUMBOT"
    assert answer["bot_id"] == "B0SCRUMBOT"
    assert answer["team_id"] == "T0SAMPLE1"
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_tokens_are_checked(workspace: LocalWorkspace) -> None:
    def client(token: str) -> AsyncWebClient:
        return AsyncWebClient(base_url=workspace.api_url, token=token)

    assert await error_of(client("").auth_test()) == "not_authed"
    assert await error_of(client("xoxb-wrong").auth_test()) == "invalid_auth"
    assert await error_of(client(workspace.app_token).auth_test()) == "not_allowed_token_type"
    opening = client("").apps_connections_open(app_token=workspace.bot_token)
    assert await error_of(opening) == "not_allowed_token_type"


async def test_a_token_may_be_an_argument_and_arguments_may_be_a_form(workspace: LocalWorkspace) -> None:
    form = {"token": workspace.bot_token, "channel": "#general", "text": "From a form", "blocks": "[]"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.api_url}chat.postMessage", data=form) as response,
    ):
        answer = await response.json()
    assert answer["ok"]
    assert answer["channel"] == "C0GENERAL"


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "invalid_json"), (b"[1]", "json_not_object"), (b"\xff", "invalid_json")]
)
async def test_a_body_that_is_no_json_object_is_refused(workspace: LocalWorkspace, body: bytes, code: str) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.api_url}chat.postMessage", data=body, headers=headers) as response,
    ):
        assert response.status == 200
        assert (await response.json())["error"] == code


async def test_an_unknown_method_is_named_in_the_answer(web: AsyncWebClient) -> None:
    answer = await refused(web.api_call("chat.shout"))
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "chat.shout")


async def test_a_missing_scope_is_named_with_what_is_provided(manifest: dict[str, Any]) -> None:
    poor = copy.deepcopy(manifest)
    poor["oauth_config"]["scopes"]["bot"] = ["channels:read", "users:read"]
    async with LocalWorkspace.start(manifest=poor) as workspace:
        web = AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
        answer = await refused(web.chat_postMessage(channel="C0GENERAL", text="x"))
        assert answer["error"] == "missing_scope"
        assert (answer["needed"], answer["provided"]) == ("chat:write", "channels:read,users:read")
        assert await error_of(web.conversations_history(channel="C0GENERAL")) == "missing_scope"
        assert await error_of(web.conversations_list(types="private_channel")) == "missing_scope"
        person = (await web.users_info(user="U0SAMPLEANA"))["user"]
        assert "email" not in person["profile"]


MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
HOME = {"type": "home", "blocks": []}
REFUSALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("an unknown channel", "chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ("no channel", "chat.postMessage", {"text": "x"}, "channel_not_found"),
    ("a hidden channel", "chat.postMessage", {"channel": "C0LEADS001", "text": "x"}, "channel_not_found"),
    ("not a member", "chat.postMessage", {"channel": "C0RANDOM01", "text": "x"}, "not_in_channel"),
    ("no text", "chat.postMessage", {"channel": "C0GENERAL", "text": "  "}, "no_text"),
    ("no thread", "chat.postMessage", {"channel": "C0GENERAL", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    ("bad blocks", "chat.postMessage", {"channel": "C0GENERAL", "text": "x", "blocks": "{"}, "invalid_blocks_format"),
    ("bad metadata", "chat.postMessage", {"channel": "C0GENERAL", "metadata": {"a": 1}}, "invalid_metadata_schema"),
    ("bad attachments", "chat.postMessage", {"channel": "C0GENERAL", "attachments": [1]}, "invalid_attachments"),
    ("an unknown message", "chat.update", {"channel": "C0GENERAL", "ts": "1.000000", "text": "x"}, "message_not_found"),
    ("no ts", "chat.update", {"channel": "C0GENERAL", "text": "x"}, "invalid_arguments"),
    ("an outsider", "chat.postEphemeral", {"channel": "C0GENERAL", "user": "U0X", "text": "x"}, "user_not_in_channel"),
    ("history elsewhere", "conversations.history", {"channel": "C0RANDOM01"}, "not_in_channel"),
    ("replies to nothing", "conversations.replies", {"channel": "C0GENERAL", "ts": "1.0"}, "thread_not_found"),
    ("a bad limit", "conversations.history", {"channel": "C0GENERAL", "limit": 0}, "invalid_limit"),
    ("no number", "conversations.history", {"channel": "C0GENERAL", "limit": "many"}, "invalid_arguments"),
    ("a bad cursor", "conversations.history", {"channel": "C0GENERAL", "cursor": "?"}, "invalid_cursor"),
    ("a bad oldest", "conversations.history", {"channel": "C0GENERAL", "oldest": "x"}, "invalid_ts_oldest"),
    ("bad types", "conversations.list", {"types": "secret"}, "invalid_types"),
    ("nobody to open", "conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("none to open", "conversations.open", {}, "users_list_not_supplied"),
    ("a private channel", "conversations.join", {"channel": "C0LEADS001"}, "channel_not_found"),
    ("a member", "conversations.invite", {"channel": "C0GENERAL", "users": "U0SAMPLEBO"}, "already_in_channel"),
    ("an unknown user", "users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("an unknown address", "users.lookupByEmail", {"email": "no@example.com"}, "users_not_found"),
    ("an unknown trigger", "views.open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
    ("no view", "views.open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
    ("an unknown view", "views.update", {"view_id": "V0", "view": MODAL}, "not_found"),
    ("nobody's home", "views.publish", {"user_id": "U0NOBODY", "view": HOME}, "user_not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "arguments", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS])
async def test_what_cannot_be_done_is_refused_with_slacks_code(
    web: AsyncWebClient, method: str, arguments: dict[str, Any], code: str
) -> None:
    assert await error_of(web.api_call(method, json=arguments)) == code


async def test_people_are_read_with_time_zone_and_address(web: AsyncWebClient) -> None:
    person = (await web.users_info(user="U0SAMPLEANA"))["user"]
    assert person["name"] == "ana"
    assert person["tz"] == "Europe/Berlin"
    assert person["profile"]["email"] == "ana@example.com"
    assert person["profile"]["image_72"].endswith("/page/avatars/ana.svg")
    assert (await web.users_lookupByEmail(email="Ana@example.com"))["user"]["id"] == "U0SAMPLEANA"
    assert (await web.users_info(user="U0SAMPLEADA"))["user"]["is_owner"]
    assert (await web.users_info(user="U0SCRUMBOT"))["user"]["is_bot"]


async def test_lists_are_paged(web: AsyncWebClient) -> None:
    names = []
    async for page in await web.conversations_list(limit=2):
        assert len(page["channels"]) <= 2
        names += [channel["name"] for channel in page["channels"]]
    assert names == ["general", "web", "team", "alerts", "triage", "random"]
    people = [person["name"] async for page in await web.users_list(limit=3) for person in page["members"]]
    assert people[:6] == ["ana", "bo", "tess", "mia", "ada", "rob"]


async def test_the_bots_own_conversations_are_listed(web: AsyncWebClient) -> None:
    answer = await web.users_conversations(types="public_channel,private_channel")
    assert "random" not in [channel["name"] for channel in answer["channels"]]
    opened = await web.conversations_open(users="U0SAMPLEANA")
    direct = await web.users_conversations(types="im")
    assert [channel["id"] for channel in direct["channels"]] == [opened["channel"]["id"]]
    assert direct["channels"][0]["user"] == "U0SAMPLEANA"
