"""The file of ``--kafka-config``, in Java's names and in those of librdkafka."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from rondo import client_config, console
from rondo.connection import Connection
from rondo.errors import RondoError

# as `rondo security init` writes it, but for the keys
CLIENT = r"""# The client of site-a. It holds secrets: only its reader's user may read it.
bootstrap.servers=kafka:9093
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="site-a" password="a=b";
ssl.truststore.type=PEM
ssl.truststore.certificates=-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n
schema.registry.url=https://gate:8443
schema.registry.ssl.truststore.type=PEM
schema.registry.ssl.truststore.certificates=the ca\n
schema.registry.ssl.keystore.type=PEM
schema.registry.ssl.keystore.certificate.chain=the certificate\n
schema.registry.ssl.keystore.key=the key\n
"""


def file_with(directory: Path, text: str, mode: int = 0o600) -> Path:
    file = directory / "client.properties"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


def options(**chosen: object) -> argparse.Namespace:
    return argparse.Namespace(**{"bootstrap_servers": None, "schema_registry": None, "kafka_config": None, **chosen})


def test_should_take_the_file_of_security_init(tmp_path: Path):
    connection = console.connection(options(kafka_config=file_with(tmp_path, CLIENT)))

    assert connection.bootstrap_servers == "kafka:9093"
    assert connection.schema_registry == "https://gate:8443"
    settings = connection.kafka()
    log_level = settings.pop("log_level")
    assert log_level == 0
    assert settings == {
        "bootstrap.servers": "kafka:9093",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "site-a",
        "sasl.password": "a=b",
        "ssl.ca.pem": "-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n",
    }
    assert "a=b" not in repr(connection)


def test_should_keep_the_keys_for_the_registry_in_files_only_while_they_are_read(tmp_path: Path):
    config = client_config.read(file_with(tmp_path, CLIENT))

    with client_config.of_registry(config, "https://gate:8443") as settings:
        files = [Path(settings[f"ssl.{kind}.location"]) for kind in ("ca", "certificate", "key")]
        assert [file.read_text("utf-8") for file in files] == ["the ca\n", "the certificate\n", "the key\n"]
        assert files[0].parent.stat().st_mode & 0o077 == 0
    assert not files[0].parent.exists()


def test_should_let_the_most_specific_address_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RONDO_BOOTSTRAP_SERVERS", "of-the-environment:1")
    monkeypatch.setenv("RONDO_SCHEMA_REGISTRY", "http://of-the-environment")
    monkeypatch.setenv("RONDO_KAFKA_CONFIG", str(file_with(tmp_path, "bootstrap.servers=of-the-file:1\n")))

    assert console.connection(options()).bootstrap_servers == "of-the-file:1"
    assert console.connection(options()).schema_registry == "http://of-the-environment"
    assert console.connection(options(bootstrap_servers="of-the-option:1")).bootstrap_servers == "of-the-option:1"


def test_should_translate_files_of_pem_and_keep_the_names_of_librdkafka(tmp_path: Path):
    config = client_config.read(
        file_with(
            tmp_path,
            "ssl.truststore.type=PEM\nssl.truststore.location=/ca.pem\nssl.keystore.type=pem\n"
            "ssl.keystore.location=/me.pem\nssl.key.password=p\nbasic.auth.user.info=u:p\n",
        )
    )

    assert client_config.of_brokers(config) == {
        "ssl.ca.location": "/ca.pem",
        "ssl.certificate.location": "/me.pem",
        "ssl.key.location": "/me.pem",
        "ssl.key.password": "p",
    }
    with client_config.of_registry(config, "http://r") as settings:
        assert settings == {"url": "http://r", "timeout": 15, "basic.auth.user.info": "u:p"}
    names = {"ssl.ca.location": "/ca.pem", "ssl.key.pem": "k"}
    assert client_config.of_brokers(names) == names


def test_should_refuse_a_secret_that_everybody_can_read(tmp_path: Path):
    with pytest.raises(RondoError, match="every user of this machine can read it") as failure:
        client_config.read(file_with(tmp_path, CLIENT, 0o644))
    assert failure.value.code == "bad-config"

    client_config.read(file_with(tmp_path, CLIENT, 0o640))
    client_config.read(file_with(tmp_path, "security.protocol=PLAINTEXT\n", 0o644))

    key = tmp_path / "key.pem"
    key.write_text("k")
    key.chmod(0o644)
    with pytest.raises(RondoError, match=r"ssl\.key\.location"):
        client_config.read(file_with(tmp_path, f"ssl.key.location={key}\n"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ssl.truststore.location=/ca.jks", "JKS"),
        ("ssl.keystore.type=PKCS12\nssl.keystore.location=/me.p12", "PKCS12"),
        ("sasl.jaas.config=org.apache.kafka.OAuthBearerLoginModule required;", "no username and password"),
    ],
)
def test_should_refuse_what_librdkafka_cannot_do(tmp_path: Path, text: str, problem: str):
    config = client_config.read(file_with(tmp_path, text + "\n"))

    with pytest.raises(RondoError, match=problem):
        Connection("b:1", "http://r", config).kafka()


def test_should_refuse_a_store_for_the_registry_that_it_cannot_read():
    config = {"schema.registry.ssl.truststore.location": "/ca.jks"}

    with (
        pytest.raises(RondoError, match=r"schema\.registry\.ssl\.truststore\.location"),
        client_config.of_registry(config, "https://r"),
    ):
        pass


def test_should_refuse_a_file_that_is_no_properties_file(tmp_path: Path):
    with pytest.raises(RondoError, match="does not start an escape"):
        client_config.read(file_with(tmp_path, r"ssl.ca.location=C:\users\ca.pem"))
    with pytest.raises(RondoError, match="cannot read"):
        client_config.read(tmp_path / "nowhere")
