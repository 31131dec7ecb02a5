"""A client that trains nothing: it adds noise to what it received and sends it back."""

import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    values = message.content["arrays"].to_numpy_ndarrays()[0]
    seed = int(context.node_config["partition-id"])
    noise = np.random.default_rng(seed).standard_normal(values.size, dtype=np.float32)
    reply = RecordDict({"arrays": ArrayRecord([values + noise]), "metrics": MetricRecord({"num-examples": 1})})
    return Message(content=reply, reply_to=message)
