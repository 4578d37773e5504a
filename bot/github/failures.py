"""What can go wrong between this bot and GitHub. Each `str()` is a sentence for whom it concerns."""

from __future__ import annotations


class GitHubError(Exception):
    """GitHub did not do what it was asked."""


class GitHubNotFound(GitHubError):
    """What was asked for does not exist, or the token may not see it: GitHub does not tell the two apart."""


class GitHubRefused(GitHubError):
    """GitHub answered that it will not: a wrong token or app, a missing right, a value it does not take."""


class GitHubUnavailable(GitHubError):
    """GitHub did not answer, answered with a fault of its own, or asked to wait. Trying later may help."""
