"""The pages that addresses in GitHub's answers lead to: a profile, a repository, an issue, an avatar."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.github import comments, directory, issues, pages
from bot.sandbox.github.protocol import Place


def routes(place: Place) -> list[web.RouteDef]:
    """The routes under `/github` that a browser opens. Whoever reaches this computer may read them."""
    store = place.store

    def missing() -> web.Response:
        return pages.answer(pages.message("Not found", "There is nothing at this address."), 404)

    async def profile(request: web.Request) -> web.Response:
        account = directory.account_by_login(store, request.match_info["login"])
        return missing() if account is None else pages.answer(pages.profile(account))

    async def repository(request: web.Request) -> web.Response:
        match = request.match_info
        found = directory.repository_by_name(store, match["owner"], match["repo"])
        return missing() if found is None else pages.answer(pages.repository(found, issues.listed(store, found)))

    async def issue(request: web.Request) -> web.Response:
        match = request.match_info
        home = directory.repository_by_name(store, match["owner"], match["repo"])
        found = issues.by_number(store, home, int(match["number"])) if home is not None else None
        if home is None or found is None:
            return missing()
        said = [
            (one.id, directory.account_by_id(store, one.author_id).login, one.body)
            for one in comments.of_issue(store, found)
        ]
        author = directory.account_by_id(store, found.author_id)
        assigned = [one.login for one in issues.assignees(store, found)]
        labelled = [one.name for one in issues.labels(store, found)]
        return pages.answer(pages.issue(home, found, author, assigned, labelled, said))

    async def avatar(request: web.Request) -> web.Response:
        key = int(request.match_info["id"])
        try:
            letter = directory.account_by_id(store, key).login[0]
        except LookupError:
            letter = "?"
        return pages.avatar(key, letter)

    return [
        web.get(r"/github/avatars/{id:\d{1,15}}.svg", avatar),
        web.get("/github/{login}", profile),
        web.get("/github/{owner}/{repo}", repository),
        web.get(r"/github/{owner}/{repo}/issues/{number:\d{1,9}}", issue),
    ]
