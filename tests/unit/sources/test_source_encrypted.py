"""Encrypted submissions, against one that ODK Central decrypted to the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from saphan.collect.sources import encrypted
from saphan.collect.sources.encrypted import Manifest
from saphan.core.problem import Problem


@pytest.fixture
def vector(shared_data: Path) -> Path:
    return shared_data / "central-exchanges" / "encrypted"


@pytest.fixture
def sent(vector: Path) -> Manifest:
    found = encrypted.manifest((vector / "submission.xml").read_bytes())
    assert found is not None
    return found


def files(vector: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in vector.glob("*.enc")}


def key(vector: Path) -> rsa.RSAPrivateKey:
    return encrypted.private_key((vector / "private.pem").read_bytes())


def code(found: pytest.ExceptionInfo[Problem]) -> list[str]:
    return [one.code for one in found.value.findings]


def test_it_decrypts_byte_for_byte(vector: Path, sent: Manifest) -> None:
    plain = encrypted.decrypt(sent, files(vector), key(vector))
    found = {"submission.xml": plain.xml, **plain.media}
    assert found == {path.name: path.read_bytes() for path in (vector / "plain").iterdir()}


def test_another_key_says_so(vector: Path, sent: Manifest) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Problem) as found:
        encrypted.decrypt(sent, files(vector), other)
    assert code(found) == ["encrypted.key"]


@pytest.mark.parametrize("length", [0, 1, 16, 100, 500])
def test_a_cut_file_says_so(vector: Path, sent: Manifest, length: int) -> None:
    cut = {**files(vector), "p.jpg.enc": files(vector)["p.jpg.enc"][:length]}
    with pytest.raises(Problem) as found:
        encrypted.decrypt(sent, cut, key(vector))
    assert code(found) == ["encrypted.damaged"]
    assert "p.jpg.enc" in str(found.value)


def test_every_missing_file_is_named(vector: Path, sent: Manifest) -> None:
    with pytest.raises(Problem) as found:
        encrypted.decrypt(sent, {"submission.xml.enc": b""}, key(vector))
    assert code(found) == ["encrypted.missing", "encrypted.missing"]
    assert "p.jpg.enc" in str(found.value)
    assert "audit.csv.enc" in str(found.value)


def test_an_altered_file_does_not_pass_the_signature(vector: Path, sent: Manifest) -> None:
    photo = files(vector)["p.jpg.enc"]
    altered = {**files(vector), "p.jpg.enc": bytes([photo[0] ^ 1]) + photo[1:]}
    with pytest.raises(Problem) as found:
        encrypted.decrypt(sent, altered, key(vector))
    assert code(found) == ["encrypted.signature"]


def test_a_signature_of_another_version_does_not_pass(vector: Path, sent: Manifest) -> None:
    with pytest.raises(Problem) as found:
        encrypted.decrypt(replace(sent, version="other"), files(vector), key(vector))
    assert code(found) == ["encrypted.signature"]


def test_a_manifest_without_its_signature_says_what_it_lacks() -> None:
    xml = b'<data xmlns="http://opendatakit.org/submissions" id="a" encrypted="yes"><base64EncryptedKey>AA=='
    with pytest.raises(Problem) as found:
        encrypted.manifest(xml + b"</base64EncryptedKey></data>")
    assert code(found) == ["encrypted.manifest"]
    assert "base64EncryptedElementSignature" in str(found.value)


def test_an_ordinary_submission_has_no_manifest() -> None:
    assert encrypted.manifest(b"<data id='a'><note>base64EncryptedKey</note></data>") is None
    assert encrypted.manifest(b"<data id='a'/>") is None


def test_what_is_no_rsa_key_in_pem_says_so() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for pem in (b"", b"not a key", elliptic):
        with pytest.raises(Problem) as found:
            encrypted.private_key(pem)
        assert code(found) == ["encrypted.key-file"]


def test_a_key_under_a_passphrase_opens_with_it_alone(vector: Path) -> None:
    locked = key(vector).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    assert encrypted.private_key(locked, "open sesame").key_size == 2048
    for passphrase in (None, "another"):
        with pytest.raises(Problem) as found:
            encrypted.private_key(locked, passphrase)
        assert code(found) == ["encrypted.key-file"]
