"""The test vectors of the wire contract, which the Java code computes (schemas/vectors)."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import vectors
from rondo import strategies
from rondo.generator import block, initial_value, uniform, vera_projection
from rondo.layout import FlatLayout, Layout, SharingPolicy, TensorShape
from rondo.tensors import decode, digest_of_digests, encode, sha256
from rondo.verification.rules import Chain, draw_cohort, lot, quorum_of


def floats(bits: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(bits), dtype=">u4").astype("<u4").view("<f4")


def bits(values: np.ndarray) -> str:
    return values.astype("<f4").view("<u4").astype(">u4").tobytes().hex()


def layouts() -> list[Layout]:
    return [Layout.of_records(each["tensors"]) for each in vectors("layout")]


def test_should_write_a_layout_to_its_canonical_text_and_digest():
    for layout, vector in zip(layouts(), vectors("layout"), strict=True):
        assert layout.canonical_text() == vector["canonicalText"]
        assert layout.digest.hex() == vector["digest"]


def test_should_share_and_cut_as_the_contract_says():
    lora = layouts()[0]
    cases = vectors("sharing")
    for vector in cases:
        policy = SharingPolicy(vector["method"], vector["head"])
        sharing = [policy.of(tensor.role, vector["round"]) for tensor in lora.tensors]
        shared = (tensor for tensor, how in zip(lora.tensors, sharing, strict=True) if how == "shared")
        flat = FlatLayout(shared, 4, 2)
        chunks = [[each.ordinal, flat.partition_of(each.ordinal), each.position, each.count] for each in flat.chunks]

        assert sharing == vector["sharing"], vector
        assert (flat.elements, chunks) == (vector["elements"], vector["chunks"]), vector
    assert len(cases) == 44


@pytest.mark.parametrize("dtype", ["F32", "BF16"])
def test_should_encode_a_flat_vector_to_its_chunks_and_digests(dtype: str):
    vector = next(each for each in vectors("flat") if each["dtype"] == dtype)
    values, size = floats(vector["values"]), vector["chunkElements"]
    chunks = [encode(dtype, values[start : start + size]) for start in range(0, len(values), size)]

    assert [chunk.hex() for chunk in chunks] == [each["bytes"] for each in vector["chunks"]]
    assert [sha256(chunk).hex() for chunk in chunks] == [each["digest"] for each in vector["chunks"]]
    assert digest_of_digests(map(sha256, chunks)).hex() == vector["digest"]
    assert encode(dtype, decode(dtype, chunks[0], size)) == chunks[0]


def test_should_round_to_bf16_as_the_contract_says():
    for single, half in vectors("bf16"):
        assert encode("BF16", floats(single))[::-1].hex() == half, single


def test_should_draw_from_the_generator():
    found = vectors("generator")
    for vector in found["draws"]:
        count = len(vector["values"]) // 8
        assert block(vector["seed"], vector["name"], 2).hex() == vector["block2"]
        assert bits(uniform(vector["seed"], vector["name"], vector["bound"], count)) == vector["values"]
    for vector in found["initialValues"]:
        tensor = TensorShape(vector["name"], vector["role"], tuple(vector["shape"]))
        assert bits(initial_value(vector["seed"], tensor).reshape(-1)) == vector["values"], tensor
    for vector in found["vera"]:
        drawn = vera_projection(vector["seed"], vector["name"], tuple(vector["shape"]))
        assert bits(drawn.reshape(-1)) == vector["values"]


def test_should_draw_lots_cohorts_and_quorums():
    found = vectors("cohort")
    for vector in found["draws"]:
        spec = {"cohort": vector["cohort"], "seed": vector["seed"], "strategy": "weighted-mean"}
        assert draw_cohort(spec, vector["round"], vector["trainers"]) == vector["drawn"], vector
    for vector in found["lots"]:
        assert lot(vector["seed"], vector["round"], vector["trainer"]).hex() == vector["lot"]
    for text, cohort, quorum in found["quorums"]:
        assert quorum_of(text, cohort) == quorum, (text, cohort)


def test_should_chain_three_rounds():
    chain = Chain()
    for vector in vectors("chain"):
        for link in vector["links"]:
            chain.add(link["source"] and bytes.fromhex(link["source"]), bytes.fromhex(link["decision"]))
        assert chain.value().hex() == vector["chain"]
        chain.published(bytes.fromhex(vector["publishedBody"]))


def test_should_aggregate_by_every_strategy_to_the_same_bits():
    cases = vectors("strategies")
    for vector in cases:
        spec = {"maxUpdateNorm": 0.0, **vector}
        base = floats(vector["base"])
        updates = [floats(update) for update in vector["updates"]]
        scales, weights = [1.0] * len(updates), vector["given"]
        kind = strategies.measuring(spec, 1)
        if kind != strategies.NONE:
            measured = [strategies.measure(kind, *parts(updates, base, number)) for number in range(2)]
            assert measured == vector["measured"], vector
            weighed = strategies.weigh(spec, vector["given"], measured)
            norms, scales, weights = (list(column) for column in zip(*weighed, strict=True))
            assert norms == vector["norms"]
        assert scales == vector.get("scales", scales)
        assert weights == vector["weights"], vector
        counted = [strategies.scaled(base, update, scale) for update, scale in zip(updates, scales, strict=True)]
        assert bits(strategies.aggregate(spec, 1, counted, weights)) == vector["aggregate"], vector
    assert {vector["strategy"] for vector in cases} == set(strategies.STRATEGIES)


def parts(updates: list[np.ndarray], base: np.ndarray, partition: int):
    """The chunks of four elements that a partition of two has."""
    cuts = [slice(start, start + 4) for start in range(4 * partition, len(base), 8)]
    return [[update[cut] for cut in cuts] for update in updates], [base[cut] for cut in cuts]


def test_should_take_the_steps_of_server_optimizers():
    for vector in vectors("server"):
        adapter = floats(vector["base"])
        state = [np.zeros_like(adapter) for _ in vector["stateKinds"]]
        assert strategies.SERVER_STATE[vector["serverOptimizer"]] == tuple(vector["stateKinds"])
        for step in vector["steps"]:
            adapter, state = strategies.server_step(vector, adapter, floats(step["aggregate"]), state)
            assert bits(adapter) == step["adapter"]
            assert [bits(each) for each in state] == step["state"]
