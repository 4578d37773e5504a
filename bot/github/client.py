"""GitHub's REST API through PyGithub, which is synchronous: it works in a small thread pool of our own.

One `Github` object shared by threads gives wrong answers, so each thread has its own.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import github
import requests
from github.AuthenticatedUser import AuthenticatedUser
from github.GithubRetry import GithubRetry
from github.NamedUser import NamedUser

from bot.github.failures import GitHubNotFound, GitHubRefused, GitHubUnavailable

log = logging.getLogger(__name__)

_THREADS = 4
_TIMEOUT_SECONDS = 10

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Account:
    """A GitHub account. `id` stays when its owner changes the `login`."""

    id: int
    login: str
    name: str | None
    avatar_url: str


class GitHub:
    """What the bot asks GitHub. `token` is the bot's own or None; `api_url` has no final slash.

    `pause` has PyGithub wait between its own requests as GitHub asks for (a second between writes); tests
    switch it off. Every method raises `GitHubRefused` for a wrong or missing right, and `GitHubUnavailable`
    when GitHub does not answer in time, has trouble, or asks to wait longer than half a minute.
    """

    def __init__(self, *, api_url: str, token: str | None, pause: bool = True) -> None:
        self._api_url = api_url
        self._token = token
        self._pause = pause
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="github")
        self._own = threading.local()

    async def close(self) -> None:
        """Give up what has not begun; wait for the requests on their way, at most a time-out and its
        retries.
        """
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)

    async def account_of(self, token: str) -> Account:
        """Whose token this is. It is used for this one question and not kept."""

        def read() -> Account:
            with self._connect(token) as api:
                return _account(api.get_user())

        return await self._run(read)

    async def account(self, login: str) -> Account | None:
        """The account with this login, or None where there is none."""
        try:
            return await self._run(lambda: _account(self._client().get_user(login)))
        except GitHubNotFound:
            return None

    async def _run(self, ask: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _translated, ask)

    def _client(self) -> github.Github:
        """This thread's own object for the bot's token."""
        client: github.Github | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._connect(self._token)
        return client

    def _connect(self, token: str | None) -> github.Github:
        # PyGithub's own retry repeats POST, which makes things twice when an answer was lost. Ours repeats
        # reading only, and waits half a minute at most, because a person is waiting too.
        retry = GithubRetry(
            total=3,
            backoff_factor=0.5,
            allowed_methods={"GET"},
            max_rate_limit_wait=30,
            retry_after_max=30,
        )
        return github.Github(
            auth=github.Auth.Token(token) if token else None,
            base_url=self._api_url,
            timeout=_TIMEOUT_SECONDS,
            per_page=100,
            retry=retry,
            seconds_between_requests=0.25 if self._pause else 0,
            seconds_between_writes=1 if self._pause else 0,
        )


def _account(user: NamedUser | AuthenticatedUser) -> Account:
    raw: object = user.raw_data
    # An answer that is JSON need not be an account.
    shown = raw if isinstance(raw, dict) else {}
    number, login, name, avatar = (shown.get(key) for key in ("id", "login", "name", "avatar_url"))
    if not isinstance(number, int) or not isinstance(login, str):
        raise GitHubUnavailable("GitHub's answer cannot be read. Try again in a few minutes.")
    return Account(number, login, name if isinstance(name, str) else None, avatar if isinstance(avatar, str) else "")


def _translated(ask: Callable[[], _T]) -> _T:
    """Run in a thread, with every way of failing turned into one of our own."""
    try:
        return ask()
    except github.UnknownObjectException as error:
        raise GitHubNotFound("GitHub has nothing of that name, or this bot may not see it.") from error
    except github.BadCredentialsException as error:
        raise GitHubRefused("GitHub does not accept the token.") from error
    except github.RateLimitExceededException as error:
        raise GitHubUnavailable("GitHub asks this bot to wait. Try again in a few minutes.") from error
    except github.GithubException as error:
        log.warning("GitHub answered %s", error.status)
        if error.status >= 500 or error.status == 429:
            raise GitHubUnavailable("GitHub has trouble at the moment. Try again in a few minutes.") from error
        raise GitHubRefused(f"GitHub refuses this ({error.status}).") from error
    except (requests.exceptions.RequestException, OSError) as error:
        # Also what is left of a 5xx after the last retry.
        raise GitHubUnavailable("GitHub does not answer. Try again in a few minutes.") from error
    except (github.BadAttributeException, AssertionError, ValueError, TypeError) as error:
        # Broken JSON, an attribute of the wrong kind, or addresses in the answer that lead to another host.
        raise GitHubUnavailable("GitHub's answer cannot be read. Try again in a few minutes.") from error
