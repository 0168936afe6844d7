"""Submissions that a phone encrypted for the holder of a private key, as ODK does; bytes in, bytes out.

A random AES-256 key, itself under RSA-OAEP (SHA-256, MGF1 with SHA-256); each file under AES-CFB with PKCS#7 padding,
the media in the order of the manifest and the instance XML last; a signature over the MD5 of all of them. After the
ODK XForms specification, section "Encryption"; MD5 is the specification's and protects nothing here.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

try:  # where newer releases keep the modes that are no longer advised; Collect knows no other
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:
    from cryptography.hazmat.primitives.ciphers.modes import CFB

from lxml import etree

from saphan.collect.forms.instances import DEFAULT_LIMIT, make_parser, parse
from saphan.core.problem import At, Problem, finding, problem

_NAMESPACE = "http://opendatakit.org/submissions"
_MARK = b"base64EncryptedKey"
_ENDING = ".enc"
_OAEP = asymmetric.OAEP(asymmetric.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_BLOCK = 16  # bytes


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is said in the open of an encrypted submission: form, id, and the names of its encrypted files."""

    form: str
    version: str
    instance: str
    key: str  # base64, as it stands there: it is signed so
    signature: bytes
    xml: str
    media: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The encrypted files in the order in which the phone encrypted them."""
        return (*self.media, self.xml)


@dataclass(frozen=True, kw_only=True, repr=False)
class Plain:
    """A decrypted submission: the instance XML, and its media by the names that the XML calls them."""

    xml: bytes
    media: Mapping[str, bytes]


def manifest(xml: bytes, at: At | None = None) -> Manifest | None:
    """The manifest of an encrypted submission, or None if `xml` is none; Problem "encrypted.manifest"."""
    if _MARK not in xml:
        return None
    root = parse(xml, make_parser(), limit=DEFAULT_LIMIT, at=at)
    if root.get("encrypted") != "yes" and etree.QName(root).namespace != _NAMESPACE:
        return None
    said: dict[str, str] = {}
    media: list[str] = []
    for element in root.iter():
        name, text = etree.QName(element).localname, (element.text or "").strip()
        if name == "file":
            media.append(text)
        elif text:
            said.setdefault(name, text)
    needed = ("base64EncryptedKey", "encryptedXmlFile", "base64EncryptedElementSignature", "instanceID")
    missing = [name for name in needed if name not in said] + [name for name in ("id",) if not root.get(name)]
    if missing:
        raise problem("encrypted.manifest", at, what=", ".join(missing))
    return Manifest(
        form=root.get("id") or "",
        version=root.get("version") or "",
        instance=said["instanceID"],
        key=said["base64EncryptedKey"],
        signature=_base64(said["base64EncryptedElementSignature"]),
        xml=said["encryptedXmlFile"],
        media=tuple(media),
    )


def private_key(pem: bytes, passphrase: str | None = None) -> RSAPrivateKey:
    """The private key in a PEM file; Problem "encrypted.key-file" if it is none, or is under another passphrase."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise problem("encrypted.key-file", detail=str(error).split(".")[0]) from None
    if not isinstance(key, RSAPrivateKey):
        raise problem("encrypted.key-file", detail="it is not an RSA key")
    return key


def decrypt(sent: Manifest, files: Mapping[str, bytes], key: RSAPrivateKey) -> Plain:
    """What the phone encrypted, byte for byte, from `files` by their names in the manifest.

    Problem "encrypted.missing" (every file that has not arrived), "encrypted.key", "encrypted.damaged",
    "encrypted.signature".
    """
    at = At(instance=sent.instance)
    missing = [finding("encrypted.missing", at, name=name) for name in sent.files if name not in files]
    if missing:
        raise Problem(missing)
    try:
        symmetric = key.decrypt(_base64(sent.key), _OAEP)
        signed = key.decrypt(sent.signature, _OAEP)
        cipher = AES(symmetric)
    except ValueError:
        raise problem("encrypted.key", at) from None
    seed = bytearray(hashlib.md5(sent.instance.encode() + symmetric, usedforsecurity=False).digest())
    plain = {}
    for number, name in enumerate(sent.files):
        seed[number % _BLOCK] = (seed[number % _BLOCK] + 1) % 256
        plain[name.removesuffix(_ENDING)] = _file(cipher, bytes(seed), name, files[name], at)
    if hashlib.md5(_signed(sent, plain), usedforsecurity=False).digest() != signed:
        raise problem("encrypted.signature", at)
    xml = plain.pop(sent.xml.removesuffix(_ENDING))
    return Plain(xml=xml, media=plain)


def _file(cipher: AES, vector: bytes, name: str, content: bytes, at: At) -> bytes:
    decryptor = Cipher(cipher, CFB(vector)).decryptor()
    unpadder = padding.PKCS7(8 * _BLOCK).unpadder()
    try:
        return unpadder.update(decryptor.update(content) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise problem("encrypted.damaged", at, name=name) from None


def _signed(sent: Manifest, plain: Mapping[str, bytes]) -> bytes:
    lines = [sent.form, sent.version, sent.key, sent.instance]
    lines += [f"{name}::{hashlib.md5(content, usedforsecurity=False).hexdigest()}" for name, content in plain.items()]
    return "".join(f"{line}\n" for line in lines).encode()


def _base64(text: str) -> bytes:
    try:
        return b64decode(text)
    except ValueError:
        return b""
