"""Federated LoRA on an event log, in Python: a trainer service, a verifier and readers for notebooks."""

from rondo.errors import RondoError
from rondo.job import Job
from rondo.plugin import LocalTrainer, Report, Site, initial_values

__version__ = "0.1.0"

__all__ = ["Job", "LocalTrainer", "Report", "RondoError", "Site", "initial_values"]
