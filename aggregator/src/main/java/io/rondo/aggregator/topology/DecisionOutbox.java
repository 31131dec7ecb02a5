package io.rondo.aggregator.topology;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.Outbox;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries decisions to their topics: a copy to each partition of {@code decisions}, those that trainers follow to {@code
 * rounds}, refusals to {@code dead-letters}. All that one input decided is in one transaction.
 */
final class DecisionOutbox implements Outbox {
    private static final int MAX_KEY = 1024;
    private static final int MAX_VALUE = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(DecisionOutbox.class);

    private final JobTopics topics;
    private final RecordCodec codec;
    private final ProcessorContext<byte[], byte[]> context;
    private String topic = "";
    private LogEntry answered = new LogEntry(-1, 0, null, null);
    private boolean hasNew;

    DecisionOutbox(JobTopics topics, RecordCodec codec, ProcessorContext<byte[], byte[]> context) {
        this.topics = topics;
        this.codec = codec;
        this.context = context;
    }

    /** The record that the next decisions answer; a dead letter carries it. */
    void answering(String answeredTopic, LogEntry entry) {
        topic = answeredTopic;
        answered = entry;
    }

    /** Whether something was appended since the last call. */
    boolean hasNew() {
        boolean was = hasNew;
        hasNew = false;
        return was;
    }

    @Override
    public Sha256 decide(SpecificRecord decision) {
        DecisionLines.of(decision).ifPresent(LOG::info);
        byte[] value = codec.encode(topics.decisions().name(), decision);
        long at = DecisionKind.header(decision).getDecidedAt();
        for (int partition = 0; partition < topics.partitions(); partition++) {
            forward(AggregatorTopology.DECISIONS, Integer.toString(partition), value, at);
        }
        if (topics.rounds().records().contains(decision.getClass())) {
            forward(
                    AggregatorTopology.ROUNDS,
                    null,
                    codec.encode(topics.rounds().name(), decision),
                    at);
        }
        if (decision instanceof UpdateRejected rejected) {
            bury(
                    rejected.getReason(),
                    rejected.getDetail(),
                    rejected.getRound(),
                    rejected.getTrainer(),
                    rejected.getAttempt());
        } else if (decision instanceof InputRefused refused) {
            bury(refused.getReason(), refused.getDetail(), -1, "", "");
        }
        return RecordCodec.bodyDigest(value);
    }

    @Override
    public Sha256 publish(RoundPublished published) {
        byte[] value = codec.encode(topics.rounds().name(), published);
        forward(AggregatorTopology.ROUNDS, null, value, context.currentSystemTimeMs());
        return RecordCodec.bodyDigest(value);
    }

    private void bury(String reason, String detail, int round, String trainer, String attempt) {
        long now = context.currentSystemTimeMs();
        DeadLetter letter = new DeadLetter(
                topic,
                0,
                answered.offset(),
                reason,
                detail,
                round,
                trainer,
                attempt,
                now,
                cut(answered.key(), MAX_KEY),
                cut(answered.value(), MAX_VALUE));
        forward(
                AggregatorTopology.DEAD_LETTERS,
                null,
                codec.encode(topics.deadLetters().name(), letter),
                now);
    }

    private static ByteBuffer cut(byte[] bytes, int limit) {
        return bytes == null ? null : ByteBuffer.wrap(Arrays.copyOf(bytes, Math.min(bytes.length, limit)));
    }

    private void forward(String sink, String key, byte[] value, long at) {
        hasNew = true;
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.US_ASCII);
        // a timestamp must not be negative, and a client may have sent one that is
        context.forward(new Record<>(keyBytes, value, Math.max(0, at)), sink);
    }
}
