"""The application for a server of several workers: `gunicorn --preload saphan.web.wsgi` (how-to/run-in-production).

From the environment: SAPHAN_MISSION, the mission's folder; SAPHAN_HOSTS, the names it answers to, with commas between;
SAPHAN_SITE, the address by which phones reach it, where that is not the request's own; DATABASE_URL and SAPHAN_KEYS.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connections

from saphan.pipeline.workspace import open_workspace
from saphan.web.application import online

_hosts = [name.strip() for name in os.environ["SAPHAN_HOSTS"].split(",") if name.strip()]

_workspace = open_workspace(Path(os.environ["SAPHAN_MISSION"]), os.environ.get("DATABASE_URL") or None)

application = online(
    _workspace.products,
    _workspace,
    hosts=_hosts,
    site=os.environ.get("SAPHAN_SITE", ""),
    keys=os.environ.get("SAPHAN_KEYS") or None,
)
# Loaded once, before the workers are made (--preload): a connection must not be shared with them.
connections.close_all()
