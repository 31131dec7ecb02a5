package io.rondo.cli.job;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.log.JobSubmitted;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;

/** Manages the trainers' signing keys of a job: its operator adds and revokes them in the job's log. */
public final class JobKeys {
    private final LogConnection connection;
    private final String job;
    private final JobControl control;

    /**
     * @param operator the key that the job names
     * @param patience how long to wait for an aggregator's answer
     */
    public JobKeys(LogConnection connection, String job, SigningKey operator, Duration patience) {
        this.connection = connection;
        this.job = job;
        this.control = new JobControl(connection, patience, Optional.of(operator));
    }

    /**
     * The keys of a job by its aggregator's decisions.
     *
     * @param operator public key of the operator, or empty
     * @param aggregator public key of the aggregator, or empty
     * @param trainers by trainer, its public keys
     */
    public record Listing(String operator, String aggregator, SortedMap<String, List<String>> trainers) {}

    /** Whether an aggregator has decided so; otherwise none runs, and the one that is started next will. */
    public boolean add(String trainer, VerifyingKey key) {
        return control.send(
                job, "add a key of trainer '" + trainer + "' to", submitted -> TrainerKeyAddRequested.newBuilder()
                        .setJobUuid(submitted.getJobUuid())
                        .setTrainer(trainer)
                        .setPublicKey(key.toString())
                        .setRequestedAt(System.currentTimeMillis())
                        .build());
    }

    /** Whether an aggregator has decided so; otherwise none runs, and the one that is started next will. */
    public boolean revoke(String trainer, VerifyingKey key, String reason) {
        return control.send(
                job, "revoke a key of trainer '" + trainer + "' in", submitted -> TrainerKeyRevokeRequested.newBuilder()
                        .setJobUuid(submitted.getJobUuid())
                        .setTrainer(trainer)
                        .setPublicKey(key.toString())
                        .setReason(reason)
                        .setRequestedAt(System.currentTimeMillis())
                        .build());
    }

    /** Adds a key and revokes all others of the trainer. */
    public boolean rotate(String trainer, VerifyingKey key) {
        List<String> before = list(connection, job).trainers().getOrDefault(trainer, List.of());
        boolean decided = before.contains(key.toString()) || add(trainer, key);
        for (String old : before) {
            if (!old.equals(key.toString())) {
                decided &= revoke(trainer, VerifyingKey.parse(old), "rotated");
            }
        }
        return decided;
    }

    /** @throws RondoException with {@code JOB_NOT_FOUND} */
    public static Listing list(LogConnection connection, String job) {
        SortedMap<String, List<String>> trainers = new TreeMap<>();
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                DecisionLog decisions = new DecisionLog(connection, codec, Jobs.topics(connection, admin, job))) {
            JobSubmitted submitted = Jobs.find(connection, codec, job)
                    .orElseThrow(() -> new RondoException(
                            ErrorCode.JOB_NOT_FOUND,
                            "job '" + job + "' has topics, but no submission",
                            "submit it with `rondo job submit`"));
            decisions.readToEnd(decision -> {
                if (decision instanceof TrainerKeyAdded added) {
                    trainers.computeIfAbsent(added.getTrainer(), id -> new ArrayList<>())
                            .add(added.getPublicKey());
                } else if (decision instanceof TrainerKeyRevoked revoked) {
                    trainers.get(revoked.getTrainer()).remove(revoked.getPublicKey());
                }
            });
            trainers.values().removeIf(List::isEmpty);
            return new Listing(
                    submitted.getSpec().getOperatorKey(), submitted.getSpec().getAggregatorKey(), trainers);
        }
    }
}
