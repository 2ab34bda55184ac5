"""The start page's server: on this machine only, for whoever has the address, as long as the page is open."""

import asyncio
import hmac
import json
import secrets
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler
from tornado.websocket import WebSocketHandler

from adreport.reading.formats import FORMATS
from adreport.reading.template import write_workbook
from adreport.show.parts import page_templates
from adreport.start.desk import SETTINGS, Desk, as_json
from adreport.study.faults import Refusal
from adreport.study.languages import LANGUAGES

HOST = "127.0.0.1"
MOST_BYTES = 200_000_000
# Seconds after which the server ends: without the page ever open, closed, closed but a report is read, and open.
NEVER_OPENED, CLOSED, READ, OPEN = 300, 10, 3600, 8 * 3600
LOOKS = 2  # seconds between looks whether it is time


class Door:
    """Who may come in, and until when: the token, the page's open connections, the last request."""

    def __init__(self) -> None:
        self.token, self.port = secrets.token_urlsafe(24), 0
        self.open: set[Live] = set()
        self.was_opened = self.is_read = False
        self.last = time.monotonic()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def admits(self, request: HTTPServerRequest) -> bool:
        """Whether a request names this machine, knows the token and, where it changes anything, is the page's own."""
        hosts = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        token = request.path.split("/")[1]
        origin = request.headers.get("Origin", "")
        own = origin in {f"http://{host}" for host in hosts} or (not origin and request.method in ("GET", "HEAD"))
        return request.host in hosts and hmac.compare_digest(token.encode(), self.token.encode()) and own

    def left(self, busy: bool) -> bool:
        """Whether it is time to end; not while a report is being made."""
        limit = OPEN if self.open else READ if self.is_read else CLOSED if self.was_opened else NEVER_OPENED
        return not busy and time.monotonic() - self.last > limit

    def tell(self, news: dict) -> None:
        """Send news to the page, wherever it is open."""
        self.last = time.monotonic()
        for live in self.open:
            live.write_message(news)


class _Guarded(RequestHandler):
    """A handler behind the door."""

    def initialize(self, door: Door, desk: Desk) -> None:
        self.door, self.desk = door, desk

    def prepare(self) -> None:
        if not self.door.admits(self.request):
            raise HTTPError(403)
        self.door.last = time.monotonic()

    def set_default_headers(self) -> None:
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")


class Page(_Guarded):
    """The page itself."""

    def get(self) -> None:
        nonce = secrets.token_urlsafe(16)
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
            f"connect-src 'self' ws://{self.request.host}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        )
        template = page_templates().get_template("start.html.j2")
        self.write(template.render(nonce=nonce, kinds=[*FORMATS, *SETTINGS], folder=self.desk.base))


class Nothing(_Guarded):
    """Every other address."""

    def get(self) -> None:
        raise HTTPError(404)


class Action(_Guarded):
    """What the page asks for: to take files, a data lock, a mapping; to begin or cancel the report."""

    async def post(self, name: str) -> None:
        try:
            self.write(await getattr(self, f"_{name}")())
        except Refusal as refusal:
            self.set_status(422)
            self.write({"refused": str(refusal)})

    async def _check(self) -> dict:
        files = {file.filename: file.body for file in self.request.files.get("files", [])}
        return await _apart(lambda: as_json(self.desk.take(files)))

    async def _lock(self) -> dict:
        return await _apart(lambda: as_json(self.desk.lock(self._said("day"))))

    async def _map(self) -> dict:
        return await _apart(lambda: as_json(self.desk.map(self._said("text"))))

    async def _report(self) -> dict:
        self.desk.report()
        return {}

    async def _cancel(self) -> dict:
        self.desk.end()
        return {}

    def _said(self, name: str) -> str:
        return str(json.loads(self.request.body).get(name, ""))


class Kept(StaticFileHandler):
    """The files of the data set's folder: the marked copy, the report."""

    def initialize(self, door: Door, desk: Desk) -> None:
        self.door = door
        super().initialize(str(desk.folder))

    def prepare(self) -> None:
        if not self.door.admits(self.request):
            raise HTTPError(403)
        self.door.last = time.monotonic()
        self.door.is_read |= "/kept/report/" in self.request.path


class Template(_Guarded):
    """An empty workbook."""

    def get(self, language: str) -> None:
        with TemporaryDirectory() as folder:
            write_workbook(file := Path(folder) / "template.xlsx", language)
            self.set_header("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            name = "klinik.xlsx" if language == "tr" else "clinic.xlsx"
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
            self.write(file.read_bytes())


class Live(WebSocketHandler):
    """The connection that tells that the page is open, and what becomes of the report."""

    def initialize(self, door: Door, desk: Desk) -> None:
        self.door = door

    def prepare(self) -> None:
        if not self.door.admits(self.request):
            raise HTTPError(403)

    def open(self, *args: str, **kwargs: str) -> None:
        """The page has been opened."""
        self.door.open.add(self)
        self.door.was_opened, self.door.last = True, time.monotonic()

    def on_close(self) -> None:
        self.door.open.discard(self)
        self.door.last = time.monotonic()


def serve(base: Path, say: Callable[[str], None], browser: bool = True) -> None:
    """Show the start page until it is closed; copies of data and reports are kept below `base`."""
    asyncio.run(_serve(base, say, browser))


async def _serve(base: Path, say: Callable[[str], None], browser: bool) -> None:
    door, loop = Door(), IOLoop.current()
    desk = Desk(base, lambda news: loop.add_callback(door.tell, news))
    sockets = bind_sockets(0, HOST)
    door.port = sockets[0].getsockname()[1]
    server = HTTPServer(application(door, desk), max_buffer_size=MOST_BYTES)
    server.add_sockets(sockets)
    say(f"adreport is open in your browser, on this machine only: {door.address}")
    say("It ends when that page is closed, or by Ctrl-C here.")
    if browser:
        webbrowser.open(door.address)
    try:
        while not door.left(busy=desk.process is not None):
            await asyncio.sleep(LOOKS)
    finally:
        desk.end()
        server.stop()
        await server.close_all_connections()


def application(door: Door, desk: Desk) -> Application:
    """The addresses behind the door."""
    given = {"door": door, "desk": desk}
    return Application([
        ("/[^/]+/", Page, given),
        ("/[^/]+/(check|lock|map|report|cancel)", Action, given),
        ("/[^/]+/live", Live, given),
        (f"/[^/]+/template/({'|'.join(LANGUAGES)})", Template, given),
        ("/[^/]+/kept/(.*)", Kept, given),
        (".*", Nothing, given),
    ])  # fmt: skip


async def _apart(work: Callable[[], dict]) -> dict:
    """What a slow piece of work results in, done beside the server."""
    return await IOLoop.current().run_in_executor(None, work)
