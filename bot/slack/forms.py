"""Opening a form: at once and empty, then filled when rights and record are read.

A trigger lives three seconds and works once, so nothing is read before it is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from bot.errors import Refusal, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.slack import blocks
from bot.slack.gateway import Gateway
from bot.slack.request import Request


async def open_loading(slack: Gateway, request: Request, title: str) -> str:
    """Show an empty "Loading…" modal and return its view id.

    Raises `Refusal` where the trigger has expired; what was typed is given back with it.
    """
    opener = "views.push" if (request.payload.get("view") or {}).get("type") == "modal" else "views.open"
    loading = blocks.modal(title, [blocks.section(":hourglass_flowing_sand: Loading…")])
    try:
        answer = await slack.call(opener, trigger_id=request.trigger_id, view=loading)
    except SlackRefused as refused:
        if "trigger" in refused.code:
            raise Refusal(
                "That took too long, so Slack no longer lets me open the form. Please try again."
            ) from refused
        raise
    view_id: str = answer["view"]["id"]
    return view_id


async def show(slack: Gateway, view_id: str, view: blocks.Block) -> bool:
    """Replace what stands in an open modal. One that was closed meanwhile is left closed; then it is False."""
    try:
        await slack.call("views.update", view_id=view_id, view=view)
    except SlackRefused as refused:
        if refused.code not in ("not_found", "view_not_found"):
            raise
        return False
    return True


async def fill(slack: Gateway, view_id: str, title: str, form: Callable[[], Awaitable[blocks.Block]]) -> Refusal | None:
    """Show the view that `form` reads in the "Loading…" modal; a `Refusal` is shown there instead, and returned.

    Anything else that `form` raises is raised again: whoever answers the request says it. The modal does not go on
    promising a form then.
    """
    try:
        view = await form()
    except Refusal as refusal:
        said = [blocks.section(f":warning: {refusal.message}")]
        if refusal.example:
            said.append(blocks.context(f"For example: `{refusal.example}`"))
        await show(slack, view_id, blocks.modal(title, said, close="Close"))
        return refusal
    except Exception:
        sorry = blocks.section(":warning: I could not fill this form. Please close it and try again in a minute.")
        with contextlib.suppress(SlackRefused, SlackRateLimited, SlackUnavailable):
            await show(slack, view_id, blocks.modal(title, [sorry], close="Close"))
        raise
    await show(slack, view_id, view)
    return None
