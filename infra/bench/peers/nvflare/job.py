"""Runs NVFlare's own federated averaging as processes of this machine (its proof-of-concept mode)."""

import argparse
import os
from pathlib import Path

import numpy as np
from nvflare.app_common.np.recipes.fedavg import NumpyFedAvgRecipe
from nvflare.recipe.poc_env import PocEnv

parser = argparse.ArgumentParser()
parser.add_argument("--clients", type=int, required=True)
parser.add_argument("--floats", type=int, required=True)
parser.add_argument("--rounds", type=int, required=True)
parser.add_argument("--work", type=Path, required=True)
options = parser.parse_args()

initial = options.work / "initial.npy"
np.save(initial, np.zeros(options.floats, dtype=np.float32))
recipe = NumpyFedAvgRecipe(
    name="peer",
    initial_ckpt=str(initial),
    min_clients=options.clients,
    num_rounds=options.rounds,
    train_script=str(Path(__file__).with_name("client.py")),
    train_args=f"--times {options.work / 'times.json'}",
)
environment = PocEnv(num_clients=options.clients)
run = recipe.execute(environment)
try:
    print(run.get_status(), run.get_result(timeout=float(os.environ.get("PEER_PATIENCE", "900"))))
finally:
    environment.stop(clean_up=True)
