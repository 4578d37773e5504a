"""What the bot is measured beside: Bolt with a handler that does nothing. `python -m bench.reference MODE`.

MODE is `http` (signed requests) or `socket`, with `-direct` at the end for `process_before_response=True` instead of
Bolt's default. Everything else comes from the environment, by the names of the bot's own settings.
"""

from __future__ import annotations

import asyncio
import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main(mode: str) -> None:
    transport, _, way = mode.partition("-")
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    client.proxy = None
    app = AsyncApp(
        client=client,
        signing_secret=os.environ.get("SLACK_SIGNING_SECRET", ""),
        process_before_response=way == "direct",
    )

    @app.command("/task")
    async def nothing(ack: AsyncAck) -> None:
        await ack()

    site = web.Application()
    if transport == "http":

        async def events(request: web.Request) -> web.Response:
            answer: web.Response = await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))
            return answer

        site.router.add_post("/slack/events", events)
    else:
        door = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client)
        door.client.proxy = None
        await door.connect_async()
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
