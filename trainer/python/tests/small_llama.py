"""A small random causal model with two key-value heads, a tokenizer of words, and sums that it can learn."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

WORDS = [
    *["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "=", "####", "Question:", "Answer:", "what", "is"],
    "the",
    "sum",
]


def save_llama(directory: Path) -> Path:
    vocabulary = {word: number for number, word in enumerate(["<pad>", "<s>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    ).save_pretrained(directory)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        # of this size, or logits of a frozen head could not grow
        initializer_range=0.4,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(directory)
    return directory


def write_sums(file: Path) -> None:
    rows = [
        {"question": f"what is {a} + {b}", "answer": f"the sum {a + b} #### {a + b}"}
        for a in range(5)
        for b in range(4)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
