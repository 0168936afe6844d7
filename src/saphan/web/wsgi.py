"""The application for a server of several workers: `gunicorn saphan.web.wsgi` (docs/how-to/run-in-production.md).

From the environment: SAPHAN_MISSION, the mission's folder; SAPHAN_HOSTS, the names it answers to, with commas between.
"""

from __future__ import annotations

import os
from pathlib import Path

from saphan.pipeline.workspace import open_workspace
from saphan.web.application import application as over

_hosts = [name.strip() for name in os.environ["SAPHAN_HOSTS"].split(",") if name.strip()]

application = over(open_workspace(Path(os.environ["SAPHAN_MISSION"])).products, hosts=_hosts)
