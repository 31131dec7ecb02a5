package io.rondo.aggregator.simulation;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.HashChain;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** What has to hold of the logs of any schedule, whatever went wrong in it. */
final class Invariants {
    /** Decisions that are themselves the answer to a command or a manifest; others follow from the state. */
    private static final Set<DecisionKind> ANSWERS = Set.of(
            DecisionKind.JOB_STARTED,
            DecisionKind.JOB_PAUSED,
            DecisionKind.JOB_RESUMED,
            DecisionKind.JOB_ABORTED,
            DecisionKind.TRAINER_ADMITTED,
            DecisionKind.TRAINER_REMOVED,
            DecisionKind.UPDATE_ACCEPTED,
            DecisionKind.UPDATE_REJECTED,
            DecisionKind.EVALUATION_RECORDED,
            DecisionKind.INPUT_REFUSED);

    /** Reasons for which an update is revoked by something else than the record that shows it; one is then taken back. */
    private static final Set<String> FOLLOWING =
            Set.of(RejectionReason.SUPERSEDED.id(), RejectionReason.OVER_NORM.id());

    private final World world;
    private final List<SimulatedLog.Entry<SpecificRecord>> decisions;
    private final Map<Integer, RoundPublished> published = new TreeMap<>();

    Invariants(World world) {
        this.world = world;
        this.decisions = world.topics.decisions.get(0).entries();
    }

    void check() {
        checkThatDecisionsAreOneSequence();
        checkThatEachInputIsAnsweredOnce();
        checkThatRoundsFollowTheirRules();
        checkThatEachRoundIsPublishedOnce();
        checkTheChain();
        checkTheEnd();
        SlowFold slowFold = new SlowFold(world.job.spec(), world.uploads);
        for (RoundPublished round : published.values()) {
            checkTheAdapter(round, slowFold);
        }
    }

    static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    private void checkThatDecisionsAreOneSequence() {
        for (int i = 0; i < decisions.size(); i++) {
            long sequence = DecisionKind.header(decisions.get(i).value()).getSequence();
            int expected = i;
            require(sequence == expected, () -> "decision " + sequence + " stands where " + expected + " has to be");
        }
        List<Sha256> first = digests(decisions);
        for (SimulatedLog<SpecificRecord> copy : world.topics.decisions) {
            require(digests(copy.entries()).equals(first), () -> "two partitions of the decisions differ");
        }
    }

    private static List<Sha256> digests(List<SimulatedLog.Entry<SpecificRecord>> entries) {
        return entries.stream().map(SimulatedLog.Entry::bodyDigest).toList();
    }

    /** Whether a trainer that is away is admitted again since an update of it came, which is answered next. */
    private boolean takesBack(SpecificRecord decision) {
        return decision instanceof TrainerAdmitted admitted
                && world.topics
                                .inputs
                                .get(InputTopic.MANIFESTS)
                                .from(admitted.getHeader().getSource().getOffset())
                                .value()
                        instanceof UpdateManifest;
    }

    private void checkThatEachInputIsAnsweredOnce() {
        Map<InputTopic, Map<Long, Integer>> answers = new EnumMap<>(InputTopic.class);
        for (InputTopic topic : InputTopic.values()) {
            answers.put(topic, new HashMap<>());
        }
        for (SimulatedLog.Entry<SpecificRecord> entry : decisions) {
            Source source = DecisionKind.header(entry.value()).getSource();
            if (!source.getTopic().equals("clock")) {
                InputTopic topic = InputTopic.of(source.getTopic()).orElseThrow();
                checkTheSource(topic, source);
                if (entry.value() instanceof InputRefused refused && refused.getFirstOffset() >= 0) {
                    checkTheRun(topic, refused)
                            .forEach(offset -> answers.get(topic).merge(offset, 1, Integer::sum));
                } else if (isAnswer(entry.value())) {
                    answers.get(topic).merge(source.getOffset(), 1, Integer::sum);
                }
            }
        }
        for (InputTopic topic : List.of(InputTopic.COMMANDS, InputTopic.MANIFESTS)) {
            for (SimulatedLog.Entry<SpecificRecord> input :
                    world.topics.inputs.get(topic).entries()) {
                int count = answers.get(topic).getOrDefault(input.offset(), 0);
                require(count == 1, () -> topic + " " + input.offset() + " is answered " + count + " times");
            }
        }
        answers.get(InputTopic.PARTS)
                .forEach((offset, count) ->
                        require(count == 1, () -> "part " + offset + " is answered " + count + " times"));
    }

    /** The offsets of records that were refused together. */
    private List<Long> checkTheRun(InputTopic topic, InputRefused refused) {
        List<Long> offsets = world.topics.inputs.get(topic).entries().stream()
                .map(SimulatedLog.Entry::offset)
                .filter(offset -> offset >= refused.getFirstOffset()
                        && offset <= refused.getHeader().getSource().getOffset())
                .toList();
        require(
                topic == InputTopic.MANIFESTS
                        && world.job.spec().getRules() >= 6
                        && offsets.size() == refused.getRecords(),
                () -> "records " + offsets + " are refused together by " + refused);
        return offsets;
    }

    private boolean isAnswer(SpecificRecord decision) {
        boolean follows = takesBack(decision)
                || (decision instanceof UpdateRejected rejected && FOLLOWING.contains(rejected.getReason()))
                || (decision instanceof UpdateAccepted accepted
                        && !accepted.getHeader().getSource().getTopic().equals(InputTopic.MANIFESTS.id()))
                || (decision instanceof TrainerRemoved removed
                        && removed.getReason().equals(RejectionReason.ABSENT.id()))
                || (decision instanceof JobAborted aborted
                        && !aborted.getHeader().getSource().getTopic().equals(InputTopic.COMMANDS.id()));
        return !follows && ANSWERS.contains(DecisionKind.of(decision));
    }

    private void checkTheSource(InputTopic topic, Source source) {
        SimulatedLog<SpecificRecord> log = world.topics.inputs.get(topic);
        require(
                log.hasFrom(source.getOffset())
                        && log.from(source.getOffset()).offset() == source.getOffset()
                        && log.from(source.getOffset()).bodyDigest().equals(source.getBodyDigest()),
                () -> "a decision answers " + source + ", which is not in the log");
    }

    private void checkThatRoundsFollowTheirRules() {
        RoundRules rules = new RoundRules(world);
        decisions.forEach(entry -> rules.follow(entry.value()));
    }

    private void checkThatEachRoundIsPublishedOnce() {
        List<SpecificRecord> expected = new ArrayList<>();
        Map<Integer, RoundCompleted> completed = new HashMap<>();
        for (SimulatedLog.Entry<SpecificRecord> entry : decisions) {
            if (entry.value() instanceof RoundCompleted completion) {
                require(
                        completed.put(completion.getRound(), completion) == null,
                        () -> "round " + completion.getRound() + " is completed twice");
            }
        }
        for (SimulatedLog.Entry<SpecificRecord> entry : world.topics.rounds.entries()) {
            if (entry.value() instanceof RoundPublished round) {
                require(
                        published.put(round.getRound(), round) == null,
                        () -> "round " + round.getRound() + " is published twice");
                RoundCompleted completion = completed.get(round.getRound());
                require(
                        completion != null && completion.getPublishedDigest().equals(entry.bodyDigest()),
                        () -> "round " + round.getRound() + " is published, but not as decided");
            } else {
                expected.add(entry.value());
            }
        }
        require(
                published.keySet().equals(new TreeMap<>(completed).keySet()),
                () -> "rounds " + completed.keySet() + " are completed, published are " + published.keySet());
        List<SpecificRecord> told = decisions.stream()
                .map(SimulatedLog.Entry::value)
                .filter(decision ->
                        SimulatedTopics.isForTrainers(decision, world.job.spec().getRules()))
                .toList();
        require(told.equals(expected), () -> "the rounds topic does not say what was decided");
    }

    private void checkTheChain() {
        HashChain chain = new HashChain();
        Map<Long, Sha256> values = new HashMap<>();
        for (SimulatedLog.Entry<SpecificRecord> entry : decisions) {
            var header = DecisionKind.header(entry.value());
            if (entry.value() instanceof RoundCompleted completion) {
                values.put(header.getSequence() - 1, chain.value());
                chain.published(completion.getPublishedDigest());
            }
            chain.add(header.getSource().getBodyDigest(), entry.bodyDigest());
        }
        published
                .values()
                .forEach(round -> require(
                        round.getChain().equals(values.get(round.getLastSequence())),
                        () -> "the chain of round " + round.getRound() + " is broken"));
    }

    private void checkTheEnd() {
        boolean aborted = decisions.stream().anyMatch(entry -> entry.value() instanceof JobAborted);
        long finished = decisions.stream()
                .filter(entry -> entry.value() instanceof JobFinished)
                .count();
        require(finished + (aborted ? 1 : 0) == 1, () -> "the job does not end once");
        long failed = decisions.stream()
                .filter(entry -> entry.value() instanceof RoundFailed)
                .count();
        require(
                aborted || published.size() + failed == world.job.rounds() + 1,
                () -> "the job has ended, but published are only " + published.keySet());
    }

    private void checkTheAdapter(RoundPublished round, SlowFold slowFold) {
        for (CohortMember member : round.getMembers()) {
            Upload upload = world.uploads.get(member.getAttempt());
            require(upload.isSound(), () -> "round " + round.getRound() + " counts the faulty " + upload);
            require(
                    member.getWeight() == upload.weight(round.getRound())
                            || (selects(round) && member.getWeight() == 0),
                    () -> upload + " weighs " + member.getWeight());
        }
        FlatLayout flat = world.job.flat(round.getRound());
        if (round.getRound() > 0) {
            checkTheWeights(round, slowFold, slowFold.base(flat));
        }
        float[] expected = slowFold.adapter(flat, round.getRound(), round.getMembers());
        Map<Integer, AdapterChunk> chunks = chunks(round);
        require(chunks.size() == flat.chunks(), () -> "round " + round.getRound() + " has chunks " + chunks.keySet());
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            FlatLayout.Chunk place = flat.chunk(ordinal);
            AdapterChunk chunk = chunks.get(ordinal);
            byte[] bytes = TensorBytes.encode(DType.F32, expected, place.position(), place.count());
            require(
                    chunk.getValues().equals(ByteBuffer.wrap(bytes))
                            && chunk.getDigest().equals(round.getChunkDigests().get(chunk.getOrdinal())),
                    () -> "chunk " + chunk.getOrdinal() + " of round " + round.getRound()
                            + " is not the mean of its updates");
        }
    }

    private boolean selects(RoundPublished round) {
        return round.getRound() > 0 && world.job.spec().getStrategy().contains("krum");
    }

    /** Norms are sums over partitions, and may differ in their last bits from those of whole vectors. */
    private void checkTheWeights(RoundPublished round, SlowFold slowFold, float[] base) {
        JobSpec spec = world.job.spec();
        boolean isMeasured = spec.getClip() > 0 || spec.getMaxUpdateNorm() > 0 || selects(round);
        for (CohortMember member : round.getMembers()) {
            double norm = slowFold.norm(world.uploads.get(member.getAttempt()), base);
            double scale = spec.getClip() > 0 && norm > spec.getClip() ? spec.getClip() / norm : 1;
            require(
                    isMeasured
                            ? Math.abs(member.getNorm() - norm) <= 1e-9 * norm
                                    && Math.abs(member.getScale() - scale) <= 1e-9
                            : member.getNorm() == -1 && member.getScale() == 1,
                    () -> member + " has the norm " + norm + " and the scale " + scale);
            require(
                    spec.getMaxUpdateNorm() == 0 || norm <= spec.getMaxUpdateNorm() * (1 + 1e-9),
                    () -> member + " counts, over the limit");
        }
        require(
                !selects(round) || slowFold.isChoice(round.getMembers(), base),
                () -> "round " + round.getRound() + " selects " + round.getMembers());
    }

    /** The chunks of a publication by ordinal, each of which stands in the log once and not before its start offset. */
    private Map<Integer, AdapterChunk> chunks(RoundPublished round) {
        Map<Integer, AdapterChunk> chunks = new HashMap<>();
        for (int partition = 0; partition < world.job.partitions(); partition++) {
            long start = round.getStartOffsets().get(partition);
            for (SimulatedLog.Entry<AdapterChunk> entry :
                    world.topics.globalAdapter.get(partition).entries()) {
                AdapterChunk chunk = entry.value();
                if (chunk.getRound() == round.getRound() && chunk.getRevision() == round.getRevision()) {
                    require(
                            chunks.put(chunk.getOrdinal(), chunk) == null,
                            () -> "chunk " + chunk.getOrdinal() + " of round " + round.getRound()
                                    + " stands in the log twice");
                    require(
                            entry.offset() >= start,
                            () -> "a chunk of round " + round.getRound() + " lies before its start offset");
                }
            }
        }
        return chunks;
    }
}
