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
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    rows, loss, right = [], 0.0, 0
    with torch.no_grad():
        for example in examples:
            texts = [example["text"]] + ([example["text_pair"]] if example.get("text_pair") else [])
            inputs = tokenizer(*texts, return_tensors="pt", truncation=True, max_length=max_length, padding=False)
            output = adapted(**inputs).logits[0]
            logits = output[0] if first_token else output
            target = labels.index(str(example["label"]))
            loss -= torch.log_softmax(logits, -1)[target].item()
            right += int(logits.argmax().item() == target)
            rows.append(logits.tolist())
    (directory / "logits.json").write_text(json.dumps({"examples": examples, "logits": rows}) + "\n")
    print(f"loss {loss / len(rows):.6f}, accuracy {right / len(rows):.4f}, {len(rows)} texts, {kind.__name__}")


main()
