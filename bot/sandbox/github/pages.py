"""The local GitHub's few pages: approving a sign-in, and reading a profile, a repository and an issue."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from aiohttp import web

from bot.sandbox.github.model import Account, Issue, Repository

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --page: #f6f8fa; --card: #fff;
  --line: #d1d9e0; --go: #1a7f37; --go-ink: #fff; --bad: #b3261e; --bad-soft: #ffebe9; --link: #0860ca; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #f0f6fc; --soft: #9198a1; --page: #0d1117; --card: #151b23;
  --line: #3d444d; --go: #238636; --go-ink: #fff; --bad: #ff9a8f; --bad-soft: #341a1d; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { padding: 14px 20px; border-bottom: 1px solid var(--line); background: var(--card);
  font-weight: 600; }
header a { color: inherit; text-decoration: none; }
header span { color: var(--soft); font-weight: 400; }
main { max-width: 30rem; margin: clamp(0px, 4vw, 32px) auto; padding: 24px; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; }
main.wide { max-width: 48rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 12px; overflow-wrap: anywhere; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
#hint { margin-top: 8px; }
.soft { color: var(--soft); }
a { color: var(--link); }
fieldset { border: 0; margin: 0 0 20px; padding: 0; }
legend, label.code { font-weight: 600; display: block; margin-bottom: 8px; padding: 0; }
label.account { display: flex; align-items: center; gap: 10px; padding: 8px 12px;
  border: 1px solid var(--line); border-radius: 8px; margin-bottom: 6px; cursor: pointer; }
label.account:has(:checked) { border-color: var(--go); box-shadow: inset 0 0 0 1px var(--go); }
img { border-radius: 50%; }
input[type=text] { width: 100%; font: 600 1.4rem/1.4 ui-monospace, monospace; letter-spacing: .15em;
  text-align: center; text-transform: uppercase; padding: 10px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--page); color: inherit; }
.buttons { display: flex; gap: 12px; margin-top: 20px; }
button { flex: 1; font: inherit; font-weight: 600; padding: 10px 16px; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--line); background: var(--page); color: inherit; }
button.go { background: var(--go); border-color: var(--go); color: var(--go-ink); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.problem { color: var(--bad); background: var(--bad-soft); border: 1px solid var(--bad); border-radius: 8px;
  padding: 10px 12px; }
ul { list-style: none; margin: 0; padding: 0; }
li, article { border-top: 1px solid var(--line); padding: 12px 0; }
article p { white-space: pre-wrap; margin: 4px 0 0; }
.state { border-radius: 99px; border: 1px solid var(--line); padding: 2px 10px; font-size: .85rem; }
"""


def answer(html: str, status: int = 200) -> web.Response:
    """A page as an HTTP answer that runs no script, loads nothing foreign and stands in no frame."""
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
    }
    return web.Response(text=html, status=status, headers=headers, content_type="text/html", charset="utf-8")


def sign_in(people: Iterable[Account], chosen: str | None, code: str, problem: str | None = None) -> str:
    """The form that approves a sign-in. `chosen` is a login; `problem` is the sentence about the last try."""
    accounts = "".join(
        f'<label class="account"><input type="radio" name="login" value="{escape(one.login)}" required'
        f"{' checked' if one.login == chosen else ''}>"
        f'<img src="/github/avatars/{one.id}.svg" alt="" width="28" height="28">'
        f'<span>{escape(one.name or one.login)} <span class="soft">{escape(one.login)}</span></span></label>'
        for one in people
    )
    warning = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = "hint problem" if problem else "hint"
    # With the code filled in, the choice is what is left to do; so the keyboard starts there.
    focus = "" if code and not problem else " autofocus"
    return _page(
        "Sign in to Sample Scrum",
        f"""<h1>Sign in to Sample Scrum</h1>
<p>The Slack app <strong>Sample Scrum</strong> asks who you are on GitHub.
It reads your public profile and nothing else, and keeps no access.</p>
{warning}
<form method="post" action="/github/login/device">
<fieldset><legend>Sign in as</legend>{accounts}</fieldset>
<label class="code" for="code">Code</label>
<input type="text" id="code" name="user_code" value="{escape(code)}" maxlength="16" required
 autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="{described}"{focus}>
<p class="soft" id="hint">Eight letters, as Slack shows them. Never enter a code that somebody sent you.</p>
<div class="buttons"><button class="go" name="decision" value="authorize">Authorize</button>
<button name="decision" value="cancel" formnovalidate>Cancel</button></div>
</form>""",
    )


def signed_in(account: Account) -> str:
    return message(
        "You are signed in",
        f"Sample Scrum now knows you as {account.login}. Close this page and go back to Slack; "
        "the bot tells you there within a few seconds.",
    )


def cancelled() -> str:
    return message("Cancelled", "Sample Scrum was not told who you are. Close this page and go back to Slack.")


def message(title: str, text: str) -> str:
    return _page(title, f'<h1>{escape(title)}</h1><p role="status">{escape(text)}</p>')


def profile(account: Account) -> str:
    return _page(
        account.login,
        f'<p><img src="/github/avatars/{account.id}.svg" alt="" width="96" height="96"></p>'
        f'<h1>{escape(account.name or account.login)}</h1><p class="soft">{escape(account.login)}</p>'
        "<p>A sample account of the local GitHub.</p>",
    )


def repository(repository: Repository, issues: Iterable[Issue]) -> str:
    name = escape(repository.full_name)
    items = "".join(
        f'<li><a href="/github/{name}/issues/{issue.number}">{escape(issue.title)}</a> '
        f'<span class="soft">#{issue.number}, {issue.state}</span></li>'
        for issue in issues
    )
    return _page(
        repository.full_name,
        f"<h1>{name}</h1><p>{escape(repository.description)}</p><ul>{items or '<li>No issues yet.</li>'}</ul>",
        wide=True,
    )


def issue(
    repository: Repository,
    issue: Issue,
    author: Account,
    assignees: list[str],
    labels: list[str],
    comments: list[tuple[int, str, str]],
) -> str:
    """An issue to read. A comment is its id, its author's login and its text; text is shown as written."""
    name = escape(repository.full_name)
    said = "".join(
        f'<article id="issuecomment-{key}"><span class="soft">{escape(login)} wrote</span>'
        f"<p>{escape(body)}</p></article>"
        for key, login, body in comments
    )
    return _page(
        f"{issue.title} #{issue.number}",
        f'<p class="soft"><a href="/github/{name}">{name}</a></p>'
        f'<h1>{escape(issue.title)} <span class="soft">#{issue.number}</span></h1>'
        f'<p><span class="state">{issue.state}</span> <span class="soft">opened by {escape(author.login)} · '
        f"assigned to {escape(', '.join(assignees) or 'nobody')} · "
        f"labels: {escape(', '.join(labels) or 'none')}</span></p>"
        f"<article><p>{escape(issue.body or 'No description.')}</p></article>{said}",
        wide=True,
    )


def avatar(seed: int, letter: str) -> web.Response:
    """A round picture with a letter, its colour from the account's id."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">'
        f'<rect width="40" height="40" fill="hsl({seed * 67 % 360} 45% 40%)"/>'
        '<text x="20" y="27" text-anchor="middle" font-family="sans-serif" font-size="20" fill="#fff">'
        f"{escape(letter.upper())}</text></svg>"
    )
    return web.Response(text=svg, content_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})


def _page(title: str, body: str, *, wide: bool = False) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · local GitHub</title><style>{_STYLE}</style></head><body>"
        "<header>Local GitHub <span>a sample, on this computer only</span></header>"
        f"<main{' class=wide' if wide else ''}>{body}</main></body></html>"
    )
