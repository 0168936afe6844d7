"""`python -m saphan.web FOLDER`: serve a folder of products, read-only, until stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import waitress
from waitress.server import BaseWSGIServer, MultiSocketServer

from saphan.core.problem import Finding, finding
from saphan.web.application import application

_EVERY_ADDRESS = ("0.0.0.0", "::", "")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def serve(
    products: Annotated[Path, typer.Argument(help="The folder of products that `saphan build` made.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
) -> None:
    """Serve a folder of products, read-only."""
    # Under any other name a page elsewhere could point its own name at this machine and read what is not published.
    hosts = ["*"] if host in _EVERY_ADDRESS else [*_LOCAL, host]
    try:
        server = waitress.create_server(
            application(products, hosts=hosts),
            host=host,
            port=port,
            threads=8,
            ident=None,
            clear_untrusted_proxy_headers=True,
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


def _stop(found: Finding) -> None:
    typer.echo(f"{found.what}\n  {found.remedy}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(serve)
