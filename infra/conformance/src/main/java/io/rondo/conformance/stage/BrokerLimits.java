package io.rondo.conformance.stage;

import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;

/** What the broker takes on a job's topics. A scenario changes it to see what a trainer does about a refusal. */
public final class BrokerLimits {
    private static final String LARGEST = "max.message.bytes";

    private final Cluster cluster;
    private final Pace pace;
    private final JobTopics topics;
    private final Ledger ledger;

    BrokerLimits(Cluster cluster, Pace pace, JobTopics topics, Ledger ledger) {
        this.cluster = cluster;
        this.pace = pace;
        this.topics = topics;
        this.ledger = ledger;
    }

    /** From now on the broker refuses every record of a round's topic, as too large. */
    public void refuseChunks(int round) {
        alter(topics.round(round), new AlterConfigOp(new ConfigEntry(LARGEST, "1"), AlterConfigOp.OpType.SET));
        await(
                "the broker still takes chunks",
                () -> !ledger.probe(topics.round(round).name(), probe(round)));
    }

    /** Takes that back. */
    public void takeChunks(int round) {
        alter(topics.round(round), new AlterConfigOp(new ConfigEntry(LARGEST, ""), AlterConfigOp.OpType.DELETE));
        await(
                "the broker still refuses chunks",
                () -> ledger.probe(topics.round(round).name(), probe(round)));
    }

    /** A broker follows a change of its topics a moment later. */
    private void await(String problem, BooleanSupplier done) {
        long deadline = System.nanoTime() + pace.patience().toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new NotApplicable(problem);
            }
        }
    }

    private static TensorChunk probe(int round) {
        return new TensorChunk(
                ScriptedJob.OTHER, "probe", round, 0, 0L, 0, DType.F32, ByteBuffer.allocate(0), Digests.of());
    }

    private void alter(Topic topic, AlterConfigOp change) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try {
            cluster.admin()
                    .incrementalAlterConfigs(Map.of(resource, List.of(change)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new NotApplicable("the broker does not let the kit set a topic's configuration: "
                    + e.getCause().getMessage());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
