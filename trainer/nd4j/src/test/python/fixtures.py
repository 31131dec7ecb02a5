"""Writes the fixtures of FixturesTest with the real libraries: small random models, and what PyTorch, transformers and
PEFT compute with them. See README.md beside this file."""

import json
import shutil
import sys
from pathlib import Path

import numpy
import peft
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

LABELS = 3
STEPS = 20
WORDS = "the a film plot was is good bad fine dull very not it we saw liked naive".split()
PAIRS = [
    ("the film was good", None),
    ("a dull plot", None),
    ("we liked it", "the plot is fine"),
    ("not good not bad", None),
    ("it", None),
    ("the film was very very very very good", "we saw it and we liked it very much"),
]
TARGETS = [0, 1, 2, 1, 0, 2]
LONGEST = 16


def bert_tokenizer():
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS + ["##s", "##e", "##n", "n", "a"]
    ids = {word: i for i, word in enumerate(dict.fromkeys(vocabulary))}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def roberta_tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    ids = {word: i for i, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>"] + alphabet)}
    merges = [("t", "h"), ("th", "e"), ("Ġ", "w"), ("i", "t")]
    for left, right in merges:
        ids.setdefault(left + right, len(ids))
    tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", ids["</s>"]), ("<s>", ids["<s>"]))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        bos_token="<s>",
        sep_token="</s>",
        eos_token="</s>",
        mask_token="<mask>",
    )


def random_model(family, tokenizer):
    shape = dict(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        num_labels=LABELS,
        pad_token_id=tokenizer.pad_token_id,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    if family == "bert":
        config = transformers.BertConfig(max_position_embeddings=24, type_vocab_size=2, **shape)
        model = transformers.BertForSequenceClassification(config)
    else:
        config = transformers.RobertaConfig(
            max_position_embeddings=26, type_vocab_size=1, layer_norm_eps=1e-5, **shape
        )
        model = transformers.RobertaForSequenceClassification(config)
    # The usual start is so close to zero that an error would not show.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = torch.randn_like(parameter) * 0.15
            parameter.copy_(1 + spread if name.endswith("LayerNorm.weight") else spread)
    return model.eval()


def encode(tokenizer):
    """Each example with its tokens, and with types only where the model's own tokenizer would give some."""
    encoded = []
    for first, second in PAIRS:
        tokens = tokenizer(first, second, truncation=True, max_length=LONGEST)
        encoded.append({key: tokens[key] for key in ("input_ids", "token_type_ids") if key in tokens})
    return encoded


def logits(model, encoded):
    rows = []
    for tokens in encoded:
        inputs = {"input_ids": torch.tensor([tokens["input_ids"]])}
        if model.config.type_vocab_size > 1:
            inputs["token_type_ids"] = torch.tensor([tokens["token_type_ids"]])
        output = model(**inputs).logits[0]
        # A token classifier is read at its first token.
        rows.append(output if output.dim() == 1 else output[0])
    return torch.stack(rows)


def adapter_config(kind):
    common = dict(task_type="SEQ_CLS", target_modules=["query", "value"], modules_to_save=["classifier"])
    if kind == "vera":
        return peft.VeraConfig(r=6, save_projection=True, projection_prng_key=7, **common)
    return peft.LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, use_rslora=kind == "rslora", **common)


def adapt(directory, kind):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(directory)
    torch.manual_seed(5)
    adapted = peft.get_peft_model(model, adapter_config(kind))
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return adapted.eval()


def trainables(adapted):
    """By the names that PEFT saves them under."""
    return {
        name.replace(".default", "").replace(".modules_to_save", ""): parameter
        for name, parameter in adapted.named_parameters()
        if parameter.requires_grad
    }


def projections(adapted):
    """VeRA's frozen matrices, which a trainer elsewhere cannot draw."""
    state = peft.get_peft_model_state_dict(adapted)
    return {name: value for name, value in state.items() if name.endswith((".vera_A", ".vera_B"))}


def loss_of(adapted, encoded):
    return torch.nn.functional.cross_entropy(logits(adapted, encoded), torch.tensor(TARGETS))


def train(directory, kind, encoded, optimizer):
    adapted = adapt(directory, kind)
    parameters = list(trainables(adapted).values())
    if optimizer == "sgd":
        steps = torch.optim.SGD(parameters, lr=0.05)
    else:
        steps = torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.01)
    losses = []
    for _ in range(STEPS):
        steps.zero_grad()
        loss = loss_of(adapted, encoded)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    return losses, adapted


def save(tensors, file):
    save_file({name: value.detach().clone().contiguous() for name, value in tensors.items()}, file)


def write(family, kinds, root):
    directory = root / family
    shutil.rmtree(directory, ignore_errors=True)
    torch.manual_seed(3)
    tokenizer = bert_tokenizer() if family == "bert" else roberta_tokenizer()
    tokenizer.save_pretrained(directory)
    model = random_model(family, tokenizer)
    model.save_pretrained(directory)
    encoded = encode(tokenizer)
    expected = {
        "examples": [{"text": first, "pair": second} for first, second in PAIRS],
        "targets": TARGETS,
        "longest": LONGEST,
        "tokens": encoded,
        "logits": logits(model, encoded).tolist(),
        "adapters": {},
    }
    for kind in kinds:
        adapted = adapt(directory, kind)
        adapted.save_pretrained(directory / kind)
        loss = loss_of(adapted, encoded)
        loss.backward()
        save({name: parameter.grad for name, parameter in trainables(adapted).items()},
             directory / kind / "gradients.safetensors")
        result = {"loss": loss.item(), "logits": logits(adapted, encoded).tolist()}
        for optimizer in ("sgd", "adamw"):
            losses, trained = train(directory, kind, encoded, optimizer)
            result[optimizer] = {"losses": losses, "logits": logits(trained, encoded).tolist()}
            save(trainables(trained), directory / kind / f"{optimizer}.safetensors")
        expected["adapters"][kind] = result
    (directory / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    for path in directory.rglob("README.md"):
        path.unlink()
    for path in directory.rglob("adapter_config.json"):
        # Not where it lay when this was written.
        config = json.loads(path.read_text())
        config["base_model_name_or_path"] = family
        path.write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "peft")
    torch.set_num_threads(1)
    for family in ("bert", "roberta"):
        write(family, ("lora", "rslora", "vera"), root)
    versions = {module.__name__: module.__version__ for module in (torch, transformers, peft, numpy)}
    print(f"wrote {root} with {versions}")


main()
