"""Writes one self-contained .avsc for each record of the log into the package, from the sources in schemas/.

Run it after a change there: python tools/bundle_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
SOURCES = HERE.parent.parent / "schemas" / "src" / "main" / "avro"
TARGET = HERE / "src" / "rondo" / "avro"
NAMESPACE = "io.rondo.log"


def read_sources(sources: Path = SOURCES) -> dict[str, dict[str, Any]]:
    """Every named type by its short name, as it is written."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(sources.rglob("*.avsc"))}


def self_contained(name: str, types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a record with each type that it names written out where it comes first."""
    written: set[str] = set()

    def resolve(schema: Any) -> Any:
        if isinstance(schema, str):
            short = schema.removeprefix(NAMESPACE + ".")
            if short not in types:
                return schema
            if short in written:
                return f"{NAMESPACE}.{short}"
            written.add(short)
            return resolve_named(types[short])
        if isinstance(schema, list):
            return [resolve(branch) for branch in schema]
        if isinstance(schema, dict) and schema.get("type") == "array":
            return {**schema, "items": resolve(schema["items"])}
        if isinstance(schema, dict) and schema.get("type") == "map":
            return {**schema, "values": resolve(schema["values"])}
        return schema

    def resolve_named(schema: dict[str, Any]) -> dict[str, Any]:
        if "fields" not in schema:
            return schema
        fields = [{**field, "type": resolve(field["type"])} for field in schema["fields"]]
        return {**schema, "fields": fields}

    resolved = resolve(name)
    assert isinstance(resolved, dict)
    return resolved


def bundled(sources: Path = SOURCES) -> dict[str, str]:
    """The text of each file of the package, by its name."""
    types = read_sources(sources)
    records = [file.stem for file in sorted(sources.glob("*.avsc"))] + ["UpdateManifest"]
    return {
        f"{name}.avsc": json.dumps(self_contained(name, types), indent=1, ensure_ascii=False) + "\n" for name in records
    }


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for stale in TARGET.glob("*.avsc"):
        stale.unlink()
    for name, text in bundled().items():
        (TARGET / name).write_text(text, "utf-8")
    print(f"wrote {len(bundled())} schemas to {TARGET}")


if __name__ == "__main__":
    main()
