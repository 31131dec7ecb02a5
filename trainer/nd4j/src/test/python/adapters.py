"""Adapters of every form, written by the real PEFT, and what PEFT computes with them: the inputs of ImportedAdaptersIT.

    adapters.py make FOLDER BASES TEXTS MAX_LENGTH   each form in a directory of its own, of the models bert and roberta
    adapters.py vera FROM TO TEXTS MAX_LENGTH        a VeRA adapter with the frozen projections of another
    adapters.py read DIRECTORIES TEXTS MAX_LENGTH    what PEFT computes with what `rondo export` wrote
"""

import json
import sys
from pathlib import Path

import peft
import torch
import transformers
from check_export import keep, logits
from safetensors.torch import load_file, save_file

LABELS = 3
QUERY_VALUE = ["query", "value"]
CLASSIFIER = transformers.AutoModelForSequenceClassification
TOKENS = transformers.AutoModelForTokenClassification

# What a user may have: the settings that differ from rank 4, alpha 8, on query and value, for a classifier.
FORMS = {
    "lora": {},
    "rslora": dict(use_rslora=True),
    "paths": dict(target_modules=["attention.self.query", "attention.output.dense"]),
    "pattern": dict(target_modules=r".*encoder.*(key|intermediate\.dense)"),
    "one-layer": dict(layers_to_transform=[1], layers_pattern="layer"),
    "begun-otherwise": dict(init_lora_weights="orthogonal", lora_dropout=0.3),
    "fractional-alpha": dict(r=3, lora_alpha=2.5),
    "excluded": dict(target_modules=["query", "key", "dense"], exclude_modules=["pooler.dense"]),
    "no-task": dict(task_type=None),
    "unlisted-head": dict(task_type=None, modules_to_save=["classifier"]),
    "features": dict(task_type="FEATURE_EXTRACTION"),
    "two-labels": {},
    "roberta": {},
    "dora": dict(use_dora=True),
    "pissa": dict(init_lora_weights="pissa"),
    "olora": dict(init_lora_weights="olora"),
    "ranks": dict(rank_pattern={"query": 2}),
    "alphas": dict(alpha_pattern={"query": 2}),
    "all-biases": dict(bias="all"),
    "adapter-biases": dict(bias="lora_only"),
    "bias-of-b": dict(lora_bias=True),
    "pooler": dict(modules_to_save=["classifier", "pooler"]),
    "pooler-adapted": dict(target_modules=["query", "dense"]),
    "embeddings": dict(target_modules=["query", "word_embeddings"]),
    "new-tokens": dict(trainable_token_indices={"word_embeddings": [5, 6]}),
    "token-classifier": dict(task_type="TOKEN_CLS"),
}
# Written by other tools than this PEFT, or by hand.
EDITS = {
    "alora": ("lora", dict(alora_invocation_tokens=[5, 6])),
    "transposed": ("lora", dict(fan_in_fan_out=True)),
    "no-alpha": ("lora", dict(lora_alpha=None)),
    "named-by-peft": ("lora", {}),
    "unlisted-head": ("unlisted-head", dict(modules_to_save=None)),
    "old-keys": ("lora", dict(enable_lora=None, merge_weights=False)),
    "some-rows": ("lora", dict(enable_lora=[True, False, True], merge_weights=False)),
    "half": ("lora", {}),
}
READ_TOO = ("old-keys", "half")


def main():
    arguments = sys.argv[2:]
    examples = [json.loads(line) for line in Path(arguments[-2]).read_text().splitlines()]
    max_length = int(arguments[-1])
    if sys.argv[1] == "make":
        make(Path(arguments[0]), Path(arguments[1]), examples, max_length)
    elif sys.argv[1] == "vera":
        vera(Path(arguments[0]), Path(arguments[1]), examples, max_length)
    else:
        for directory in arguments[0].split(","):
            read(Path(directory), examples, max_length)


def make(folder, bases, examples, max_length):
    for form, settings in FORMS.items():
        base = bases / ("roberta" if form == "roberta" else "bert")
        write(folder / form, base, peft.LoraConfig(**(lora() | settings)), 2 if form == "two-labels" else LABELS)
    write(folder / "loha", bases / "bert", peft.LoHaConfig(**common()), LABELS)
    write(folder / "vera", bases / "bert", peft.VeraConfig(**common(), save_projection=True), LABELS)
    write(folder / "undrawn-vera", bases / "bert", peft.VeraConfig(**common(), save_projection=False), LABELS)
    for form, (origin, changes) in EDITS.items():
        edit(folder / origin, folder / form, changes)
    rename(folder / "named-by-peft")
    halve(folder / "half")
    for form in (*FORMS, *READ_TOO):
        base = bases / ("roberta" if form == "roberta" else "bert")
        rows = logits(adapted(folder / form, base), tokenizer(base), examples, max_length)
        keep(folder / form, examples, rows)
    without_head(folder / "two-labels", bases / "bert", examples, max_length)


def common():
    return dict(r=4, target_modules=QUERY_VALUE, task_type="SEQ_CLS")


def lora():
    return dict(lora_alpha=8, lora_dropout=0.0, **common())


def model_class(config):
    if config.task_type == "TOKEN_CLS":
        return TOKENS
    return transformers.AutoModel if config.task_type == "FEATURE_EXTRACTION" else CLASSIFIER


def base_model(base, config, labels):
    more = {} if config.task_type == "FEATURE_EXTRACTION" else dict(num_labels=labels)
    return model_class(config).from_pretrained(base, ignore_mismatched_sizes=True, **more)


def write(directory, base, config, labels):
    torch.manual_seed(5)
    model = peft.get_peft_model(base_model(base, config, labels), config)
    randomize(model)
    model.save_pretrained(directory)


def randomize(model):
    """Far from where training starts, where half of an adapter has no effect."""
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.2)


def edit(origin, directory, changes):
    directory.mkdir(exist_ok=True)
    config = json.loads((origin / "adapter_config.json").read_text()) | changes
    missing = [key for key, value in changes.items() if key == "lora_alpha" and value is None]
    for key in missing:
        del config[key]
    (directory / "adapter_config.json").write_text(json.dumps(config))
    save_file(load_file(origin / "adapter_model.safetensors"), directory / "adapter_model.safetensors")


def rename(directory):
    """The names that tensors have inside of PEFT, which a state_dict saved by hand has."""
    file = directory / "adapter_model.safetensors"
    tensors = load_file(file)
    save_file({name.replace(".weight", ".default.weight"): tensor for name, tensor in tensors.items()}, file)


def halve(directory):
    file = directory / "adapter_model.safetensors"
    save_file({name: tensor.bfloat16() for name, tensor in load_file(file).items()}, file)


def adapted(directory, base):
    config = peft.PeftConfig.from_pretrained(directory)
    head = load_file(directory / "adapter_model.safetensors").get("base_model.model.classifier.bias")
    labels = LABELS if head is None else len(head)
    if config.task_type != "FEATURE_EXTRACTION":
        return peft.PeftModel.from_pretrained(base_model(base, config, labels), directory).eval()
    classifier = CLASSIFIER.from_pretrained(base)
    classifier.bert = peft.PeftModel.from_pretrained(base_model(base, config, labels), directory)
    return classifier.eval()


def without_head(directory, base, examples, max_length):
    """The adapter's factors below the head that the base model has."""
    own = CLASSIFIER.from_pretrained(base).classifier
    model = adapted(directory, base)
    model.base_model.model.classifier = own
    keep(directory, examples, logits(model.eval(), tokenizer(base), examples, max_length), "logits-of-base-head.json")


def vera(origin, directory, examples, max_length):
    base = base_of(origin)
    model = peft.PeftModel.from_pretrained(CLASSIFIER.from_pretrained(base), origin, is_trainable=True)
    randomize(model)
    model.save_pretrained(directory)
    keep(directory, examples, logits(model.eval(), tokenizer(base), examples, max_length))


def read(directory, examples, max_length):
    base = base_of(directory)
    keep(directory, examples, logits(adapted(directory, base), tokenizer(base), examples, max_length))


def base_of(directory):
    return Path(peft.PeftConfig.from_pretrained(directory).base_model_name_or_path)


def tokenizer(base):
    return transformers.AutoTokenizer.from_pretrained(base)


if __name__ == "__main__":
    main()
