"""The service and the example against the conformance kit of the Java build, which plays the aggregator."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import BUILT, CHECKOUT, EXAMPLE, LAUNCHER

# the cheap ones, and those that only a real process can fail; docs/how-to/conformance.md has the command that plays all
PLAYED = (
    "joins",
    "starts-from-published",
    "chunk-partitions",
    "chunk-sizes",
    "chunk-digests",
    "manifest-digests",
    "manifest-offsets",
    "manifest-fields",
    "base-round",
    "wire-format",
    "no-transactions",
    "finishes",
    "leaves",
    "evaluates",
    "wrong-layout",
    "unknown-record",
    "trained-once",
    "stopped",
    "rolora",
    "nothing-private",
)
EXAMPLES = CHECKOUT / "trainer" / "python" / "examples"


@pytest.mark.skipif(not BUILT.exists(), reason="the Java side is not built: run ./rondo version")
def test_the_example_keeps_to_the_contract(tmp_path: Path) -> None:
    played = subprocess.run(
        [
            str(LAUNCHER),
            "conformance",
            "--json",
            "--parallel=3",
            f"--only={','.join(PLAYED)}",
            f"--dir={tmp_path / 'kit'}",
            f"--job-file={EXAMPLES / 'bag_of_words.yaml'}",
            f"--layout={EXAMPLES / 'bag_of_words.layout'}",
            "--",
            sys.executable,
            "-m",
            "rondo.trainer",
            f"--plugin={EXAMPLE}:BagOfWords",
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    result = json.loads(played.stdout.splitlines()[0])
    assert (result["failed"], result["skipped"]) == ([], []), played.stderr
    assert result["passed"] == len(PLAYED)
    assert played.returncode == 0
