"""The sample accounts, repositories and issues of a fresh local GitHub. They are samples and look it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.github.model import stamp
from bot.sandbox.github.store import Store

APP_LOGIN = "sample-scrum[bot]"
"""The account that the bot's own token belongs to."""


@dataclass(frozen=True)
class SampleAccount:
    id: int
    login: str
    name: str
    slack_user: str | None = None
    type: str = "User"


@dataclass(frozen=True)
class SampleIssue:
    title: str
    body: str
    author: str
    assignees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    closed: bool = False
    comments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SampleRepository:
    id: int
    owner: str
    name: str
    description: str
    private: bool
    collaborators: dict[str, str]
    issues: tuple[SampleIssue, ...] = field(default=())


ACCOUNTS = (
    SampleAccount(5_100_001, "ana-gh", "Ana Sample", "U0SAMPLEANA"),
    SampleAccount(5_100_002, "bo-gh", "Bo Sample", "U0SAMPLEBO"),
    SampleAccount(5_100_003, "tess-gh", "Tess Sample", "U0SAMPLETESS"),
    SampleAccount(5_100_004, "mia-gh", "Mia Sample", "U0SAMPLEMIA"),
    SampleAccount(5_100_005, "ada-gh", "Ada Sample", "U0SAMPLEADA"),
    SampleAccount(5_100_090, APP_LOGIN, "Sample Scrum", type="Bot"),
)

LABELS = (
    ("bug", "d73a4a", "Something does not work"),
    ("enhancement", "a2eeef", "Something new or better"),
    ("question", "d876e3", "More has to be known"),
    ("priority: high", "b60205", None),
    ("priority: low", "c2e0c6", None),
)

REPOSITORIES = (
    SampleRepository(
        7_200_001,
        "sample",
        "web",
        "The sample shop's pages",
        False,
        {
            "ana-gh": "push",
            "bo-gh": "push",
            "tess-gh": "push",
            "mia-gh": "pull",
            "ada-gh": "admin",
            APP_LOGIN: "push",
        },
        (
            SampleIssue(
                "Sign-in page jumps on small screens",
                "On a narrow window the form moves down by a line when the page has loaded.",
                "tess-gh",
                ("ana-gh",),
                ("bug",),
                comments=(("ana-gh", "I can see it with a window of 360 pixels."),),
            ),
            SampleIssue(
                "Show the cart total in the title",
                "So that it is seen from another tab.",
                "mia-gh",
                (),
                ("enhancement",),
            ),
            SampleIssue(
                "Dark colours for the order page",
                "Everything else has them already.",
                "bo-gh",
                ("bo-gh",),
                ("enhancement", "priority: low"),
            ),
            SampleIssue(
                "Broken link in the footer",
                "The imprint leads nowhere.",
                "tess-gh",
                ("ana-gh",),
                ("bug",),
                closed=True,
            ),
        ),
    ),
    SampleRepository(
        7_200_002,
        "sample",
        "api",
        "The sample shop's service",
        True,
        {"ana-gh": "push", "tess-gh": "push", "mia-gh": "pull", "ada-gh": "admin", APP_LOGIN: "push"},
        (
            SampleIssue(
                "Order export times out",
                "With more than ten thousand orders.",
                "mia-gh",
                ("tess-gh",),
                ("bug", "priority: high"),
            ),
            SampleIssue(
                "Say which field was wrong in a 422",
                "The answer only says that something was.",
                "ana-gh",
                (),
                ("enhancement",),
            ),
            SampleIssue(
                "Do we still need the old price list?",
                "Nothing seems to ask for it.",
                "ada-gh",
                (),
                ("question",),
            ),
        ),
    ),
)


def load(store: Store, now: float) -> None:
    """Fill a fresh store. Issues are dated back from `now` (seconds since 1970), an hour apart."""
    with store.transaction():
        for account in ACCOUNTS:
            store.insert(
                "accounts",
                id=account.id,
                login=account.login,
                name=account.name,
                email=None,
                type=account.type,
                slack_user=account.slack_user,
                created_at=stamp(now - 400 * 86_400),
            )
        ids = {account.login: account.id for account in ACCOUNTS}
        for repository in REPOSITORIES:
            _load_repository(store, repository, ids, now)


def _load_repository(store: Store, repository: SampleRepository, ids: dict[str, int], now: float) -> None:
    store.insert(
        "repositories",
        id=repository.id,
        owner=repository.owner,
        name=repository.name,
        description=repository.description,
        private=repository.private,
        created_at=stamp(now - 300 * 86_400),
        updated_at=stamp(now),
    )
    for login, permission in repository.collaborators.items():
        store.insert("collaborators", repository_id=repository.id, account_id=ids[login], permission=permission)
    labels = {
        name: store.insert("labels", repository_id=repository.id, name=name, color=color, description=description)
        for name, color, description in LABELS
    }
    for number, issue in enumerate(repository.issues, 1):
        at = stamp(now - (len(repository.issues) - number + 1) * 3600)
        key = store.insert(
            "issues",
            repository_id=repository.id,
            number=number,
            title=issue.title,
            body=issue.body,
            state="closed" if issue.closed else "open",
            state_reason="completed" if issue.closed else None,
            author_id=ids[issue.author],
            closed_by_id=ids[issue.author] if issue.closed else None,
            created_at=at,
            updated_at=at,
            closed_at=at if issue.closed else None,
        )
        for name in issue.labels:
            store.insert("issue_labels", issue_id=key, label_id=labels[name])
        for login in issue.assignees:
            store.insert("issue_assignees", issue_id=key, account_id=ids[login])
        for login, body in issue.comments:
            store.insert("comments", issue_id=key, author_id=ids[login], body=body, created_at=at, updated_at=at)
