"""A JupyterLab of one's own for the tests, on 127.0.0.1, and a notebook in it as its user sees it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "kgtools" / "notebook"
# Another interpreter with another JupyterLab runs the same tests.
PYTHON = os.environ.get("KG_LAB_PYTHON", sys.executable)
TOKEN = "known"
NOW = "jupyterapp.shell.currentWidget"  # the open notebook, for a script
KERNEL = f"{NOW}.sessionContext.session.kernel"
PATIENCE = 60_000  # milliseconds; how long something takes is not tested


def start_lab(folder: Path, project: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A Lab of its own in *folder* that knows this tree's extension, serving *project*; and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": project,
        "ServerApp.open_browser": False,
        "IdentityProvider.token": TOKEN,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.expose_app_in_browser": True,
    }
    command = [PYTHON, "-m", "jupyterlab", "--allow-root", *(f"--{name}={value}" for name, value in flags.items())]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=_environment(folder), stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    while not _answers(f"{url}/api/status?token={TOKEN}"):
        assert server.poll() is None, (folder / "log").read_text("utf-8")
        time.sleep(0.2)
    return server, url


def _environment(folder: Path) -> dict[str, str]:
    links = {"labextensions/sahel-kg": NOTEBOOK / "labextension", "nbconvert/templates/kg": NOTEBOOK / "template"}
    for name, target in links.items():
        (folder / "ours" / name).parent.mkdir(parents=True)
        (folder / "ours" / name).symlink_to(target)
    news = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_PATH": "ours",
    }
    return os.environ | {name: str(folder / path) for name, path in own.items()} | {"PYTHONPATH": str(ROOT)}


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url).status == 200
    except urllib.error.URLError:
        return False


@dataclass
class Book:
    """An open notebook."""

    page: object
    outside: list[str] = field(default_factory=list)  # asked of others than the Lab server
    refused: list[str] = field(default_factory=list)  # said of a policy, or an error of a script

    def cell(self, number: int):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def kernel(self) -> None:
        """Wait until the kernel is there to be asked."""
        self.page.evaluate(f"async () => {{ await {NOW}.sessionContext.ready; await {KERNEL}.info; }}")

    def language(self, number: int, wanted: str) -> None:
        """Wait until a cell is coloured as this language."""
        self.cell(number).locator(f'.cm-content[data-language="{wanted}"]').wait_for(timeout=PATIENCE)

    def write(self, number: int, text: str) -> None:
        """Replace the text of a cell, by the keyboard."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)

    def run(self, number: int, text: str | None = None):
        """Run a cell, as it stands or with another text, without waiting for its end."""
        if text is not None:
            self.write(number, text)
        # Its number goes, so that a new one tells that it has run.
        self.page.evaluate(f"{NOW}.content.model.cells.get({number}).executionCount = null")
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        return self.cell(number)

    def done(self, number: int):
        """Wait until a cell has run, and give what it shows."""
        self.cell(number).locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[\d+\]")).wait_for(timeout=PATIENCE)
        return self.cell(number).locator(".jp-Cell-outputArea")

    def drawing(self, number: int):
        """The page inside both frames of a render."""
        frame = self.cell(number).locator(".jp-OutputArea-output iframe")
        frame.wait_for(timeout=PATIENCE)
        return frame.content_frame.frame_locator("iframe")


def open_book(page, url: str, path: str) -> Book:
    """Open a notebook, and keep note of what goes out and of what is refused."""
    book = Book(page)
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else book.outside.append(r.url))
    page.on("pageerror", lambda error: book.refused.append(str(error)))
    page.on("console", lambda m: book.refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("dialog", lambda dialog: (book.refused.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(f"{url}/lab/tree/{path}?token={TOKEN}")
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=PATIENCE)
    return book


def write_book(path: Path, cells: list[object]) -> None:
    """Write a notebook nobody has run here, so Lab does not trust it: a cell is its text or an output's bundle."""
    made = [
        nbformat.v4.new_code_cell(cell)
        if isinstance(cell, str)
        else nbformat.v4.new_code_cell("shown", outputs=[nbformat.v4.new_output("display_data", data=cell)])
        for cell in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})), encoding="utf-8")
