package io.rondo.schemas.client;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/** Signs an operator's commands if the job requires it. Each command gets the next sequence number after those in the log. */
public final class OperatorSigner {
    private final LogConnection connection;
    private final RecordCodec codec;
    private final JobSubmitted job;
    private final Optional<SigningKey> key;

    /**
     * @param key the operator's key, if given
     * @throws RondoException with {@link ErrorCode#KEY_MISMATCH} when it is not the key that the job names
     */
    public OperatorSigner(LogConnection connection, RecordCodec codec, JobSubmitted job, Optional<SigningKey> key) {
        this.connection = connection;
        this.codec = codec;
        this.job = job;
        this.key = key;
        requireKey(job.getSpec().getName(), job.getSpec().getOperatorKey(), key);
    }

    /** @throws RondoException with {@link ErrorCode#KEY_MISMATCH} when the key is not the one that is named */
    public static void requireKey(String name, String named, Optional<SigningKey> key) {
        String own = key.map(here -> here.verifyingKey().toString()).orElse("");
        if (!named.equals(own)) {
            throw new RondoException(
                    ErrorCode.KEY_MISMATCH,
                    "job '" + name + "' names " + (named.isEmpty() ? "no operator key" : "the operator key " + named)
                            + (own.isEmpty() ? ", and none was given" : ", the one given is " + own),
                    named.isEmpty() ? "leave --key out" : "give the file of that key with --key");
        }
    }

    /** Signs a new command and returns it. */
    public <T extends SpecificRecord> T sign(T command) {
        return key.isEmpty() ? command : key.get().signed(command, next(), null);
    }

    private long next() {
        String commands =
                new JobTopics(job.getSpec().getName(), 1, -1).commands().name();
        List<VerifyingKey> operator = List.of(VerifyingKey.parse(job.getSpec().getOperatorKey()));
        AtomicLong highest = new AtomicLong();
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(commands, 0), 0L))) {
            reader.readToEnd(entry -> {
                if (codec.decode(commands, entry.value()) instanceof Decoded.Readable readable
                        && Signatures.problem(readable.record(), operator).isEmpty()) {
                    Signatures.of(readable.record())
                            .ifPresent(found -> highest.accumulateAndGet(found.getSequence(), Math::max));
                }
            });
        }
        return highest.get() + 1;
    }
}
