"""A site's examples: labelled texts as the reference trainer reads them, and texts to complete."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rondo.peft.columns import Columns
from rondo.peft.tables import has_words, read_json_lines, read_rows, unreadable
from rondo.plugin import AUTOMATIC, ColumnChoice

_LOG = logging.getLogger("rondo.peft")
_NUMBER = re.compile(r"-?[\d,]*\.?\d+")


@dataclass(frozen=True)
class Example:
    """A text, or a pair of texts, its class, the line where it ends in its file, and which of MNLI's sets it is of."""

    text: str
    pair: str | None
    label: str
    line: int = 0
    dev_set: str = ""


@dataclass(frozen=True)
class Completion:
    """A prompt, what follows it, and the final answer behind ``####``, where there is one."""

    prompt: str
    completion: str
    answer: str | None
    messages: tuple[dict[str, str], ...] = ()


def read_examples(
    file: Path, choice: ColumnChoice = AUTOMATIC, notes: Callable[[str], object] = _LOG.warning
) -> list[Example]:
    """Labelled texts from ``.tsv`` (GLUE's form, or quoted as pandas does), ``.csv`` or ``.jsonl``.

    ``notes`` takes what a user should know: columns that could be input and are not used, rows that are left out.
    """
    header, rows = read_rows(file)
    known: dict[tuple[str, ...], Columns] = {}
    if header is not None:
        known[header] = Columns(file, 1, header, choice)
    examples: list[Example] = []
    unused: dict[str, None] = {}
    used: dict[str, None] = {}
    undecided, incomplete = 0, []
    for row in rows:
        if not row.values and row.names:
            incomplete.append(row.line)
            continue
        columns = known.get(row.names)
        if columns is None:
            columns = known[row.names] = Columns(file, row.line, row.names, choice)
        if columns.is_undecided(row):
            undecided += 1
            continue
        text, pair, label = columns.example(row)
        examples.append(Example(text, pair, label, row.line, columns.dev_set(row)))
        for name in columns.unused:
            if name not in unused and has_words(row, name):
                unused[name] = None
                used[columns.used()] = None
    if unused:
        notes(
            f"{file}: not used: {', '.join(unused)}; used: {'; '.join(used)};"
            " choose others with --text, --text-pair and --label"
        )
    if undecided:
        notes(f"{file}: left out {undecided} rows whose gold_label is '-': the annotators did not agree")
    if incomplete:
        notes(
            f"{file}: left out {len(incomplete)} rows of QQP that lack columns, the first in line {incomplete[0]}",
        )
    return examples


def read_completions(file: Path) -> list[Completion]:
    """JSON Lines, or a table, with ``question`` and ``answer``, ``prompt`` and ``completion``, or ``messages``."""
    if file.suffix.lower() == ".jsonl":
        return [_completion(file, line, row) for line, row in read_json_lines(file)]
    return [_completion(file, row.line, dict(row.values)) for row in read_rows(file)[1]]


def final_answer(text: str) -> str | None:
    """What stands behind the last ``####``, numbers without separators; None where there is none."""
    _, mark, after = text.rpartition("####")
    if not mark:
        return None
    found = _NUMBER.search(after)
    answer = found.group().replace(",", "") if found else after.strip().split("\n")[0].strip()
    return answer.rstrip(".") or None


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
