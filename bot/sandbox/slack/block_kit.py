"""Checking the blocks of a message or view, completing them as Slack does, and finding the elements in them."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.block_shapes import (
    BLOCK,
    BLOCKS_PER_MESSAGE,
    TABLES_PER_MESSAGE,
    TEXT_OF_ALL_BLOCKS,
    VIEW,
)
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.shapes import Problems, items

# Slack refuses a larger view with `view_too_large`: docs.slack.dev/reference/methods/views.open
VIEW_BYTES = 250 * 1024
_MESSAGE_BLOCKS = items(BLOCK, 0, BLOCKS_PER_MESSAGE)


def checked_blocks(blocks: Any) -> list[Json]:
    """The blocks of a message, completed. Raises `invalid_blocks_format`, `invalid_blocks` or `msg_blocks_too_long`."""
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks) if blocks.strip() else []
        except ValueError:
            raise SlackError("invalid_blocks_format") from None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    problems: Problems = []
    _MESSAGE_BLOCKS(blocks, "/blocks", problems)
    _check_ids(blocks, "/blocks", problems)
    if sum(block.get("type") == "table" for block in blocks) > TABLES_PER_MESSAGE:
        problems.append("only one table is allowed [json-pointer:/blocks]")
    if problems:
        raise SlackError("invalid_blocks", messages=problems)
    if sum(map(len, _texts(blocks))) > TEXT_OF_ALL_BLOCKS:
        raise SlackError("msg_blocks_too_long")
    return completed(blocks)


def checked_view(view: Any, *, kind: str) -> Json:
    """A view of this `kind` (`modal` or `home`), completed. Raises `invalid_arguments` or `view_too_large`."""
    if isinstance(view, str):
        try:
            view = json.loads(view)
        except ValueError:
            raise SlackError("invalid_arguments", messages=["failed to parse view as JSON"]) from None
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=["missing required field: view"])
    problems: Problems = []
    if view.get("type") != kind:
        problems.append(f"invalid `{view.get('type')}` view type; must be `{kind}` [json-pointer:/view/type]")
    else:
        VIEW(view, "/view", problems)
        if not problems:
            _check_ids(view["blocks"], "/view/blocks", problems)
    if problems:
        raise SlackError("invalid_arguments", messages=problems)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return {**view, "blocks": completed(view["blocks"])}


def _check_ids(blocks: list[Json], pointer: str, problems: Problems) -> None:
    """A `block_id` is unique within a message or view, an `action_id` within its block."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                problems.append(f"`block_id` already exists [json-pointer:{pointer}/{index}/block_id]")
            seen.add(block_id)
        if block.get("type") != "actions" or not isinstance(block.get("elements"), list):
            continue
        actions: set[str] = set()
        for position, element in enumerate(block["elements"]):
            action_id = element.get("action_id") if isinstance(element, dict) else None
            if isinstance(action_id, str) and action_id:
                if action_id in actions:
                    place = f"{pointer}/{index}/elements/{position}/action_id"
                    problems.append(f"`action_id` already exists [json-pointer:{place}]")
                actions.add(action_id)


def completed(blocks: list[Json]) -> list[Json]:
    """A copy of valid blocks with the ids and defaults that Slack adds."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = secrets.token_urlsafe(4)
    _complete_texts(blocks)
    return blocks


def _complete_texts(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _complete_texts(item)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            if value.get("type") == "plain_text":
                value.setdefault("emoji", True)
            elif value.get("type") == "mrkdwn":
                value.setdefault("verbatim", False)
        for item in value.values():
            _complete_texts(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "text" and isinstance(item, str):
                yield item
            elif key not in ("confirm", "option_groups", "options"):
                yield from _texts(item)


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block (also of an unchecked one)."""
    if block.get("type") == "actions":
        found = list(block.get("elements", []))
    elif block.get("type") == "section":
        found = [block["accessory"]] if block.get("accessory") else []
    elif block.get("type") == "input":
        found = [block["element"]]
    else:
        found = []
    return [element for element in found if element.get("type") != "image"]


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The block and element with these ids."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return block, element
    return None
