"""What the bot shows about identity: the offer to sign in, its outcome, and who one is; pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from bot.slack.blocks import (
    Block,
    actions,
    button,
    context,
    escape,
    moment,
    section,
    spoken,
    value,
)
from bot.users.queries import Identity


class Action(StrEnum):
    """The buttons of these messages."""

    BEGIN = "users.link"
    OPEN = "users.link_open"
    CANCEL = "users.link_cancel"


HOW_KNOWN = {
    "self": "you signed in there yourself",
    "admin": "an admin linked it",
    "email": "a guess from the e-mail address, not confirmed",
    "profile": "a guess from your Slack profile, not confirmed",
}

Shown = tuple[str, tuple[Block, ...]]
"""A message: the full sentence that screen readers read, and the blocks."""


def offer(user_code: str, verification_uri: str, expires_at: datetime, zone: str) -> Shown:
    """The code to enter at GitHub, the button that leads there with the code filled in, and until when it is good."""
    address = f"{verification_uri}?{urlencode({'user_code': user_code})}"
    text = (
        f"To link your GitHub account, enter the code {user_code} at {verification_uri}"
        f" until {spoken(expires_at, zone)}."
    )
    blocks = (
        section(
            "*Link your GitHub account*\n"
            f"Open GitHub, check that the code there is `{user_code}`, and press *Authorize*."
            f" I tell you here when it is done. The code is good until {moment(expires_at, zone, '{time}')}."
        ),
        actions(
            button("Open GitHub", Action.OPEN, style="primary", url=address, label=f"Open GitHub, code {user_code}"),
            button("Cancel", Action.CANCEL, value(link=1), label="Cancel linking GitHub"),
        ),
        context(
            "Only who you are is read: no rights are asked for, and no access is kept."
            " Never enter a code that somebody else sent you."
        ),
    )
    return text, blocks


def linked(login: str, github_url: str) -> Shown:
    """The sign-in worked."""
    text = f"You are linked to the GitHub account {login}. I know your work there as yours from now on."
    return text, (
        section(
            f":white_check_mark: You are linked to the GitHub account {_account(login, github_url)}."
            " I know your work there as yours from now on."
        ),
        context("`/scrum whoami` shows it, `/scrum unlink` undoes it."),
    )


def not_linked(reason: str) -> Shown:
    """The sign-in ended without a link; `reason` is a sentence in mrkdwn."""
    return reason, (
        section(f":warning: {reason}"),
        actions(button("Try again", Action.BEGIN, value(link=1), label="Link GitHub again")),
    )


def already_linked(me: Identity, github_url: str) -> Shown:
    """There is nothing to begin."""
    login = me.github_login or "an account"
    text = f"You are linked to the GitHub account {login} already. To link another one, unlink it first."
    return text, (
        section(
            f"You are linked to the GitHub account {_account(login, github_url)} already."
            " To link another one, type `/scrum unlink` first."
        ),
    )


def unlinked(login: str) -> Shown:
    """The account was given up."""
    text = f"The GitHub account {login} is no longer linked to you. What you did stays yours."
    return text, (
        section(f"The GitHub account *{escape(login)}* is no longer linked to you. What you did stays yours."),
        actions(button("Link GitHub", Action.BEGIN, value(link=1), label="Link a GitHub account")),
    )


def cancelled(was_open: bool) -> Shown:
    """The person pressed Cancel; `was_open` is whether anything was still waiting."""
    text = (
        "Cancelled: no GitHub account was linked."
        if was_open
        else "There was nothing left to cancel. `/scrum whoami` shows how you are linked."
    )
    return text, (section(text),)


def who(me: Identity, github_url: str) -> Shown:
    """Name, role, time zone, GitHub account and how it is known, and what to do next."""
    role = _role(me)
    if me.link_kind is None:
        account = "not linked"
        told = "no GitHub account is linked"
    else:
        login = me.github_login or me.github_id
        account = f"{_account(login, github_url)}\n{HOW_KNOWN[me.link_kind]}"
        told = f"your GitHub account is {login}, {HOW_KNOWN[me.link_kind]}"
    text = f"You are {escape(me.username)}, {role}, in the time zone {me.time_zone}; {told}."
    blocks: list[Block] = [
        section(
            f"*{escape(me.username)}*",
            fields=[f"*Role*\n{role}", f"*Time zone*\n{me.time_zone}", f"*GitHub*\n{account}"],
        )
    ]
    if me.is_confirmed:
        blocks.append(context("All set. `/scrum unlink` gives the GitHub account up."))
    else:
        next_step = (
            "Link your GitHub account, and what happens to you there reaches you here. You can report, chat and be"
            " given work without it."
            if me.link_kind is None
            else "Sign in at GitHub to confirm the account: until then nothing that happens there pings you."
        )
        blocks.append(section(next_step))
        begin = button("Link GitHub", Action.BEGIN, value(link=1), style="primary", label="Link your GitHub account")
        blocks.append(actions(begin))
    blocks.append(context("The time zone comes from your Slack profile; an admin changes roles."))
    return text, tuple(blocks)


def _role(me: Identity) -> str:
    role = me.role.replace("_", " ")
    return f"guest ({role})" if me.is_guest else role


def _account(login: str, github_url: str) -> str:
    return f"<{github_url}/{login}|{escape(login)}>"
