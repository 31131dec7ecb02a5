package io.rondo.cli.job;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AbortRequested;
import io.rondo.log.InputRefused;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.Source;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.OperatorSigner;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** Pauses, resumes or aborts a job: writes the command into the job's log, and waits for what the aggregator decides on it. */
public final class JobControl {
    private static final Duration POLL = Duration.ofMillis(200);

    /** The possible commands. */
    public enum Action {
        /** No further round opens; the open one continues. */
        PAUSE,
        /** Rounds open again. */
        RESUME,
        /** The job ends, and the open round fails. */
        ABORT
    }

    private final LogConnection connection;
    private final Duration patience;
    private final Optional<SigningKey> key;

    /** @param patience how long to wait for an aggregator's answer */
    public JobControl(LogConnection connection, Duration patience) {
        this(connection, patience, Optional.empty());
    }

    /** @param key the operator's key, for a job that requires signatures */
    public JobControl(LogConnection connection, Duration patience, Optional<SigningKey> key) {
        this.key = key;
        this.connection = connection;
        this.patience = patience;
    }

    /**
     * Sends the command and waits for the decision.
     *
     * @param reason why, for readers of the log
     * @return whether an aggregator has executed it; otherwise none runs, and the next one to start will
     * @throws RondoException {@code JOB_NOT_FOUND}; {@code COMMAND_REFUSED} when the job's state does not allow it
     */
    public boolean request(String job, Action action, String reason) {
        return send(
                job,
                action.name().toLowerCase(Locale.ROOT),
                submitted -> command(action, submitted.getJobUuid(), reason));
    }

    /** Sends a command to a job and waits for the answer, as {@link #request} does. */
    boolean send(String job, String verb, Function<JobSubmitted, SpecificRecord> command) {
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.REGISTER);
                Producer<byte[], byte[]> producer = connection.producer()) {
            JobTopics topics = Jobs.topics(connection, admin, job);
            JobSubmitted submitted = Jobs.find(connection, codec, job)
                    .orElseThrow(() -> new RondoException(
                            ErrorCode.JOB_NOT_FOUND,
                            "job '" + job + "' has topics, but no submission",
                            "submit it with `rondo job submit`"));
            OperatorSigner signer = new OperatorSigner(connection, codec, submitted, key);
            try (DecisionLog decisions = new DecisionLog(connection, codec, topics)) {
                // earlier decisions are not the answer, and reading them does not count towards the wait
                decisions.readToEnd(decision -> {});
                long offset = new CommandWriter(connection, producer, codec, topics)
                        .write(signer.sign(command.apply(submitted)));
                Optional<SpecificRecord> answer = awaitAnswer(decisions, offset);
                answer.ifPresent(decision -> requireAgreed(job, verb, decision));
                return answer.isPresent();
            }
        }
    }

    private static SpecificRecord command(Action action, String uuid, String reason) {
        long now = System.currentTimeMillis();
        return switch (action) {
            case PAUSE -> new PauseRequested(uuid, reason, now, null);
            case RESUME -> new ResumeRequested(uuid, reason, now, null);
            case ABORT -> new AbortRequested(uuid, reason, now, null);
        };
    }

    /** The first decision on the command at this offset. */
    private Optional<SpecificRecord> awaitAnswer(DecisionLog decisions, long offset) {
        long end = System.nanoTime() + patience.toNanos();
        List<SpecificRecord> answers = new ArrayList<>();
        while (answers.isEmpty() && System.nanoTime() < end) {
            decisions.poll(POLL, decision -> {
                if (answersCommand(DecisionKind.header(decision).getSource(), offset)) {
                    answers.add(decision);
                }
            });
        }
        return answers.stream().findFirst();
    }

    private static boolean answersCommand(Source source, long offset) {
        return source.getTopic().equals(InputTopic.COMMANDS.id()) && source.getOffset() == offset;
    }

    private static void requireAgreed(String job, String verb, SpecificRecord decision) {
        if (decision instanceof InputRefused refused) {
            throw new RondoException(
                    ErrorCode.COMMAND_REFUSED,
                    "the aggregator of job '" + job + "' refused to "
                            + verb + " it: " + refused.getReason() + ", "
                            + refused.getDetail(),
                    "look at the job with `rondo rounds --job " + job + "`");
        }
    }
}
