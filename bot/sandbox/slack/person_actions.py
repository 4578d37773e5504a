"""What a person does with the app: commands, elements, modals, shortcuts, the Home tab."""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.asked import Asked
from bot.sandbox.slack.block_kit import find_element
from bot.sandbox.slack.element_values import FIELDS, STATEFUL, entered
from bot.sandbox.slack.errors import PersonError
from bot.sandbox.slack.model import BOT_USER_ID, Channel, Json
from bot.sandbox.slack.views import View


async def views(asked: Asked) -> Json:
    return {"views": [view.as_json() for view in asked.slack.views.stack(asked.user)]}


async def command(asked: Asked) -> Json:
    await asked.interactions.command(asked.user, asked.own_channel(), asked.text("text"))
    return {}


def _view(asked: Asked, view_id: Any) -> View:
    view = asked.slack.views.find(asked.user, str(view_id))
    if view is None:
        raise PersonError("view_not_found", "This form is not open any more.")
    return view


def _modal(asked: Asked) -> View:
    """The modal on top: the ones below it cannot be used."""
    view = _view(asked, asked.text("view_id"))
    stack = asked.slack.views.stack(asked.user)
    if not stack or stack[-1] is not view:
        raise PersonError("view_not_found", "This form is not the one on top.")
    return view


def _place(asked: Asked) -> tuple[View | tuple[Channel, Json], list[Json]]:
    """Where an element is, and the blocks there."""
    container = asked.container()
    if "view_id" in container:
        view = _view(asked, container["view_id"])
        return view, view.body["blocks"]
    channel = asked.channel(str(container.get("channel")))
    message = asked.message(channel, str(container.get("ts")))
    return (channel, message), message.get("blocks", [])


def _element(asked: Asked, blocks: list[Json]) -> tuple[Json, Json]:
    found = find_element(blocks, asked.text("block_id"), asked.text("action_id"))
    if found is None:
        raise PersonError("action_not_found", "This is not there any more.")
    return found


def _key(asked: Asked) -> tuple[str, str]:
    return asked.text("block_id"), asked.text("action_id")


def _state(asked: Asked, container_id: str, element: Json, value: Any) -> Json:
    offered = asked.slack.offered.get((asked.user, container_id, element["action_id"]), [])
    try:
        return entered(element, value, offered)
    except ValueError as error:
        raise PersonError("invalid_value", str(error)) from None


def _container_id(place: View | tuple[Channel, Json]) -> str:
    return str(place.body["id"] if isinstance(place, View) else place[1]["ts"])


async def action(asked: Asked) -> Json:
    """An element is used. Inputs only keep what was entered, unless they ask to be told (`dispatch_action`)."""
    place, blocks = _place(asked)
    block, element = _element(asked, blocks)
    state = None
    touched: dict[tuple[str, str], Json] = {}
    if not isinstance(place, View):
        touched = asked.slack.touched.setdefault((asked.user, place[0].id, place[1]["ts"]), {})
    if element["type"] in FIELDS:
        state = _state(asked, _container_id(place), element, asked.body.get("value"))
        if element["type"] in STATEFUL:
            (place.touched if isinstance(place, View) else touched)[_key(asked)] = state
    if block["type"] == "input" and not block.get("dispatch_action"):
        return {}
    used = (block, element, state)
    if isinstance(place, View):
        await asked.interactions.view_action(place, used)
    else:
        await asked.interactions.message_action(asked.user, *place, used, touched)
    return {}


async def options(asked: Asked) -> Json:
    place, blocks = _place(asked)
    _, element = _element(asked, blocks)
    if not element["type"].endswith("external_select"):
        raise PersonError("action_not_found", "This menu lists its options itself.")
    typed = asked.body.get("value") or ""
    if len(str(typed)) < element.get("min_query_length", 3):
        return {"options": [], "option_groups": []}
    found, groups = await asked.interactions.options(asked.user, place, _key(asked), str(typed))
    # What was offered is remembered, so that a choice can be sent with the text of its option.
    asked.slack.offered[asked.user, _container_id(place), element["action_id"]] = [
        *found,
        *(option for group in groups for option in group.get("options", [])),
    ]
    return {"options": found, "option_groups": groups}


async def submit(asked: Asked) -> Json:
    view = _modal(asked)
    values = asked.body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise PersonError("invalid_request", "`values` is {block_id: {action_id: value}}.")
    for block_id, by_action in values.items():
        for action_id, value in by_action.items():
            found = find_element(view.body["blocks"], block_id, action_id)
            if found is None:
                raise PersonError("action_not_found", f"This form has no field {block_id}/{action_id}.")
            view.touched[block_id, action_id] = _state(asked, view.body["id"], found[1], value)
    return await asked.interactions.submit(view)


async def close(asked: Asked) -> Json:
    await asked.interactions.close(_modal(asked))
    return {}


async def shortcut(asked: Asked) -> Json:
    where = None
    if asked.body.get("container") is not None:
        container = asked.container()
        channel = asked.channel(str(container.get("channel")))
        where = (channel, asked.message(channel, str(container.get("ts"))))
    await asked.interactions.shortcut(asked.user, asked.text("callback_id"), where)
    return {}


async def home_view(asked: Asked) -> Json:
    """The Home view as it is, without a visit."""
    view = asked.slack.views.home(asked.user)
    return {"view": view.as_json() if view else None}


async def home(asked: Asked) -> Json:
    """The person opens the Home tab: the app hears of every visit, with the view that it published before."""
    slack = asked.slack
    view = slack.views.home(asked.user)
    channel = slack.workspace.direct([asked.user, BOT_USER_ID])
    event: Json = {"type": "app_home_opened", "user": asked.user, "channel": channel.id, "tab": "home"}
    if view is not None:
        event["view"] = view.as_json()
    slack.events.send(event)
    return {"view": view.as_json() if view else None}
