"""Takes the README's pictures: starts the local workspace in an empty folder, does a few things in it, and looks.

    .venv/bin/python -m docs.take_screenshots

It needs Debian's chromium. The pictures are written to docs/images.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.sandbox.page.conftest import ARGUMENTS, CHROMIUM
from tests.workspace import LocalWorkspace

IMAGES = Path(__file__).with_name("images")
PORT = 3950
ALERT_SECONDS = 60


async def _furnish(slack: LocalWorkspace) -> None:
    """A channel in which people work: a task made and started, and the alert that the sample data brings."""
    ana, bo = slack.person("ana"), slack.person("bo")
    await slack.channel("alerts").shows("Send the release notes", within=ALERT_SECONDS)
    await ana.says("The sign-in page loops for people who come from the newsletter :thinking_face:", in_="#web")
    receipt = await ana.types("/task new Fix the login redirect @bo due:friday !high epic:AUTH", in_="#web")
    assert "T-" in receipt.text
    card = await slack.channel("web").shows("Fix the login redirect", "Start")
    await bo.presses("Start", on=card)
    await slack.channel("web").shows("Fix the login redirect", "in progress")
    await bo.says("On it, I can see it here too.", in_="#web")


async def _take(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        window = await browser.new_page(viewport={"width": 1280, "height": 820}, device_scale_factor=1.5)
        for name, place in (("workspace", "U0SAMPLEANA/C0WEBTEAM"), ("alert", "U0SAMPLEMIA/C0ALERTS01")):
            await window.goto(f"{address}/#/{place}")
            await window.get_by_text("Scrum Bot", exact=True).first.wait_for()
            await window.wait_for_load_state("networkidle")
            if name == "workspace":
                # Receipts are seen by their writer only, in the window where the command was typed.
                await window.get_by_role("textbox").last.fill("/task new Thank the newsletter team due:friday ")
                await window.keyboard.press("Enter")
                await window.get_by_text("Only visible to you").first.wait_for()
            await window.screenshot(path=IMAGES / f"{name}.png")
        await browser.close()


async def main() -> None:
    """Start, furnish, take, stop."""
    address = f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATA_DIR": folder, "SANDBOX_PORT": str(PORT)}
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "sandbox", env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert bot.stdout is not None
        try:
            async for line in bot.stdout:
                if b"is ready" in line:
                    break
            async with LocalWorkspace.at(address) as slack:
                await _furnish(slack)
            await _take(address)
        finally:
            bot.send_signal(signal.SIGINT)
            await bot.wait()


if __name__ == "__main__":
    asyncio.run(main())
