package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LoggedDecisions;
import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.log.Publications;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.round.HashChain;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.tensor.Digests;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Checks a job's log for consistency. Every derived record of the log is recomputed and compared
 * bit by bit: each decision from its input, each part and each chunk of an adapter from the updates, each publication from the
 * parts, the copies on {@code rounds}, {@code decisions} and {@code dead-letters}, and the hash chain from its start.
 */
public final class Verifier {
    private final JobLog log;
    private final RoundRange range;
    private final VerificationProgress progress;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Integer> lacking = new HashSet<>();

    /**
     * Verifies every round.
     *
     * @param log stays the caller's to close
     */
    public Verifier(JobLog log) {
        this(log, RoundRange.ALL, VerificationProgress.NONE);
    }

    /**
     * @param log stays the caller's to close
     * @param range the rounds whose updates are folded again; decisions, copies and the chain are checked from the first on
     * @param progress told how far it is
     */
    public Verifier(JobLog log, RoundRange range, VerificationProgress progress) {
        this.log = log;
        this.range = range;
        this.progress = progress;
    }

    /** Verifies a job on a cluster, as {@link #verify()} does. */
    public static VerificationReport verify(LogConnection connection, String job) {
        try (JobLog log = KafkaJobLog.open(connection, job)) {
            return new Verifier(log).verify();
        }
    }

    /**
     * Reads the log of the job.
     *
     * @throws RondoException with {@link ErrorCode#LOG_INCONSISTENT} when its decisions cannot be read, {@link
     *     ErrorCode#LOG_INCOMPLETE} when records are gone
     */
    public VerificationReport verify() {
        long start = System.nanoTime();
        List<String> notes = new ArrayList<>();
        if (!log.settle()) {
            notes.add("the job writes without a pause, so records that came meanwhile may be called differences;"
                    + " verify it again when it has ended");
        }
        LoggedDecisions decisions = LoggedDecisions.read(log);
        List<LogDifference> differences = new ArrayList<>(decisions.differences());
        List<RoundVerification> rounds = List.of();
        String jobUuid = "";
        if (decisions.job().isPresent()) {
            jobUuid = decisions.job().get().getJobUuid();
            Optional<JobShape> shape = shape(decisions.job().get(), differences);
            if (shape.isPresent()) {
                rounds = verify(decisions, shape.get(), differences, notes);
            }
        } else {
            notes.add("no aggregator has started the job yet");
        }
        return new VerificationReport(
                log.topics().job(),
                jobUuid,
                rounds,
                differences,
                notes,
                bytes.get(),
                (System.nanoTime() - start) / 1e9);
    }

    private static Optional<JobShape> shape(JobStarted job, List<LogDifference> differences) {
        try {
            RulesVersion.requireKnown(job.getSpec());
            JobShape shape = new JobShape(job);
            shape.flat(0);
            return Optional.of(shape);
        } catch (IllegalArgumentException | ArithmeticException e) {
            differences.add(LogDifference.of("JobStarted describes no job that could run: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private List<RoundVerification> verify(
            LoggedDecisions decisions, JobShape shape, List<LogDifference> differences, List<String> notes) {
        LoggedInputs inputs = LoggedInputs.read(log);
        Publications publications = Publications.read(log, shape);
        Map<Integer, RoundCompleted> completed = new TreeMap<>();
        decisions.all().stream()
                .map(Logged::decision)
                .filter(RoundCompleted.class::isInstance)
                .map(RoundCompleted.class::cast)
                .forEach(round -> completed.put(round.getRound(), round));

        List<PartitionCheck> checks = checks(decisions, shape, inputs, completed, publications);
        try (PartitionChecks running = PartitionChecks.start(checks)) {
            // folding waits for the broker much of the time
            differences.addAll(sources(decisions.all(), inputs));
            new Rerun(log, decisions.all(), inputs, publications)
                    .firstDifference()
                    .ifPresent(differences::add);
            publications.compare(decisions.all());
            differences.addAll(publications.differences());
            differences.addAll(DeadLetters.compare(log, decisions.all(), inputs));
            differences.addAll(chain(decisions.all(), publications));
            differences.addAll(signatures(decisions, publications));
            differences.addAll(folded(running, shape, inputs));
        }
        completed.values().forEach(round -> publications
                .of(round.getRound())
                .ifPresent(published -> compare(published, checks, differences)));
        long unanswered = unanswered(decisions.all(), inputs);
        if (unanswered > 0) {
            notes.add(unanswered
                    + " records at the end of commands and manifests have no answer yet, and nothing vouches for them");
        }
        return rounds(
                completed, publications, ArchivedInLog.of(decisions.job().orElseThrow(), inputs), differences, notes);
    }

    /** A strategy that nobody has may be a plug-in that is missing here, or come of one changed bit. */
    private static List<LogDifference> folded(PartitionChecks running, JobShape shape, LoggedInputs inputs) {
        try {
            return running.differences();
        } catch (RondoException e) {
            if (e.code() != ErrorCode.STRATEGY_NOT_INSTALLED
                    || isSubmitted(shape.spec().getStrategy(), inputs)) {
                throw e;
            }
            return List.of(LogDifference.of("the rounds cannot be folded: " + e.getMessage()));
        }
    }

    private static boolean isSubmitted(String strategy, LoggedInputs inputs) {
        return inputs.all(InputTopic.COMMANDS).stream()
                .anyMatch(input -> input instanceof Input.Received received
                        && received.value() instanceof JobSubmitted submitted
                        && submitted.getSpec().getStrategy().equals(strategy));
    }

    private List<LogDifference> sources(List<Logged> decisions, LoggedInputs inputs) {
        return decisions.stream()
                .map(logged -> inputs.problem(
                        logged.header().getSequence(), logged.header().getSource()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The digests that decisions and publications name of each other. */
    private List<LogDifference> chain(List<Logged> decisions, Publications publications) {
        HashChain chain = new HashChain();
        List<LogDifference> broken = new ArrayList<>();
        for (Logged logged : decisions) {
            if (logged.decision() instanceof RoundCompleted round) {
                publications
                        .of(round.getRound())
                        .ifPresentOrElse(
                                published -> {
                                    if (!published.bodyDigest().equals(round.getPublishedDigest())) {
                                        broken.add(LogDifference.of("RoundPublished is not the record that was decided")
                                                .in(round.getRound())
                                                .at(publications.topic(), 0, published.offset()));
                                    } else if (!published.record().getChain().equals(chain.value())) {
                                        broken.add(LogDifference.of("the hash chain breaks here")
                                                .in(round.getRound())
                                                .at(publications.topic(), 0, published.offset()));
                                    }
                                },
                                () -> broken.add(LogDifference.of("the round was decided but is not published")
                                        .in(round.getRound())));
                chain.published(round.getPublishedDigest());
            }
            chain.add(logged.header().getSource().getBodyDigest(), logged.bodyDigest());
        }
        return broken;
    }

    /** What the aggregator has to sign: those of operator and trainers are part of deciding again. */
    private static List<LogDifference> signatures(LoggedDecisions decisions, Publications publications) {
        String aggregator = decisions.job().orElseThrow().getSpec().getAggregatorKey();
        if (aggregator.isEmpty()) {
            return List.of();
        }
        List<VerifyingKey> keys = List.of(VerifyingKey.parse(aggregator));
        List<LogDifference> wrong = new ArrayList<>();
        decisions.all().stream()
                .filter(logged -> logged.decision() instanceof RoundOpened)
                .forEach(logged -> Signatures.problem(logged.decision(), keys)
                        .ifPresent(
                                problem -> wrong.add(LogDifference.of("RoundOpened is not the aggregator's: " + problem)
                                        .in(((RoundOpened) logged.decision()).getRound())
                                        .at(publications.decisions(), 0, logged.offset()))));
        publications.all().forEach(published -> Signatures.problem(published.record(), keys)
                .or(() -> RoundStatement.problem(published.record(), keys.get(0)))
                .ifPresent(problem -> wrong.add(LogDifference.of("RoundPublished is not the aggregator's: " + problem)
                        .in(published.record().getRound())
                        .at(publications.topic(), 0, published.offset()))));
        return wrong;
    }

    /** Whether all that was sent for the round is there: what came late lies in the topic of the round before. */
    private boolean holds(int round) {
        return log.holds(round) && !lacking.contains(round);
    }

    private void findWhatIsLacking(List<Logged> decisions) {
        decisions.stream()
                .map(Logged::decision)
                .filter(UpdateAccepted.class::isInstance)
                .map(UpdateAccepted.class::cast)
                .filter(update -> !log.holds(update.getManifest().getRound()))
                .forEach(update -> lacking.add(update.getRound()));
    }

    private List<PartitionCheck> checks(
            LoggedDecisions decisions,
            JobShape shape,
            LoggedInputs inputs,
            Map<Integer, RoundCompleted> completed,
            Publications publications) {
        findWhatIsLacking(decisions.all());
        Set<Integer> rounds = new HashSet<>();
        decisions.all().stream()
                .map(Logged::decision)
                .filter(RoundOpened.class::isInstance)
                .map(opened -> ((RoundOpened) opened).getRound())
                .filter(round -> range.contains(round) && holds(round))
                .forEach(rounds::add);
        progress.expect(expected(completed.keySet(), rounds, shape, publications));
        List<PartitionCheck> checks = new ArrayList<>();
        for (int partition = 0; partition < log.topics().partitions(); partition++) {
            checks.add(new PartitionCheck(
                    log, shape, partition, decisions.all(), rounds, parts(inputs, partition), new Counting()));
        }
        return checks;
    }

    private static long expected(
            Set<Integer> completed, Set<Integer> folded, JobShape shape, Publications publications) {
        return completed.stream()
                .map(publications::of)
                .flatMap(Optional::stream)
                .mapToLong(published -> {
                    RoundPublished round = published.record();
                    long updates = folded.contains(round.getRound())
                            ? round.getMembers().size()
                            : 0;
                    return (long) shape.flat(round.getRound()).elements()
                            * (Float.BYTES + updates * shape.width(round.getRound()));
                })
                .sum();
    }

    private static List<PartitionCheck.LoggedPart> parts(LoggedInputs inputs, int partition) {
        return inputs.all(InputTopic.PARTS).stream()
                .filter(Input.Received.class::isInstance)
                .map(Input.Received.class::cast)
                .filter(part -> isOf(part.value(), partition))
                .map(part -> new PartitionCheck.LoggedPart(part.offset(), part.value()))
                .toList();
    }

    private static boolean isOf(SpecificRecord part, int partition) {
        if (part instanceof PartFolded folded) {
            return folded.getPartition() == partition;
        }
        if (part instanceof PartMeasured measured) {
            return measured.getPartition() == partition;
        }
        return part instanceof PartRefused refused && refused.getPartition() == partition;
    }

    private final class Counting implements VerificationProgress {
        @Override
        public void expect(long more) {}

        @Override
        public void done(long more) {
            bytes.addAndGet(more);
            progress.done(more);
        }
    }

    /** Holds the digests of a publication against the bytes on global-adapter. */
    private void compare(
            Publications.Published published, List<PartitionCheck> checks, List<LogDifference> differences) {
        RoundPublished round = published.record();
        List<Sha256> named = round.getChunkDigests();
        if (!Digests.ofDigests(named).equals(round.getDigest())) {
            differences.add(LogDifference.of("the adapter's digest is not that of its chunks")
                    .in(round.getRound())
                    .at(log.topics().rounds(), 0, published.offset()));
        }
        for (int ordinal = 0; ordinal < named.size(); ordinal++) {
            Optional<PublishedChunks.Chunk> found =
                    checks.get(ordinal % checks.size()).published(round.getRound(), round.getRevision(), ordinal);
            if (found.isEmpty() || !found.get().digest().equals(named.get(ordinal))) {
                differences.add(LogDifference.of("chunk " + ordinal + " on global-adapter is "
                                + (found.isEmpty() ? "missing" : "not the one published"))
                        .in(round.getRound()));
                return;
            }
        }
    }

    private static long unanswered(List<Logged> decisions, LoggedInputs inputs) {
        return Stream.of(InputTopic.COMMANDS, InputTopic.MANIFESTS)
                .mapToLong(topic -> {
                    long answered = decisions.stream()
                            .map(logged -> logged.header().getSource())
                            .filter(source -> source.getTopic().equals(topic.id()))
                            .mapToLong(source -> source.getOffset())
                            .max()
                            .orElse(-1);
                    return inputs.between(topic, answered + 1, Long.MAX_VALUE).stream()
                            .filter(input -> !ArchivedInLog.is(input))
                            .count();
                })
                .sum();
    }

    private List<RoundVerification> rounds(
            Map<Integer, RoundCompleted> completed,
            Publications publications,
            ArchivedInLog archived,
            List<LogDifference> differences,
            List<String> notes) {
        List<RoundVerification> rounds = completed.values().stream()
                .filter(round -> range.contains(round.getRound()))
                .map(round -> verification(round, publications, archived, differences))
                .toList();
        List<Integer> gone = completed.keySet().stream()
                .filter(round -> !holds(round) && archived.of(round).isEmpty())
                .toList();
        if (!gone.isEmpty()) {
            notes.add("the updates of " + gone.size() + " rounds are gone, the first of them round " + gone.get(0)
                    + "; their decisions, adapters and digests are present and were checked");
        }
        completed.keySet().stream()
                .filter(round -> !holds(round))
                .map(archived::of)
                .flatMap(Optional::stream)
                .distinct()
                .forEach(record -> notes.add("rounds " + record.getFromRound() + " to " + record.getToRound()
                        + " were archived: their decisions, adapters and digests were checked, their updates are in the"
                        + " archive whose index has SHA-256 " + Digests.hex(record.getArchiveDigest())));
        if (!completed.keySet().stream().allMatch(range::contains)) {
            notes.add("updates of other rounds were not read; decisions, adapters and the chain were checked from round"
                    + " 0 on");
        }
        return rounds;
    }

    private RoundVerification verification(
            RoundCompleted round, Publications publications, ArchivedInLog archived, List<LogDifference> differences) {
        int number = round.getRound();
        Optional<LogDifference> first = differences.stream()
                .filter(difference -> difference.round() == number)
                .findFirst();
        RoundVerification.Outcome outcome = first.isPresent()
                ? RoundVerification.Outcome.DIFFERENT
                : holds(number)
                        ? RoundVerification.Outcome.IDENTICAL
                        : archived.of(number).isPresent()
                                ? RoundVerification.Outcome.ARCHIVED
                                : RoundVerification.Outcome.NOT_IN_LOG;
        String problem =
                switch (outcome) {
                    case IDENTICAL, ARCHIVED -> "";
                    case NOT_IN_LOG -> "topic " + log.topics().round(number).name() + " is gone";
                    case DIFFERENT -> first.get().toString();
                };
        return new RoundVerification(
                number,
                round.getRevision(),
                publications
                        .of(number)
                        .map(found -> found.record().getMembers().size())
                        .orElse(0),
                Digests.hex(round.getDigest()),
                outcome,
                problem);
    }
}
