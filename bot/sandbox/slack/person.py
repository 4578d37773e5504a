"""What a person does, at `/_/…`: the interface of the page and of the tests, as `docs/local-workspace.md` has it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.errors import Failure
from bot.sandbox.slack import person_actions, person_messages, person_places
from bot.sandbox.slack.asked import Asked
from bot.sandbox.slack.errors import PersonError, SlackError, as_person_error
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.model import BOT_USER_ID, Json
from bot.sandbox.slack.platform import Platform

log = logging.getLogger(__name__)

Handler = Callable[[Asked], Awaitable[Json]]

READS: dict[str, Handler] = {
    "workspace": person_places.workspace,
    "messages": person_messages.messages,
    "views": person_actions.views,
    "home": person_actions.home_view,
}
CHANGES: dict[str, Handler] = {
    "say": person_messages.say,
    "edit": person_messages.edit,
    "delete": person_messages.delete,
    "react": person_messages.react,
    "unreact": person_messages.unreact,
    "read": person_messages.read,
    "command": person_actions.command,
    "action": person_actions.action,
    "options": person_actions.options,
    "submit": person_actions.submit,
    "close": person_actions.close,
    "shortcut": person_actions.shortcut,
    "home": person_actions.home,
    "open": person_places.open_direct,
    "join": person_places.join,
    "leave": person_places.leave,
    "invite": person_places.invite,
    "kick": person_places.kick,
    "create": person_places.create,
    "rename": person_places.rename,
    "archive": person_places.archive,
    "unarchive": person_places.unarchive,
    "profile": person_places.profile,
    "person": person_places.add_person,
}


class PersonInterface:
    """Reads requests, names the acting person, and answers in the form that the contract gives."""

    def __init__(self, platform: Platform, interactions: Interactions) -> None:
        self._slack = platform
        self._interactions = interactions

    def add_routes(self, app: web.Application) -> None:
        for name, handler in READS.items():
            app.router.add_get(f"/_/{name}", self._route(handler))
        for name, handler in CHANGES.items():
            app.router.add_post(f"/_/{name}", self._route(handler))
        app.router.add_post("/_/faults", self._faults)
        app.router.add_get("/_/live", self._live)

    def _route(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            try:
                body = await _body(request)
                asked = self._asked(body)
            except ValueError as error:
                return _refused("invalid_request", str(error), status=400)
            try:
                return web.json_response({"ok": True, **await handler(asked)})
            except PersonError as error:
                return _refused(error.code, error.message)
            except SlackError as error:
                return _refused(error.code, as_person_error(error).message)
            except Failure as error:
                log.error("not kept: %s", error)
                return _refused("internal_error", str(error))

        return serve

    def _asked(self, body: Json) -> Asked:
        """Raises ValueError if the acting person is not a person of this workspace."""
        user = body.get("as")
        person = self._slack.workspace.people.get(user) if isinstance(user, str) else None
        if person is None or person.id == BOT_USER_ID or person.deleted:
            raise ValueError("`as` has to be the id of an active person of this workspace, for example U0SAMPLEANA.")
        return Asked(self._slack, self._interactions, person.id, body)

    async def _faults(self, request: web.Request) -> web.Response:
        try:
            body = await _body(request)
            faults = self._slack.faults.replace(body.get("faults"))
        except ValueError as error:
            return _refused("invalid_request", str(error), status=400)
        await self._slack.socket_mode.apply_faults()
        return web.json_response({"ok": True, "faults": faults})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = self._asked(dict(request.query))
        except ValueError as error:
            return _refused("invalid_request", str(error), status=400)
        if request.query.get("fresh") == "1":
            self._slack.ephemerals.forget(asked.user)
            self._slack.views.forget(asked.user)
        return await self._slack.live.serve(request, asked.user)


async def _body(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    try:
        body: Any = json.loads(await request.read() or b"{}")
    except ValueError:
        raise ValueError("The request is no JSON.") from None
    if not isinstance(body, dict):
        raise ValueError("The request has to be a JSON object.")
    return body


def _refused(code: str, message: str, *, status: int = 200) -> web.Response:
    return web.json_response({"ok": False, "error": code, "message": message}, status=status)
