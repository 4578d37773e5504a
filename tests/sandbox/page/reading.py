"""What a person in front of the page does and reads, in a few words."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.workspace import LocalWorkspace

CHANNELS = {"general": "C0GENERAL", "web": "C0WEBTEAM", "random": "C0RANDOM01"}


class Reader:
    """Opens places and finds things by what assistive technology would call them."""

    def __init__(self, page: Page, workspace: LocalWorkspace) -> None:
        self.page = page
        self._workspace = workspace

    async def opens(self, place: str = "general", as_: str = "ana") -> None:
        """Open a channel, or another place such as `home`, and wait until it is shown."""
        person = self._workspace.people[as_]
        await self.page.goto(f"{self._workspace.base_url}/#/{person}/{CHANNELS.get(place, place)}")
        await expect(self.page.get_by_role("main")).to_be_visible()
        if place in CHANNELS:
            await expect(self.composer).to_be_focused()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message #")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def message(self, words: str) -> Locator:
        """The newest message that holds these words."""
        return self.page.get_by_role("article").filter(has_text=words).last

    async def types(self, text: str) -> None:
        """Type into what has the focus, and press Enter."""
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def widths(self) -> tuple[int, int]:
        """The window's width, and that of the widest thing that would have to be scrolled sideways."""
        found = await self.page.evaluate(
            """() => {
                const places = document.querySelectorAll("html, .screen, .scroller, .home, .github");
                return [innerWidth, Math.max(...[...places].map((place) => place.scrollWidth))];
            }"""
        )
        return found[0], found[1]
