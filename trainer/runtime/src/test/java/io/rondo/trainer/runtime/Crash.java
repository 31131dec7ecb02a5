package io.rondo.trainer.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Ends a trainer in memory at a point of a round, as a kill would: what it has written stays, and nothing follows. */
public record Crash(Crash.Point point, int round) {
    private static final String STATE = "trainer.state";

    static final Crash NEVER = new Crash(Point.BEFORE_UPLOAD, -1);

    /** A moment of a round. */
    enum Point {
        /** Half of the new state is on disk, under its temporary name. */
        WHILE_WRITING_STATE,
        /** The state is saved, no chunk is sent. */
        BEFORE_UPLOAD,
        /** Half of the chunks are acknowledged. */
        WITHIN_UPLOAD,
        /** All chunks are acknowledged. */
        BEFORE_MANIFEST,
        /** The manifest is acknowledged. */
        AFTER_MANIFEST
    }

    /** No code of a trainer catches it. */
    static final class Killed extends Error {}

    void pass(Point at, int inRound) {
        if (point == at && round == inRound) {
            throw new Killed();
        }
    }

    /** To be called when a round is trained and not saved: leaves half a state beside the old one. */
    void whileWritingState(Path stateDirectory, int inRound) {
        if (point == Point.WHILE_WRITING_STATE && round == inRound) {
            try {
                byte[] state = Files.readAllBytes(stateDirectory.resolve(STATE));
                Files.write(stateDirectory.resolve(STATE + ".tmp"), Arrays.copyOf(state, state.length / 2));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new Killed();
        }
    }

    /** The producer, which sends no more behind the points within an upload. */
    @SuppressWarnings("unchecked")
    Producer<byte[], byte[]> on(Producer<byte[], byte[]> producer, FederatedJob job) {
        int[] chunks = {0};
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Crash.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("send")) {
                        beforeSending((ProducerRecord<byte[], byte[]>) arguments[0], job, chunks);
                    }
                    try {
                        return method.invoke(producer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void beforeSending(ProducerRecord<byte[], byte[]> record, FederatedJob job, int[] chunks) {
        if (round < 0) {
            return;
        }
        boolean isChunk = record.topic().equals(job.topics().round(round).name());
        if (chunks[0] > job.flat(round).chunks() / 2) {
            pass(Point.WITHIN_UPLOAD, round);
        }
        if (isChunk) {
            chunks[0]++;
        } else if (chunks[0] > 0) {
            pass(Point.BEFORE_MANIFEST, round);
        }
    }
}
