from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest

from rondo import signing
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.signing import SigningKey
from rondo.submit import submit
from rondo.wire import NAMESPACE, Record, bundled_schema

VECTORS = Path(__file__).resolve().parents[3] / "schemas" / "vectors"


def vectors(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / name).read_text("utf-8"))


def decoded(name: str, body: str) -> Record:
    schema = bundled_schema(name)
    return Record(name, fastavro.schemaless_reader(io.BytesIO(bytes.fromhex(body)), schema, schema))


@pytest.mark.parametrize("case", vectors("signatures.json")["cases"], ids=lambda case: case["record"])
def test_signs_as_the_vectors_say(case: dict[str, Any]) -> None:
    key = SigningKey.of_seed(bytes.fromhex(vectors("signatures.json")["privateKey"]))
    record = decoded(case["record"].removeprefix(NAMESPACE + "."), case["body"])
    opened = None if case["opened"] is None else bytes.fromhex(case["opened"])

    assert key.public == vectors("signatures.json")["publicKey"]
    assert signing.text(record, case["sequence"], opened).decode() == case["text"]
    assert signing.digest(record).hex() == case["digest"]
    signed = key.signed(record, case["sequence"], opened)
    assert signed["signature"]["value"].hex() == case["signature"]
    assert signing.problem(signed, [key.public]) is None


def test_signs_for_receipts_as_the_vectors_say() -> None:
    expected = vectors("receipts.json")
    published = decoded("RoundPublished", expected["published"])

    assert signing.receipt_text(published).decode() == expected["text"]
    signature = bytes.fromhex(expected["signature"])
    assert signing.verifies(expected["publicKey"], signing.receipt_text(published), signature)


def test_refuses_what_is_not_signed_so() -> None:
    key, other = SigningKey.of_seed(bytes(32)), SigningKey.of_seed(bytes(range(32)))
    record = Record("TrainerLeft", {"jobUuid": "u", "trainer": "a", "incarnation": "i", "reason": ""})
    signed = key.signed(record, 3, None)
    changed = Record(signed.type, {**signed.fields, "trainer": "b"})
    numbered = Record(signed.type, {**signed.fields, "signature": {**signed["signature"], "sequence": 4}})
    short = Record(signed.type, {**signed.fields, "signature": {**signed["signature"], "value": b"1"}})

    assert signing.problem(signed, [other.public, key.public]) is None
    assert signing.problem(record, [key.public]) == "it is not signed"
    assert signing.problem(signed, [other.public]) == "the key is none that counts here"
    for wrong in (changed, numbered, short):
        assert signing.problem(wrong, [key.public]) is not None


def test_reads_a_key_of_its_owner_alone(tmp_path: Path) -> None:
    # what `rondo keys create` writes: PKCS #8 of the seed 0, 1, 2, …
    seed = bytes(range(32))
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    file = tmp_path / "site.key"
    text = base64.b64encode(der).decode()
    file.write_text(f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    file.chmod(0o600)

    assert SigningKey.read(file).public == SigningKey.of_seed(seed).public
    assert text not in repr(SigningKey.read(file))
    file.chmod(0o640)
    with pytest.raises(RondoError, match="others may read") as refused:
        SigningKey.read(file)
    assert refused.value.code == "bad-key"
    for content in (b"", b"no key", b"\xff"):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(RondoError, match="no private key"):
            SigningKey.read(file)


def test_asks_for_a_key_where_the_job_does() -> None:
    key = SigningKey.of_seed(bytes(32))
    for spec, given in (({"name": "j", "operatorKey": key.public}, None), ({"name": "j"}, key)):
        with pytest.raises(RondoError) as refused:
            signing.Signer.of(spec, given)
        assert refused.value.code == "key-mismatch"


def test_names_the_round_that_a_record_answers() -> None:
    key = SigningKey.of_seed(bytes(32))
    aggregator = SigningKey.of_seed(bytes(range(32)))
    signer = signing.Signer.of({"name": "j", "operatorKey": key.public, "aggregatorKey": aggregator.public}, key)
    opened = [aggregator.signed(_opened(number), number, None) for number in (1, 2)]
    left = Record("TrainerLeft", {"jobUuid": "u", "trainer": "a", "incarnation": "i", "reason": ""})

    assert signer.sign(left)["signature"]["opened"] is None
    for each in opened:
        signer.read(each)
    assert signer.sign(left)["signature"]["opened"] == signing.digest(opened[1])
    assert signer.sign(left)["signature"]["sequence"] == 2
    with pytest.raises(RondoError) as refused:
        signer.read(_opened(3))
    assert refused.value.code == "signature-invalid"


def _opened(number: int) -> Record:
    header = {
        "sequence": number,
        "source": {"topic": "clock", "offset": -1, "bodyDigest": None, "sequence": -1},
        "decidedAt": 1,
    }
    return Record(
        "RoundOpened",
        {
            "header": header,
            "jobUuid": "u",
            "round": number,
            "baseRound": number - 1,
            "cohort": ["a"],
            "quorum": 1,
            "openedAt": 1,
            "deadline": 2,
            "elements": 8,
            "chunks": 1,
            "signature": None,
        },
    )


OPERATOR, OTHER = (SigningKey.of_seed(bytes([number]) * 32) for number in (1, 2))


@pytest.mark.parametrize(
    ("settings", "key", "expected"),
    [
        ({"operator-key": OTHER.public}, OPERATOR, f"the operator key {OTHER.public}, and the one given is"),
        ({"operator-key": OTHER.public}, None, "and none was given"),
        ({"aggregator-key": OTHER.public}, None, "which needs an operator key"),
        ({"operator-key": "ed25519:no"}, OPERATOR, "is not a public key"),
    ],
)
def test_refuses_to_submit_with_other_keys_than_the_job_names(
    settings: dict[str, Any], key: SigningKey | None, expected: str
) -> None:
    with pytest.raises(RondoError) as refused:
        submit(Connection("nowhere:1", "http://nowhere:1"), {"name": "signed", **settings}, "peft", key=key)

    assert expected in str(refused.value)
    assert refused.value.code == ("bad-job-file" if "not a public" in expected else "key-mismatch")
