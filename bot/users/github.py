"""Finishing sign-ins at GitHub: asking whether they were approved, reading the account, telling the person.

The rows in `internal.sign_ins` are the whole state. Whichever process claims one asks GitHub about it; a process that
dies in the middle leaves a lease that runs out, and another one goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.context import Context
from bot.db import Person, Transaction
from bot.errors import Refusal, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.github import sign_in
from bot.github.client import Account
from bot.github.failures import GitHubError, GitHubUnavailable
from bot.history.operations import Happening
from bot.notifications.operations import PRESSED, Message, publish
from bot.slack import blocks
from bot.slack.request import Reply
from bot.users import cards, operations, queries, sign_ins
from bot.users.sealing import Seal
from bot.users.sign_ins import LEASE_SECONDS, Claim

log = logging.getLogger(__name__)

_WORK_SECONDS = LEASE_SECONDS - 15
"""A claimed sign-in is given up after this long, so that it never has two processes at work on it."""

_ACCOUNT_PAUSE_SECONDS = 2
_TROUBLE_SECONDS = 15
"""How long GitHub is left alone when it does not answer a poll."""

EXPIRED = "The code for GitHub was not used in time, so nothing was linked."
DENIED = "You pressed Cancel at GitHub, so nothing was linked."
UNREAD = "GitHub let you in but did not tell me in time who you are, so nothing was linked."


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a sign-in ended: with an account, or with the reason why there is none."""

    account: Account | None = None
    reason: str = ""


def seal(context: Context) -> Seal:
    """What device codes and addresses for answers are sealed with."""
    token = context.settings.slack_bot_token
    return Seal(token.get_secret_value() if token else "", "sign-ins")


class SignInLoop:
    """The side loop that follows the sign-ins which wait. `run` ends after `stop`, when what is in hand is finished.

    It sleeps while none waits. A sign-in begun in this process wakes it; one whose process has died, the tick.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._woken = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Ask GitHub when something is due."""
        while not self._stopping:
            self._woken.clear()
            try:
                due = await poll(self._context)
                wait = None if due is None else max(due, 0.1)
            except (SQLAlchemyError, OSError) as error:
                # The database is away; the rows are where they were when it is back.
                log.warning("sign-ins cannot be read: %s", type(error).__name__)
                wait = _TROUBLE_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    def wake(self) -> None:
        """A sign-in was begun, or somebody else's may be due."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._woken.set()


async def poll(context: Context) -> float | None:
    """Ask GitHub about every sign-in that is due; answers in how many seconds the next one is, None without any."""
    async with context.as_system() as tx:
        due, now = await queries.next_poll(tx), tx.now
        claimed = await sign_ins.claim(tx) if due is not None and due <= now else []
    if claimed:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(_follow(context, session, one) for one in claimed))
        async with context.as_system() as tx:
            due, now = await queries.next_poll(tx), tx.now
    return None if due is None else (due - now).total_seconds()


async def _follow(context: Context, session: aiohttp.ClientSession, claimed: Claim) -> None:
    """One sign-in. Whatever goes wrong with it stays with it: the others go on, and the lease brings it back."""
    try:
        async with asyncio.timeout(_WORK_SECONDS):
            if claimed.has_expired:
                await _conclude(context, claimed, _Ended(reason=EXPIRED))
            else:
                await _ask(context, session, claimed)
    except TimeoutError:
        log.warning("sign-in %s: not finished within %s s", claimed.id, _WORK_SECONDS)
    except Exception:
        log.exception("sign-in %s failed", claimed.id)


async def _ask(context: Context, session: aiohttp.ClientSession, claimed: Claim) -> None:
    code = seal(context).open(claimed.sealed_code)
    if code is None or context.settings.github_client_id is None:
        # The bot's token or the app was changed since: GitHub cannot be asked about this one any more.
        await _conclude(context, claimed, _Ended(reason=EXPIRED))
        return
    wait = claimed.interval_seconds
    try:
        told = await sign_in.poll(
            session,
            github_url=context.settings.github_url,
            client_id=context.settings.github_client_id,
            device_code=code,
            interval_seconds=wait,
        )
    except GitHubUnavailable:
        log.warning("sign-in %s: GitHub did not answer", claimed.id)
        await _put_off(context, claimed, max(wait, _TROUBLE_SECONDS), wait)
        return
    except GitHubError as error:
        await _conclude(context, claimed, _Ended(reason=blocks.escape(str(error))))
        return
    match told:
        case sign_in.Pending():
            await _put_off(context, claimed, wait, wait)
        case sign_in.SlowDown(longer):
            await _put_off(context, claimed, longer, longer)
        case sign_in.Denied():
            await _conclude(context, claimed, _Ended(reason=DENIED))
        case sign_in.Expired():
            await _conclude(context, claimed, _Ended(reason=EXPIRED))
        case sign_in.Token(token):
            await _conclude(context, claimed, await _account_of(context, token))


async def _put_off(context: Context, claimed: Claim, seconds: int, interval_seconds: int) -> None:
    async with context.as_system() as tx:
        await sign_ins.put_off(tx, claimed, seconds, interval_seconds)


async def _account_of(context: Context, token: str) -> _Ended:
    """Whose token it is. GitHub gives a token once, so a GitHub in trouble is asked again while the lease allows."""
    deadline = asyncio.get_running_loop().time() + _WORK_SECONDS / 2
    while True:
        try:
            return _Ended(await context.github.account_of(token))
        except GitHubUnavailable:
            if asyncio.get_running_loop().time() > deadline:
                return _Ended(reason=UNREAD)
            await asyncio.sleep(_ACCOUNT_PAUSE_SECONDS)
        except GitHubError as error:
            return _Ended(reason=blocks.escape(str(error)))


async def _conclude(context: Context, claimed: Claim, ended: _Ended) -> None:
    """Link or not, forget the sign-in, and tell the person.

    What came of an account is said for good, in the direct messages, and where it was asked for; that a code was
    not used is said only there, unless Slack no longer takes an answer.
    """
    async with context.as_system() as tx:
        person = await queries.person(tx, claimed.user_id)
        if person is None or not await sign_ins.end(tx, claimed):
            # Cancelled, or begun anew, while GitHub was asked.
            return
        # It is the person who did this, at GitHub, and the history names them.
        tx.me = person
        shown = await _link(context, tx, ended)
        if ended.account:
            await publish(tx, messages=[_direct(claimed, person, shown)])
    log.info("sign-in %s: %s", claimed.id, "an account was read" if ended.account else "ended without an account")
    if not await _answer(context, claimed, shown) and not ended.account:
        async with context.as_system() as tx:
            await publish(tx, messages=[_direct(claimed, person, shown)])


async def _link(context: Context, tx: Transaction, ended: _Ended) -> cards.Shown:
    if ended.account is None:
        return cards.not_linked(ended.reason)
    account = ended.account
    try:
        change = await operations.link(tx, tx.actor.id, account.id, account.login, "self")
    except Refusal as refusal:
        return cards.not_linked(refusal.message)
    await publish(tx, events=[Happening(change.subject, change.verb, change.changes)])
    return cards.linked(account.login, context.settings.github_url)


def _direct(claimed: Claim, person: Person, shown: cards.Shown) -> Message:
    return Message(
        key=f"sign-in:{claimed.id}",
        lane=person.slack_id,
        kind="direct",
        payload=blocks.message(*shown),
        urgency=PRESSED,
    )


async def _answer(context: Context, claimed: Claim, shown: cards.Shown) -> bool:
    """Say it in the place of the offer; False where Slack does not take it (five answers within thirty minutes)."""
    url = seal(context).open(claimed.sealed_response_url) if claimed.sealed_response_url else None
    if url is None:
        return False
    text, drawn = shown
    body = Reply(text, drawn).body() | {"replace_original": True}
    try:
        await context.slack.respond(url, body)
    except (SlackRefused, SlackRateLimited, SlackUnavailable) as error:
        log.warning("sign-in %s: the answer was not taken: %s", claimed.id, type(error).__name__)
        return False
    return True
