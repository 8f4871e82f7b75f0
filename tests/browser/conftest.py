"""A browser, and both services as they run in earnest: processes of their own on free ports, with a demo city."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "var" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHONE, DESK = (390, 844), (1280, 900)
MISSING = "Failed to load resource"  # told with the address by the answer itself
START_SECONDS = 60
expect.set_options(timeout=15_000)  # milliseconds: two browsers and four services may share two cores
DEMO_PASSWORD = "Qinhuai#2026"


@dataclass(frozen=True)
class Live:
    """Where the running services answer; `admin` is empty where there is no back office."""

    portal: str
    admin: str
    environ: dict[str, str]

    def run(self, *command: str) -> str:
        """A command of the operator's, on the same data."""
        return _run([sys.executable, "-m", "shared.cli", *command], self.environ)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of a phone's and of a desk's size; whatever the console calls an error fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    opened = context.new_page()
    faults: list[str] = []
    opened.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and MISSING not in said.text else None
    )
    opened.on("response", lambda got: faults.append(got.url) if _is_broken(got) else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []


def _is_broken(answer: Response) -> bool:
    """A file of the page's that is not there; that a page itself may refuse is for the tests to judge."""
    return answer.status >= 400 and answer.request.resource_type != "document"


@pytest.fixture(scope="session")
def start_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Live]]:
    """Call it for both services on a database of their own: a new SQLite file, or the one at `database_url`."""
    with ExitStack() as running:

        def start(database_url: str = "", teachers: int = 40) -> Live:
            folder = tmp_path_factory.mktemp("live")
            ports = {"portal": _free_port(), "admin": _free_port()}
            at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
            environ = {
                **os.environ,
                "APP_ENV": "development",
                "VAR_DIR": str(folder),
                "DATABASE_URL": database_url or f"sqlite:///{folder / 'live.db'}",
                "PORTAL_URL": at["portal"],
                "ADMIN_URL": at["admin"],
            }
            _lend_fonts(folder)
            live = Live(at["portal"], at["admin"], environ)
            for command in (("db", "upgrade"), ("seed",), ("demo", "--teachers", str(teachers))):
                live.run(*command)
            for name, port in ports.items():
                running.enter_context(_served(name, port, environ, folder))
            return live

        yield start


@pytest.fixture(scope="session")
def live(start_services: Callable[..., Live]) -> Live:
    """Both services with a demo city in SQLite."""
    return start_services()


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, at full length, under the width it is shown at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


def _lend_fonts(folder: Path) -> None:
    """Fonts take a minute to make; those that this checkout has are used again."""
    made = ROOT / "var" / "fonts"
    if made.is_dir():
        (folder / "fonts").symlink_to(made)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _served(name: str, port: int, environ: dict[str, str], folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--blocking-threads", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), f"{name}:create_app"]
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", process, folder / f"{name}.log")
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()}")
