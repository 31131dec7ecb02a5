"""Rows of labelled text in the forms that people have it: GLUE's TSV, CSV and JSON Lines, read as the reference
trainer reads them, strictly and with the line in every error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rondo.errors import RondoError

_MOST_BYTES = 1 << 20
_COLA = ("source", "label", "original label", "sentence")
_QQP = ("id", "qid1", "qid2", "question1", "question2", "is_duplicate")
_QUOTED = re.compile(r'"(?:[^"]|"")*"', re.DOTALL)
_BLANKS = " \t"


@dataclass(frozen=True)
class Row:
    """A row's columns and values, and the line where it ends. One without values lacks columns."""

    line: int
    names: tuple[str, ...]
    values: Mapping[str, str]


def unreadable(file: Path, line: int, what: str, next_step: str) -> RondoError:
    return RondoError("data-unreadable", f"{file}, line {line}: {what}", next_step)


def duplicate(file: Path, line: int, name: str) -> RondoError:
    return RondoError(
        "duplicate-column",
        f"{file}, line {line}: '{name}' is there twice",
        "keep one of them, or give them different names",
    )


def read_rows(file: Path) -> tuple[tuple[str, ...] | None, Iterator[Row]]:
    """The header, which JSON Lines do not have, and the rows of a file whose ending tells its form."""
    ending = file.suffix.lower()
    if ending == ".parquet":
        raise RondoError(
            "data-unreadable",
            f"{file} is Parquet, which cannot be read",
            "convert it to JSON Lines, with pandas: pandas.read_parquet('x.parquet').to_json('train.jsonl', "
            "orient='records', lines=True)",
        )
    if ending not in (".tsv", ".csv", ".jsonl"):
        raise RondoError(
            "data-unreadable", f"{file} is of no form that can be read", "give a file that ends in .tsv, .csv or .jsonl"
        )
    lines = _lines(file)
    if ending == ".jsonl":
        return None, _json_rows(file, lines)
    return _tsv(file, lines) if ending == ".tsv" else _quoted_table(file, lines, ",")


def _lines(file: Path) -> list[str]:
    """Strict UTF-8 without a byte order mark, line by line, without their ends."""
    try:
        stored = file.read_bytes()
    except FileNotFoundError as missing:
        raise RondoError("data-not-found", f"there is no file {file}", "check the path of the data") from missing
    except OSError as failure:
        raise RondoError("data-unreadable", f"{file} cannot be read: {failure}", "check its permissions") from failure
    lines = []
    for number, line in enumerate(stored.split(b"\n"), 1):
        if len(line) > _MOST_BYTES:
            raise unreadable(file, number, f"longer than {_MOST_BYTES} bytes", "shorten the line")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as failure:
            what = f"not UTF-8: byte 0x{line[failure.start]:02X} behind {failure.start} others"
            raise unreadable(file, number, what, "convert the file to UTF-8") from failure
        if "\0" in text:
            raise unreadable(
                file, number, "a NUL character, as in UTF-16", "convert the file to UTF-8, or remove the character"
            )
        lines.append(text.removesuffix("\r"))
    lines[0] = lines[0].removeprefix("\ufeff")
    return lines[:-1] if not lines[-1] else lines


def _header(file: Path, names: Sequence[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise duplicate(file, 1, name)
        seen.add(name)
    return tuple(names)


def _tsv(file: Path, lines: list[str]) -> tuple[tuple[str, ...], Iterator[Row]]:
    """GLUE's files have no quoting: a quotation mark is a character like any other. pandas, R and spreadsheets quote
    fields that hold a tab, a line break or a quotation mark. A file is quoted where every quotation mark stands as a
    quoting writer puts it and either the header is quoted or a mark is doubled, or where its rows have the header's
    columns only when read as quoted.
    """
    header = (lines[0] if lines else "").split("\t")
    if any("\r" in name for name in header):
        raise unreadable(file, 1, "lines end with carriage returns alone", "end each line with a line feed")
    table = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if number == 1 or line.strip()]
    marked = [field for _, row in table for field in row if '"' in field]
    well_quoted = all(_QUOTED.fullmatch(field) for field in marked)
    doubled = any('""' in field[1:-1] for field in marked)
    quoted_header = all(_QUOTED.fullmatch(name) for name in header)
    is_cola = len(header) == len(_COLA) and header[1] in ("0", "1") and header[2] in ("", "*")
    names = _COLA if is_cola else tuple(header)
    rows = table if is_cola else table[1:]
    regular = all(len(row) == len(names) for _, row in rows)
    if well_quoted and (doubled or quoted_header) if regular else not is_cola and _is_table(lines, "\t"):
        return _quoted_table(file, lines, "\t")
    return _header(file, names), _unquoted_rows(file, names, rows)


def _unquoted_rows(file: Path, names: tuple[str, ...], rows: Sequence[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, row in rows:
        if len(row) < len(names) and names == _QQP:
            yield Row(number, names, {})
        elif len(row) != len(names):
            raise unreadable(
                file,
                number,
                f"{len(row)} columns, where the header has {len(names)}",
                "separate the columns by one tab each, and quote fields that hold a tab or a line break",
            )
        else:
            yield Row(number, names, dict(zip(names, row, strict=True)))


def _is_table(lines: list[str], separator: str) -> bool:
    try:
        return len({len(row) for _, row in _records(lines, separator)}) <= 1
    except ValueError:
        return False


def _quoted_table(file: Path, lines: list[str], separator: str) -> tuple[tuple[str, ...], Iterator[Row]]:
    try:
        records = list(_records(lines, separator))
    except ValueError as failure:
        what, line = failure.args
        raise unreadable(file, line, what, "check the quotes of the row") from failure
    names = _header(file, [name.strip() for name in records[0][1]] if records else [])
    return names, _quoted_rows(file, names, records[1:], separator)


def _quoted_rows(
    file: Path, names: tuple[str, ...], records: Sequence[tuple[int, list[str]]], separator: str
) -> Iterator[Row]:
    for line, row in records:
        if len(row) != len(names):
            raise unreadable(
                file,
                line,
                f"{len(row)} columns, where the header has {len(names)}",
                f"quote fields that hold a {'comma' if separator == ',' else 'tab'} or a line break",
            )
        yield Row(line, names, dict(zip(names, row, strict=True)))


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of RFC 4180, with the line where each ends. Blanks around a field of CSV are no part of it."""
    trimmed = _BLANKS if separator == "," else ""
    number = 0
    while number < len(lines):
        rest, row = lines[number], []
        number += 1
        if not rest.strip():
            continue
        while True:
            unpadded = rest.lstrip(trimmed) if trimmed else rest
            if unpadded.startswith('"'):
                field, rest, number = _quoted_field(unpadded[1:], lines, number)
                after = rest.lstrip(trimmed) if trimmed else rest
                if after and not after.startswith(separator):
                    raise ValueError(f"'{after[0]}' behind a closing quotation mark", number)
                row.append(field)
                more, rest = bool(after), after[1:]
            else:
                field, mark, rest = rest.partition(separator)
                row.append(field.strip(trimmed) if trimmed else field)
                more = bool(mark)
            if not more:
                break
        yield number, row


def _quoted_field(rest: str, lines: list[str], number: int) -> tuple[str, str, int]:
    """The field behind an opening mark, what follows its closing one, and the number of the line there."""
    start, size, parts = number, 0, []
    while True:
        before, mark, behind = rest.partition('"')
        parts.append(before)
        size += len(before)
        if size > _MOST_BYTES:
            raise ValueError(f"a field over the maximum allowed {_MOST_BYTES} characters", start)
        if not mark:
            if number == len(lines):
                raise ValueError("a quotation mark without another that closes it", start)
            parts.append("\n")
            rest = lines[number]
            number += 1
        elif behind.startswith('"'):
            parts.append('"')
            rest = behind[1:]
        else:
            return "".join(parts), behind, number


def _json_rows(file: Path, lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = json_object(file, number, line)
            yield Row(number, tuple(row), {name: _text(file, number, name, value) for name, value in row.items()})


def read_json_lines(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a file, with their lines."""
    lines = enumerate(_lines(file), 1)
    return [(number, json_object(file, number, line)) for number, line in lines if line.strip()]


class _TwiceError(Exception):
    """A key that an object has twice."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def json_object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except _TwiceError as twice:
        raise duplicate(file, number, str(twice)) from twice
    except (ValueError, RecursionError) as failure:
        raise unreadable(file, number, f"no JSON: {failure}", "write one JSON object a line") from failure
    if not isinstance(row, dict):
        raise unreadable(file, number, "no JSON object", "write one JSON object a line")
    return row


def _text(file: Path, line: int, name: str, value: Any) -> str:
    if isinstance(value, (dict, list)):
        kind = "OBJECT" if isinstance(value, dict) else "ARRAY"
        # only where it is read: see Columns
        return _Unreadable(f"'{name}' is {kind}, not text", "give a string")
    text = "" if value is None else json.dumps(value) if isinstance(value, bool) else str(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _Unreadable(f"'{name}' has half of a surrogate pair", "write the whole character")
    return text


class _Unreadable(str):
    """Stands for a value that is a fault where someone reads it."""

    next_step: str

    def __new__(cls, what: str, next_step: str) -> _Unreadable:
        made = super().__new__(cls, what)
        made.next_step = next_step
        return made


def value_of(file: Path, row: Row, name: str) -> str:
    """A column's value; empty where the row has none."""
    value = row.values.get(name, "")
    if isinstance(value, _Unreadable):
        raise unreadable(file, row.line, str(value), value.next_step)
    return value


def has_words(row: Row, name: str) -> bool:
    """Whether a column's value could be input: ids and other numbers are none."""
    value = row.values.get(name, "")
    return not isinstance(value, _Unreadable) and any(map(str.isalpha, value))
