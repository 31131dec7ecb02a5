"""Loads adapters that `rondo export` wrote with the real PEFT, and writes the logits of some texts beside each of them."""

import json
import sys
from pathlib import Path

import peft
import torch
import transformers


def main():
    examples = [json.loads(line) for line in Path(sys.argv[2]).read_text().splitlines()]
    labels = sys.argv[3].split(",")
    max_length = int(sys.argv[4]) if len(sys.argv) > 4 else 64
    for directory in sys.argv[1].split(","):
        check(Path(directory), examples, labels, max_length)


def check(directory, examples, labels, max_length):
    config = peft.PeftConfig.from_pretrained(directory)
    base = config.base_model_name_or_path
    first_token = config.task_type == "TOKEN_CLS"
    kind = (
        transformers.AutoModelForTokenClassification
        if first_token
        else transformers.AutoModelForSequenceClassification
    )
    model = kind.from_pretrained(base, num_labels=len(labels))
    adapted = peft.PeftModel.from_pretrained(model, directory).eval()
    rows = logits(adapted, transformers.AutoTokenizer.from_pretrained(base), examples, max_length, first_token)
    loss, right = 0.0, 0
    for row, example in zip(rows, examples):
        target = labels.index(str(example["label"]))
        loss -= torch.log_softmax(row, -1)[target].item()
        right += int(row.argmax().item() == target)
    keep(directory, examples, rows)
    print(f"loss {loss / len(rows):.6f}, accuracy {right / len(rows):.4f}, {len(rows)} texts, {kind.__name__}")


@torch.no_grad()
def logits(model, tokenizer, examples, max_length, first_token=False):
    rows = []
    for example in examples:
        texts = [example["text"]] + ([example["text_pair"]] if example.get("text_pair") else [])
        inputs = tokenizer(*texts, return_tensors="pt", truncation=True, max_length=max_length, padding=False)
        output = model(**inputs).logits[0]
        rows.append(output[0] if first_token else output)
    return rows


def keep(directory, examples, rows, name="logits.json"):
    values = {"examples": examples, "logits": [row.tolist() for row in rows]}
    (directory / name).write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
