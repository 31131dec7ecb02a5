package io.rondo.e2e.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Ends a trainer's process at a point of a round, as a kill would. Sits in its Kafka clients, and knows from what they send and
 * what is acknowledged at which point it is. Armed by the system property {@code rondo.crash.at=POINT:ROUND}, such as {@code
 * within-upload:2}.
 */
public final class TrainerCrash implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {
    /** The exit status of a process that was killed. */
    public static final int KILLED = 137;

    private static final String AT = "rondo.crash.at";
    private static final int SOME_CHUNKS = 3;

    /** A moment of a round. */
    enum Point {
        /** Half of the new state is on disk, under its temporary name. */
        WHILE_WRITING_STATE,
        /** The state is saved, no chunk is sent. */
        BEFORE_UPLOAD,
        /** Some of the chunks are acknowledged, and no more are sent. */
        WITHIN_UPLOAD,
        /** All chunks are acknowledged. */
        BEFORE_MANIFEST,
        /** The manifest is acknowledged. */
        AFTER_MANIFEST;

        String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Semaphore acknowledged = new Semaphore(0);
    private int sent;
    private volatile boolean isManifestSent;

    /** What arms a process. */
    public static String argument(String pointAndRound) {
        return "-D" + AT + "=" + pointAndRound;
    }

    /** Settings for the clients of a process, which has none where it is not armed. */
    public static Map<String, String> clientSettings() {
        return System.getProperty(AT) == null ? Map.of() : Map.of("interceptor.classes", TrainerCrash.class.getName());
    }

    /** To be called when a round is trained and not saved: leaves half a state beside the old one. */
    public static void trained(int round, Path stateDirectory) {
        if (isArmed(Point.WHILE_WRITING_STATE, round)) {
            Path state = stateDirectory.resolve("trainer.state");
            try {
                byte[] next = Files.exists(state) ? Files.readAllBytes(state) : new byte[100];
                Files.write(stateDirectory.resolve("trainer.state.tmp"), Arrays.copyOf(next, next.length / 2));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            end();
        }
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        if (isOfTheRound(record.topic())) {
            pass(Point.BEFORE_UPLOAD);
            if (sent == SOME_CHUNKS && isArmed(Point.WITHIN_UPLOAD)) {
                acknowledged.acquireUninterruptibly(sent);
                end();
            }
            sent++;
        } else if (sent > 0 && record.topic().endsWith(".manifests")) {
            // the uploader has waited for the chunks
            pass(Point.BEFORE_MANIFEST);
            isManifestSent = true;
        }
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
        if (exception != null) {
            return;
        }
        if (isOfTheRound(metadata.topic())) {
            acknowledged.release();
        } else if (isManifestSent && metadata.topic().endsWith(".manifests")) {
            pass(Point.AFTER_MANIFEST);
        }
    }

    private static boolean isOfTheRound(String topic) {
        return topic.endsWith(String.format(Locale.ROOT, ".round.%06d", round()));
    }

    private static int round() {
        String armed = System.getProperty(AT);
        return Integer.parseInt(armed.substring(armed.indexOf(':') + 1));
    }

    private static boolean isArmed(Point point) {
        return isArmed(point, round());
    }

    private static boolean isArmed(Point point, int round) {
        return (point.id() + ':' + round).equals(System.getProperty(AT));
    }

    private static void pass(Point point) {
        if (isArmed(point)) {
            end();
        }
    }

    private static void end() {
        Runtime.getRuntime().halt(KILLED);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // a trainer commits no offsets
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // the clients' settings say nothing about points
    }

    @Override
    public void close() {
        // nothing is held
    }
}
