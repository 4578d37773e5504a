"""Modals and Home views: docs.slack.dev/surfaces/modals, docs.slack.dev/surfaces/app-home"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.sandbox.slack.element_values import state_values
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.live import Live
from bot.sandbox.slack.model import APP_ID, BOT_ID, TEAM_ID, Json
from bot.sandbox.slack.state import Workspace

# A modal can have this many views on top of each other: docs.slack.dev/surfaces/modals
STACK = 3

# What an app defines about a view; the rest of the view object is Slack's.
DEFINITION = (
    "type",
    "title",
    "blocks",
    "submit",
    "close",
    "callback_id",
    "private_metadata",
    "external_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
)
_DEFAULTS: Json = {
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
}


@dataclass(slots=True)
class View:
    """A view of one person. `touched` holds what was entered, by block_id and action_id."""

    user: str
    body: Json
    touched: dict[tuple[str, str], Json] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Slack's view object: docs.slack.dev/reference/views"""
        return {**self.body, "state": {"values": state_values(self.body["blocks"], self.touched)}}


class Views:
    """The open modals of everybody (gone after a restart, as after a reload) and the Home views (kept)."""

    def __init__(self, workspace: Workspace, live: Live) -> None:
        self._workspace = workspace
        self._live = live
        self._stacks: dict[str, list[View]] = {}
        self._homes = {user: View(user, body) for user, body in workspace.homes.items()}

    def find(self, user: str, view_id: str) -> View | None:
        """An open view of this person, a modal or the Home view."""
        home = self._homes.get(user)
        stack = self._stacks.get(user, [])
        return next((view for view in [*stack, *([home] if home else [])] if view.body["id"] == view_id), None)

    def stack(self, user: str) -> list[View]:
        """The person's open modals, lowest first."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def open(self, user: str, definition: Json) -> View:
        """Open a modal; what was open before is gone. Raises `duplicate_external_id`."""
        self._check_external_id(definition, None)
        if self._stacks.get(user):
            self._close(user, self.stack(user))
        view = View(user, self._body(definition))
        view.body |= {"root_view_id": view.body["id"], "previous_view_id": None}
        self._stacks[user] = [view]
        self._live.push([user], "view_opened", view=view.as_json())
        return view

    def push(self, user: str, definition: Json) -> View:
        """Lay a view on top of the open ones. Raises `push_limit_reached`, `duplicate_external_id` or `not_found`."""
        stack = self._stacks.get(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._check_external_id(definition, None)
        view = View(user, self._body(definition))
        view.body |= {"root_view_id": stack[0].body["id"], "previous_view_id": stack[-1].body["id"]}
        stack.append(view)
        self._live.push([user], "view_pushed", view=view.as_json())
        return view

    def find_to_update(self, view_id: str, external_id: str) -> View:
        """The open view an app means. Raises `not_found`."""
        open_views = [view for stack in self._stacks.values() for view in stack]
        for view in [*open_views, *self._homes.values()]:
            if view_id and view.body["id"] == view_id:
                return view
            if not view_id and external_id and view.body["external_id"] == external_id:
                return view
        raise SlackError("not_found")

    def update(self, view: View, definition: Json, *, given_hash: str = "") -> View:
        """Replace a view; what was entered into elements that stay is kept. Raises `hash_conflict`."""
        if given_hash and given_hash != view.body["hash"]:
            raise SlackError("hash_conflict")
        self._check_external_id(definition, view)
        kept = {key: view.body[key] for key in ("id", "root_view_id", "previous_view_id")}
        view.body = self._body(definition) | kept
        self._drop_untouchable(view)
        if view.body["type"] == "home":
            self._workspace.save_home(view.user, view.body)
            self._live.push([view.user], "home", view=view.as_json())
        else:
            self._live.push([view.user], "view_updated", view=view.as_json())
        return view

    @staticmethod
    def _drop_untouchable(view: View) -> None:
        """Entries of elements that are gone would come back if an element of the same ids did."""
        values = state_values(view.body["blocks"], view.touched)
        view.touched = {
            key: state for key, state in view.touched.items() if values.get(key[0], {}).get(key[1]) == state
        }

    def publish(self, user: str, definition: Json, *, given_hash: str = "") -> View:
        """Set a person's Home view. Raises `hash_conflict`."""
        view = self._homes.get(user)
        if view is not None:
            return self.update(view, definition, given_hash=given_hash)
        view = View(user, self._body(definition))
        view.body |= {"root_view_id": view.body["id"], "previous_view_id": None}
        self._workspace.save_home(user, view.body)
        self._homes[user] = view
        self._live.push([user], "home", view=view.as_json())
        return view

    def close(self, user: str, view: View) -> tuple[list[View], bool]:
        """The person closes the top view: gives the views that closed, and whether all did."""
        stack = self.stack(user)
        closing = stack if view.body["clear_on_close"] else stack[stack.index(view) :]
        self._close(user, closing)
        return closing, not self._stacks.get(user)

    def close_submitted(self, user: str, view: View) -> None:
        """The view was submitted, and the app had nothing to add: it closes, those below it stay."""
        self._close(user, [view])

    def clear(self, user: str) -> list[View]:
        stack = self.stack(user)
        self._close(user, stack)
        return stack

    def forget(self, user: str) -> None:
        """The person's page was loaded anew: its modals are gone, and the app is not told."""
        self._stacks.pop(user, None)

    def _close(self, user: str, closing: list[View]) -> None:
        remaining = [view for view in self._stacks.get(user, []) if view not in closing]
        self._stacks[user] = remaining
        if closing:
            self._live.push([user], "views_closed", view_ids=[view.body["id"] for view in closing])

    def _check_external_id(self, definition: Json, own: View | None) -> None:
        external_id = definition.get("external_id")
        if not external_id:
            return
        for view in [*(v for stack in self._stacks.values() for v in stack), *self._homes.values()]:
            if view is not own and view.body["external_id"] == external_id:
                raise SlackError("duplicate_external_id")

    def _body(self, definition: Json) -> Json:
        given = {key: value for key, value in definition.items() if key in DEFINITION and value is not None}
        return {
            **_DEFAULTS,
            **given,
            "id": f"V{secrets.token_hex(5).upper()}",
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "hash": f"{int(self._workspace.now())}.{secrets.token_hex(4)}",
        }
