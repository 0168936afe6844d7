"""Send: one submission with its files, as a phone brings it, into the register, durable once this returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from saphan.collect import checks, forms
from saphan.collect.forms.model import Attachment, Form, Submission
from saphan.core.problem import At, Finding, Problem, problem
from saphan.pipeline.readers import Desk
from saphan.register.accounts.model import Actor
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake import queries as taken
from saphan.register.intake.model import Sealed, Vault

_LONGEST_DEVICE = 255  # characters
_CLIENT = "openrosa"


class Gate:
    """Takes submissions one by one for as long as a server runs; may be used by several threads.

    Forms are looked up anew when another version has been published, by whatever way.
    """

    def __init__(self, vault: Vault, context: checks.Context) -> None:
        self.vault = vault
        self._context = context
        self._lock = Lock()
        self._known: Mapping[tuple[str, str], int] | None = None
        self._forms: Mapping[tuple[str, str], Form] = {}
        self._desk = Desk([], context, vault.keyring)

    def forms(self) -> Mapping[str, Form]:
        """The forms that phones are to have: of each published one the version published last."""
        with self._lock:
            self._look()
            return {form: latest for (form, _), latest in self._forms.items()}

    def take(self, xml: bytes, files: Sequence[Attachment], *, device: str, by: Actor, at: datetime) -> None:
        """Take one submission, or more files of one taken before; of the files those that the XML names.

        `device` is what the phone calls itself, if anything. Problem `submission.*`, `intake.*`, "access.denied": then
        nothing was stored but the refusal, and files that were new beside one refused under a known name.
        """
        if files:
            named = forms.texts(xml)
            files = [file for file in files if file.name in named]
        source = device[:_LONGEST_DEVICE] if device.isprintable() and device else _CLIENT
        sent = Submission(xml=xml, source=source, received=at, submitter=by.name, attachments=files)
        with self._lock:
            self._look()
            sealed = self._desk.take(sent)
        edits = sealed.deprecates
        if edits and edits != sealed.instance and not taken.known(sealed.instance) and not taken.known(edits):
            raise problem("intake.edits-unknown", At(instance=sealed.instance), deprecates=edits)
        receipt = intake.receive([sealed], vault=self.vault, by=by, at=at)
        for refused in receipt.refused:
            raise _refusal(sealed, refused.code, refused.reason)

    def _look(self) -> None:
        known = fieldwork.keys()
        if known == self._known:
            return
        self._forms = fieldwork.forms()
        latest = dict(self._forms.keys())
        context = replace(self._context, versions=latest)
        self._desk = Desk(list(self._forms.values()), context, self.vault.keyring)
        self._known = known


def _refusal(sealed: Sealed, code: str, reason: str) -> Problem:
    found = Finding(code=code, at=At(instance=sealed.instance), what=reason, remedy="")
    return Problem([found], {"deprecates": sealed.deprecates})
