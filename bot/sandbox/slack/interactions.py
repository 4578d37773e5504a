"""What the app is told when a person uses a command, an element, a modal or a shortcut, and what its answer does.

Payloads: docs.slack.dev/reference/interaction-payloads, docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.block_kit import checked_view
from bot.sandbox.slack.delivery import Attempt, NotDelivered
from bot.sandbox.slack.element_values import action, is_empty, options_of, state_values
from bot.sandbox.slack.errors import ACTION_TROUBLE, MODAL_TROUBLE, PersonError, SlackError, command_failed
from bot.sandbox.slack.formatting import as_command_text
from bot.sandbox.slack.model import APP_ID, TEAM_ID, Channel, Json
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.views import View


class Interactions:
    """Sends interactions to the app, waits for its acknowledgement, and carries out what that says."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._slack = platform
        self._token = token

    def _user(self, user: str) -> Json:
        name = self._slack.workspace.people[user].name
        return {"id": user, "username": name, "name": name, "team_id": TEAM_ID}

    def _common(self, kind: str, user: str) -> Json:
        return {
            "type": kind,
            "user": self._user(user),
            "api_app_id": APP_ID,
            "token": self._token,
            "team": {"id": TEAM_ID, "domain": self._slack.workspace.team["domain"]},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: Channel) -> Json:
        return {"id": channel.id, "name": self._channel_name(channel)}

    @staticmethod
    def _channel_name(channel: Channel) -> str:
        return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)

    async def _send(self, user: str, payload: Json) -> Any:
        try:
            return await self._slack.delivery.send("interactive", payload, Attempt())
        except NotDelivered as error:
            self._slack.live.push([user], "toast", level="error", text=ACTION_TROUBLE)
            raise PersonError(error.code, ACTION_TROUBLE) from None

    async def command(self, user: str, channel: Channel, line: str) -> None:
        """A slash command, as typed. Raises `PersonError` with what Slackbot would answer."""
        word, *more = line.split(maxsplit=1) or [""]
        rest = more[0] if more else ""
        known = self._slack.manifest.commands.get(word)
        if known is None:
            raise PersonError(
                "unknown_command",
                f"{word} is not a valid command. In Slack, all messages that start with the “/” character are "
                "interpreted as commands.",
            )
        payload = {
            "token": self._token,
            "team_id": TEAM_ID,
            "team_domain": self._slack.workspace.team["domain"],
            "channel_id": channel.id,
            "channel_name": self._channel_name(channel),
            "user_id": user,
            "user_name": self._slack.workspace.people[user].name,
            "command": word,
            "text": as_command_text(self._slack.workspace, rest.strip(), should_escape=known.should_escape),
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._slack.answers.response_url(user, channel.id),
            "trigger_id": self._slack.triggers.issue(user),
        }
        try:
            body = await self._slack.delivery.send("slash_commands", payload, Attempt())
            self._slack.answers.acknowledge(user, channel.id, body)
        except NotDelivered as error:
            failed = command_failed(word, error.code)
        except SlackError:
            failed = command_failed(word, "invalid_command_response")
        else:
            return
        self._slack.live.push([user], "toast", level="error", text=failed.message)
        raise failed

    def _message_place(self, user: str, channel: Channel, message: Json) -> Json:
        """What the payloads of a message's elements have in common. An ephemeral message itself is not sent."""
        is_ephemeral = bool(message.get("ephemeral"))
        container: Json = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel.id,
            "is_ephemeral": is_ephemeral,
        }
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        place: Json = {
            "container": container,
            "channel": self._channel(channel),
            "response_url": self._slack.answers.response_url(
                user, channel.id, ts=message["ts"], is_ephemeral=is_ephemeral, thread_ts=message.get("thread_ts")
            ),
        }
        if not is_ephemeral:
            place["message"] = {key: value for key, value in message.items() if key != "metadata"}
        return place

    def _view_place(self, view: View) -> Json:
        return {"container": {"type": "view", "view_id": view.body["id"]}, "view": view.as_json()}

    async def message_action(
        self,
        user: str,
        channel: Channel,
        message: Json,
        used: tuple[Json, Json, Json | None],
        touched: dict[tuple[str, str], Json],
    ) -> None:
        """An element of a message; `used` is its block, itself and its new state, `touched` all that was entered."""
        payload = {
            **self._common("block_actions", user),
            **self._message_place(user, channel, message),
            "trigger_id": self._slack.triggers.issue(user),
            "state": {"values": state_values(message.get("blocks", []), touched)},
            "actions": [action(*used, self._slack.workspace.next_ts())],
        }
        await self._send(user, payload)

    async def view_action(self, view: View, used: tuple[Json, Json, Json | None]) -> None:
        """An element of a modal or Home view."""
        payload = {
            **self._common("block_actions", view.user),
            **self._view_place(view),
            "trigger_id": self._slack.triggers.issue(view.user, view.body["id"]),
            "actions": [action(*used, self._slack.workspace.next_ts())],
        }
        await self._send(view.user, payload)

    async def options(
        self, user: str, where: View | tuple[Channel, Json], ids: tuple[str, str], typed: str
    ) -> tuple[list[Json], list[Json]]:
        """What an external menu offers for `typed`: options, or option groups. `ids` are block_id and action_id."""
        place = self._view_place(where) if isinstance(where, View) else self._message_place(user, *where)
        place.pop("response_url", None)
        payload = {
            **self._common("block_suggestion", user),
            **place,
            "block_id": ids[0],
            "action_id": ids[1],
            "value": typed,
        }
        body = await self._send(user, payload)
        if not isinstance(body, dict):
            return [], []
        options, groups = body.get("options") or [], body.get("option_groups") or []
        if any("value" not in option for option in options_of({"options": options, "option_groups": groups})):
            return [], []
        return options, groups

    async def shortcut(self, user: str, callback_id: str, where: tuple[Channel, Json] | None) -> None:
        """A global shortcut, or one on a message (never on an ephemeral one)."""
        known = self._slack.manifest.shortcuts.get(callback_id)
        if known is None or (known.type == "message") != (where is not None):
            raise PersonError("unknown_shortcut", "There is no such shortcut here.")
        action_ts = self._slack.workspace.next_ts()
        payload = {
            **self._common("message_action" if where else "shortcut", user),
            "callback_id": callback_id,
            "trigger_id": self._slack.triggers.issue(user),
            "action_ts": action_ts,
        }
        if where is not None:
            channel, message = where
            if message.get("ephemeral"):
                raise PersonError("unknown_shortcut", "Shortcuts are not offered on messages that only you can see.")
            payload |= {
                "channel": self._channel(channel),
                "message_ts": message["ts"],
                "message": {key: value for key, value in message.items() if key != "metadata"},
                "response_url": self._slack.answers.response_url(
                    user, channel.id, ts=message["ts"], thread_ts=message.get("thread_ts")
                ),
            }
        await self._send(user, payload)

    async def submit(self, view: View) -> Json:
        """The person presses the modal's submit button: gives `response_action` and `errors`, as the app answered."""
        missing = self._unfilled(view)
        if missing:
            return {"response_action": "errors", "errors": missing}
        payload = {
            **self._common("view_submission", view.user),
            "trigger_id": self._slack.triggers.issue(view.user, view.body["id"]),
            "view": view.as_json(),
            "response_urls": [],
        }
        try:
            body = await self._slack.delivery.send("interactive", payload, Attempt())
            return await self._after_submission(view, body)
        except NotDelivered as error:
            code = error.code
        except SlackError as error:
            code = error.code
        self._slack.live.push([view.user], "toast", level="error", text=MODAL_TROUBLE)
        raise PersonError(code, MODAL_TROUBLE)

    @staticmethod
    def _unfilled(view: View) -> dict[str, str]:
        """What Slack itself refuses before it asks the app."""
        errors: dict[str, str] = {}
        values = view.as_json()["state"]["values"]
        for block in view.body["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            state = values[block["block_id"]][element["action_id"]]
            if is_empty(state):
                if not block.get("optional"):
                    errors[block["block_id"]] = "Please complete this required field."
                continue
            if element["type"] == "plain_text_input":
                low, high = element.get("min_length", 0), element.get("max_length", 3000)
                if len(state["value"]) < low:
                    errors[block["block_id"]] = f"Please enter at least {low} characters."
                elif len(state["value"]) > high:
                    errors[block["block_id"]] = f"Please enter at most {high} characters."
        return errors

    async def _after_submission(self, view: View, body: Any) -> Json:
        answer = body if isinstance(body, dict) else {}
        kind = answer.get("response_action")
        views = self._slack.views
        if kind == "errors":
            block_ids = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
            errors = answer.get("errors")
            if not isinstance(errors, dict) or not errors or errors.keys() - block_ids:
                raise SlackError("invalid_arguments")
            return {"response_action": "errors", "errors": errors}
        if kind == "update":
            views.update(view, checked_view(answer.get("view"), kind="modal"))
            return {"response_action": "update"}
        if kind == "push":
            views.push(view.user, checked_view(answer.get("view"), kind="modal"))
            return {"response_action": "push"}
        if kind == "clear":
            views.clear(view.user)
            return {"response_action": "clear"}
        if kind is not None:
            raise SlackError("invalid_arguments")
        if view in views.stack(view.user):
            views.close_submitted(view.user, view)
        return {}

    async def close(self, view: View) -> None:
        """The person closes a modal without submitting it; the app hears of those that ask for it."""
        closed, all_closed = self._slack.views.close(view.user, view)
        for each in reversed(closed):
            if not each.body["notify_on_close"]:
                continue
            payload = {
                **self._common("view_closed", view.user),
                "view": each.as_json(),
                "is_cleared": all_closed and len(closed) > 1,
            }
            try:
                await self._slack.delivery.send("interactive", payload, Attempt())
            except NotDelivered:
                # Nobody waits for this one: Slack shows nothing either.
                continue
