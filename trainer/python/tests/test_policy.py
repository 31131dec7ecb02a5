"""The policy of a site: the cases by which Java's trainer is tested too, and what a policy keeps back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT
from rondo.errors import RondoError
from rondo.policy import Entry, SitePolicy
from rondo.wire import Record

POLICIES = json.loads((CHECKOUT / "infra/cli/src/test/resources/io/rondo/cli/job/policies.json").read_text("utf-8"))


@pytest.mark.parametrize("case", POLICIES["cases"], ids=[case["policy"].strip() for case in POLICIES["cases"]])
def test_should_allow_or_refuse_as_java_does(case: dict[str, Any], tmp_path: Path):
    file = tmp_path / "policy.yaml"
    file.write_text(case["policy"], "utf-8")
    spec = {**POLICIES["spec"], **case.get("spec", {})}

    if "code" not in case:
        SitePolicy.read(file).require_job(spec)
        return
    with pytest.raises(RondoError) as refused:
        SitePolicy.read(file).require_job(spec)

    assert refused.value.code == case["code"]
    assert refused.value.message.replace(f"{tmp_path}/", "") == case["message"]


def test_should_name_the_file_that_it_cannot_read(tmp_path: Path):
    with pytest.raises(RondoError, match="cannot read the policy") as refused:
        SitePolicy.read(tmp_path / "nowhere.yaml")

    assert refused.value.code == "bad-job-file"


def test_should_let_no_other_metrics_leave():
    metrics = {"loss": 0.5, "test/accuracy": 0.9}

    assert SitePolicy([Entry("here", "metrics", ["loss"])]).allowed(metrics) == {"loss": 0.5}
    assert SitePolicy([Entry("here", "metrics", [])]).allowed(metrics) == {}
    assert SitePolicy([]).allowed(metrics) == metrics


def test_should_refuse_a_round_that_asks_too_few():
    policy = SitePolicy([Entry("policy.yaml, line 1", "min-cohort", ["3"])])

    policy.require_round(Record("RoundOpened", {"round": 4, "cohort": ["a", "b", "c"]}))
    with pytest.raises(RondoError) as refused:
        policy.require_round(Record("RoundOpened", {"round": 5, "cohort": ["a", "b"]}))

    assert refused.value.code == "policy-refused"
    assert refused.value.message == (
        "policy.yaml, line 1 (min-cohort): the cohort of round 5 is 2, at least 3 is asked"
    )
