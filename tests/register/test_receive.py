"""What is received is kept once, byte for byte, and read back as it was typed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saphan.collect.checks import Issue
from saphan.collect.forms.model import Attachment
from saphan.core.problem import Problem
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.model import Actor, Scope
from saphan.register.intake import actions, queries, sealing
from saphan.register.intake.model import Receipt, Sealed, Vault
from saphan.register.intake.tables import Refusal, Submission

from .samples import AT, BY, reading, sealed, submission


def receive(vault: Vault, *batch: Sealed) -> Receipt:
    return actions.receive(batch, vault=vault, by=BY, at=AT)


def ages(vault: Vault) -> dict[str, int]:
    """The age each current submission gives, by pseudonym."""
    return {pseudonym: read.tables[0].values[0][2] for pseudonym, _, _, read in queries.answers("survey", vault)}


def test_bytes_come_back_as_sent_and_answers_as_typed(vault: Vault) -> None:
    receipt = receive(vault, sealed("uuid:1", vault), sealed("uuid:2", vault, age=41))
    assert (receipt.stored, receipt.duplicates, receipt.refused) == (2, 0, ())
    assert queries.original("uuid:1", vault) == submission("uuid:1").xml
    found = {read.instance: read for _, _, _, read in queries.answers("survey", vault)}
    pseudonym = sealing.pseudonym(vault.keyring, "uuid:2")
    assert found[pseudonym].tables == reading("uuid:2", age=41).tables
    assert "uuid" not in repr(found)


def test_the_same_again_is_one(vault: Vault) -> None:
    receive(vault, sealed("uuid:1", vault))
    mark = queries.state()
    receipt = receive(vault, sealed("uuid:1", vault), sealed("uuid:2", vault), sealed("uuid:2", vault))
    assert (receipt.stored, receipt.duplicates) == (1, 2)
    assert queries.state() != mark
    mark = queries.state()
    assert receive(vault, sealed("uuid:1", vault)).duplicates == 1
    assert queries.state() == mark


def test_other_content_under_a_known_id_is_refused_and_recorded_once(vault: Vault) -> None:
    receive(vault, sealed("uuid:1", vault))
    for _ in range(2):
        receipt = receive(vault, sealed("uuid:1", vault, age=99), sealed("uuid:3", vault))
        assert [refused.code for refused in receipt.refused] == ["intake.conflict"]
    assert queries.original("uuid:1", vault) == submission("uuid:1").xml
    (refusal,) = Refusal.objects.all()
    assert (refusal.instance, refusal.code) == ("uuid:1", "intake.conflict")


def test_two_contents_under_one_new_id_in_one_batch(vault: Vault) -> None:
    receipt = receive(vault, sealed("uuid:1", vault, age=20), sealed("uuid:1", vault, age=21))
    assert receipt.stored == 1
    assert [refused.code for refused in receipt.refused] == ["intake.conflict"]
    assert list(ages(vault).values()) == [20]


def test_without_consent_answers_are_kept_and_never_handed_on(vault: Vault) -> None:
    receipt = receive(vault, sealed("uuid:1", vault, consent="no"), sealed("uuid:2", vault))
    assert receipt.quarantined == 1
    assert len(ages(vault)) == 1
    assert queries.original("uuid:1", vault) == submission("uuid:1").xml
    assert queries.counts("survey").quarantined == 1


def test_a_reader_sees_only_the_forms_in_scope(vault: Vault) -> None:
    receive(vault, sealed("uuid:1", vault))
    assert list(queries.answers("survey", vault, Scope(forms=frozenset({"counter"})))) == []
    assert queries.counts("survey", Scope(forms=frozenset())).stored == 0
    with pytest.raises(Problem, match="no submission with this id"):
        queries.original("uuid:1", vault, Scope(forms=frozenset({"counter"})))


def test_without_leave_nothing_is_received(vault: Vault) -> None:
    nobody = Actor(name="nobody", permissions=frozenset())
    before = accounts.head()
    with pytest.raises(Problem, match="no leave to receive"):
        actions.receive([sealed("uuid:1", vault)], vault=vault, by=nobody, at=AT)
    assert Submission.objects.count() == 0
    assert accounts.head() == before


def test_issues_are_kept_with_the_submission(vault: Vault) -> None:
    issue = Issue(instance="uuid:1", check="age.low", severity="warning", table="survey", row=1, column="age")
    assert receive(vault, sealed("uuid:1", vault, issues=[issue])).issues == 1
    assert queries.counts("survey").issues == {"age.low": 1}


def test_a_batch_is_all_or_nothing(vault: Vault) -> None:
    stranger = sealed("uuid:2", vault)
    unknown_form = type(stranger)(
        **{name: getattr(stranger, name) for name in stranger.__slots__} | {"form": "never published"}
    )
    before = accounts.head()
    with pytest.raises(KeyError):
        receive(vault, sealed("uuid:1", vault), unknown_form)
    assert Submission.objects.count() == 0
    assert accounts.head() == before
    assert accounts.verify_audit() is None


EDITS = {
    "uuid:0": None, "uuid:1": "uuid:0", "uuid:2": "uuid:1",  # edited twice
    "uuid:3": None,
    "uuid:5": "uuid:4",  # its first version never arrives
}  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(sorted(EDITS) * 2), cuts=st.sets(st.integers(1, 9)))
def test_the_order_of_arrival_and_the_cut_into_batches_make_no_difference(
    vault: Vault, order: list[str], cuts: set[int]
) -> None:
    prefix = f"{len(Submission.objects.all())}/"  # one database for all examples: fresh ids for each
    arriving = [
        sealed(prefix + name, vault, age=int(name[-1]), deprecates=EDITS[name] and prefix + EDITS[name])
        for name in order
    ]
    before = set(ages(vault))
    edges = [0, *sorted(cuts), len(order)]
    total = sum((receive(vault, *arriving[a:b]) for a, b in pairwise(edges)), Receipt())
    assert (total.stored, total.duplicates, total.refused) == (5, 5, ())
    after = {pseudonym: age for pseudonym, age in ages(vault).items() if pseudonym not in before}
    assert after == {
        sealing.pseudonym(vault.keyring, prefix + "uuid:0"): 2,
        sealing.pseudonym(vault.keyring, prefix + "uuid:3"): 3,
        sealing.pseudonym(vault.keyring, prefix + "uuid:4"): 5,
    }


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (("uuid:2", "uuid:1"), ("uuid:3", "uuid:1"), "intake.edited"),
        (("uuid:2", None), ("uuid:3", "uuid:3"), "intake.circular"),
        (("uuid:2", "uuid:3"), ("uuid:3", "uuid:2"), "intake.circular"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_versions_form_a_line(
    vault: Vault, first: tuple[str, str | None], second: tuple[str, str], code: str, together: bool
) -> None:
    batch = [sealed(name, vault, deprecates=replaced) for name, replaced in (first, second)]
    receipts = [receive(vault, *batch)] if together else [receive(vault, one) for one in batch]
    total = sum(receipts, Receipt())
    assert (total.stored, [refused.code for refused in total.refused]) == (1, [code])


def test_files_arrive_in_several_posts(vault: Vault) -> None:
    photo, track = Attachment(name="photo.jpg", content=b"\xff\xd8" * 500), Attachment(name="audit.csv", content=b"a,b")
    receive(vault, sealed("uuid:1", vault, attachments=[photo]))
    assert receive(vault, sealed("uuid:1", vault, attachments=[photo, track])).duplicates == 1
    receipt = receive(
        vault, sealed("uuid:1", vault, attachments=[Attachment(name="photo.jpg", content=b"another photo")])
    )
    assert [refused.code for refused in receipt.refused] == ["intake.attachment"]
    receive(vault, sealed("uuid:2", vault, attachments=[photo]), sealed("uuid:2", vault, attachments=[track]))
    for instance in ("uuid:1", "uuid:2"):
        assert queries.attachment(instance, "photo.jpg", vault) == photo.content
        assert queries.attachment(instance, "audit.csv", vault) == track.content
    for path in vault.attachments.iterdir():
        assert photo.content not in path.read_bytes()


def test_an_edit_has_the_files_of_the_version_it_replaces(vault: Vault) -> None:
    photo, other = (Attachment(name="photo.jpg", content=content) for content in (b"\xff\xd8first", b"\xff\xd8other"))
    receive(vault, sealed("uuid:1", vault, attachments=[photo]), sealed("uuid:2", vault, deprecates="uuid:1"))
    receive(vault, sealed("uuid:3", vault, deprecates="uuid:2", attachments=[other]))
    assert queries.attachment("uuid:2", "photo.jpg", vault) == photo.content
    assert queries.attachment("uuid:3", "photo.jpg", vault) == other.content
    with pytest.raises(Problem, match="missing"):
        queries.attachment("uuid:3", "audit.csv", vault)


def at_once(*work: Callable[[], object]) -> None:
    """Run each in a thread of its own, started together; the first error of any is raised."""
    together = threading.Barrier(len(work))
    errors: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            together.wait()
            one()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_receivers_of_the_same_submissions_at_once_store_them_once(vault: Vault) -> None:
    batches = [[sealed(f"uuid:{number}", vault, age=age) for number in range(60)] for age in (30, 30, 31)]
    receipts: list[Receipt] = []

    def work(batch: list[Sealed]) -> None:
        receipts.extend(receive(vault, *batch[start : start + 10]) for start in range(0, 60, 10))

    at_once(*(partial(work, batch) for batch in (batches[0], batches[1][::-1], batches[2])))
    total = sum(receipts, Receipt())
    assert total.stored == 60
    assert total.stored + total.duplicates + len(total.refused) == 180
    assert Submission.objects.count() == 60
    assert accounts.verify_audit() is None


def test_receivers_of_the_same_files_at_once_keep_them_once(vault: Vault) -> None:
    names = [f"uuid:{number}" for number in range(8)]
    receive(vault, *(sealed(name, vault) for name in names))
    photo = Attachment(name="photo.jpg", content=b"\xff\xd8" * 500)
    batches = [[sealed(name, vault, attachments=[photo]) for name in order] for order in (names, names[::-1], names)]
    at_once(*(partial(receive, vault, *batch) for batch in batches))
    assert len(list(vault.attachments.iterdir())) == len(names)
    assert all(queries.attachment(name, "photo.jpg", vault) == photo.content for name in names)


@pytest.mark.parametrize("attempt", range(5))
def test_an_edit_that_arrives_while_its_submission_is_erased_is_erased_or_refused(vault: Vault, attempt: int) -> None:
    receive(vault, sealed("uuid:1", vault))
    edit = sealed("uuid:2", vault, deprecates="uuid:1")
    at_once(
        partial(receive, vault, edit),
        partial(actions.erase, "uuid:1", why="withdrawn", vault=vault, by=BY, at=AT),
    )
    assert ages(vault) == {}
    assert not queries.holds_content()
