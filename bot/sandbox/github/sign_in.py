"""GitHub's sign-in over HTTP: the two requests of an app's device flow, and the page that approves it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.sandbox.github import devices, directory, pages
from bot.sandbox.github.protocol import Place, web_address

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
ERRORS_PAGE = "https://docs.github.com/developers/apps/authorizing-oauth-apps"


def routes(place: Place) -> list[web.RouteDef]:
    """The routes under `/github/login`."""

    async def device_code(request: web.Request) -> web.Response:
        given = await _given(request)
        if not _is(given.get("client_id"), place.client_id):
            return _answer(request, {"error": "Not Found"}, 404)
        if not place.device_flow:
            return _refused(request, "device_flow_disabled", "Device Flow must be explicitly enabled for this App")
        now = place.clock()
        device = devices.create(place.store, given.get("scope", ""), place.device_interval, now)
        place.on_change(None)
        answer = {
            "device_code": device.device_code,
            "user_code": device.user_code,
            "verification_uri": f"{web_address(request)}/login/device",
            "expires_in": devices.EXPIRES_SECONDS,
            "interval": device.interval,
        }
        return _answer(request, answer)

    async def access_token(request: web.Request) -> web.Response:
        given = await _given(request)
        secret = given.get("client_secret")
        # The device flow needs no secret; one that is sent has to be right all the same.
        if not _is(given.get("client_id"), place.client_id) or (secret and not _is(secret, place.client_secret)):
            return _refused(
                request,
                "incorrect_client_credentials",
                "The client_id and/or client_secret passed are incorrect.",
            )
        if given.get("grant_type") != GRANT_TYPE:
            return _refused(request, "unsupported_grant_type", f"The grant_type must be {GRANT_TYPE}.")
        if not place.device_flow:
            return _refused(request, "device_flow_disabled", "Device Flow must be explicitly enabled for this App")
        try:
            token = devices.poll(place.store, given.get("device_code", ""), place.clock())
        except devices.PollError as error:
            return _refused(request, error.code, error.description, **error.more)
        place.on_change(None)
        return _answer(request, {"access_token": token, "token_type": "bearer", "scope": ""})

    async def show(request: web.Request) -> web.Response:
        query = request.query
        chosen = directory.account_of_slack_user(place.store, query.get("as", ""))
        people = directory.people(place.store)
        return pages.answer(pages.sign_in(people, chosen.login if chosen else None, query.get("user_code", "")))

    async def decide(request: web.Request) -> web.Response:
        if _foreign(request):
            return pages.answer(pages.message("Not from here", "This form only answers to its own page."), 403)
        form = await request.post()
        fields = {name: str(form.get(name, "")) for name in ("user_code", "login", "decision")}
        account = directory.account_by_login(place.store, fields["login"])
        people = directory.people(place.store)
        if fields["decision"] not in ("authorize", "cancel"):
            problem = "Press Authorize or Cancel."
        elif fields["decision"] == "authorize" and (account is None or account not in people):
            problem = "Choose the account that you want to sign in with."
        else:
            approver = account if fields["decision"] == "authorize" else None
            try:
                devices.decide(place.store, fields["user_code"], approver, now=place.clock())
            except devices.DecisionRefused as refused:
                problem = str(refused)
            else:
                place.on_change(None)
                return pages.answer(pages.signed_in(approver) if approver else pages.cancelled())
        return pages.answer(pages.sign_in(people, fields["login"], fields["user_code"], problem), 422)

    return [
        web.post("/github/login/device/code", device_code),
        web.post("/github/login/oauth/access_token", access_token),
        web.get("/github/login/device", show),
        web.post("/github/login/device", decide),
    ]


def _is(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


async def _given(request: web.Request) -> dict[str, str]:
    """Parameters from the query, a form or a JSON object, as GitHub accepts all three."""
    given: dict[str, str] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            body = {}
        fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    else:
        fields = await request.post()
    return given | {name: value for name, value in fields.items() if isinstance(value, str)}


def _refused(request: web.Request, code: str, description: str, **more: Any) -> web.Response:
    # GitHub answers these with 200; RFC 8628 would have 400.
    uri = f"{ERRORS_PAGE}#{code.replace('_', '-')}"
    return _answer(request, {"error": code, "error_description": description, "error_uri": uri} | more)


def _answer(request: web.Request, fields: dict[str, Any], status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response(fields, status=status, headers=headers)
    return web.Response(
        text=urlencode(fields),
        status=status,
        headers=headers,
        content_type="application/x-www-form-urlencoded",
        charset="utf-8",
    )


def _foreign(request: web.Request) -> bool:
    """Whether a browser says that another site's page sent this form."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return True
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
