"""Turning what a handler says, or how it failed, into what Slack shows the person."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Refusal, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.slack import blocks, forms
from bot.slack.gateway import Gateway
from bot.slack.request import Answer, CloseForms, FieldErrors, Reply, Request, ShowView, input_value

log = logging.getLogger(__name__)


def apologise(request: Request, error: Exception) -> Answer:
    """An exception as a sentence. Expected trouble is a line in the log; a defect leaves its trace there, with a
    reference number that the person is given too."""
    if isinstance(error, Refusal):
        return _refused(request, error)
    if isinstance(error, PoolTimeout | OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        log.warning(
            "%s %s: the database did not do it: %s %s", request.kind, request.name, type(error).__name__, state or ""
        )
        if isinstance(error, PoolTimeout):
            return _say(request, "My database is busy right now. Nothing was changed; please try again in a minute.")
        # The connection may have gone during the commit, and then nobody knows whether it took effect.
        return _say(
            request,
            "I cannot reach my database right now, so I do not know whether that was done."
            " Please have a look in a minute before you try again.",
        )
    if isinstance(error, SlackUnavailable | SlackRateLimited | SlackRefused):
        log.warning("%s %s: %s", request.kind, request.name, error)
        return _say(request, "Slack did not let me finish that. Please try again in a moment.")
    reference = secrets.token_hex(3)
    log.error("%s %s failed, reference %s", request.kind, request.name, reference, exc_info=error)
    return _say(request, f"Something went wrong on my side. Look before you try again. Reference: `{reference}`.")


def _say(request: Request, sentence: str) -> Answer:
    return _refused(request, Refusal(sentence, given_back=request.typed or None))


def _refused(request: Request, refusal: Refusal) -> Answer:
    if request.kind == "view":
        return field_errors(request, refusal)
    shown = [blocks.section(f":warning: {refusal.message}")]
    if refusal.example:
        shown.append(blocks.context(f"For example: `{refusal.example}`"))
    given_back = refusal.given_back if refusal.given_back is not None else request.typed
    if given_back:
        shown.append(blocks.context("You typed:"))
        parts = [given_back[start : start + 3000] for start in range(0, len(given_back), 3000)]
        shown.append(
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": part}]} for part in parts
                ],
            }
        )
    return Reply(refusal.message, tuple(shown))


def field_errors(request: Request, refusal: Refusal) -> FieldErrors:
    """A refusal at its field; at the form's first field where it names none that the form has."""
    names = [block["block_id"] for block in request.payload["view"]["blocks"] if block["type"] == "input"]
    at = refusal.field if refusal.field in names else (names[0] if names else "")
    return FieldErrors({str(at): refusal.message})


async def answer_later(slack: Gateway, request: Request, answer: Answer) -> None:
    """Say what was not ready with the acknowledgement: by the `response_url`, or by changing the open form.

    Where neither is to be had (App Home), the person is shown a small modal. Trouble in saying it is logged: the
    records are already what they are.
    """
    try:
        await _say_later(slack, request, answer)
    except (SlackUnavailable, SlackRateLimited, SlackRefused) as error:
        log.warning("%s %s was done, but could not be answered: %s", request.kind, request.name, error)


async def _say_later(slack: Gateway, request: Request, answer: Answer) -> None:
    if isinstance(answer, CloseForms):
        # By now the form says "Saving…", and nothing but its reader can close it.
        if request.view_id and await _show_done(slack, request, answer.reply):
            return
        answer = answer.reply
    if isinstance(answer, FieldErrors) and request.view_id:
        await slack.call("views.update", view_id=request.view_id, view=_with_errors(request, answer))
    elif isinstance(answer, ShowView) and request.view_id:
        await slack.call("views.update", view_id=request.view_id, view=answer.view)
    elif isinstance(answer, Reply):
        if url := request.response_url or str(request.metadata.get("response_url", "")):
            body = answer.body()
            body["replace_original"] = answer.replace and request.is_ephemeral
            await slack.respond(url, body)
        elif channel := request.metadata.get("channel"):
            await _ephemeral(slack, str(channel), request.user_id, answer)
        elif request.trigger_id and request.kind in ("action", "shortcut"):
            opener = "views.push" if request.view_id and not _is_home(request) else "views.open"
            shown = answer.blocks or (blocks.section(answer.text),)
            await slack.call(
                opener, trigger_id=request.trigger_id, view=blocks.modal("One moment", shown, close="Close")
            )
        else:
            await slack.call("chat.postMessage", channel=request.user_id, **blocks.message(answer.text, answer.blocks))


async def _show_done(slack: Gateway, request: Request, reply: Reply | None) -> bool:
    """Say in the open form that it is done; False where its reader has closed it."""
    said = reply or Reply(":white_check_mark: Saved.")
    view = blocks.modal(
        request.payload["view"]["title"]["text"], said.blocks or (blocks.section(said.text),), close="Close"
    )
    return await forms.show(slack, str(request.view_id), view)


async def _ephemeral(slack: Gateway, channel: str, user: str, reply: Reply) -> None:
    try:
        await slack.call("chat.postEphemeral", channel=channel, user=user, **blocks.message(reply.text, reply.blocks))
    except SlackRefused:
        # Not in that channel: the direct messages with the bot are always there.
        await slack.call("chat.postMessage", channel=user, **blocks.message(reply.text, reply.blocks))


def _is_home(request: Request) -> bool:
    view = request.payload.get("view") or {}
    return bool(view.get("type") == "home")


def _with_errors(request: Request, answer: FieldErrors) -> blocks.Block:
    """The form as it was filled, with the errors above it: after "Saving…" Slack takes no errors at the fields."""
    view = request.payload["view"]
    said = [blocks.section(f":warning: {sentence}") for sentence in answer.errors.values()]
    states = (view.get("state") or {}).get("values") or {}
    filled = [_filled(block, states) for block in view["blocks"]]
    kept: blocks.Block = {
        name: view[name] for name in ("title", "submit", "close", "callback_id", "private_metadata") if view.get(name)
    }
    return {"type": "modal", **kept, "blocks": [*said, *filled]}


_INITIAL = {
    "plain_text_input": "initial_value",
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "static_select": "initial_option",
    "external_select": "initial_option",
    "radio_buttons": "initial_option",
}
"""Each kind of input, and what its value is called when a form begins with one."""


def _filled(block: blocks.Block, states: Mapping[str, Any]) -> blocks.Block:
    """An input with what stood in it; one that was emptied stays empty."""
    if block["type"] != "input" or block["element"]["type"] not in _INITIAL:
        return block
    element = block["element"]
    state: Mapping[str, Any] = next(iter(states.get(block["block_id"], {}).values()), {})
    name = _INITIAL[element["type"]]
    typed = state.get("selected_option") if name == "initial_option" else input_value(state)
    kept = {key: value for key, value in element.items() if key != name}
    return {**block, "element": {**kept, name: typed} if typed else kept}


def overdue_view(request: Request) -> blocks.Block:
    """What stands in a form's place while its change is being saved."""
    view = request.payload["view"]
    return blocks.modal(view["title"]["text"], [blocks.section(":hourglass_flowing_sand: Saving…")], close="Close")
