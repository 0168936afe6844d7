"""What the server gives out, to whom, and with which headers."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from saphan.web.urls import urlpatterns
from tests.web.conftest import FIGURE, Server, fill, running

TYPES = {
    "/factsheet.en.html": "text/html; charset=utf-8",
    "/factsheet.th.pdf": "application/pdf",
    "/register.json": "application/json",
    "/dataset/figures.csv": "text/csv; charset=utf-8",
    "/dataset/figures.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "/" + FIGURE: "text/html; charset=utf-8",
}
EVERY_PAGE = ["/", "/nothing-here", *TYPES]
ROUTES = [str(route.pattern).replace("<path:path>", "register.json") for route in urlpatterns]


@pytest.mark.parametrize("path", TYPES)
def test_a_product_comes_byte_for_byte_with_its_type(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == TYPES[path]
    assert answer.body == (server.root / path.lstrip("/")).read_bytes()


@pytest.mark.parametrize("path", [*EVERY_PAGE, *(f"/{route}" for route in ROUTES)])
def test_every_answer_carries_the_headers_that_keep_it_safe(server: Server, path: str) -> None:
    headers = server.ask(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.json",
        "/dataset/../../secret.json",
        "/%2e%2e/secret.json",
        "/..%2fsecret.json",
        "/%2e%2e%2fsecret.json",
        "/dataset/..%5c..%5csecret.json",
        "/..%c0%afsecret.json",
        "/%252e%252e/secret.json",
        "//secret.json",
        "/dataset//figures.csv",
        "/./register.json",
        "/register.json%00.html",
        "/link.json",
        "/folder/secret.json",
        "/.hidden.html",
        "/.git/config.json",
        "/figures/../.git/config.json",
        "/notes.txt",
        "/keys/mission.key",
        "/dataset",
        "/dataset/",
        "/keys/",
        "/figures/flow.movements/",
        "/register.json/",
        "/" + "a/" * 3000,
    ],
)
def test_nothing_but_products_is_given_out(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body.replace(b"secret.json", b"")
    assert b"hidden\n" not in answer.body
    assert "mission.key" not in answer.text


def test_an_absolute_path_of_the_machine_leads_nowhere(server: Server) -> None:
    secret = server.root.parent / "secret.json"
    assert secret.read_text("utf-8") == "secret"
    for path in (f"/{secret}", str(secret), f"file://{secret}", "/etc/passwd"):
        assert server.ask(path).status in (400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/register.json"])
def test_pages_are_for_reading_only(server: Server, method: str, path: str) -> None:
    answer = server.ask(path, method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_head_says_what_get_would_without_the_content(server: Server, path: str) -> None:
    got, told = server.ask(path), server.ask(path, "HEAD")
    assert (told.status, told.body) == (got.status, b"")
    assert told.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path", ["/", *TYPES])
def test_what_has_not_changed_is_not_sent_again(server: Server, path: str) -> None:
    first = server.ask(path)
    assert first.headers["cache-control"] == "no-cache"
    again = server.ask(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = server.ask(path, If_None_Match='"another"')
    assert (other.status, other.body) == (200, first.body)


def test_text_travels_small(server: Server) -> None:
    path = server.root / "factsheet.en.html"
    answer = server.ask("/factsheet.en.html", Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == path.read_bytes()
    assert len(answer.body) < path.stat().st_size / 2
    again = server.ask("/factsheet.en.html", Accept_Encoding="gzip", If_None_Match=answer.headers["etag"])
    assert again.status == 304


def test_a_name_that_is_not_this_machine_is_refused(server: Server) -> None:
    assert server.ask("/", Host=f"localhost:{server.port}").status == 200
    assert server.ask("/", Host="elsewhere.example").status == 400


def test_a_figure_without_its_slash_is_sent_to_its_page(server: Server) -> None:
    answer = server.ask("/figures/flow.movements/direction=in/2023")
    assert answer.status == 301
    assert server.ask(answer.headers["location"]).status == 200


def test_the_landing_page_leads_to_everything(server: Server) -> None:
    text = server.ask("/").text
    assert "Crossings &amp; counts" in text
    assert "Crossings &amp;amp;" not in text
    for path in (
        "factsheet.en.html",
        "factsheet.th.html",
        "factsheet.th.pdf",
        "dataset/figures.csv",
        "dataset/figures.xlsx",
        "figures/index.html",
        "register.json",
    ):
        assert f'href="/{path}"' in text
        assert server.ask(f"/{path}").status == 200
    assert "SIMULATED DATA" in text
    assert "hidden.html" not in text


@pytest.mark.parametrize(
    ("accepted", "asked", "language"),
    [
        ("", "", "en"),
        ("th-TH,th;q=0.9,en;q=0.8", "", "th"),
        ("en;q=0.5, th;q=0.7", "", "th"),
        ("fr, th;q=0", "", "en"),
        ("th;q=x, ;;, *", "", "en"),
        ("en", "th", "th"),
        ("th", "xx", "th"),
        ("", "<script>", "en"),
    ],
)
def test_the_landing_page_speaks_the_readers_language(server: Server, accepted: str, asked: str, language: str) -> None:
    answer = server.ask("/" + (f"?language={asked}" if asked else ""), Accept_Language=accepted)
    assert f'<html lang="{language}">' in answer.text
    assert "accept-language" in answer.headers["vary"].lower()
    assert "<script" not in answer.text


def test_a_missing_figure_is_answered_with_the_nearest_and_a_way_home(server: Server) -> None:
    answer = server.ask("/figures/flow.movements/direction=on/2023/")
    assert answer.status == 404
    assert 'href="/figures/flow.movements/direction=in/2023/"' in answer.text
    assert 'href="/"' in answer.text


def test_an_empty_shelf_says_what_to_do_and_fills_while_the_server_runs(tmp_path: Path) -> None:
    root = tmp_path / "products"
    with running(root) as server:
        empty = server.ask("/")
        assert empty.status == 200
        assert "saphan build" in empty.text
        assert server.ask("/figures/x/").status == 404
        fill(root)
        assert "factsheet.en.html" in server.ask("/").text


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = subprocess.run(
            [sys.executable, "-m", "saphan.web", str(tmp_path), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert said.returncode == 1
    assert f"port {port}" in said.stderr
    assert "--port" in said.stderr
    assert "Traceback" not in said.stderr
