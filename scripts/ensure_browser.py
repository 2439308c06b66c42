"""Find a browser for the tests, or get one: what is installed, then Playwright's own, then Debian's package."""

import os
import shutil
import subprocess
import sys

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """0 when a browser is there at the end, 1 with a line that says what to do when not."""
    if find() is not None:
        return 0
    if _run([sys.executable, "-m", "playwright", "install", "chromium"]) and find() is not None:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = ["chromium", "fonts-noto-cjk"]
        _run(["apt-get", "update", "-qq"])
        if _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]) and find() is not None:
            return 0
    print("no browser was found for the tests; install Chromium (Debian: sudo apt install chromium) and try again")
    return 1


def find() -> str | None:
    """The path of a browser that Playwright can drive, or None."""
    for name in CHROMIUM:
        path = shutil.which(name)
        if path is not None:
            return path
    from playwright.sync_api import sync_playwright  # Only when nothing is on the path: it starts a process.

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environment, timeout=600, capture_output=True).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main())
