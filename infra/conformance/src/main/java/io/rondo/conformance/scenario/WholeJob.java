package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.scenario.Scenario.should;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.Entry;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.TrainerUnderTest;
import io.rondo.conformance.stage.Update;
import io.rondo.log.DType;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSubmitted;
import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A job from its submission to its end, on two rounds; what the trainer has sent meanwhile is judged from many sides. */
final class WholeJob {
    private static final int MAX_METRICS = 64;

    /** What such a job has left. */
    private record Played(
            JobSubmitted job,
            int examples,
            Entry<TrainerJoined> joined,
            Update first,
            Tensor firstExpected,
            Update second,
            Tensor secondExpected,
            List<EvaluationReported> evaluations,
            List<TrainerLeft> left,
            int exitCode,
            List<String> unreadable,
            long transactionMarks) {}

    private WholeJob() {}

    static List<Scenario> scenarios() {
        return List.of(
                must("joins", "4, step 2", "TrainerJoined names the job, the trainer and the layout", WholeJob::joins),
                must(
                        "starts-from-published",
                        "4, steps 3 and 6",
                        "training starts from the published adapter, byte for byte",
                        WholeJob::starts),
                must("chunk-partitions", "4, step 8", "chunk n goes to partition n mod P", WholeJob::partitions),
                must(
                        "chunk-sizes",
                        "3",
                        "one chunk for each ordinal, with the elements of its place in the round's vector",
                        WholeJob::sizes),
                must("chunk-digests", "3", "a chunk's digest is the SHA-256 of its values", WholeJob::chunkDigests),
                must(
                        "manifest-digests",
                        "4, step 9",
                        "the manifest has the digest of each chunk, and of all",
                        WholeJob::manifestDigests),
                must(
                        "manifest-offsets",
                        "4, step 9",
                        "ranges name the lowest and the highest offset in each partition",
                        WholeJob::offsets),
                must("manifest-fields", "4, step 9", "ids, counts and metrics are within bounds", WholeJob::fields),
                must("base-round", "4, step 9", "baseRound is that of RoundOpened", stage -> {
                    Played played = play(stage);
                    base(played.first, 0);
                    base(played.second, 1);
                }),
                must("wire-format", "2", "every value is a record of the log", WholeJob::wireFormat),
                must("no-transactions", "1", "trainers use no transactions", WholeJob::noTransactions),
                must("finishes", "4, What answers what", "JobFinished ends the trainer with success", stage -> {
                    int code = play(stage).exitCode;
                    Overdue.require(code == 0, "the trainer ended with exit code %d", code);
                }),
                must("leaves", "4, step 11", "TrainerLeft of this incarnation follows the end", WholeJob::leaves),
                should("evaluates", "4, step 5", "each published adapter is evaluated", WholeJob::evaluates));
    }

    private static Played play(Stage stage) {
        return stage.once(Played.class, WholeJob::script);
    }

    private static Played script(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        RunningTrainer trainer = job.trainer().start();
        Entry<TrainerJoined> joined = job.trainer().awaitJoin();
        job.admit(joined);
        Tensor firstExpected = Checks.vector(job.expected(1));
        job.open(1);
        Update first = job.trainer().awaitUpdate(1);
        job.publish(1, first);
        Tensor secondExpected = Checks.vector(job.expected(2));
        job.open(2);
        Update second = job.trainer().awaitUpdate(2);
        job.publish(2, second);
        job.finish();
        int code = job.trainer().awaitExit(trainer);
        return new Played(
                job.submission(),
                job.task().examples(),
                joined,
                first,
                firstExpected,
                second,
                secondExpected,
                job.trainer().sent(EvaluationReported.class),
                job.trainer().sent(TrainerLeft.class),
                code,
                job.trainer().unreadable(),
                job.trainer().transactionMarks());
    }

    private static void joins(Stage stage) {
        Played played = play(stage);
        TrainerJoined joined = played.joined.record();
        unless(
                joined.getJobUuid().equals(played.job.getJobUuid()),
                "jobUuid is '%s', the job's is '%s'",
                joined.getJobUuid(),
                played.job.getJobUuid());
        unless(
                joined.getLayoutDigest().equals(played.job.getLayoutDigest()),
                "layoutDigest is %s, the job's is %s",
                Digests.hex(joined.getLayoutDigest()),
                Digests.hex(played.job.getLayoutDigest()));
        Checks.id("incarnation", joined.getIncarnation());
    }

    private static void starts(Stage stage) {
        Played played = play(stage);
        Checks.same(1, played.firstExpected.values(), played.first);
        Checks.same(2, played.secondExpected.values(), played.second);
    }

    private static void partitions(Stage stage) {
        Played played = play(stage);
        int partitions = played.job.getSpec().getPartitions();
        for (Entry<TensorChunk> chunk : played.first.chunks()) {
            int ordinal = chunk.record().getOrdinal();
            unless(
                    chunk.raw().partition() == Math.floorMod(ordinal, partitions),
                    "chunk %d is in partition %d of %d",
                    ordinal,
                    chunk.raw().partition(),
                    partitions);
        }
    }

    private static void sizes(Stage stage) {
        Played played = play(stage);
        FlatLayout flat = played.first.flat();
        List<Integer> ordinals = new ArrayList<>();
        for (Entry<TensorChunk> entry : played.first.chunks()) {
            TensorChunk chunk = entry.record();
            int ordinal = chunk.getOrdinal();
            unless(
                    ordinal >= 0 && ordinal < flat.chunks(),
                    "there is a chunk %d, the round has %d",
                    ordinal,
                    flat.chunks());
            FlatLayout.Chunk place = flat.chunk(ordinal);
            unless(
                    chunk.getPosition() == place.position() && chunk.getCount() == place.count(),
                    "chunk %d has %d elements from position %d, its place has %d from %d",
                    ordinal,
                    chunk.getCount(),
                    chunk.getPosition(),
                    place.count(),
                    place.position());
            unless(chunk.getDtype() == DType.F32, "chunk %d is of %s, the job's is F32", ordinal, chunk.getDtype());
            unless(
                    chunk.getValues().remaining() == 4 * place.count(),
                    "chunk %d has %d bytes for %d elements",
                    ordinal,
                    chunk.getValues().remaining(),
                    place.count());
            unless(
                    chunk.getRound() == 1 && chunk.getTrainer().equals(TrainerUnderTest.ID),
                    "chunk %d is of round %d and trainer '%s'",
                    ordinal,
                    chunk.getRound(),
                    chunk.getTrainer());
            ordinals.add(ordinal);
        }
        unless(
                ordinals.stream().distinct().count() == flat.chunks(),
                "%d of %d chunks are there",
                ordinals.stream().distinct().count(),
                flat.chunks());
    }

    private static void chunkDigests(Stage stage) {
        for (Entry<TensorChunk> entry : play(stage).first.chunks()) {
            TensorChunk chunk = entry.record();
            unless(
                    Digests.of(chunk.getValues()).equals(chunk.getDigest()),
                    "chunk %d has digest %s, its values have %s",
                    chunk.getOrdinal(),
                    Digests.hex(chunk.getDigest()),
                    Digests.hex(Digests.of(chunk.getValues())));
        }
    }

    private static void manifestDigests(Stage stage) {
        Update update = play(stage).first;
        Checks.digests(update);
    }

    private static void offsets(Stage stage) {
        Update update = play(stage).first;
        SortedMap<Integer, OffsetRange> expected = new TreeMap<>();
        for (Entry<TensorChunk> chunk : update.chunks()) {
            long offset = chunk.offset();
            expected.merge(
                    chunk.raw().partition(),
                    new OffsetRange(chunk.raw().partition(), offset, offset),
                    (one, other) -> new OffsetRange(
                            one.getPartition(),
                            Math.min(one.getFirst(), other.getFirst()),
                            Math.max(one.getLast(), other.getLast())));
        }
        List<OffsetRange> ranges = update.manifest().record().getRanges();
        unless(
                ranges.equals(List.copyOf(expected.values())),
                "ranges are %s, its chunks lie at %s",
                ranges,
                expected.values());
    }

    private static void fields(Stage stage) {
        Played played = play(stage);
        UpdateManifest manifest = played.first.manifest().record();
        int most = Math.min(
                played.examples,
                played.job.getSpec().getLocalSteps() * played.job.getSpec().getBatchSize());
        unless(
                manifest.getNumExamples() >= 1 && manifest.getNumExamples() <= most,
                "numExamples is %d; the round used 1 to %d different examples",
                manifest.getNumExamples(),
                most);
        unless(
                manifest.getMetrics().size() <= MAX_METRICS,
                "there are %d metrics, at most %d are allowed",
                manifest.getMetrics().size(),
                MAX_METRICS);
        unless(
                manifest.getJobUuid().equals(played.job.getJobUuid()),
                "jobUuid is '%s', the job's is '%s'",
                manifest.getJobUuid(),
                played.job.getJobUuid());
        unless(
                manifest.getIncarnation().equals(played.joined.record().getIncarnation()),
                "incarnation is '%s', the trainer joined as '%s'",
                manifest.getIncarnation(),
                played.joined.record().getIncarnation());
        unless(manifest.getDtype() == DType.F32, "dtype is %s, the job's is F32", manifest.getDtype());
        unless(
                manifest.getElements() == played.first.flat().elements(),
                "elements is %d, the round has %d",
                manifest.getElements(),
                played.first.flat().elements());
        Checks.id("attempt", manifest.getAttempt());
        unless(
                !manifest.getAttempt().equals(played.second.attempt()),
                "the attempt '%s' is that of two uploads",
                manifest.getAttempt());
    }

    private static void base(Update update, int expected) {
        UpdateManifest manifest = update.manifest().record();
        unless(
                manifest.getBaseRound() == expected,
                "baseRound of round %d is %d, RoundOpened says %d",
                manifest.getRound(),
                manifest.getBaseRound(),
                expected);
    }

    private static void wireFormat(Stage stage) {
        List<String> unreadable = play(stage).unreadable;
        unless(unreadable.isEmpty(), "%s", unreadable.isEmpty() ? "" : unreadable.get(0));
    }

    private static void noTransactions(Stage stage) {
        long marks = play(stage).transactionMarks;
        unless(marks == 0, "%d offsets of manifests and round topics hold marks of transactions", marks);
    }

    private static void leaves(Stage stage) {
        Played played = play(stage);
        String incarnation = played.joined.record().getIncarnation();
        Overdue.require(!played.left.isEmpty(), "there is no TrainerLeft");
        unless(
                played.left.get(0).getIncarnation().equals(incarnation),
                "TrainerLeft names incarnation '%s', the trainer joined as '%s'",
                played.left.get(0).getIncarnation(),
                incarnation);
    }

    private static void evaluates(Stage stage) {
        Played played = play(stage);
        List<Integer> rounds = played.evaluations.stream()
                .map(EvaluationReported::getRound)
                .distinct()
                .toList();
        Overdue.require(
                rounds.contains(2), "the last adapter, of round 2, is not evaluated; reported are rounds %s", rounds);
        for (EvaluationReported report : played.evaluations) {
            unless(
                    report.getIncarnation().equals(played.joined.record().getIncarnation()),
                    "the report on round %d names incarnation '%s'",
                    report.getRound(),
                    report.getIncarnation());
        }
    }
}
