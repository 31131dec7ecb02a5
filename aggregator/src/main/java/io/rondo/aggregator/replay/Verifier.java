package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.round.Chain;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.topology.History;
import io.rondo.aggregator.topology.LogEntry;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * Recomputes every published round of a job from its log and says whether it is the same, bit by bit: the fold runs again
 * over the updates that the decisions name, the digests are compared with the bytes on {@code global-adapter} and with
 * {@code RoundPublished}, each decision with the record that it answers, and the hash chain from its start.
 */
public final class Verifier {
    private final JobLog log;

    /** @param log stays the caller's to close */
    public Verifier(JobLog log) {
        this.log = log;
    }

    /** Verifies a job on a cluster, as {@link #verify()} does. */
    public static VerificationReport verify(LogConnection connection, String job) {
        try (JobLog log = KafkaJobLog.open(connection, job)) {
            return new Verifier(log).verify();
        }
    }

    /**
     * Reads the whole log of the job.
     *
     * @throws RondoException with {@link ErrorCode#LOG_INCONSISTENT} when the log cannot be read as one
     */
    public VerificationReport verify() {
        try (ChunkSource chunks = log.chunks()) {
            return new Run(log, chunks).verify();
        }
    }

    /** One pass over the log. */
    private static final class Run {
        private final JobTopics topics;
        private final RecordCodec codec;
        private final History history;
        private final JobLog log;
        private final Recomputation recomputation;
        private final PublishedChunks published = new PublishedChunks();
        private final Map<Integer, RoundPublished> publications = new TreeMap<>();
        private final Map<Integer, Sha256> publicationDigests = new TreeMap<>();
        private final LoggedInputs inputs = new LoggedInputs();
        private final Chain chain = new Chain();
        private final Coordinator coordinator;
        private final List<RoundVerification> rounds = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private String jobUuid = "";

        Run(JobLog log, ChunkSource chunks) {
            this.log = log;
            this.topics = log.topics();
            this.codec = log.codec();
            this.history = log.history();
            this.recomputation = new Recomputation(topics.partitions(), chunks);
            this.coordinator = new Coordinator(topics.job(), topics.partitions());
        }

        VerificationReport verify() {
            readInputs();
            readPublications();
            readAdapters();
            List<Sha256> first = new ArrayList<>();
            history.read(topics.decisions().name(), 0, 0, entry -> {
                Sha256 digest = entry.bodyDigest();
                first.add(digest);
                follow(decode(topics.decisions(), entry), digest);
            });
            compareCopies(first);
            if (rounds.size() != publications.size()) {
                problems.add(publications.size() + " rounds are published, " + rounds.size() + " decided");
            }
            return new VerificationReport(topics.job(), jobUuid, rounds, problems);
        }

        private void readInputs() {
            for (Topic topic : List.of(topics.commands(), topics.manifests(), topics.parts())) {
                String shortName = topic.name().substring(topic.name().lastIndexOf('.') + 1);
                history.read(topic.name(), 0, 0, entry -> inputs.add(shortName, entry.offset(), entry.bodyDigest()));
            }
        }

        private void readPublications() {
            history.read(topics.rounds().name(), 0, 0, entry -> {
                if (decode(topics.rounds(), entry) instanceof RoundPublished publication) {
                    if (publications.put(publication.getRound(), publication) != null) {
                        problems.add("round " + publication.getRound() + " is published twice");
                    }
                    publicationDigests.put(publication.getRound(), entry.bodyDigest());
                }
            });
        }

        private void readAdapters() {
            Topic adapter = topics.globalAdapter();
            for (int partition = 0; partition < topics.partitions(); partition++) {
                history.read(adapter.name(), partition, 0, entry -> {
                    if (decode(adapter, entry) instanceof AdapterChunk chunk) {
                        published.add(chunk).ifPresent(problems::add);
                    }
                });
            }
        }

        /** Each partition of decisions holds the same records in the same order. */
        private void compareCopies(List<Sha256> first) {
            for (int partition = 1; partition < topics.partitions(); partition++) {
                List<Sha256> copy = new ArrayList<>();
                history.read(topics.decisions().name(), partition, 0, entry -> copy.add(entry.bodyDigest()));
                if (!copy.equals(first)) {
                    problems.add("partition " + partition + " of decisions is no copy of partition 0");
                }
            }
        }

        private void follow(SpecificRecord decision, Sha256 digest) {
            DecisionHeader header = DecisionKind.header(decision);
            inputs.problem(header.getSequence(), header.getSource()).ifPresent(problems::add);
            coordinator.replay(decision, digest);
            recomputation.follow(decision);
            if (decision instanceof JobStarted started) {
                jobUuid = started.getJobUuid();
            }
            if (decision instanceof RoundClosed closed && isInLog(closed.getRound())) {
                recomputation.work();
            }
            if (decision instanceof RoundCompleted completed) {
                rounds.add(verify(completed));
                chain.published(completed.getPublishedDigest());
            }
            chain.add(header.getSource().getBodyDigest(), digest);
        }

        private boolean isInLog(int round) {
            return log.holds(round);
        }

        private RoundVerification verify(RoundCompleted completed) {
            int round = completed.getRound();
            RoundPublished publication = publications.get(round);
            if (publication == null) {
                return new RoundVerification(
                        round,
                        completed.getRevision(),
                        0,
                        Digests.hex(completed.getDigest()),
                        RoundVerification.Outcome.DIFFERENT,
                        "the round was decided but not published");
            }
            Optional<String> problem = problem(completed, publication);
            RoundVerification.Outcome outcome = problem.isPresent()
                    ? RoundVerification.Outcome.DIFFERENT
                    : isInLog(round) ? RoundVerification.Outcome.IDENTICAL : RoundVerification.Outcome.NOT_IN_LOG;
            return new RoundVerification(
                    round,
                    publication.getRevision(),
                    publication.getMembers().size(),
                    Digests.hex(publication.getDigest()),
                    outcome,
                    outcome == RoundVerification.Outcome.NOT_IN_LOG
                            ? "topic " + topics.round(round).name() + " is gone"
                            : problem.orElse(""));
        }

        private Optional<String> problem(RoundCompleted completed, RoundPublished publication) {
            int round = completed.getRound();
            if (!publicationDigests.get(round).equals(completed.getPublishedDigest())) {
                return Optional.of("RoundPublished is not the record that was decided");
            }
            if (!chain.value().equals(publication.getChain())) {
                return Optional.of("the hash chain breaks here");
            }
            List<Sha256> named = publication.getChunkDigests();
            if (!Digests.ofDigests(named).equals(publication.getDigest())) {
                return Optional.of("the adapter's digest is not that of its chunks");
            }
            Map<Integer, Sha256> recomputed = recomputation.takeDigests(round, completed.getRevision());
            for (int ordinal = 0; ordinal < named.size(); ordinal++) {
                Sha256 name = named.get(ordinal);
                Optional<Sha256> found = published.digest(round, completed.getRevision(), ordinal);
                if (!found.equals(Optional.of(name))) {
                    return Optional.of("chunk " + ordinal + " on global-adapter is "
                            + found.map(digest -> "not the one published").orElse("missing"));
                }
                if (isInLog(round) && !name.equals(recomputed.get(ordinal))) {
                    return Optional.of("chunk " + ordinal + " is recomputed to other bytes");
                }
            }
            return Optional.empty();
        }

        private SpecificRecord decode(Topic topic, LogEntry entry) {
            return codec.require(topic.name(), entry.value(), SpecificRecord.class);
        }
    }
}
