"""Ed25519 signatures over the canonical text of records (section 8 of the wire contract)."""

from __future__ import annotations

import json
import re
import stat
import struct
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from rondo.errors import RondoError
from rondo.tensors import digest_of_digests, sha256
from rondo.wire import NAMESPACE, Record, bundled_text

ALGORITHM = "Ed25519"
VERSION = 1
PREFIX = "ed25519:"

_TAG = "rondo-signature-v1\n"
_LONGEST_FILE = 4096
_REMEMBERED = 16
_OF_OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


# the text


class _Type:
    """A schema as it is in a file, with the types that are named in it."""

    def __init__(self, schema: Any, named: dict[str, _Type]) -> None:
        self.schema: Any = named[schema].schema if isinstance(schema, str) and schema in named else schema
        self.named = named
        self.kind: str = ""
        self.fields: list[tuple[str, _Type, Any]] = []
        self.branches: list[_Type] = []
        self.items: _Type = self
        if schema is not self.schema:
            self.kind = named[schema].kind
            return
        self.kind = schema if isinstance(schema, str) else "union" if isinstance(schema, list) else schema["type"]
        if isinstance(schema, dict) and "name" in schema:
            named[schema["name"]] = named[f"{NAMESPACE}.{schema['name'].removeprefix(NAMESPACE + '.')}"] = self
        # definitions come before their uses, whatever order a text takes the fields in
        self.fields = (
            [(each["name"], _Type(each["type"], named), each) for each in schema["fields"]]
            if self.kind == "record"
            else []
        )
        self.branches = [_Type(each, named) for each in schema] if self.kind == "union" else []
        self.items = _Type(schema["items" if self.kind == "array" else "values"], named) if self.has_items() else self

    def has_items(self) -> bool:
        return self.kind in ("array", "map")

    def resolved(self) -> _Type:
        """The definition, where this is a use of a name."""
        name = self.schema.get("name") if isinstance(self.schema, dict) else None
        return self if name is None else self.named[name]

    def default(self, value: Any) -> Any:
        """A default of a file as a value."""
        match self.kind:
            case "union":
                return self.branches[0].resolved().default(value)
            case "bytes" | "fixed":
                return value.encode("latin-1")
            case _:
                return value


@cache
def _schema(name: str) -> _Type:
    text = bundled_text(name)
    if text is None:
        raise ValueError(f"no record {name}")
    return _Type(json.loads(text), {})


@cache
def _within(name: str, of: str) -> _Type:
    return _schema(of).named[name]


def _counted(text: str) -> str:
    return f"{len(text.encode())}:{text}"


def _value(label: str, kind: _Type, value: Any) -> str:
    kind = kind.resolved()
    match kind.kind:
        case "int" | "long" | "enum":
            return f"{label} {value}\n"
        case "boolean":
            return f"{label} {'true' if value else 'false'}\n"
        case "double":
            return f"{label} {struct.pack('>d', value).hex()}\n"
        case "string":
            return f"{label} {_counted(value)}\n"
        case "bytes" | "fixed":
            return f"{label} {bytes(value).hex()}\n"
        case "union":
            if value is None:
                return f"{label} null\n"
            return _value(label, next(each for each in kind.branches if each.kind != "null"), value)
        case "record":
            return f"{label} {{\n{_fields(kind, value, outermost=False)}}}\n"
        case "array":
            return f"{label} [\n{''.join(_value('-', kind.items, each) for each in value)}]\n"
        case "map":
            keys = sorted(value, key=str.encode)
            return f"{label} [\n{''.join(_value(_counted(key), kind.items, value[key]) for key in keys)}]\n"
        case other:
            raise ValueError(f"no canonical text of {other}")


def _fields(kind: _Type, values: Mapping[str, Any], *, outermost: bool) -> str:
    lines = []
    for name, of, schema in sorted(kind.resolved().fields, key=lambda each: each[0]):
        if outermost and name == "signature":
            continue
        if "default" in schema:
            standard = _value(name, of, of.resolved().default(schema["default"]))
            written = _value(name, of, values[name]) if name in values else standard
            if written != standard:
                lines.append(written)
        else:
            lines.append(_value(name, of, values[name]))
    return "".join(lines)


def text(record: Record, sequence: int, opened: bytes | None) -> bytes:
    """The bytes that a signature of the record signs."""
    answered = "null" if opened is None else opened.hex()
    return (
        f"{_TAG}sequence {sequence}\nopened {answered}\nrecord {NAMESPACE}.{record.type}\n"
        f"{_fields(_schema(record.type), record.fields, outermost=True)}"
    ).encode()


def digest(record: Record) -> bytes:
    """SHA-256 of the record's own lines, by which other signed records name it."""
    lines = _fields(_schema(record.type), record.fields, outermost=True)
    return sha256(f"{_TAG}record {NAMESPACE}.{record.type}\n{lines}".encode())


def receipt_text(published: Record) -> bytes:
    """What an aggregator signs of a publication for receipts: no trainer is named."""
    member = _within("CohortMember", "RoundPublished")
    digests = [
        sha256(f"{_TAG}record {NAMESPACE}.CohortMember\n{_fields(member, each, outermost=True)}".encode())
        for each in published["members"]
    ]
    return (
        f"rondo-receipt-v1\njob {published['jobUuid']}\nround {published['round']}\nrevision {published['revision']}\n"
        f"adapter {published['digest'].hex()}\nmembers {len(digests)} {digest_of_digests(digests).hex()}\n"
        f"decisions {published['firstSequence']} {published['lastSequence']}\nchain {published['chain'].hex()}\n"
    ).encode()


# keys


def is_key(public: str) -> bool:
    return re.fullmatch(PREFIX + "[0-9a-f]{64}", public) is not None


def verifies(public: str, signed: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public.removeprefix(PREFIX))).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class SigningKey:
    """A private key. Only its public key is ever shown."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PREFIX + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def __repr__(self) -> str:
        return f"private key of {self.public}"

    @staticmethod
    def of_seed(seed: bytes) -> SigningKey:
        return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))

    @staticmethod
    def read(file: Path) -> SigningKey:
        """The key that ``rondo keys create`` wrote."""
        create = "create one with: rondo keys create FILE"
        try:
            found = file.stat()
            if found.st_mode & _OF_OTHERS:
                raise _bad(file, "others may read or write it", f"keep it to its owner: chmod 600 {file}")
            if found.st_size > _LONGEST_FILE:
                raise _bad(file, f"it has more than {_LONGEST_FILE} bytes", create)
            key = load_pem_private_key(file.read_bytes(), None)
        except OSError as e:
            raise _bad(file, f"it cannot be read: {e.strerror}", f"check the path, or {create}") from e
        except (ValueError, TypeError) as e:
            raise _bad(file, "it is no private key in PEM", create) from e
        if not isinstance(key, Ed25519PrivateKey):
            raise _bad(file, "its private key is not Ed25519", create)
        return SigningKey(key)

    def signed(self, record: Record, sequence: int, opened: bytes | None) -> Record:
        signature = {
            "algorithm": ALGORITHM,
            "keyId": self.public.removeprefix(PREFIX),
            "version": VERSION,
            "value": self._key.sign(text(record, sequence, opened)),
            "sequence": sequence,
            "opened": opened,
            "receipt": None,
        }
        return Record(record.type, {**record.fields, "signature": signature})


def _bad(file: Path, problem: str, next_step: str) -> RondoError:
    return RondoError("bad-key", f"the key file {file} cannot be used: {problem}", next_step)


def problem(record: Record, keys: Iterable[str]) -> str | None:
    """What is wrong with a record's signature; None where one of the keys has signed the record."""
    signature = record.fields.get("signature")
    if signature is None:
        return "it is not signed"
    if signature["algorithm"] != ALGORITHM or signature["version"] != VERSION:
        return f"the signature is not Ed25519 of version {VERSION}"
    if len(signature["value"]) != 64:
        return f"the signature has {len(signature['value'])} bytes, not 64"
    key = next((each for each in keys if each == PREFIX + signature["keyId"]), None)
    if key is None:
        return "the key is none that counts here"
    signed = text(record, signature["sequence"], signature["opened"])
    return None if verifies(key, signed, signature["value"]) else "the signature is not of these values"


def receipt_problem(published: Record, key: str) -> str | None:
    """What is wrong with the signature for receipts; None also where an older aggregator wrote none."""
    receipt = (published.fields.get("signature") or {}).get("receipt")
    if receipt is None or verifies(key, receipt_text(published), receipt):
        return None
    return "the signature for receipts is not of these values"


def is_genuine(submitted: Record) -> bool:
    """Whether a submission is signed by the operator that it names; one that names none needs no signature."""
    operator = submitted["spec"].get("operatorKey", "")
    return not operator or problem(submitted, [operator]) is None


class Signer:
    """What one process of a trainer signs, and whose signatures it asks for."""

    def __init__(self, key: SigningKey | None, aggregator: str) -> None:
        self._key = key
        self._aggregator = aggregator
        self._opened: dict[int, bytes] = {}
        self._last: bytes | None = None
        self._sequence = 0

    @staticmethod
    def of(spec: Mapping[str, Any], key: SigningKey | None) -> Signer:
        """Refuses a job that asks for a key where there is none, and the other way round."""
        asked = bool(spec.get("operatorKey"))
        if asked and key is None:
            raise RondoError(
                "key-mismatch",
                f"job '{spec['name']}' takes signed records only, and no key was given",
                "create one with `rondo keys create FILE`, have the operator add it, and give it with --key",
            )
        if not asked and key is not None:
            raise RondoError(
                "key-mismatch",
                f"a key was given, and job '{spec['name']}' names no operator who vouches for it",
                "ask the operator for a job with keys, or start the trainer without --key",
            )
        return Signer(key, spec.get("aggregatorKey", ""))

    def read(self, record: Record) -> None:
        """Notes a record of ``rounds``, and refuses one that the aggregator has to sign and has not."""
        if self._aggregator and record.type in ("RoundOpened", "RoundPublished"):
            wrong = problem(record, [self._aggregator])
            if wrong is not None:
                raise RondoError(
                    "signature-invalid",
                    f"a {record.type} on rounds is not the aggregator's: {wrong}",
                    "ask the operator who else writes to the job's topics, and run `rondo verify`",
                )
        if self._key is not None and record.type == "RoundOpened":
            self._last = digest(record)
            self._opened.pop(record["round"], None)
            self._opened[record["round"]] = self._last
            if len(self._opened) > _REMEMBERED:
                self._opened.pop(next(iter(self._opened)))

    def sign(self, record: Record) -> Record:
        if self._key is None:
            return record
        answers = self._opened.get(record["round"]) if record.type == "UpdateManifest" else self._last
        sequence, self._sequence = self._sequence, self._sequence + 1
        return self._key.signed(record, sequence, answers)


def counts(commands: Iterable[Record], job_uuid: str, operator: str, trainer: str, key: str) -> bool:
    """Whether the operator has added a trainer's key, and not revoked it since."""
    there = False
    for command in commands:
        if (
            command.type in ("TrainerKeyAddRequested", "TrainerKeyRevokeRequested")
            and (command["jobUuid"], command["trainer"], command["publicKey"]) == (job_uuid, trainer, key)
            and problem(command, [operator]) is None
        ):
            there = command.type == "TrainerKeyAddRequested"
    return there


Sign = Callable[[Record], Record]
