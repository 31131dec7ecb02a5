"""A site's examples: labelled texts as the reference trainer reads them, and texts to complete."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rondo.errors import RondoError

_NUMBER = re.compile(r"-?[\d,]*\.?\d+")


@dataclass(frozen=True)
class Example:
    """A text, or a pair of texts, and its class."""

    text: str
    pair: str | None
    label: str


@dataclass(frozen=True)
class Completion:
    """A prompt, what follows it, and the final answer behind ``####``, where there is one."""

    prompt: str
    completion: str
    answer: str | None
    messages: tuple[dict[str, str], ...] = ()


def unreadable(file: Path, line: int, what: str, next_step: str) -> RondoError:
    return RondoError("data-unreadable", f"{file}, line {line}: {what}", next_step)


def read_examples(file: Path) -> list[Example]:
    """Labelled texts from ``.tsv`` (GLUE's form), ``.csv`` or ``.jsonl``."""
    return [_example(file, line, row) for line, row in _rows(file)]


def read_completions(file: Path) -> list[Completion]:
    """JSON Lines with ``question`` and ``answer``, ``prompt`` and ``completion``, or ``messages``."""
    return [_completion(file, line, row) for line, row in _rows(file)]


def final_answer(text: str) -> str | None:
    """What stands behind the last ``####``, numbers without separators; None where there is none."""
    _, mark, after = text.rpartition("####")
    if not mark:
        return None
    found = _NUMBER.search(after)
    answer = found.group().replace(",", "") if found else after.strip().split("\n")[0].strip()
    return answer.rstrip(".") or None


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    readers: dict[str, Callable[[str], Iterator[tuple[int, dict[str, Any]]]]] = {
        ".tsv": lambda text: _table(text, "\t", csv.QUOTE_NONE),
        ".csv": lambda text: _table(text, ",", csv.QUOTE_MINIMAL),
        ".jsonl": lambda text: _json_lines(file, text),
    }
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise RondoError(
            "data-unreadable", f"{file} is of no form that can be read", "give a file that ends in .tsv, .csv or .jsonl"
        )
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError as missing:
        raise RondoError("data-not-found", f"there is no file {file}", "check the path of the data") from missing
    except UnicodeDecodeError as failure:
        raise RondoError("data-unreadable", f"{file} is not UTF-8", "convert the file to UTF-8") from failure
    except OSError as failure:
        raise RondoError("data-unreadable", f"{file} cannot be read: {failure}", "check its permissions") from failure
    return reader(text)


def _table(text: str, delimiter: str, quoting: Literal[0, 3]) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = text.splitlines(keepends=True)
    reader = csv.DictReader(lines, delimiter=delimiter, quoting=quoting)
    for row in reader:
        yield reader.line_num, row


def _json_lines(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as failure:
            raise unreadable(file, number, f"no JSON: {failure}", "write one JSON object a line") from failure
        if not isinstance(row, dict):
            raise unreadable(file, number, "no JSON object", "write one JSON object a line")
        yield number, row


def _example(file: Path, line: int, row: dict[str, Any]) -> Example:
    if "label" not in row:
        raise RondoError(
            "label-column-missing",
            f"{file} has no column 'label'; its columns are {list(row)}",
            "name the column of the classes 'label'",
        )
    columns = next(
        (
            (one, two)
            for one, two in (("sentence1", "sentence2"), ("sentence", ""), ("text", "text_pair"))
            if one in row
        ),
        None,
    )
    if columns is None:
        raise RondoError(
            "data-unreadable",
            f"{file} has no column of text; its columns are {list(row)}",
            "name it 'sentence' or 'text', or a pair 'sentence1' and 'sentence2'",
        )
    text, pair, label = row.get(columns[0]), row.get(columns[1]), row["label"]
    if label is None or not str(label).strip():
        raise unreadable(file, line, "no label", "give each row a label")
    if text is None or not str(text).strip():
        raise unreadable(file, line, f"no text in '{columns[0]}'", "remove the row, or give it text")
    return Example(str(text), str(pair) if pair and str(pair).strip() else None, str(label).strip())


def _completion(file: Path, line: int, row: dict[str, Any]) -> Completion:
    if "messages" in row:
        messages = row["messages"]
        valid = (
            isinstance(messages, list)
            and len(messages) > 1
            and all(
                isinstance(each, dict) and isinstance(each.get("content"), str) and each.get("role")
                for each in messages
            )
        )
        if not valid or messages[-1]["role"] != "assistant":
            raise unreadable(file, line, "its messages do not end with one of the assistant", "add what it should say")
        answer = messages[-1]["content"]
        return Completion("", answer, final_answer(answer), tuple(messages))
    for prompt, completion in (("question", "answer"), ("prompt", "completion")):
        if prompt in row and completion in row:
            before, after = str(row[prompt]), str(row[completion])
            if not after.strip():
                raise unreadable(file, line, f"no text in '{completion}'", "remove the row, or give it text")
            if prompt == "question":
                before, after = f"Question: {before.strip()}\nAnswer:", " " + after.strip()
            return Completion(before, after, final_answer(after))
    raise unreadable(
        file,
        line,
        f"its keys are {list(row)}",
        "write question and answer, prompt and completion, or messages",
    )
