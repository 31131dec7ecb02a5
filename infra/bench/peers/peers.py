"""Rounds of federated averaging in Rondo, Flower and NVFlare, one after the other on one machine.

Each runs with its own processes on loopback, its own averaging and clients that train nothing. Prints seconds a round and the
memory of the server's side, as a table and, with --json, as JSON."""

import argparse
import itertools
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

HERE = Path(__file__).resolve().parent
LAUNCHER = HERE.parents[2] / "rondo"
PATIENCE = 900.0
WARM_UP = 1


@dataclass(frozen=True)
class Load:
    """clients x megabytes of float32 values; a megabyte has 10^6 bytes"""

    clients: int
    megabytes: float

    @property
    def floats(self) -> int:
        return round(self.megabytes * 1_000_000 / 4)

    def __str__(self) -> str:
        return f"{self.clients} × {self.megabytes:g} MB"


@dataclass(frozen=True)
class Row:
    peer: str
    version: str
    load: str
    rounds: int
    round_seconds_median: float
    round_seconds_max: float
    server_peak_mb: int


class ServerMemory:
    """The largest sum of resident memory of the processes that `belongs` picks, looked at five times a second."""

    def __init__(self, belongs: Callable[[str], bool]) -> None:
        self._belongs = belongs
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def megabytes(self) -> int:
        return round(self._peak / 1_000_000)

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._stop.wait(0.2):
            total = 0
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    if self._belongs(command):
                        total += int((process / "statm").read_text().split()[1]) * page
                except OSError:
                    continue
            self._peak = max(self._peak, total)


def free_ports(count: int) -> list[int]:
    """Ports that differ: each is held until all are chosen."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


@contextmanager
def child(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its descendants, all of which end with the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=os.environ | environment, start_new_session=True
        )
    try:
        yield process
    finally:
        for sent in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sent)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


def row(peer: str, version: str, load: Load, seconds: list[float], memory: int) -> Row:
    measured = seconds[WARM_UP:]
    return Row(
        peer, version, str(load), len(measured), round(statistics.median(measured), 3), round(max(measured), 3), memory
    )


def environment_of(peer: str, cache: Path) -> Path:
    """The folder of the programs of a virtual environment with the pinned version, made once."""
    programs = cache / peer / "bin"
    requirements = HERE / peer / "requirements.txt"
    stamp = cache / peer / "installed"
    if not stamp.is_file() or stamp.read_text() != requirements.read_text():
        print(f"installing {requirements.read_text().split()} into {cache / peer}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(cache / peer)], check=True)
        subprocess.run([str(programs / "pip"), "install", "-q", "-r", str(requirements)], check=True)
        stamp.write_text(requirements.read_text())
    return programs


def flower(load: Load, rounds: int, work: Path, cache: Path, database: bool) -> Row:
    programs = environment_of("flower", cache)
    home = work / "home"
    home.mkdir()
    app, times, log = work / "app", work / "times.json", work / "log"
    shutil.copytree(HERE / "flower", app)
    control, fleet, server_io, *apps = free_ports(3 + load.clients)
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "127.0.0.1:{control}"\ninsecure = true\n'
    )
    settings = {"FLWR_HOME": str(home), "FLWR_TELEMETRY_ENABLED": "0", "PATH": f"{programs}:{os.environ['PATH']}"}
    superlink = [
        str(programs / "flower-superlink"),
        "--insecure",
        "--disable-runtime-dependency-installation",
        f"--control-api-address=127.0.0.1:{control}",
        f"--fleet-api-address=127.0.0.1:{fleet}",
        f"--serverappio-api-address=127.0.0.1:{server_io}",
    ]
    if database:
        superlink.append(f"--database={work / 'state.db'}")

    def belongs(command: str) -> bool:
        return str(programs) in command and any(
            each in command for each in ("flower-superlink", "flwr-serverapp", f"127.0.0.1:{server_io}")
        )

    with ServerMemory(belongs) as memory, child(superlink, log, settings) as server:
        nodes = []
        try:
            for each in range(load.clients):
                command = [
                    str(programs / "flower-supernode"),
                    "--insecure",
                    f"--superlink=127.0.0.1:{fleet}",
                    f"--clientappio-api-address=127.0.0.1:{apps[each]}",
                    "--node-config",
                    f"partition-id={each} num-partitions={load.clients}",
                ]
                node = child(command, work / f"node-{each}.log", settings)
                node.__enter__()
                nodes.append(node)
            config = f'rounds={rounds + WARM_UP} clients={load.clients} floats={load.floats} times="{times}"'
            deadline = time.monotonic() + PATIENCE
            while True:
                submitted = subprocess.run(
                    [str(programs / "flwr"), "run", str(app), "here", "--run-config", config],
                    env=os.environ | settings,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if submitted.returncode == 0 or time.monotonic() > deadline or server.poll() is not None:
                    break
                time.sleep(1)
            if submitted.returncode != 0:
                raise SystemExit(f"Flower refused the run: {submitted.stdout}{submitted.stderr}")
            while not times.is_file():
                if time.monotonic() > deadline or server.poll() is not None:
                    raise SystemExit(f"Flower did not finish; its log: {log.read_text(errors='replace')[-3000:]}")
                time.sleep(0.5)
        finally:
            for node in nodes:
                node.__exit__(None, None, None)
    version = (HERE / "flower" / "requirements.txt").read_text().split()[0].split("==")[1]
    name = "Flower with its database" if database else "Flower"
    return row(name, version, load, json.loads(times.read_text()), memory.megabytes)


def nvflare(load: Load, rounds: int, work: Path, cache: Path) -> Row:
    programs = environment_of("nvflare", cache)
    times, log = work / "times.json", work / "log"
    settings = {
        "NVFLARE_POC_WORKSPACE": str(work / "poc"),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PEER_PATIENCE": str(PATIENCE),
    }
    command = [
        str(programs / "python"),
        str(HERE / "nvflare" / "job.py"),
        f"--clients={load.clients}",
        f"--floats={load.floats}",
        f"--rounds={rounds + WARM_UP + 1}",
        f"--work={work}",
    ]

    def belongs(each: str) -> bool:
        return str(work / "poc") in each and "/server/" in each

    with ServerMemory(belongs) as memory, child(command, log, settings) as process:
        if process.wait(PATIENCE) != 0 or not times.is_file():
            raise SystemExit(f"NVFlare did not finish; its log: {log.read_text(errors='replace')[-3000:]}")
    received = json.loads(times.read_text())
    seconds = [later - earlier for earlier, later in itertools.pairwise(received)]
    version = (HERE / "nvflare" / "requirements.txt").read_text().split()[0].split("==")[1]
    return row("NVFlare", version, load, seconds, memory.megabytes)


def rondo(load: Load, rounds: int, work: Path, launcher: Path) -> Row:
    command = [
        str(launcher),
        "bench",
        "rounds",
        f"--trainers={load.clients}",
        f"--adapter-mb={load.megabytes}",
        f"--chunk-kb={512 if load.megabytes > 4 else 32}",
        f"--rounds={rounds}",
        "--json",
    ]

    def belongs(each: str) -> bool:
        return "java" in each and any(part in each for part in ("BrokerMain", "RegistryMain", "io.rondo.cli.Main aggregator"))

    with ServerMemory(belongs) as memory:
        done = subprocess.run(
            command, env=os.environ | {"TMPDIR": str(work)}, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    if done.returncode != 0:
        raise SystemExit(f"rondo bench rounds failed: {done.stderr[-3000:]}")
    result = json.loads(done.stdout)
    print(json.dumps(result), file=sys.stderr)
    seconds = result["roundSeconds"]
    return Row("Rondo", "this checkout", str(load), rounds, seconds, seconds, memory.megabytes)


def table(rows: list[Row]) -> str:
    lines = ["| | load | rounds | seconds a round, median | longest | server, peak MB |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {each.peer} {each.version} | {each.load} | {each.rounds} | {each.round_seconds_median:g} |"
        f" {each.round_seconds_max:g} | {each.server_peak_mb} |"
        for each in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count, after one that does not (default: 5)")
    parser.add_argument("--peers", default="rondo,flower,flower-database,nvflare")
    parser.add_argument("--loads", default="3x0.147,16x8", help="clients x megabytes (default: 3x0.147,16x8)")
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "rondo" / "peers"
    parser.add_argument("--cache", type=Path, default=default, help=f"the peers' environments (default: {default})")
    parser.add_argument("--rondo", type=Path, default=LAUNCHER, help=f"the launcher (default: {LAUNCHER})")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for text in options.loads.split(","):
        clients, megabytes = text.split("x")
        load = Load(int(clients), float(megabytes))
        for peer in options.peers.split(","):
            with tempfile.TemporaryDirectory(prefix="rondo-peers-") as directory:
                work = Path(directory)
                if peer == "rondo":
                    result = rondo(load, options.rounds, work, options.rondo)
                elif peer in ("flower", "flower-database"):
                    result = flower(load, options.rounds, work, options.cache, peer == "flower-database")
                elif peer == "nvflare":
                    result = nvflare(load, options.rounds, work, options.cache)
                else:
                    parser.error(f"no such peer: {peer}")
            rows.append(result)
            print(result, file=sys.stderr)
    print(json.dumps([asdict(each) for each in rows]) if options.json else table(rows))


if __name__ == "__main__":
    main()
