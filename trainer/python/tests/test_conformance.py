"""The service and the example against the conformance kit of the Java build, which plays the aggregator."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import BUILT, CHECKOUT, EXAMPLE, LAUNCHER

EXAMPLES = CHECKOUT / "trainer" / "python" / "examples"


@pytest.mark.skipif(not BUILT.exists(), reason="the Java side is not built: run ./rondo version")
def test_the_example_keeps_to_the_contract(tmp_path: Path) -> None:
    played = subprocess.run(
        [
            str(LAUNCHER),
            "conformance",
            "--json",
            "--quick",
            "--parallel=3",
            "--patience=120",
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
    assert result["passed"] == len(result["scenarios"]) >= 20
    assert played.returncode == 0
