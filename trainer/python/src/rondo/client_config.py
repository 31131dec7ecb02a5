"""``--kafka-config``: the file that Java's clients take, with their names or those of librdkafka."""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import javaproperties

from rondo.errors import RondoError
from rondo.wire import without_credentials

_REGISTRY = "schema.registry."
_REGISTRY_PREFIXES = (
    _REGISTRY,
    "basic.auth.",
    "bearer.auth.",
    "auto.register.schemas",
    "avro.",
    "specific.avro.",
    "value.",
    "http.",
    "max.retries",
    "retries.wait.ms",
    "rondo.",
)
_SECRET = re.compile(r"password|passphrase|secret|token$|jaas|user\.info|credential|keystore\.key|key\.pem|assertion")
_LOGIN = re.compile(r'(username|password)\s*=\s*"((?:[^"\\]|\\.)*)"')

# Java's settings for PEM in the file itself, by what they contain
_INLINE = {
    "ssl.truststore.certificates": "ca",
    "ssl.keystore.certificate.chain": "certificate",
    "ssl.keystore.key": "key",
}


def read(file: Path) -> dict[str, str]:
    """The properties of a file. Refuses one with secrets that every user of the machine can read."""
    try:
        config: dict[str, str] = javaproperties.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as failure:
        raise RondoError(
            "bad-config", f"cannot read --kafka-config {file}: {failure}", "give a properties file in UTF-8"
        ) from failure
    except javaproperties.InvalidUEscapeError as failure:
        raise RondoError(
            "bad-config",
            f"cannot read --kafka-config {file}: a backslash does not start an escape",
            r"write a backslash twice, as in C:\\kafka\\ca.pem",
        ) from failure
    registry = config.get("schema.registry.url", "")
    if any(_SECRET.search(key.lower()) for key in config) or without_credentials(registry) != registry:
        _require_private(file, f"--kafka-config {file}")
    for prefix in ("", _REGISTRY):
        for key in ("ssl.keystore.location", "ssl.key.location"):
            if prefix + key in config:
                _require_private(Path(config[prefix + key]), f"{prefix + key}={config[prefix + key]}")
    return config


def _require_private(file: Path, name: str) -> None:
    """Group access is allowed: containers often grant a process access to a secret by its group."""
    try:
        is_read_by_others = bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        # reported when it is opened
        return
    if is_read_by_others:
        raise RondoError(
            "bad-config",
            f"{name} holds a secret, and every user of this machine can read it",
            f"take the right away: chmod o= {file}",
        )


def of_brokers(config: Mapping[str, str]) -> dict[str, Any]:
    """Settings of librdkafka."""
    settings: dict[str, Any] = {key: value for key, value in config.items() if not key.startswith(_REGISTRY_PREFIXES)}
    login = settings.pop("sasl.jaas.config", None)
    if login:
        found = dict(_LOGIN.findall(login))
        if "username" not in found or "password" not in found:
            raise RondoError(
                "bad-config",
                "sasl.jaas.config has no username and password",
                "give sasl.username and sasl.password, or the settings of librdkafka for another mechanism",
            )
        settings.update({f"sasl.{name}": value.replace('\\"', '"') for name, value in found.items()})
    stores = _stores(settings, "")
    for key, kind in _INLINE.items():
        if key in settings:
            settings[f"ssl.{kind}.pem"] = settings.pop(key)
    settings.update(stores)
    settings.pop("client.dns.lookup", None)
    return settings


def _stores(settings: dict[str, Any], prefix: str) -> dict[str, str]:
    """Takes Java's stores out of the settings, and returns the files of PEM that they name."""
    files = {}
    for store, names in (
        ("truststore", ["ssl.ca.location"]),
        ("keystore", ["ssl.certificate.location", "ssl.key.location"]),
    ):
        kind = settings.pop(f"{prefix}ssl.{store}.type", "JKS")
        settings.pop(f"{prefix}ssl.{store}.password", None)
        location = settings.pop(f"{prefix}ssl.{store}.location", None)
        if location and kind.upper() != "PEM":
            raise RondoError(
                "bad-config",
                f"{prefix}ssl.{store}.location={location} is a {kind} store, which this client does not read",
                f"give PEM: {prefix}ssl.{store}.type=PEM, or {' and '.join(prefix + name for name in names)}",
            )
        if location:
            files.update(dict.fromkeys(names, location))
    return files


@contextmanager
def of_registry(config: Mapping[str, str], address: str) -> Iterator[dict[str, Any]]:
    """Settings of the registry's client. It reads keys and certificates from files, which end with the block."""
    settings: dict[str, Any] = {"url": address, "timeout": 15}
    if "basic.auth.user.info" in config:
        settings["basic.auth.user.info"] = config["basic.auth.user.info"]
    if "bearer.auth.token" in config:
        settings.update(
            {
                "bearer.auth.credentials.source": "STATIC_TOKEN",
                "bearer.auth.token": config["bearer.auth.token"],
                "bearer.auth.logical.cluster": config.get("bearer.auth.logical.cluster", ""),
                "bearer.auth.identity.pool.id": config.get("bearer.auth.identity.pool.id", ""),
            }
        )
    settings.update(_stores(dict(config), _REGISTRY))
    for name in ("ssl.ca.location", "ssl.certificate.location", "ssl.key.location"):
        if _REGISTRY + name in config:
            settings[name] = config[_REGISTRY + name]
    password = config.get(f"{_REGISTRY}ssl.key.password")
    if password:
        settings["ssl.key.password"] = password
    with tempfile.TemporaryDirectory(prefix="rondo-") as directory:
        for key, kind in _INLINE.items():
            if _REGISTRY + key in config:
                # the directory is its owner's alone
                file = Path(directory, f"{kind}.pem")
                file.write_text(config[_REGISTRY + key], "utf-8")
                settings[f"ssl.{kind}.location"] = str(file)
        yield settings
