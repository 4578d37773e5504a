"""The WebSocket to Slack: made, made again, and closed with everything acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.errors import Failure
from bot.slack import manifest
from bot.slack.command_line import SlashCommand
from bot.slack.gateway import Gateway, open_session
from bot.slack.socket_mode import SocketMode
from tests.workspace import LocalWorkspace, Refused

COMMAND = SlashCommand("/task", description="Tasks", bare="lists them")


@pytest.fixture
async def slack() -> AsyncIterator[LocalWorkspace]:
    async with LocalWorkspace.start(manifest=manifest.build([COMMAND], [])) as workspace:
        yield workspace


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token="xoxb-local-bot", bot_id="B0", bot_user_id="U0")


@asynccontextmanager
async def door(slack: LocalWorkspace, answers: asyncio.Event | None = None) -> AsyncIterator[SocketMode]:
    """A bot that answers every command with "Here."; where `answers` is given, once it is set."""
    async with open_session() as session:
        gateway = Gateway(session, slack.api_url, slack.bot_token)
        app = AsyncApp(authorize=_authorize, process_before_response=True, client=gateway.client)

        async def answer(ack: Any) -> None:
            if answers is not None:
                await answers.wait()
            await ack("Here.")

        app.command("/task")(answer)
        opened = SocketMode(app, app_token=slack.app_token, gateway=gateway)
        await opened.start()
        try:
            yield opened
        finally:
            await opened.close()


async def test_a_command_is_answered_over_the_socket(slack: LocalWorkspace) -> None:
    async with door(slack):
        assert "Here." in await slack.person("ana").types("/task", in_="#web")
    await slack.bot_is_connected(False)


async def test_a_wrong_app_token_is_told_at_the_start(slack: LocalWorkspace) -> None:
    async with open_session() as session:
        gateway = Gateway(session, slack.api_url, slack.bot_token)
        app = AsyncApp(authorize=_authorize, client=gateway.client)
        with pytest.raises(Failure, match="SLACK_APP_TOKEN"):
            await SocketMode(app, app_token="xapp-wrong", gateway=gateway).start()


async def test_a_cut_connection_is_made_again(slack: LocalWorkspace) -> None:
    async with door(slack):
        await slack.has_faults({"on": "socket", "kind": "cut"})
        await slack.bot_is_connected(False)
        await slack.bot_is_connected(within=15)
        assert "Here." in await slack.person("ana").types("/task", in_="#web")


async def test_an_address_that_led_nowhere_is_replaced(slack: LocalWorkspace) -> None:
    async with door(slack):
        # The upgrade fails with an address that works once only: the same one will not do again.
        await slack.has_faults({"on": "socket", "kind": "cut"}, {"on": "socket", "kind": "status", "status": 503})
        await slack.bot_is_connected(False)
        await slack.bot_is_connected(within=40)
        assert "Here." in await slack.person("ana").types("/task", in_="#web")


async def test_slack_may_ask_for_another_connection(slack: LocalWorkspace) -> None:
    async with door(slack):
        await slack.slack.refresh_connections()
        await slack.bot_is_connected(within=15)
        assert "Here." in await slack.person("ana").types("/task", in_="#web")


async def test_closing_answers_what_was_taken_and_takes_nothing_more(slack: LocalWorkspace) -> None:
    answers = asyncio.Event()
    async with door(slack, answers) as opened:
        ana, bo = slack.person("ana"), slack.person("bo")
        await bo.opens_page()
        first = asyncio.create_task(ana.types("/task", in_="#web"))
        while not opened._answering:  # noqa: ASYNC110 - the client tells nobody that it has received something
            await asyncio.sleep(0)
        closing = asyncio.create_task(opened.close())
        await asyncio.sleep(0)
        second = asyncio.create_task(bo.types("/task", in_="#web"))
        answers.set()
        assert "Here." in await first
        await closing
        with pytest.raises(Refused):
            await second
