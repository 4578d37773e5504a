"""The local Slack: Slack's Web API, Socket Mode, HTTP mode and what a person does, over real HTTP and WebSocket.

It knows nothing of the bot: it reads the app's manifest, as Slack does. `docs/local-workspace.md` is its contract.
"""
