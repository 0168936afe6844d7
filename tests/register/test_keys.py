"""The mission's keyring: kept by its owner alone, made once, and never taken for another's."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saphan.core.problem import Problem
from saphan.register.intake import keyfile, sealing
from saphan.register.intake.model import Keyring

from .samples import reading, submission

KEYS = st.binary(min_size=32, max_size=32)


@given(current=KEYS, pseudonym=KEYS, former=st.lists(KEYS, max_size=3))
def test_a_keyring_is_read_as_written(current: bytes, pseudonym: bytes, former: list[bytes]) -> None:
    keyring = Keyring(current=current, pseudonym=pseudonym, former=tuple(former))
    assert sealing.read_keyring(sealing.write_keyring(keyring)) == keyring


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "mission.key"
    keyring = keyfile.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyfile.read(path) == keyring
    assert keyfile.make(path) == keyring
    turned = sealing.turned(keyring)
    keyfile.replace(path, turned)
    assert keyfile.read(path) == turned
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["mission.key"]


def test_first_uses_at_once_end_with_one_keyring(tmp_path: Path) -> None:
    made: list[Keyring] = []
    threads = [threading.Thread(target=lambda: made.append(keyfile.make(tmp_path / "mission.key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert set(made) == {keyfile.read(tmp_path / "mission.key")}


@pytest.mark.parametrize("text", ["", "saphan-keys-1:", "saphan-keys-1:AAAA:AAAA", "saphan-keys-1:ä", "hello"])
def test_what_is_no_keyring_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mission.key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match="not a keyring"):
        keyfile.read(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Put the file back"):
        keyfile.read(tmp_path / "mission.key")


def test_keys_are_in_no_text_that_might_be_logged() -> None:
    keyring = sealing.new_keyring()
    assert keyring.current.hex() not in repr(keyring)
    assert repr(keyring.current) not in repr(keyring)


@given(instance=st.text(min_size=1, max_size=255), other=st.text(min_size=1, max_size=255))
def test_sealed_content_opens_under_its_own_id_and_kind_only(instance: str, other: str) -> None:
    keyring = sealing.new_keyring()
    one = sealing.Sealer(keyring)(submission(instance), reading(instance))
    key = sealing.Unwrapper(keyring)(one.key_id, instance, one.wrapped_key)
    assert sealing.open_original(key, instance, one.original) == submission(instance).xml
    assert sealing.open_answers(key, instance, one.answers) == reading(instance)
    with pytest.raises(Problem, match="does not open"):
        sealing.open_answers(key, instance, one.original)
    if other != instance:
        with pytest.raises(Problem, match="does not open"):
            sealing.open_original(key, other, one.original)
        with pytest.raises(Problem, match="does not open"):
            sealing.Unwrapper(keyring)(one.key_id, other, one.wrapped_key)
    with pytest.raises(Problem, match="not in the mission's keyring"):
        sealing.Unwrapper(sealing.new_keyring())(one.key_id, instance, one.wrapped_key)


def test_an_endless_id_is_refused() -> None:
    with pytest.raises(Problem, match="longer than 255"):
        sealing.Sealer(sealing.new_keyring())(submission("x" * 256), reading("x" * 256))
