"""Flower's own federated averaging, with the time at which each round starts and ends in a file."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


class Timed(FedAvg):
    """Notes when a round is configured and when its average is there."""

    def __init__(self, clients: int) -> None:
        super().__init__(fraction_evaluate=0.0, min_train_nodes=clients, min_available_nodes=clients)
        self.started = 0.0
        self.seconds: list[float] = []

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        while len(list(grid.get_node_ids())) < self.min_available_nodes:
            time.sleep(0.2)
        self.started = time.monotonic()
        return super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        received = list(replies)
        if len(received) != self.min_train_nodes or any(reply.has_error() for reply in received):
            raise RuntimeError(f"round {server_round}: not every client has answered")
        result = super().aggregate_train(server_round, received)
        self.seconds.append(time.monotonic() - self.started)
        return result


@app.main()
def main(grid: Grid, context: Context) -> None:
    config = context.run_config
    strategy = Timed(int(config["clients"]))
    initial = ArrayRecord([np.zeros(int(config["floats"]), dtype=np.float32)])
    strategy.start(grid=grid, initial_arrays=initial, num_rounds=int(config["rounds"]), timeout=600)
    Path(str(config["times"])).write_text(json.dumps(strategy.seconds), encoding="utf-8")
