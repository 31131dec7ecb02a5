"""A client that trains nothing: it adds noise to what it received and sends it back.

The first site notes when each round reaches it."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import nvflare.client as flare
from nvflare.app_common.np.constants import NPConstants

arguments = argparse.ArgumentParser()
arguments.add_argument("--times", required=True)
times_file = Path(arguments.parse_args().times)

flare.init()
site = flare.get_site_name()
seed = int(site.rsplit("-", 1)[1])
received: list[float] = []
while flare.is_running():
    model = flare.receive()
    if model is None:
        break
    received.append(time.monotonic())
    if seed == 1:
        times_file.write_text(json.dumps(received), encoding="utf-8")
    values = np.asarray(model.params[NPConstants.NUMPY_KEY], dtype=np.float32)
    noise = np.random.default_rng(seed).standard_normal(values.size, dtype=np.float32)
    flare.send(
        flare.FLModel(
            params={NPConstants.NUMPY_KEY: values + noise},
            params_type="FULL",
            metrics={"accuracy": 0.0},
            meta={"NUM_STEPS_CURRENT_ROUND": 1},
        )
    )
