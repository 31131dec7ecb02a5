package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.JobSpec;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisionRecoveryTest {
    private final TestJob job = TestJob.create();
    private final JobTopics topics = new JobTopics(TestJob.NAME, TestJob.PARTITIONS, 1);
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final InMemoryLog log = new InMemoryLog();
    private final Coordinator live = new Coordinator(TestJob.NAME, TestJob.PARTITIONS);
    private final DecisionOutbox outbox = new DecisionOutbox(
            topics,
            codec,
            (topic, partition, key, value, at) -> log.append(topic.name(), partition, at, null, value),
            () -> 0L);
    private final List<JobSpec> started = new ArrayList<>();
    private long offset;

    @AfterEach
    void close() {
        codec.close();
    }

    @Test
    void shouldStandWhereTheDecisionsSay() {
        give(InputTopic.COMMANDS, job.submitted());
        give(InputTopic.MANIFESTS, job.joined("a", "i-a"));

        Coordinator recovered = recover();

        assertThat(recovered.lastRound()).isEqualTo(live.lastRound()).isZero();
        assertThat(recovered.deadline()).isEqualTo(live.deadline());
        assertThat(recovered.unansweredFrom(InputTopic.COMMANDS)).isEqualTo(1);
        assertThat(recovered.unansweredFrom(InputTopic.MANIFESTS)).isEqualTo(2);
        assertThat(started).containsExactly(job.spec());
    }

    @Test
    void shouldStartNewWhereNothingIsDecided() {
        Coordinator recovered = recover();

        assertThat(recovered.lastRound()).isEqualTo(-1);
        assertThat(recovered.unansweredFrom(InputTopic.COMMANDS)).isZero();
        assertThat(started).isEmpty();
    }

    @Test
    void shouldNotGoOnFromADecisionThatCannotBeRead() {
        log.append(topics.decisions().name(), 0, 0, null, new byte[] {1, 2, 3});

        assertThatThrownBy(this::recover)
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("a record on " + topics.decisions().name() + " cannot be read");
    }

    private Coordinator recover() {
        return new DecisionRecovery(topics, codec, log).recover(started::add);
    }

    private void give(InputTopic topic, SpecificRecord record) {
        outbox.answering(topic.id(), new LogEntry(offset, 0, null, null));
        live.handle(new Input.Received(topic, offset++, Digests.of(), 0, record), 0, outbox);
    }
}
