"""Taking in what people do in Slack, finding who handles it, and answering in time.

Bolt checks and parses; one listener per kind finds the handler in a dictionary, because every further listener costs
each request a little. A handler runs as a task of our own. Slack wants an acknowledgement within three seconds, so the
dispatcher waits `IN_TIME_SECONDS`: what is ready by then goes out with the acknowledgement, what is not follows later.
Nothing raises before the acknowledgement: over Socket Mode that would be none at all. The one exception is an event
that could not be kept: it must not be acknowledged, so that Slack sends it again.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.context import Context
from bot.slack import inbox, words
from bot.slack.answering import answer_later, apologise, overdue_view
from bot.slack.command_line import decode
from bot.slack.request import (
    Answer,
    CloseForms,
    FieldErrors,
    Handler,
    Options,
    Reply,
    Request,
    ShowView,
    Surface,
    action_value,
    form_fields,
    metadata_of,
)

log = logging.getLogger(__name__)

IN_TIME_SECONDS = 2.0
OPTIONS_SECONDS = 1.0

Ack = Callable[..., Awaitable[Any]]
Body = Mapping[str, Any]


class Late:
    """Stands for an answer that was not ready in time."""


class Dispatcher:
    """Finds the handler for a request, runs it as a task that is owned here, and answers."""

    def __init__(self, context: Context, surfaces: Sequence[Surface]) -> None:
        self._context = context
        self.handlers, self.commands = words.combine(surfaces)
        self._running: set[asyncio.Task[Any]] = set()

    def own(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a task and keep it until it is done, so that it is neither collected nor forgotten at the stop."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for the handlers that still run; after `seconds` they are cancelled, and their transactions undone."""
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _answer(self, handler: Handler, request: Request) -> Answer:
        try:
            return await handler(self._context, request)
        except Exception as error:
            return apologise(request, error)

    async def _in_time(self, handler: Handler, request: Request, seconds: float = IN_TIME_SECONDS) -> Answer | Late:
        """The handler's answer, or `Late`; a late answer is said when it is there."""
        task: asyncio.Task[Answer] = self.own(self._answer(handler, request), f"{request.kind} {request.name}")
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            return task.result()
        self.own(self._say_when_ready(task, request), f"answer to {request.name}")
        return Late()

    async def _say_when_ready(self, task: asyncio.Task[Answer], request: Request) -> None:
        await answer_later(self._context.slack, request, await task)

    def _later(self, request: Request, answer: Answer) -> None:
        self.own(answer_later(self._context.slack, request, answer), f"answer to {request.name}")

    # --- one method for each kind ---------------------------------------------------------------------------------

    async def command(self, ack: Ack, body: Body) -> None:
        """A slash command: the receipt is the acknowledgement."""
        base = self._command_name(body["command"])
        command = self.commands.get(base)
        if command is None:
            await ack(words.unknown_command(body["command"], self.commands.values()).body())
            return
        typed = decode(body.get("text") or "")
        word, rest = command.split(typed)
        name = f"{base} {word}".strip()
        if ("command", name) not in self.handlers and word != "help":
            # What follows is the person's own words, which are no part of a name that stands in the log.
            name, rest = f"{base} *", typed
        handler = self.handlers.get(("command", name))
        if handler is None:
            await ack(words.help_reply(command, "" if word == "help" else word).body())
            return
        request = Request(
            "command",
            name,
            body["user_id"],
            body.get("team_id", ""),
            body.get("channel_id"),
            text=rest.strip(),
            typed=f"{base} {typed}".strip(),
            trigger_id=body.get("trigger_id", ""),
            response_url=body.get("response_url", ""),
            payload=body,
        )
        answer = await self._in_time(handler, request)
        if isinstance(answer, Late):
            await ack({"text": ":hourglass_flowing_sand: Working on it…", "response_type": "ephemeral"})
        elif isinstance(answer, Reply):
            await ack(answer.body())
        else:
            await ack()

    def _command_name(self, given: str) -> str:
        """The command's own name where the manifest was made with a prefix (`/x-task`)."""
        return given if given in self.commands else "/" + given.rsplit("-", 1)[-1]

    async def action(self, ack: Ack, body: Body) -> None:
        """A button or menu: an empty acknowledgement; the result follows by itself."""
        action = body["actions"][0]
        container = body.get("container") or {}
        view = body.get("view") or {}
        request = _interaction(
            "action",
            action["action_id"],
            body,
            value=action_value(action),
            message_ts=container.get("message_ts"),
            is_ephemeral=bool(container.get("is_ephemeral")),
            metadata=metadata_of(view),
        )
        handler = self.handlers.get(("action", request.name))
        if handler is None:
            # A link button, or one of a release that is gone.
            await ack()
            return
        answer = await self._in_time(handler, request)
        await ack()
        if answer is not None and not isinstance(answer, Late):
            self._later(request, answer)

    async def submission(self, ack: Ack, body: Body) -> None:
        """A submitted form: errors at its fields, another view, or all closed and a receipt."""
        view = body["view"]
        request = _interaction(
            "view", view.get("callback_id", ""), body, fields=form_fields(view), metadata=metadata_of(view)
        )
        handler = self.handlers.get(("view", request.name))
        if handler is None:
            await ack(response_action="clear")
            return
        answer = await self._in_time(handler, request)
        if isinstance(answer, Late):
            await ack(response_action="update", view=overdue_view(request))
        elif isinstance(answer, FieldErrors):
            await ack(response_action="errors", errors=dict(answer.errors))
        elif isinstance(answer, ShowView):
            await ack(response_action="update", view=answer.view)
        else:
            await ack(response_action="clear")
            if isinstance(answer, CloseForms) and answer.reply:
                self._later(request, answer.reply)

    async def closed(self, ack: Ack, body: Body) -> None:
        """A form closed without being sent."""
        await self._without_answer(ack, _interaction("closed", body["view"].get("callback_id", ""), body))

    async def shortcut(self, ack: Ack, body: Body) -> None:
        """An entry of the shortcut menu, on a message or anywhere."""
        await self._without_answer(
            ack, _interaction("shortcut", body["callback_id"], body, message_ts=body.get("message_ts"))
        )

    async def _without_answer(self, ack: Ack, request: Request) -> None:
        handler = self.handlers.get((request.kind, request.name))
        answer = await self._in_time(handler, request) if handler else None
        await ack()
        if answer is not None and not isinstance(answer, Late):
            self._later(request, answer)

    async def options(self, ack: Ack, body: Body) -> None:
        """The choices of a menu, while somebody types; none where they are not there in time."""
        request = _interaction("options", body["action_id"], body, value={"typed": decode(body.get("value", ""))})
        handler = self.handlers.get(("options", request.name))
        answer = await self._in_time(handler, request, OPTIONS_SECONDS) if handler else None
        await ack(options=list(answer.options) if isinstance(answer, Options) else [])

    async def event(self, ack: Ack, body: Body) -> None:
        """An event: acknowledged once its row is committed, and handled after that."""
        if ("event", body["event"]["type"]) in self.handlers and await inbox.keep(self._context.database, body):
            self.own(self._handle_event(body), f"event {body['event']['type']}")
        await ack()

    async def _handle_event(self, body: Body) -> None:
        event = body["event"]
        user = event.get("user")
        request = Request(
            "event",
            event["type"],
            user if isinstance(user, str) else str((user or {}).get("id", "")),
            body.get("team_id", ""),
            event.get("channel") if isinstance(event.get("channel"), str) else None,
            text=decode(event.get("text") or ""),
            message_ts=event.get("ts"),
            payload=body,
        )
        handled = False
        try:
            await self.handlers[("event", event["type"])](self._context, request)
            handled = True
        except Exception:
            log.exception("event %s (%s) failed", body["event_id"], event["type"])
        await inbox.settle(self._context.database, body["event_id"], handled=handled)

    async def resume_events(self) -> None:
        """Handle the events that a process which is gone had acknowledged."""
        for body in await inbox.left_over(self._context.database):
            if ("event", body["event"]["type"]) in self.handlers:
                self.own(self._handle_event(body), f"event {body['event']['type']}")


def _interaction(kind: str, name: str, body: Body, **more: Any) -> Request:
    view = body.get("view") or {}
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    return Request(
        kind,
        name,
        body["user"]["id"],
        (body.get("team") or {}).get("id", ""),
        channel,
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        view_id=view.get("id"),
        payload=body,
        **more,
    )


def build(dispatcher: Dispatcher, *, token: str, signing_secret: str | None, identity: Mapping[str, str]) -> AsyncApp:
    """Bolt with one listener per kind. `identity` is `auth.test`'s answer, so that no request asks for it again."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity["team_id"],
            bot_token=token,
            bot_id=identity["bot_id"],
            bot_user_id=identity["user_id"],
        )

    app = AsyncApp(
        signing_secret=signing_secret or "",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=bool(signing_secret),
        ssl_check_enabled=False,
        ignoring_self_events_enabled=True,
    )
    anything = re.compile(".*", re.DOTALL)
    app.command(anything)(dispatcher.command)
    app.action(anything)(dispatcher.action)
    app.view(anything)(dispatcher.submission)
    app.view_closed(anything)(dispatcher.closed)
    app.shortcut(anything)(dispatcher.shortcut)
    app.options(anything)(dispatcher.options)
    app.event(anything)(dispatcher.event)
    return app
