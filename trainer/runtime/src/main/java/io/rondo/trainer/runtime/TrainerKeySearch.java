package io.rondo.trainer.runtime;

import io.rondo.log.JobSubmitted;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Waits until the operator has added a trainer's key: without it the trainer's records would get no answer. */
final class TrainerKeySearch {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final LogConnection connection;
    private final JobSubmitted job;
    private final String trainer;
    private final VerifyingKey key;

    TrainerKeySearch(LogConnection connection, JobSubmitted job, String trainer, VerifyingKey key) {
        this.connection = connection;
        this.job = job;
        this.trainer = trainer;
        this.key = key;
    }

    /** @throws RondoException with {@link ErrorCode#KEY_MISMATCH} when it is not added in time, or was revoked */
    void await(BooleanSupplier stopped, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            while (!isThere(codec) && !stopped.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new RondoException(
                            ErrorCode.KEY_MISMATCH,
                            "the operator of job '" + job.getSpec().getName() + "' has not added the key " + key
                                    + " for trainer '" + trainer + "', or has revoked it",
                            "have the operator run: rondo keys add --job "
                                    + job.getSpec().getName() + " --trainer " + trainer + " --public-key " + key
                                    + " --key FILE");
                }
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private boolean isThere(RecordCodec codec) {
        String commands =
                new JobTopics(job.getSpec().getName(), 1, -1).commands().name();
        List<VerifyingKey> operator = List.of(VerifyingKey.parse(job.getSpec().getOperatorKey()));
        AtomicBoolean there = new AtomicBoolean();
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(commands, 0), 0L))) {
            reader.readToEnd(entry -> {
                if (codec.decode(commands, entry.value()) instanceof Decoded.Readable readable
                        && Signatures.problem(readable.record(), operator).isEmpty()) {
                    note(readable.record(), there);
                }
            });
        }
        return there.get();
    }

    private void note(SpecificRecord record, AtomicBoolean there) {
        if (record instanceof TrainerKeyAddRequested added
                && added.getJobUuid().equals(job.getJobUuid())
                && added.getTrainer().equals(trainer)
                && added.getPublicKey().equals(key.toString())) {
            there.set(true);
        } else if (record instanceof TrainerKeyRevokeRequested revoked
                && revoked.getJobUuid().equals(job.getJobUuid())
                && revoked.getTrainer().equals(trainer)
                && revoked.getPublicKey().equals(key.toString())) {
            there.set(false);
        }
    }
}
