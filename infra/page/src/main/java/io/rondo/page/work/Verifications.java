package io.rondo.page.work;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.page.log.FollowedLog;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Verifies single rounds when someone asks, one at a time. */
public final class Verifications implements AutoCloseable {
    private static final int MOST_DIFFERENCES = 20;
    /** A verification holds every decision and input: as records, as bytes, and a copy of each partition to compare. */
    private static final int COPIES = 8;

    private final Desk<Asked, Verified> desk = new Desk<>("page verify", this::verify);
    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    private record Asked(FollowedLog log, int round) {}

    /**
     * How far a verification is, or what it found.
     *
     * @param state {@code waiting}, {@code running}, {@code done} or {@code failed}
     * @param share how much of the values has been read, from 0 to 1, while it runs
     * @param sound whether the round is bit-identical and nothing else in the log is wrong
     * @param outcome what became of the round itself
     */
    public record Verification(
            int round,
            String state,
            Double share,
            Boolean sound,
            String outcome,
            String digest,
            Integer updates,
            Long bytes,
            Double seconds,
            List<String> differences,
            List<String> notes,
            String code,
            String message,
            String next) {}

    private record Verified(VerificationReport report) {}

    /**
     * Begins to verify a round; empty if too many wait already.
     *
     * @throws RondoException with {@code NOT_ENOUGH_MEMORY} where the log is too large to be verified in this process
     */
    public Optional<Verification> start(FollowedLog log, int round) {
        requireMemory(log);
        return desk.ask(new Asked(log, round)).map(task -> view(round, task));
    }

    /** How far it is, or what came of it; empty if nobody asked. */
    public Optional<Verification> of(FollowedLog log, int round) {
        return desk.of(new Asked(log, round)).map(task -> view(round, task));
    }

    private static void requireMemory(FollowedLog log) {
        Runtime runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        int partitions =
                log.index().job().map(job -> job.getSpec().getPartitions()).orElse(1);
        long needed = log.index().decisionBytes() * (partitions + COPIES);
        if (needed > free / 2) {
            throw new RondoException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    "verifying this log may take " + needed / 1_000_000 + " MB, and this process has "
                            + free / 1_000_000 + " MB left, which it needs for rounds",
                    "run `rondo verify --job " + log.log().key().replace(":", " --branch ") + "` on another machine");
        }
    }

    private Verified verify(Asked asked) {
        expected.set(0);
        done.set(0);
        try (JobLog log = asked.log().log().open()) {
            return new Verified(
                    new Verifier(log, new RoundRange(asked.round(), asked.round()), new Progress()).verify());
        }
    }

    private final class Progress implements VerificationProgress {
        @Override
        public void expect(long bytes) {
            expected.addAndGet(bytes);
        }

        @Override
        public void done(long bytes) {
            done.addAndGet(bytes);
        }
    }

    private Verification view(int round, Desk.Task<Verified> task) {
        String state = task.state().name().toLowerCase(Locale.ROOT);
        if (task.result().isPresent()) {
            return found(round, state, task.result().get().report());
        }
        Double share = task.state() == Desk.State.RUNNING && expected.get() > 0
                ? (Double) Math.min(1.0, (double) done.get() / expected.get())
                : null;
        Optional<RondoException> failure = task.failure();
        boolean hasFailed = task.state() == Desk.State.FAILED;
        return new Verification(
                round,
                state,
                share,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of(),
                failure.map(each -> each.code().id()).orElse(null),
                failure.map(Throwable::getMessage).orElse(hasFailed ? "a fault of this program" : null),
                failure.map(RondoException::nextStep).orElse(hasFailed ? "see the log of this process" : null));
    }

    private static Verification found(int round, String state, VerificationReport report) {
        Optional<RoundVerification> own =
                report.rounds().stream().filter(each -> each.round() == round).findFirst();
        return new Verification(
                round,
                state,
                null,
                own.isPresent()
                        && own.get().isIdentical()
                        && report.differences().isEmpty(),
                own.map(each -> each.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .orElse("not-published"),
                own.map(RoundVerification::digest).orElse(null),
                own.map(RoundVerification::updates).orElse(null),
                report.bytes(),
                report.seconds(),
                report.differences().stream()
                        .limit(MOST_DIFFERENCES)
                        .map(Object::toString)
                        .toList(),
                report.notes(),
                null,
                own.map(RoundVerification::problem)
                        .filter(problem -> !problem.isEmpty())
                        .orElse(null),
                null);
    }

    @Override
    public void close() {
        desk.close();
    }
}
