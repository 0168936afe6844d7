"""What a phone needs to be told to send to a mission: settings for ODK Collect and KoboCollect, for one QR code."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from saphan.core.problem import problem

PROJECT = 1  # a register is of one mission, which clients know as one project


def server_url(server: str, token: str) -> str:
    """Where a phone with this token sends to, at a server whose address is `server`; Problem "access.server"."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in server:
        raise problem("access.server", server=server)
    return f"{server.rstrip('/')}/v1/key/{token}/projects/{PROJECT}"


def settings(server: str, token: str, *, name: str) -> Mapping[str, Mapping[str, object]]:
    """Collect's settings for a project `name`: forms as the server has them, sent at once, deleted once sent.

    The keys are those of Collect's own export of settings. Problem "access.server".
    """
    return {
        "general": {
            "server_url": server_url(server, token),
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "delete_send": True,
        },
        "project": {"name": name},
        "admin": {},
    }


def qr_text(told: Mapping[str, Mapping[str, object]]) -> str:
    """What stands in the QR code for settings: their JSON, compressed, in base 64."""
    return b64encode(zlib.compress(msgspec.json.encode(told), 9)).decode()
