"""How the commands of this package take options, print results and fail: as the command ``rondo`` does."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rondo import client_config
from rondo.connection import Connection
from rondo.errors import RondoError

EXIT_FAILED = 1
EXIT_FAULT = 70


def progress(line: str) -> None:
    """Progress: to standard error, so that standard output holds the result alone."""
    print(line, file=sys.stderr, flush=True)


def passing(line: str) -> None:
    """A line that the next one overwrites; nothing where standard error is not a terminal. Empty text clears it."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def result(as_json: bool, value: Mapping[str, Any], text: str) -> None:
    print(json.dumps(value, sort_keys=True) if as_json else text, flush=True)


def add_connection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bootstrap-servers",
        metavar="HOST:PORT,…",
        help="Kafka brokers. Default: bootstrap.servers of --kafka-config, $RONDO_BOOTSTRAP_SERVERS or localhost:9092.",
    )
    parser.add_argument(
        "--schema-registry",
        metavar="URL",
        help="Schema registry with Confluent's API. Default: schema.registry.url of --kafka-config,"
        " $RONDO_SCHEMA_REGISTRY or http://localhost:8081.",
    )
    parser.add_argument(
        "--kafka-config",
        metavar="FILE",
        help="Properties for all Kafka and registry clients, such as security.protocol. Default:"
        " $RONDO_KAFKA_CONFIG, where it is set.",
    )


def connection(options: argparse.Namespace) -> Connection:
    """The most specific setting wins: an option, the file, the environment."""
    file = options.kafka_config or os.environ.get("RONDO_KAFKA_CONFIG", "").strip()
    config = client_config.read(Path(file)) if file else {}
    brokers = options.bootstrap_servers or config.get("bootstrap.servers")
    registry = options.schema_registry or config.get("schema.registry.url")
    return Connection(
        brokers or os.environ.get("RONDO_BOOTSTRAP_SERVERS", "localhost:9092"),
        registry or os.environ.get("RONDO_SCHEMA_REGISTRY", "http://localhost:8081"),
        config,
    )


def run(as_json: bool, command: Callable[[], None], verbose: bool = False) -> int:
    """Runs a command and returns its exit code: 1 for what a user can fix, 70 for a fault of the program."""
    try:
        command()
        return 0
    except RondoError as failure:
        if verbose:
            traceback.print_exc()
        progress(failure.explanation())
        _fail(as_json, {"error": failure.json()})
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        with tempfile.NamedTemporaryFile("w", prefix="rondo-fault-", suffix=".log", delete=False) as trace:
            traceback.print_exc(file=trace)
        progress(f"fault: {fault!r}\n  next: please report it with the trace in {trace.name}")
        _fail(as_json, {"error": {"code": "fault", "message": repr(fault), "trace": trace.name}})
        return EXIT_FAULT


def _fail(as_json: bool, value: Mapping[str, Any]) -> None:
    if as_json:
        print(json.dumps(value, sort_keys=True), flush=True)
