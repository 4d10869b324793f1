"""A real browser for pages: Debian's chromium, of any width, in light and in dark, without a network."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--no-default-browser-check", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip

# Boxes that say something: those with words of their own, and pictures.
SAYING = """
const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, element = node.parentElement;
  if (!node.data.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
  const range = document.createRange(); range.selectNodeContents(node);
  for (const box of range.getClientRects()) {
    texts.push({what: node.data.trim().slice(0, 60), left: box.left, right: box.right, top: box.top, bottom: box.bottom,
                scrolls: !!element.closest('pre, .scroll'), style: element.tagName + '.' + element.className});
  }
}
return texts;
"""


class Browser:
    """One chromium for a whole session."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, page: Path, width: int, *, dark: bool = False, height: int = 1000) -> None:
        """Show a page at a width, in a colour scheme."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": [scheme]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(page.resolve().as_uri())

    def run(self, script: str, *arguments):
        """Run a script of the test's (the page may run none) and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def texts(self) -> list[dict]:
        """Every box of visible text: `what` it says, `left`, `right`, `top`, `bottom`, whether it `scrolls` in a frame."""
        return self.run(SAYING)

    def sticks_out(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def complaints(self) -> list[str]:
        """What the browser has to say about the last page: a blocked style, a resource that was asked for."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def picture(self, file: Path) -> Path:
        """Write the whole page as a PNG."""
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        file.write_bytes(base64.b64decode(shot["data"]))
        return file


@contextmanager
def a_browser(folder: Path) -> Iterator[Browser]:
    """Start chromium with its files in `folder`. Where there is none the test is skipped, which CI does not allow."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("chromium and chromedriver are not here (Debian: chromium chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield Browser(chrome)
    finally:
        chrome.quit()
