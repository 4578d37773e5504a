"""Slack's Web API at `/api/<method>`: tokens, scopes, rates, and answers in Slack's form."""

from __future__ import annotations

import hmac
import logging
import secrets

from aiohttp import web

from bot.errors import Failure
from bot.sandbox.slack import chat_methods, conversation_methods, people_methods, view_methods
from bot.sandbox.slack.arguments import Arguments, read_arguments
from bot.sandbox.slack.errors import RateLimited, SlackError
from bot.sandbox.slack.methods import Method
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.platform import Platform

log = logging.getLogger(__name__)

METHODS: dict[str, Method] = {
    **chat_methods.METHODS,
    **conversation_methods.METHODS,
    **people_methods.METHODS,
    **view_methods.METHODS,
}


class WebApi:
    def __init__(self, platform: Platform, *, bot_token: str, app_token: str) -> None:
        self._slack = platform
        self._tokens = {"bot": bot_token, "app": app_token}

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call: status 200 with `ok` true or false, 429 when there were too many."""
        name = request.match_info["method"]
        headers = {
            "x-slack-req-id": secrets.token_hex(16),
            "x-oauth-scopes": ",".join(self._slack.manifest.scopes),
        }
        try:
            arguments = await read_arguments(request)
            body = {"ok": True, **self._call(name, arguments, request.headers.get("Authorization", ""), headers)}
        except RateLimited as error:
            log.info("rate limited method=%s retry_after=%d", name, error.retry_after)
            headers["Retry-After"] = str(error.retry_after)
            return web.json_response(error.body(), status=429, headers=headers)
        except SlackError as error:
            log.info("refused method=%s error=%s", name, error.code)
            body = error.body()
        except Failure as error:
            # The disk did not take the change: nothing was done, and Slack's word for that is this one.
            log.error("failed method=%s: %s", name, error)
            body = SlackError("internal_error").body()
        return web.json_response(body, headers=headers)

    def _call(self, name: str, arguments: Json, authorization: str, headers: dict[str, str]) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", more={"req_method": name})
        token = authorization.removeprefix("Bearer ").strip() if authorization else arguments.pop("token", "")
        arguments.pop("token", None)
        if method.token != "none":
            self._check_token(method, str(token or ""))
        headers["x-accepted-oauth-scopes"] = method.scope or ""
        if method.scope is not None:
            self._slack.manifest.require(method.scope)
        self._slack.rates.take_call(name)
        return method.handler(self._slack, Arguments(arguments))

    def _check_token(self, method: Method, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        kinds = [kind for kind, known in self._tokens.items() if hmac.compare_digest(known.encode(), token.encode())]
        if not kinds:
            raise SlackError("invalid_auth")
        if method.token not in kinds:
            raise SlackError("not_allowed_token_type")
