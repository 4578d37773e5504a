"""HTTP mode: signed requests, checked with Slack's own verifier, answered by a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.workspace import LocalWorkspace, Refused

Respond = Callable[[dict[str, Any]], Awaitable[web.Response]]


class RequestUrl:
    """An app's request URL: keeps what came, with its headers, after checking the signature."""

    def __init__(self, signing_secret: str) -> None:
        self.verifier = SignatureVerifier(signing_secret)
        self.received: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.came = asyncio.Condition()
        self.respond: Respond | None = None

    async def serve(self, request: web.Request) -> web.Response:
        raw = await request.read()
        assert self.verifier.is_valid_request(raw, dict(request.headers))
        if request.content_type == "application/json":
            body = json.loads(raw)
        else:
            form = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
            body = json.loads(form["payload"]) if "payload" in form else form
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        async with self.came:
            self.received.append((body, dict(request.headers)))
            self.came.notify_all()
        return await self.respond(body) if self.respond else web.Response()

    async def receives(self, times: int = 1) -> list[tuple[dict[str, Any], dict[str, str]]]:
        async with asyncio.timeout(5), self.came:
            await self.came.wait_for(lambda: len(self.received) >= times)
        return self.received


@asynccontextmanager
async def reached_over_http(manifest: dict[str, Any]) -> AsyncIterator[tuple[LocalWorkspace, RequestUrl]]:
    endpoint = RequestUrl("secret")
    application = web.Application()
    application.router.add_post("/slack/events", endpoint.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        async with LocalWorkspace.start(
            manifest=manifest, request_url=url, signing_secret="secret", retry_delays=(0.0, 0.0, 0.0), ack_seconds=0.5
        ) as workspace:
            yield workspace, endpoint
    finally:
        await runner.cleanup()


async def test_commands_and_their_answers_go_over_signed_http(manifest: dict[str, Any]) -> None:
    async with reached_over_http(manifest) as (workspace, endpoint):

        async def respond(body: dict[str, Any]) -> web.Response:
            return web.json_response({"text": f"Read {body['text']}"})

        endpoint.respond = respond
        receipt = await workspace.person("ana").types("/task new @bo", in_="#web")
        assert receipt.text == "Read new @bo"
        body, headers = endpoint.received[0]
        assert body["command"] == "/task"
        assert body["text"] == "new <@U0SAMPLEBO|bo>"
        assert "application/x-www-form-urlencoded" in headers["Content-Type"]


async def test_the_request_url_is_verified_with_a_challenge(manifest: dict[str, Any]) -> None:
    async with reached_over_http(manifest) as (workspace, _):
        assert workspace.slack.http_mode is not None
        assert await workspace.slack.http_mode.verify_url()
        workspace.slack.http_mode.request_url = workspace.base_url
        assert not await workspace.slack.http_mode.verify_url()


async def test_events_are_sent_again_with_slacks_headers(manifest: dict[str, Any]) -> None:
    async with reached_over_http(manifest) as (workspace, endpoint):

        async def respond(body: dict[str, Any]) -> web.Response:
            return web.Response(status=500)

        endpoint.respond = respond
        await workspace.person("ana").says("hello", in_="#web")
        received = await endpoint.receives(4)
        numbers = [headers.get("x-slack-retry-num") for _, headers in received]
        assert numbers == [None, "1", "2", "3"]
        assert received[1][1]["x-slack-retry-reason"] == "http_error"
        assert len({body["event_id"] for body, _ in received}) == 1


async def test_an_app_can_ask_for_no_repetition(manifest: dict[str, Any]) -> None:
    async with reached_over_http(manifest) as (workspace, endpoint):

        async def respond(body: dict[str, Any]) -> web.Response:
            if body["event"].get("text") == "first":
                return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
            return web.Response()

        endpoint.respond = respond
        await workspace.person("ana").says("first", in_="#web")
        await endpoint.receives(1)
        await workspace.person("ana").says("second", in_="#web")
        await endpoint.receives(2)
        assert [body["event"]["text"] for body, _ in endpoint.received] == ["first", "second"]


@pytest.mark.parametrize(("status", "code"), [(500, "dispatch_failed"), (404, "dispatch_failed")])
async def test_a_command_that_fails_over_http_says_so(manifest: dict[str, Any], status: int, code: str) -> None:
    async with reached_over_http(manifest) as (workspace, endpoint):

        async def respond(body: dict[str, Any]) -> web.Response:
            return web.Response(status=status)

        endpoint.respond = respond
        with pytest.raises(Refused) as refused:
            await workspace.person("ana").types("/task", in_="#web")
        assert refused.value.code == code


async def test_a_command_that_is_answered_too_late_times_out(manifest: dict[str, Any]) -> None:
    async with reached_over_http(manifest) as (workspace, endpoint):
        is_over = asyncio.Event()

        async def respond(body: dict[str, Any]) -> web.Response:
            await is_over.wait()
            return web.Response()

        endpoint.respond = respond
        with pytest.raises(Refused) as refused:
            await workspace.person("ana").types("/task", in_="#web")
        is_over.set()
        assert refused.value.code == "operation_timeout"
