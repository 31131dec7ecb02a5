"""Times a training step and an evaluation of PyTorch + PEFT on the model and batch of `rondo bench trainer`.

    pip install torch transformers peft
    python step_time.py [LAYERS 6] [HIDDEN 384] [THREADS 2] [STEPS 15]

Prints one JSON object; times are medians in milliseconds.
"""

import json
import os
import resource
import statistics
import sys
import time

defaults = [6, 384, 2, 15]
given = [int(value) for value in sys.argv[1:]]
layers, hidden, threads, steps = given + defaults[len(given) :]
os.environ["OMP_NUM_THREADS"] = str(threads)

import peft  # noqa: E402  the number of threads is read at import
import torch  # noqa: E402
from transformers import BertConfig, BertForSequenceClassification  # noqa: E402

WARM_UP = 3
BATCH = 32
LENGTH = 64
VOCABULARY = 1000

torch.set_num_threads(threads)
torch.manual_seed(7)
config = BertConfig(
    vocab_size=VOCABULARY,
    hidden_size=hidden,
    num_hidden_layers=layers,
    num_attention_heads=hidden // (32 if hidden < 512 else 64),
    intermediate_size=4 * hidden,
    max_position_embeddings=512,
    num_labels=2,
    hidden_dropout_prob=0,
    attention_probs_dropout_prob=0,
)
lora = peft.LoraConfig(
    task_type="SEQ_CLS", r=8, lora_alpha=16, target_modules=["query", "value"], lora_dropout=0
)
model = peft.get_peft_model(BertForSequenceClassification(config), lora)
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01)
ids = torch.randint(0, VOCABULARY, (BATCH, LENGTH))
mask = torch.ones_like(ids)
labels = torch.arange(BATCH) % 2

step_times = []
evaluation_times = []
for _ in range(WARM_UP + steps):
    start = time.perf_counter()
    optimizer.zero_grad()
    model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
    optimizer.step()
    step_times.append((time.perf_counter() - start) * 1e3)
    start = time.perf_counter()
    with torch.inference_mode():
        model(input_ids=ids, attention_mask=mask)
    evaluation_times.append((time.perf_counter() - start) * 1e3)

print(
    json.dumps(
        {
            "torch": torch.__version__,
            "peft": peft.__version__,
            "threads": threads,
            "stepMs": statistics.median(step_times[WARM_UP:]),
            "evaluationMs": statistics.median(evaluation_times[WARM_UP:]),
            "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        }
    )
)
