"""What the tests share: the checkout, and a real broker, registry and aggregator from the Java build."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
VECTORS = CHECKOUT / "schemas" / "vectors"
LAUNCHER = CHECKOUT / "rondo"
EXAMPLE = CHECKOUT / "trainer" / "python" / "examples" / "bag_of_words.py"
BUILT = CHECKOUT / "infra" / "dist" / "target" / "rondo" / "built"


def vectors(name: str):
    """A file of test vectors."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def archives() -> dict[str, Path]:
    """The archived logs of each landed version that the Java build keeps, zipped, by version and name."""
    logs = CHECKOUT / "infra" / "e2e" / "src" / "test" / "resources" / "logs"
    return {f"{file.parent.parent.name}/{file.stem}": file for file in sorted(logs.rglob("archives/*.zip"))}


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory):
    """The directory of an archive by its name."""
    directory = tmp_path_factory.mktemp("archives")

    def unpack(name: str) -> Path:
        target = directory / name.replace("/", "-")
        if not target.exists():
            with zipfile.ZipFile(archives()[name]) as packed:
                packed.extractall(target)
        return next(target.rglob("index.json")).parent

    return unpack


class Processes:
    """Child processes that are ended on every path."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.out").open("wb") as out, (self.directory / f"{name}.err").open("wb") as err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self.directory,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def text(self, name: str) -> str:
        files = (self.directory / f"{name}.{kind}" for kind in ("out", "err"))
        return "".join(file.read_text("utf-8") for file in files if file.exists())

    def end(self, process: subprocess.Popen[bytes], patience: float = 30) -> int:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def close(self) -> None:
        for process in reversed(self._running):
            self.end(process)


def until(condition, patience: float, what: str):
    """Waits until a condition holds, and gives its value."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {patience} s: {what}")


class Federation:
    """A cluster that a whole test session shares."""

    def __init__(self, processes: Processes, addresses: dict[str, str]) -> None:
        self.processes = processes
        self.bootstrap_servers = addresses["bootstrapServers"]
        self.schema_registry = addresses["schemaRegistry"]
        self.env = {
            "RONDO_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "RONDO_SCHEMA_REGISTRY": self.schema_registry,
        }

    def rondo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(LAUNCHER), *arguments],
            cwd=self.processes.directory,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """A real broker and registry; skipped where the Java build or a JDK is not there."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("there is no JDK: install one of version 17 or newer to run the tests against a real broker")
    if not BUILT.exists():
        pytest.skip("the Java side is not built: run ./rondo version once to run the tests against a real broker")
    processes = Processes(tmp_path_factory.mktemp("federation"))
    try:
        processes.start("up", str(LAUNCHER), "up", "--dir", "cluster", "--json")
        until((processes.directory / "up.out").read_text, 300, "a broker and a registry")
        yield Federation(processes, json.loads((processes.directory / "up.out").read_text()))
    finally:
        processes.close()
