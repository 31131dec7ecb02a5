package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LogSink;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.Outbox;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.text.ForeignText;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries decisions to their topics: a copy to each partition of {@code decisions}, those that trainers follow to {@code
 * rounds}, refusals to {@code dead-letters}. All decisions on one input are in one transaction.
 */
public final class DecisionOutbox implements Outbox {
    private static final int MAX_KEY = 1024;
    private static final int MAX_VALUE = 64 * 1024;
    /** Limit for a record whose sender is not authenticated: its dead letter has 1 KiB at most. */
    private static final int MAX_UNSIGNED_KEY = 64;

    private static final int MAX_UNSIGNED_VALUE = 512;

    private static final Logger LOG = LoggerFactory.getLogger(DecisionOutbox.class);

    private final JobTopics topics;
    private final RecordCodec codec;
    private final LogSink sink;
    private final LongSupplier clock;
    private final Runnable refusedAlone;
    private String topic = "";
    private LogEntry answered = new LogEntry(-1, 0, null, null);
    private boolean hasNew;
    private boolean isAwaited;
    private boolean isAwaitedByFolds;

    /**
     * @param sink receives the records
     * @param clock milliseconds since 1970
     */
    public DecisionOutbox(JobTopics topics, RecordCodec codec, LogSink sink, LongSupplier clock) {
        this(topics, codec, sink, clock, () -> {});
    }

    /** @param refusedAlone called for each refusal that answers one record */
    DecisionOutbox(JobTopics topics, RecordCodec codec, LogSink sink, LongSupplier clock, Runnable refusedAlone) {
        this.topics = topics;
        this.codec = codec;
        this.sink = sink;
        this.clock = clock;
        this.refusedAlone = refusedAlone;
    }

    /** The record that the next decisions answer; a dead letter carries it. */
    public void answering(String answeredTopic, LogEntry entry) {
        topic = answeredTopic;
        answered = entry;
    }

    /** Whether something was appended for which no commit has been requested. */
    boolean hasNew() {
        return hasNew;
    }

    /** Whether some of it lets a round or a job continue, so that other processes wait for the commit. */
    boolean isAwaited() {
        return isAwaited;
    }

    /** Whether some of it lets the folds of a round continue. */
    boolean isAwaitedByFolds() {
        return isAwaitedByFolds;
    }

    /** A commit of all appended records has been requested. */
    void committing() {
        hasNew = false;
        isAwaited = false;
        isAwaitedByFolds = false;
    }

    @Override
    public Sha256 decide(SpecificRecord decision) {
        DecisionLines.of(decision).map(ForeignText::visible).ifPresent(line -> DecisionLines.keys(decision)
                .run(() -> LOG.info(line)));
        noteWhoWaits(decision);
        byte[] value = codec.encode(topics.decisions().name(), decision);
        long at = DecisionKind.header(decision).getDecidedAt();
        for (int partition = 0; partition < topics.partitions(); partition++) {
            forward(topics.decisions(), partition, Integer.toString(partition), value, at);
        }
        if (decision instanceof UpdateRejected rejected) {
            bury(
                    rejected.getReason(),
                    rejected.getDetail(),
                    rejected.getRound(),
                    rejected.getTrainer(),
                    rejected.getAttempt());
        } else if (decision instanceof InputRefused refused && refused.getFirstOffset() >= 0) {
            buryTogether(refused);
        } else if (decision instanceof InputRefused refused) {
            bury(refused.getReason(), refused.getDetail(), refused.getRound(), refused.getTrainer(), "");
        }
        return RecordCodec.bodyDigest(value);
    }

    @Override
    public void tell(SpecificRecord decision) {
        byte[] value = codec.encode(topics.rounds().name(), decision);
        forward(topics.rounds(), 0, null, value, DecisionKind.header(decision).getDecidedAt());
    }

    /**
     * A commit takes as long as deciding on some dozens of inputs. The answer to one trainer of many is therefore committed
     * together with the answers to others that arrive meanwhile, so that the number of commits does not grow with the number
     * of trainers.
     */
    private void noteWhoWaits(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case TRAINER_ADMITTED,
                    TRAINER_REMOVED,
                    UPDATE_ACCEPTED,
                    UPDATE_REJECTED,
                    EVALUATION_RECORDED,
                    TRAINER_KEY_ADDED,
                    TRAINER_KEY_REVOKED,
                    INPUT_REFUSED -> {}
            case ROUND_CLOSED, ROUND_WEIGHED -> isAwaitedByFolds = true;
            case JOB_STARTED,
                    ROUND_OPENED,
                    ROUND_REOPENED,
                    ROUND_EXTENDED,
                    ROUND_COMPLETED,
                    ROUND_FAILED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED -> isAwaited = true;
        }
    }

    @Override
    public Sha256 publish(RoundPublished published) {
        byte[] value = codec.encode(topics.rounds().name(), published);
        forward(topics.rounds(), 0, null, value, clock.getAsLong());
        return RecordCodec.bodyDigest(value);
    }

    private void bury(String reason, String detail, int round, String trainer, String attempt) {
        refusedAlone.run();
        long now = clock.getAsLong();
        boolean unsigned = reason.equals(RejectionReason.BAD_SIGNATURE.id());
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
                cut(answered.key(), unsigned ? MAX_UNSIGNED_KEY : MAX_KEY),
                cut(answered.value(), unsigned ? MAX_UNSIGNED_VALUE : MAX_VALUE),
                1L,
                -1L);
        forward(topics.deadLetters(), 0, null, codec.encode(topics.deadLetters().name(), letter), now);
    }

    /** The letter of many records has none of them: the topic has them, from the first offset to the last. */
    private void buryTogether(InputRefused refused) {
        long now = clock.getAsLong();
        DeadLetter letter = DeadLetter.newBuilder()
                .setTopic(topics.manifests().name())
                .setPartition(0)
                .setOffset(refused.getHeader().getSource().getOffset())
                .setReason(refused.getReason())
                .setDetail(refused.getDetail())
                .setAt(now)
                .setRecords(refused.getRecords())
                .setFirstOffset(refused.getFirstOffset())
                .build();
        forward(topics.deadLetters(), 0, null, codec.encode(topics.deadLetters().name(), letter), now);
    }

    private static ByteBuffer cut(byte[] bytes, int limit) {
        return bytes == null ? null : ByteBuffer.wrap(Arrays.copyOf(bytes, Math.min(bytes.length, limit)));
    }

    private void forward(Topic to, int partition, String key, byte[] value, long at) {
        hasNew = true;
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.US_ASCII);
        // a timestamp must not be negative, but a client may send a negative one
        sink.append(to, partition, keyBytes, value, Math.max(0, at));
    }
}
