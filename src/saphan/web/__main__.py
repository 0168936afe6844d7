"""`python -m saphan.web FOLDER`: serve a folder of products, and a mission's register if one is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer
import waitress
from waitress.server import BaseWSGIServer, MultiSocketServer

from saphan.core.problem import Finding, Problem, finding
from saphan.pipeline.workspace import open_workspace
from saphan.web.application import LARGEST, application, online

_EVERY_ADDRESS = ("0.0.0.0", "::", "")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def serve(
    products: Annotated[Path, typer.Argument(help="The folder of products that `saphan build` made.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    mission: Annotated[Path | None, typer.Option(help="The mission whose register is to be on line.")] = None,
    site: Annotated[str, typer.Option(help="The address by which phones reach this server, if not this one.")] = "",
) -> None:
    """Serve a folder of products, and a mission's register if one is named."""
    # Under any other name a page elsewhere could point its own name at this machine and read what is not published.
    named = [urlsplit(site).hostname or ""] if site else []
    hosts = ["*"] if host in _EVERY_ADDRESS else [*_LOCAL, host, *named]
    try:
        if mission is None:
            served = application(products, hosts=hosts)
        else:
            workspace = open_workspace(mission, os.environ.get("DATABASE_URL") or None)
            served = online(products, workspace, hosts=hosts, site=site, keys=os.environ.get("SAPHAN_KEYS") or None)
    except Problem as found:
        _stop(*found.findings)
    try:
        server = waitress.create_server(
            served,
            host=host,
            port=port,
            threads=8,
            ident=None,
            clear_untrusted_proxy_headers=True,
            # A little more than the application takes, so that it can say what is too large.
            max_request_body_size=LARGEST + 10_000_000,
        )
    except (OSError, ValueError) as error:
        _stop(finding("serve.address", host=host, port=port, detail=error))
    typer.echo(f"Serving {products} at {_address(host, server)} (stop with Ctrl+C)")
    server.run()


def _address(host: str, server: BaseWSGIServer | MultiSocketServer) -> str:
    """Where a browser on this machine finds the server."""
    port = server.effective_listen[0][1] if isinstance(server, MultiSocketServer) else server.effective_port
    name = "localhost" if host in _EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _stop(*findings: Finding) -> NoReturn:
    for found in findings:
        where = f"{found.at}\n  " if str(found.at) else ""
        typer.echo(f"{where}{found.what}\n  {found.remedy}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(serve)
