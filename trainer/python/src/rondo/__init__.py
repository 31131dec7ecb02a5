"""Federated LoRA on an event log, in Python: a trainer service, a verifier and readers for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.job import Job
from rondo.notebook import Archive, Cluster
from rondo.plugin import LocalTrainer, Report, Site, initial_values
from rondo.source import ArchiveLog, ClusterLog
from rondo.verification.report import Report as Verification
from rondo.verifier import Verifier

__version__ = "0.1.0"


def open(bootstrap_servers: str, schema_registry: str, config: Mapping[str, str] | None = None) -> Cluster:
    """The jobs of a cluster, to be read: ``rondo.open("kafka:9092", "http://registry:8081").job("j").rounds()``."""
    return Cluster(Connection(bootstrap_servers, schema_registry, config or {}))


def open_archive(directory: str | Path) -> Archive:
    """The job of an archive, to be read: ``rondo.open_archive("DIR").job().rounds()``."""
    return Archive(directory)


def verify(log: str | Path | Connection, job: str | None = None) -> Verification:
    """Recomputes the rounds of an archive, or of a job in a cluster."""
    if not isinstance(log, Connection):
        return Verifier(ArchiveLog(Path(log))).verify()
    if job is None:
        raise RondoError("bad-config", "no job of the cluster is named", "name it, as in verify(connection, 'my-job')")
    return Verifier(ClusterLog(log, job)).verify()


__all__ = [
    "Archive",
    "Cluster",
    "Connection",
    "Job",
    "LocalTrainer",
    "Report",
    "RondoError",
    "Site",
    "Verification",
    "initial_values",
    "open",
    "open_archive",
    "verify",
]
