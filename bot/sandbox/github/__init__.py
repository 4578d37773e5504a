"""A local GitHub: REST API, device sign-in, webhooks, and a few pages. `service.LocalGitHub` is all of it."""
