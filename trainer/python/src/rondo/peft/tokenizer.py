"""What the digest of a base model has of its tokenizer: the file, and what settings beside it change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rondo.errors import RondoError

_BERT = ("BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer")
_NAMES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_USUAL_NAMES = {
    "bert": {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")},
    "roberta": {
        **dict.fromkeys(("bos_token", "cls_token"), "<s>"),
        **dict.fromkeys(("eos_token", "sep_token"), "</s>"),
        **{f"{name}_token": f"<{name}>" for name in ("unk", "pad", "mask")},
    },
}
_NORMALIZING = (
    ("do_lower_case", "lowercase", True),
    ("strip_accents", "strip_accents", None),
    ("tokenize_chinese_chars", "handle_chinese_chars", True),
)


def digest_lines(directory: Path, model_type: str) -> list[str]:
    """The lines of the wire contract: the digest of the file, and a second one where settings change tokens."""
    file = directory / "tokenizer.json"
    if model_type not in _USUAL_NAMES:
        return [_digest(file)]
    settings = _object(directory / "tokenizer_config.json")
    kind = _kind(settings.get("tokenizer_class"), model_type)
    stored = _object(file)
    if kind == "bert" and not file.is_file() and (directory / "vocab.txt").is_file():
        file, stored = directory / "vocab.txt", {"normalizer": {"type": "BertNormalizer"}}
    lines, changes = [_digest(file)], dict[str, Any]()
    if kind == "bert" and (stored.get("normalizer") or {}).get("type") == "BertNormalizer":
        wanted = {name: settings.get(key, usual) for key, name, usual in _NORMALIZING}
        if wanted != {name: stored["normalizer"].get(name, "not there") for name in wanted}:
            changes |= wanted
    if kind == "roberta":
        blank = bool(settings.get("add_prefix_space"))
        if (stored.get("pre_tokenizer") or {}).get("add_prefix_space") is not blank:
            changes["add_prefix_space"] = blank
    added = _added(directory, settings, stored, kind)
    if added:
        changes["added_tokens"] = added
    return lines + ([json.dumps(changes, separators=(",", ":"), ensure_ascii=False)] if changes else [])


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as failure:
        raise RondoError(
            "model-unreadable", f"{file} is not there", "save the model's fast tokenizer into its directory"
        ) from failure


def _object(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as failure:
        raise RondoError(
            "model-unreadable", f"{file} cannot be read: {failure}", "save the model's tokenizer again"
        ) from failure
    return found if isinstance(found, dict) else {}


def _kind(title: str | None, model_type: str) -> str:
    if not title:
        return model_type
    slow = title.removesuffix("Fast")
    return "bert" if slow in _BERT else "roberta" if slow == "RobertaTokenizer" else ""


def _content(token: Any) -> str | None:
    return token.get("content") if isinstance(token, dict) else token if isinstance(token, str) else None


def _added(directory: Path, settings: Mapping[str, Any], stored: Mapping[str, Any], kind: str) -> list[str]:
    """Tokens that only the settings have, but for those with a name."""
    special = _object(directory / "special_tokens_map.json")
    named = {
        _content(settings.get(name) or special.get(name)) or _USUAL_NAMES.get(kind, {}).get(name) for name in _NAMES
    }
    decoder = settings.get("added_tokens_decoder") or {}
    tokens = [decoder[number] for number in sorted(decoder, key=int)]
    if "added_tokens_decoder" not in settings:
        older = _object(directory / "added_tokens.json")
        tokens += sorted(older, key=older.__getitem__)
    for key in ("additional_special_tokens", "extra_special_tokens"):
        extra = settings[key] if key in settings else special.get(key)
        tokens += list(extra.values()) if isinstance(extra, dict) else list(extra or [])
    known = {token.get("content") for token in stored.get("added_tokens") or []}
    texts = [text for text in map(_content, tokens) if text is not None]
    return list(dict.fromkeys(text for text in texts if text not in known and text not in named))
