"""The app that the page is tested with: commands with usage hints, and a message shortcut."""

from __future__ import annotations

from typing import Any

from tests.sandbox.slack.app import MANIFEST as SLACK_MANIFEST

MANIFEST: dict[str, Any] = {
    **SLACK_MANIFEST,
    "features": {
        **SLACK_MANIFEST["features"],
        "slash_commands": [
            {
                "command": "/task",
                "description": "Make and change tasks",
                "usage_hint": "[new|list|show|start|done] …",
                "should_escape": True,
            },
            {
                "command": "/triage",
                "description": "Report something",
                "usage_hint": "[new|list|take] …",
                "should_escape": True,
            },
        ],
    },
}
