"""The PEFT trainer on small models: layouts, losses, gradients and the digests that Java computes."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from conftest import CHECKOUT

pytest.importorskip("torch", reason="the extra [peft] is not installed: pip install '.[peft]'")
pytest.importorskip("peft", reason="the extra [peft] is not installed: pip install '.[peft]'")
pytest.importorskip("transformers", reason="the extra [peft] is not installed: pip install '.[peft]'")

import torch
from safetensors.numpy import load_file, save_file
from transformers import LlamaForCausalLM

import rondo
from rondo.errors import RondoError
from rondo.generator import VERA_A, vera_projection
from rondo.job import Job
from rondo.layout import Layout, TensorShape
from rondo.peft.data import final_answer, read_completions, read_examples
from rondo.peft.model import loading, model_digest
from rondo.peft.order import training_order
from rondo.peft.trainer import PeftTrainer
from rondo.plugin import Plugin, check_model
from rondo.submit import job_spec
from small_llama import save_llama, write_sums

FIXTURES = CHECKOUT / "trainer" / "nd4j" / "src" / "test" / "resources" / "peft"
PREFIX = "base_model.model."


def job(model: Path, **settings: object) -> Job:
    keys = {key.replace("_", "-"): value for key, value in settings.items()}
    small = {"name": "j", "model": str(model), "rank": 2, "local-steps": 4, "batch-size": 4, "max-length": 24}
    spec = job_spec({**small, **keys})
    return Job("u", spec, Layout((TensorShape("draft", "lora-a", (1, 1)),)))


def opened(model: Path, train: Path | None = None, **settings: object) -> PeftTrainer:
    return PeftTrainer(job(model, **settings), rondo.Site("site-1", train=train, test=train))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    file = tmp_path / "sums.jsonl"
    write_sums(file)
    return file


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    file = tmp_path / "texts.tsv"
    words = [
        word for word in json.loads((FIXTURES / "bert/tokenizer.json").read_text())["model"]["vocab"] if word.isalpha()
    ]
    rows = [f"{' '.join(words[i % len(words)] for i in range(n, n + 4))}\t{n % 3}" for n in range(24)]
    file.write_text("sentence\tlabel\n" + "\n".join(rows) + "\n")
    return file


def test_should_draw_examples_in_the_order_of_the_reference_trainer():
    assert training_order(1, "site-1", 1, 8, 8) == [1, 4, 2, 3, 7, 0, 6, 5]
    order = training_order(1, "site-1", 3, 10, 25)
    assert sorted(order[:10]) == sorted(order[10:20]) == list(range(10))


def test_should_lay_out_a_bert_as_the_contract_says():
    names = list(opened(FIXTURES / "bert", target_modules=["value", "query", "dense"], labels=["a", "b"]).parameters())

    layer = f"{PREFIX}bert.encoder.layer.0."
    modules = (
        "attention.self.query",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    )
    assert names[:10] == [f"{layer}{each}.lora_{factor}.weight" for each in modules for factor in "AB"]
    assert names[-2:] == [f"{PREFIX}classifier.weight", f"{PREFIX}classifier.bias"]
    assert len(names) == 22


def test_should_lay_out_the_head_of_a_roberta_and_some_layers():
    names = list(opened(FIXTURES / "roberta", layers_to_transform=[1], adapter="vera", labels=["a", "b"]).parameters())

    layer = f"{PREFIX}roberta.encoder.layer.1.attention.self."
    assert names == [
        *(f"{layer}{module}.vera_lambda_{kind}" for module in ("query", "value") for kind in "db"),
        *(f"{PREFIX}classifier.{each}" for each in ("dense.weight", "dense.bias", "out_proj.weight", "out_proj.bias")),
    ]


@pytest.mark.parametrize("family", ["bert", "roberta"])
@pytest.mark.parametrize("adapter", ["lora", "rslora", "vera"])
def test_should_have_the_tensors_that_java_and_peft_have(family: str, adapter: str):
    config = json.loads((FIXTURES / family / adapter / "adapter_config.json").read_text())
    trainer = opened(
        FIXTURES / family,
        adapter=adapter,
        rank=config["r"],
        target_modules=sorted(config["target_modules"]),
        labels=["a", "b", "c"],
    )
    saved = load_file(FIXTURES / family / adapter / "adapter_model.safetensors")
    expected = {name: each.shape for name, each in saved.items() if not name.endswith((VERA_A, "vera_B"))}

    found = {name: value.shape for name, value in trainer.parameters().items()}

    assert found == {name.replace("modules_to_save.", ""): shape for name, shape in expected.items()}


def test_should_draw_the_projections_of_vera_from_the_generator():
    trainer = opened(FIXTURES / "bert", adapter="vera", seed=9, labels=["a", "b"])
    found = trainer._model.model.base_model.vera_A["default"].numpy()

    assert np.array_equal(found, vera_projection(9, VERA_A, found.shape))
    shared = [each for each in trainer._model.model.modules() if hasattr(each, "vera_A")]
    assert all(each.vera_A["default"].data_ptr() == shared[0].vera_A["default"].data_ptr() for each in shared)


@pytest.mark.parametrize("method", ["fedsa", "ffa", "rolora"])
def test_should_train_a_classifier_and_keep_what_is_frozen(texts: Path, method: str):
    settings = {
        "labels": ["0", "1", "2"],
        "optimizer": "adamw",
        "learning_rate": 0.01,
        "method": method,
        "local_steps": 40,
    }
    made = job(FIXTURES / "bert", max_length=16, **settings)
    plugin = Plugin(PeftTrainer, made, rondo.Site("site-1", train=texts, test=texts))
    real = Job("u", made.spec, plugin.layout())
    before = plugin.evaluate()

    report = plugin.train(1, real.frozen(1))

    after = plugin.evaluate()
    assert report.num_examples == 24
    assert after["test/loss"] < before["test/loss"]
    assert 0 <= after["test/accuracy"] <= 1


def test_should_repeat_itself(texts: Path):
    settings = {"labels": ["0", "1", "2"], "dropout": 0.3, "max_length": 16}
    one, other = (opened(FIXTURES / "bert", texts, **settings) for _ in range(2))

    one.train(3, frozenset())
    other.train(3, frozenset())

    assert all(np.array_equal(value, other.parameters()[name]) for name, value in one.parameters().items())


def test_should_come_to_the_same_values_in_micro_batches(texts: Path):
    settings = {"labels": ["0", "1", "2"], "max_length": 16}
    whole, parts = (opened(FIXTURES / "bert", texts, micro_batch_size=size, **settings) for size in (0, 3))

    whole.train(1, frozenset())
    parts.train(1, frozenset())

    for name, value in whole.parameters().items():
        assert np.allclose(value, parts.parameters()[name], atol=1e-6), name


def test_should_lay_out_a_causal_model_without_a_head(llama: Path):
    trainer = opened(llama, target_modules=["v_proj", "q_proj"])
    shapes = {name: value.shape for name, value in trainer.parameters().items()}

    layer = f"{PREFIX}model.layers.0.self_attn."
    assert list(shapes)[:4] == [
        f"{layer}{each}.lora_{factor}.weight" for each in ("q_proj", "v_proj") for factor in "AB"
    ]
    assert shapes[f"{layer}v_proj.lora_B.weight"] == (8, 2)
    assert len(shapes) == 8
    every = opened(llama, target_modules=["all-linear"]).parameters()
    assert len(every) == 2 * 2 * 7


def test_should_count_the_completion_alone(llama: Path, sums: Path):
    trainer = opened(llama, sums, target_modules=["q_proj", "v_proj"])
    task, example = trainer._task, read_completions(sums)[3]
    before, after = task._tokens(example)
    ids = torch.tensor([before + after])
    with torch.no_grad():
        shares = torch.log_softmax(trainer._model.model(input_ids=ids).logits[0], dim=-1)
    places = range(len(before), len(before) + len(after))
    expected = -sum(float(shares[place - 1, ids[0, place]]) for place in places) / len(after)

    with torch.no_grad():
        # beside a longer example, whose padding must not count
        both = task.loss([example, read_completions(sums)[19]], "sum")
        alone = [task.loss([each], "sum") for each in (example, read_completions(sums)[19])]
        assert float(task.loss([example])) == pytest.approx(expected, rel=1e-5)
    assert float(both) == pytest.approx(float(sum(alone)), rel=1e-5)
    assert after[-1] == trainer._model.tokenizer.eos_token_id


def test_should_learn_sums_by_heart(llama: Path, sums: Path):
    trainer = opened(
        llama,
        sums,
        target_modules=["all-linear"],
        rank=8,
        optimizer="adamw",
        learning_rate=0.02,
        local_steps=150,
        batch_size=10,
    )
    before = trainer.evaluate()

    trainer.train(1, frozenset())

    after = trainer.evaluate()
    assert after["test/loss"] < before["test/loss"] / 2
    assert after["test/perplexity"] == pytest.approx(math.exp(after["test/loss"]))
    assert after["test/exact-match"] > before["test/exact-match"]


def test_should_leave_out_completions_that_do_not_fit(llama: Path, sums: Path, caplog: pytest.LogCaptureFixture):
    with sums.open("a") as file:
        file.write(json.dumps({"prompt": "what", "completion": "the " * 70}) + "\n")

    trainer = opened(llama, sums, target_modules=["q_proj"], max_length=32)

    assert len(trainer._train) == 20
    assert "1 of 21 completions have 32 tokens or more" in caplog.text
    with pytest.raises(RondoError) as failure:
        opened(llama, sums, target_modules=["q_proj"], max_length=4)
    assert failure.value.code == "too-few-examples"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so 1 + 1 = 2\n#### 2", "2"),
        ("#### 1,234", "1234"),
        ("#### -3.50 apples", "-3.50"),
        ("#### yes", "yes"),
        ("2", None),
    ],
)
def test_should_find_the_final_answer(text: str, answer: str | None):
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.txt", "x", "data-unreadable"),
        ("a.jsonl", "{", "data-unreadable"),
        ("a.jsonl", '{"question": "q"}', "data-unreadable"),
        ("a.jsonl", '{"messages": [{"role": "user", "content": "q"}]}', "data-unreadable"),
    ],
)
def test_should_refuse_bad_completions(tmp_path: Path, name: str, text: str, code: str):
    (tmp_path / name).write_text(text)
    with pytest.raises(RondoError) as failure:
        read_completions(tmp_path / name)
    assert failure.value.code == code


def test_should_read_labelled_texts_in_three_forms(tmp_path: Path):
    (tmp_path / "a.tsv").write_text('sentence\tlabel\nhe said "no\t1\n')
    (tmp_path / "a.csv").write_text('label,text,text_pair\n0,"a, b",c\n')
    (tmp_path / "a.jsonl").write_text('{"sentence1": "a", "sentence2": "b", "label": 2}\n\n')

    read = [read_examples(tmp_path / f"a.{form}")[0] for form in ("tsv", "csv", "jsonl")]

    assert [(each.text, each.pair, each.label) for each in read] == [
        ('he said "no', None, "1"),
        ("a, b", "c", "0"),
        ("a", "b", "2"),
    ]
    (tmp_path / "b.tsv").write_text("sentence\nx\n")
    with pytest.raises(RondoError) as failure:
        read_examples(tmp_path / "b.tsv")
    assert failure.value.code == "label-column-missing"


def test_should_say_what_is_wrong_with_a_model(tmp_path: Path):
    codes = []
    (tmp_path / "empty").mkdir()
    for name, settings in (
        ("nowhere", {}),
        (str(tmp_path / "empty"), {}),
        (str(FIXTURES / "bert"), {"target_modules": ["no"]}),
        (str(FIXTURES / "bert"), {"max_length": 25}),
    ):
        with pytest.raises(RondoError) as failure:
            opened(Path(name), **settings)
        codes.append(failure.value.code)
    assert codes == ["model-not-found", "model-unreadable", "model-unsupported", "bad-config"]


def test_should_digest_a_causal_model_whatever_its_files_are(llama: Path, tmp_path: Path):
    model = LlamaForCausalLM.from_pretrained(llama)
    model.save_pretrained(tmp_path, max_shard_size="10KB")
    for file in llama.glob("tokenizer*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())

    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    assert model_digest(tmp_path) == model_digest(llama)
    with torch.no_grad():
        next(model.parameters())[0, 0] += 1
    model.save_pretrained(tmp_path, max_shard_size="10KB")
    assert model_digest(tmp_path) != model_digest(llama)


@pytest.mark.parametrize(
    ("family", "digest", "layout"),
    [
        (
            "bert",
            "472e36e48137c55bd144cc9f89d7bd82d8a9c096e11f5134cd4cd14ad1b4ca82",
            "7a0a8819cac903717d9065d13fd5e4acf160f430812c69811241f377aea9d48a",
        ),
        (
            "roberta",
            "a9cc4bca9c43cd06529b4e77e63e911d6b16a85a59aef4679cb488aaaa549e36",
            "f774843f90532641b6a747d22a69aac1de974815ea5d9fbee3b93edc14dfceb3",
        ),
    ],
)
def test_should_digest_model_and_layout_as_the_reference_trainer_does(family: str, digest: str, layout: str):
    """Golden: what ``rondo job submit`` wrote into the log."""
    plugin = Plugin(PeftTrainer, job(FIXTURES / family, labels=["a", "b", "c"]), rondo.Site("t"))

    assert plugin.model_digest() == digest
    assert plugin.layout().digest.hex() == layout


def copied(tmp_path: Path, **config: object) -> Path:
    """The small BERT, with other values in its configuration."""
    model = tmp_path / "model"
    shutil.copytree(FIXTURES / "bert", model, ignore=shutil.ignore_patterns("lora", "rslora", "vera"))
    stored = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(stored | config))
    return model


def test_should_put_the_head_into_the_order_of_the_labels(tmp_path: Path):
    names = {"0": "yes", "1": "no", "2": "maybe"}
    model = copied(tmp_path, id2label=names, label2id={name: int(number) for number, name in names.items()})
    weight = f"{PREFIX}classifier.weight"

    stored = opened(model, labels=["yes", "no", "maybe"]).parameters()[weight]
    reordered = opened(model, labels=["maybe", "yes", "no"]).parameters()[weight]

    assert np.array_equal(reordered, stored[[2, 0, 1]])
    assert not np.array_equal(reordered, stored)


@pytest.mark.parametrize("labels", [["yes", "no"], ["ham", "spam", "eggs"]])
def test_should_tell_of_a_head_that_is_replaced(tmp_path: Path, labels: list[str], caplog: pytest.LogCaptureFixture):
    names = {"0": "yes", "1": "no", "2": "maybe"}
    model = copied(tmp_path, id2label=names, label2id={name: int(number) for number, name in names.items()})

    opened(model, labels=labels)

    assert "it is replaced by a new one" in caplog.text


def test_should_refuse_a_model_without_all_of_its_tensors(tmp_path: Path):
    model = copied(tmp_path)
    tensors = load_file(model / "model.safetensors")
    del tensors["bert.encoder.layer.1.output.dense.bias"]
    save_file(tensors, model / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(RondoError, match=r"has no bert\.encoder\.layer\.1\.output\.dense\.bias"):
        opened(model, labels=["a", "b", "c"])


def test_should_read_layer_norms_by_their_older_names(tmp_path: Path):
    model = copied(tmp_path)
    tensors = load_file(model / "model.safetensors")
    renamed = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
        for name, value in tensors.items()
    }
    digest = model_digest(model)
    save_file(renamed, model / "model.safetensors", metadata={"format": "pt"})

    assert model_digest(model) == digest
    opened(model, labels=["a", "b", "c"])


def test_should_read_texts_beside_pairs_in_one_batch(tmp_path: Path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"text": "the film", "label": "a"}\n{"text": "the film", "text_pair": "was bad", "label": "a"}\n')
    trainer = opened(FIXTURES / "bert", file, labels=["a", "b", "c"])
    alone, pair = trainer._train

    together = trainer._task._logits([alone, pair])

    assert torch.allclose(together[0], trainer._task._logits([alone])[0], atol=1e-5)
    assert torch.allclose(together[1], trainer._task._logits([pair])[0], atol=1e-5)
    assert not torch.allclose(together[0], together[1], atol=1e-3)


@pytest.mark.parametrize(
    ("family", "adapter"), [("llama", "lora"), ("bert", "lora"), ("roberta", "lora"), ("llama", "vera")]
)
def test_should_train_in_float32_over_a_base_in_bf16(llama: Path, sums: Path, texts: Path, family: str, adapter: str):
    causal = family == "llama"
    model, data = (llama, sums) if causal else (FIXTURES / family, texts)
    settings = {
        "target_modules": ["q_proj", "v_proj"] if causal else ["query", "value"],
        "labels": ["0", "1", "2"],
        "learning_rate": 1e-3,
        "adapter": adapter,
    }
    full, half = (
        PeftTrainer(job(model, **settings), rondo.Site("site-1", train=data, test=data, base=base))
        for base in ("f32", "bf16")
    )
    start = half.parameters()
    for name, value in full.parameters().items():
        assert np.array_equal(value, start[name]), name

    full.train(1, frozenset())
    half.train(1, frozenset())

    frozen = [each for each in half._model.model.base_model.model.parameters() if not each.requires_grad]
    assert torch.bfloat16 in {each.dtype for each in frozen}
    assert {each.dtype for each in half._model.parameters.values()} == {torch.float32}
    for name, value in half.parameters().items():
        moved, expected = value - start[name], full.parameters()[name] - start[name]
        # the same direction: bfloat16 has eight bits
        if np.linalg.norm(expected) > 1e-6:
            assert np.linalg.norm(moved - expected) < 0.2 * np.linalg.norm(expected), name
    assert half.evaluate()["test/loss"] == pytest.approx(full.evaluate()["test/loss"], rel=0.05)


@pytest.mark.parametrize("family", ["llama", "bert"])
def test_should_come_to_the_same_values_with_checkpoints(llama: Path, sums: Path, texts: Path, family: str):
    causal = family == "llama"
    model, data = (llama, sums) if causal else (FIXTURES / family, texts)
    settings = {"target_modules": ["all-linear"], "labels": ["0", "1", "2"], "dropout": 0.1, "learning_rate": 0.1}
    plain, checkpointed = (
        PeftTrainer(job(model, **settings), rondo.Site("site-1", train=data, test=data, checkpointing=on))
        for on in (False, True)
    )
    calls = []
    for layer in checkpointed._model._checkpointed:
        next(layer.children()).register_forward_hook(lambda *_: calls.append(1))

    plain.train(1, frozenset())
    checkpointed.train(1, frozenset())

    # 4 steps, each layer forward and once again
    assert len(calls) == 2 * 4 * len(checkpointed._model._checkpointed)
    for name, value in plain.parameters().items():
        assert np.allclose(value, checkpointed.parameters()[name], atol=1e-6), name


def test_should_refuse_four_bits_without_a_gpu(llama: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(RondoError) as refused:
        PeftTrainer(job(llama, target_modules=["q_proj"]), rondo.Site("site-1", base="4bit"))
    assert refused.value.code == "bad-config"
    assert "--device cuda" in refused.value.next_step
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RondoError) as missing:
        loading("4bit", torch.device("cuda"))
    assert missing.value.code == "command-not-installed"
    assert "rondo-trainer[peft,4bit]" in missing.value.next_step


@pytest.mark.parametrize("at", ["loss", "measure"])
def test_should_say_what_to_do_when_the_gpu_is_full(llama: Path, sums: Path, at: str):
    trainer = opened(llama, sums, target_modules=["q_proj"])

    def full(*_: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    setattr(trainer._task, at, full)
    with pytest.raises(RondoError) as failure:
        trainer.train(1, frozenset()) if at == "loss" else trainer.evaluate()

    assert failure.value.code == "not-enough-memory"
    assert "micro-batch-size" in failure.value.next_step


def test_should_count_answers_without_a_final_one(llama: Path, sums: Path, caplog: pytest.LogCaptureFixture):
    with sums.open("a") as file:
        file.write(json.dumps({"question": "what is 1 + 1", "answer": "the sum 2"}) + "\n")

    trainer = opened(llama, sums, target_modules=["q_proj"])

    assert "1 of 21 answers have no ####" in caplog.text
    hits = trainer.evaluate()["test/exact-match"] * 20
    assert hits == pytest.approx(round(hits))


def test_should_take_model_and_labels_from_the_site_where_the_job_does_not_describe_them(tmp_path: Path):
    here = tmp_path / "ours"
    shutil.copytree(FIXTURES / "bert", here, ignore=shutil.ignore_patterns("lora", "rslora", "vera"))
    file = tmp_path / "texts.tsv"
    file.write_text("sentence\tlabel\n" + "".join(f"it was bad\t{('ill', 'well')[n % 2]}\n" for n in range(8)))
    agreed = job(Path("the-one-we-agreed-on"), labels=2)
    digest = model_digest(FIXTURES / "bert")
    described = Job("u", {**agreed.spec, "modelDigest": digest}, agreed.layout)
    site = rondo.Site("a", train=file, test=file, model_directory=here, label_texts=("ill", "well"))

    plugin = Plugin(PeftTrainer, described, site)

    assert agreed.spec["labels"] == ["0", "1"]
    assert plugin.train(1, frozenset()).num_examples > 0
    assert check_model(plugin, described) is None
    missing = check_model(plugin, agreed)
    assert missing is not None
    assert (missing.code, "no digest to compare" in missing.message) == ("bad-config", True)


@pytest.mark.parametrize(
    ("labels", "texts", "problem"),
    [
        (["ill", "well"], ("well", "ill"), "names them itself"),
        (2, ("ill",), "for the 2 classes of the job"),
        (2, ("ill", "ill"), "for the 2 classes of the job"),
        (3, ("maybe", "yes", "no"), r"the labels are \[maybe, yes, no\].* are \[yes, no, maybe\]"),
    ],
)
def test_should_refuse_texts_of_labels_that_do_not_fit(
    labels: object, texts: tuple[str, ...], problem: str, tmp_path: Path
):
    model = tmp_path / "named"
    shutil.copytree(FIXTURES / "bert", model, ignore=shutil.ignore_patterns("lora", "rslora", "vera"))
    config = json.loads((model / "config.json").read_text())
    names = {"0": "yes", "1": "no", "2": "maybe"}
    (model / "config.json").write_text(json.dumps({**config, "id2label": names, "label2id": {}}))

    with pytest.raises(RondoError, match=problem) as refused:
        PeftTrainer(job(model, labels=labels), rondo.Site("a", label_texts=texts))

    assert refused.value.code == "bad-config"
