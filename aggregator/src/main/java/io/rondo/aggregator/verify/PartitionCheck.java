package io.rondo.aggregator.verify;

import io.rondo.aggregator.fold.AdapterChunks;
import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.StashMemory;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.strategy.ServerOptimizer;
import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AdapterChunk;
import io.rondo.log.ChunkDigest;
import io.rondo.log.DType;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;

/**
 * Checks one partition of a job: refolds its share of every round and compares it with the parts and the adapter chunks in
 * the log. One thread runs it.
 */
final class PartitionCheck implements Callable<List<LogDifference>> {
    /** Memory for chunks that are read ahead, for all partitions together; the rest is for the records of a long log. */
    private static final long STASH_BYTES =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);

    private final JobLog log;
    private final JobShape shape;
    private final int partition;
    private final List<Logged> decisions;
    private final Set<Integer> rounds;
    private final List<LoggedPart> parts;
    private final VerificationProgress progress;
    private final List<LogDifference> differences = new ArrayList<>();
    private final PublishedChunks published;
    private final Map<AttemptId, UpdateManifest> accepted = new HashMap<>();
    private final Map<Revision, PartFolded> folded = new HashMap<>();
    private final Map<Revision, PartMeasured> measured = new HashMap<>();
    private final Set<PartRefused> refused = new HashSet<>();
    private int open = -1;

    /** A fold's report and its place in the log. */
    record LoggedPart(long offset, SpecificRecord part) {}

    private record Revision(int round, int revision) {}

    /**
     * @param rounds the rounds to refold
     * @param parts the reports of this partition's folds
     */
    PartitionCheck(
            JobLog log,
            JobShape shape,
            int partition,
            List<Logged> decisions,
            Set<Integer> rounds,
            List<LoggedPart> parts,
            VerificationProgress progress) {
        this.log = log;
        this.shape = shape;
        this.partition = partition;
        this.decisions = decisions;
        this.rounds = rounds;
        this.parts = parts;
        this.progress = progress;
        this.published = new PublishedChunks(log.topics().globalAdapter(), shape, partition, differences);
    }

    @Override
    public List<LogDifference> call() {
        Topic adapter = log.topics().globalAdapter();
        log.history()
                .read(
                        adapter.name(),
                        partition,
                        0,
                        entry ->
                                progress.done(published.add(entry, log.codec().decode(adapter.name(), entry.value()))));
        try {
            foldAgain();
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NullPointerException e) {
            // impossible decisions: the rerun reports which one
            differences.add(cannotFold(e));
        } catch (RondoException e) {
            if (e.code() != ErrorCode.ADAPTER_CORRUPT) {
                throw e;
            }
            differences.add(cannotFold(e));
        }
        parts.forEach(this::compare);
        Set<PublishedChunks.Key> vouched = vouched();
        published.all().forEach((key, chunk) -> {
            if (!vouched.contains(key)) {
                differences.add(LogDifference.of(
                                "no part in the log names chunk " + key.ordinal() + " of revision " + key.revision())
                        .in(key.round())
                        .at(adapter, partition, chunk.offset()));
            }
        });
        return differences;
    }

    private LogDifference cannotFold(RuntimeException e) {
        return LogDifference.of("the decisions cannot be folded in partition " + partition + ": " + e.getMessage());
    }

    private void foldAgain() {
        List<Integer> wanted = rounds.stream().sorted().toList();
        try (ChunkSource chunks = log.chunks(partition, wanted);
                PartitionFold fold = new PartitionFold(
                        partition,
                        Strategies::installed,
                        chunks,
                        this::readAdapter,
                        () -> 0L,
                        this::take,
                        StashMemory.of(STASH_BYTES))) {
            decisions.forEach(logged -> follow(fold, logged.decision()));
        }
    }

    private void readAdapter(int number, long from, AdapterSource.Sink chunks) {
        Topic adapter = log.topics().globalAdapter();
        try (LogCursor cursor = log.cursor(adapter, number, from)) {
            boolean isWanted = true;
            for (Optional<LogEntry> entry = cursor.next(); isWanted && entry.isPresent(); entry = cursor.next()) {
                isWanted = chunks.accept(
                        log.codec().require(adapter.name(), entry.get().value(), AdapterChunk.class));
            }
        }
    }

    /** Folds at the latest moments at which the live fold's reports were due. */
    private void follow(PartitionFold fold, SpecificRecord decision) {
        if (decision instanceof RoundOpened opened) {
            open = opened.getRound();
        } else if (decision instanceof UpdateRejected rejected
                && rejected.getRevoked()
                // except those kept for the next round
                && rejected.getRound() == open
                && rounds.contains(open)) {
            fold.work();
        }
        fold.follow(decision);
        if (decision instanceof UpdateAccepted update) {
            accepted.put(AttemptId.of(update.getManifest()), update.getManifest());
        } else if ((decision instanceof RoundClosed closed && rounds.contains(closed.getRound()))
                || (decision instanceof RoundWeighed weighed && rounds.contains(weighed.getRound()))) {
            fold.work();
        }
    }

    private void take(FoldResult result) {
        if (result instanceof FoldResult.Refused refusal) {
            takeRefusal(refusal.part());
            return;
        }
        if (result instanceof FoldResult.Measured measurement) {
            PartMeasured part = measurement.part();
            progress.done(part.getBytes());
            measured.put(new Revision(part.getRound(), part.getRevision()), part);
            return;
        }
        FoldResult.Folded sum = (FoldResult.Folded) result;
        PartFolded part = sum.part();
        progress.done(part.getBytes());
        folded.put(new Revision(part.getRound(), part.getRevision()), part);
        sum.chunks().forEach(this::compare);
        sum.state().forEach(this::compare);
    }

    /** A fault that the live fold did not find was introduced into the log later. */
    private void takeRefusal(PartRefused refusal) {
        refused.add(refusal);
        if (parts.stream().noneMatch(logged -> logged.part().equals(refusal))) {
            UpdateManifest manifest = accepted.get(AttemptId.of(refusal));
            differences.add(new FaultPlace(log, shape, partition)
                    .of(manifest)
                    .orElse(LogDifference.of("the update is not the one that was folded"))
                    .in(refusal.getRound())
                    .by(refusal.getTrainer())
                    .saying(refusal.getReason() + ": " + refusal.getDetail()));
        }
    }

    /** Compares a refolded chunk with the one in the log. */
    private void compare(AdapterChunk again) {
        Topic adapter = log.topics().globalAdapter();
        String name = "chunk " + again.getOrdinal() + " of revision " + again.getRevision();
        published
                .of(PublishedChunks.Key.of(again))
                .ifPresentOrElse(
                        found -> {
                            if (!found.digest().equals(again.getDigest())) {
                                differences.add(LogDifference.of(name + " is not what the updates in the log give")
                                        .in(again.getRound())
                                        .at(adapter, partition, found.offset())
                                        .at(shape.place(
                                                again.getRound(),
                                                again.getPosition() + firstDifferent(again, found.offset()))));
                            }
                        },
                        () -> {
                            if (isReported(again.getRound(), again.getRevision())) {
                                differences.add(LogDifference.of(name + " is not on " + adapter.name())
                                        .in(again.getRound()));
                            }
                        });
    }

    /** A revision that was revoked before this partition had folded it left nothing in the log. */
    private boolean isReported(int round, int revision) {
        return parts.stream()
                .anyMatch(logged -> logged.part() instanceof PartFolded part
                        && part.getRound() == round
                        && part.getRevision() == revision);
    }

    /** Reads the chunk in the log again to find the first differing element. */
    private long firstDifferent(AdapterChunk again, long offset) {
        Topic adapter = log.topics().globalAdapter();
        float[] expected = values(again);
        long[] first = {0};
        log.history().read(adapter.name(), partition, offset, entry -> {
            if (entry.offset() == offset) {
                float[] found = values(log.codec().require(adapter.name(), entry.value(), AdapterChunk.class));
                first[0] = Math.max(0, Arrays.mismatch(expected, found));
            }
        });
        return Math.min(first[0], expected.length - 1);
    }

    private static float[] values(AdapterChunk chunk) {
        int count = chunk.getValues().remaining() / Float.BYTES;
        float[] values = new float[count];
        TensorBytes.decode(DType.F32, chunk.getValues().slice(0, count * Float.BYTES), values, 0, count);
        return values;
    }

    /** Compares a live fold's report with the refolded result. */
    private void compare(LoggedPart logged) {
        if (logged.part() instanceof PartFolded part) {
            PartFolded again = folded.get(new Revision(part.getRound(), part.getRevision()));
            if (again != null && !isSame(part, again)) {
                differ(logged, part.getRound(), "the part is not what the updates in the log give: " + brief(again));
            } else if (again == null && rounds.contains(part.getRound())) {
                differ(logged, part.getRound(), "there is nothing to fold for this part");
            }
        } else if (logged.part() instanceof PartMeasured part) {
            PartMeasured again = measured.get(new Revision(part.getRound(), part.getRevision()));
            if (rounds.contains(part.getRound()) && !part.equals(again)) {
                differ(logged, part.getRound(), "the measures are not what the updates in the log give");
            }
        } else if (logged.part() instanceof PartRefused part
                && rounds.contains(part.getRound())
                && !refused.contains(part)) {
            differ(logged, part.getRound(), "reading the update does not show this fault");
        }
    }

    /** The start offset is only a hint; published ones are compared with the publication. */
    private boolean isSame(PartFolded part, PartFolded again) {
        return PartFolded.newBuilder(again)
                        .setStartOffset(part.getStartOffset())
                        .build()
                        .equals(part)
                && part.getStartOffset() >= 0
                && part.getChunks().stream().allMatch(chunk -> published
                        .of(key(part, chunk))
                        .map(found -> found.offset() >= part.getStartOffset())
                        .orElse(false));
    }

    /** A chunk of this partition on global-adapter, once the check is done. */
    Optional<PublishedChunks.Chunk> published(int round, int revision, int ordinal) {
        return published.of(new PublishedChunks.Key(round, revision, ordinal, AdapterChunks.ADAPTER));
    }

    private static PublishedChunks.Key key(PartFolded part, ChunkDigest chunk) {
        return new PublishedChunks.Key(part.getRound(), part.getRevision(), chunk.getOrdinal(), AdapterChunks.ADAPTER);
    }

    /** All chunks that the part names: those of the adapter, and for each the pieces of the server optimizer's state. */
    private Map<PublishedChunks.Key, Sha256> digests(PartFolded part) {
        List<String> kinds =
                ServerOptimizers.of(shape.spec()).map(ServerOptimizer::state).orElse(List.of());
        Map<PublishedChunks.Key, Sha256> digests = new HashMap<>();
        Iterator<Sha256> state = part.getStateDigests().iterator();
        for (ChunkDigest chunk : part.getChunks()) {
            digests.put(key(part, chunk), chunk.getDigest());
            for (String kind : kinds) {
                if (state.hasNext()) {
                    digests.put(
                            new PublishedChunks.Key(part.getRound(), -part.getRevision(), chunk.getOrdinal(), kind),
                            state.next());
                }
            }
        }
        return digests;
    }

    private Set<PublishedChunks.Key> vouched() {
        Set<PublishedChunks.Key> named = new HashSet<>();
        for (LoggedPart logged : parts) {
            if (logged.part() instanceof PartFolded part) {
                digests(part).forEach((key, digest) -> {
                    named.add(key);
                    boolean isThere = published
                            .of(key)
                            .filter(found -> found.digest().equals(digest))
                            .isPresent();
                    if (!isThere && !folded.containsKey(new Revision(part.getRound(), part.getRevision()))) {
                        differ(
                                logged,
                                part.getRound(),
                                "chunk " + key.ordinal() + " is not on global-adapter with this digest");
                    }
                });
            }
        }
        return named;
    }

    private void differ(LoggedPart logged, int round, String what) {
        differences.add(LogDifference.of(what).in(round).at(log.topics().parts(), 0, logged.offset()));
    }

    private static String brief(PartFolded part) {
        return part.getUpdates() + " updates, " + part.getBytes() + " bytes, digest "
                + Digests.hex(Digests.ofDigests(part.getChunks().stream()
                                .map(ChunkDigest::getDigest)
                                .toList()))
                        .substring(0, 12);
    }
}
