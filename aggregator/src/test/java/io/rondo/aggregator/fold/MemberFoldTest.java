package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.MeasurementPlan;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundClosed;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemberFoldTest {
    private static final int PARTITION = 0;

    private final TestJob job = TestJob.create().with(spec -> spec.setRules(2).setClip(1));
    private final List<FlatLayout.Chunk> chunks = job.flat(1).chunksOf(PARTITION);
    private final FakeRoundTopics topics = new FakeRoundTopics(TestJob.PARTITIONS);
    private final List<String> faults = new ArrayList<>();
    private final DecidedRound round = new DecidedRound();
    private final Measurement measurement = new Measurement(MeasurementPlan.NORMS, zeros());

    @Test
    void shouldTakeTheSumWhereEveryMemberIsAsItWasSent() {
        List<UpdateAccepted> updates = List.of(upload("a", "a", 1), upload("b", "b", 3));
        close(updates, 1, 1);
        int before = topics.reads();

        List<AdapterChunk> folded = fold(updates).orElseThrow();

        assertThat(topics.reads() - before).as("each once, for the sum").isEqualTo(2);
        assertThat(values(folded)).containsExactly(mean(1.0 / 4, "a", 3.0 / 4, "b"));
    }

    @Test
    void shouldReadTheMembersOnceMoreWhereOneIsScaled() {
        List<UpdateAccepted> updates = List.of(upload("a", "a", 1), upload("b", "b", 1));
        close(updates, 1, 0.5);
        int before = topics.reads();

        List<AdapterChunk> folded = fold(updates).orElseThrow();

        assertThat(topics.reads() - before).isEqualTo(4);
        assertThat(values(folded)).containsExactly(mean(0.5, "a", 0.25, "b"));
    }

    @Test
    void shouldNameAMemberThatIsFaultyOnlyNow() {
        List<UpdateAccepted> updates = List.of(upload("a", "a", 1), upload("b", "b", 1));
        close(updates, 1, 0.5);
        RunningSum sum = sumOf(updates);
        List<UpdateAccepted> damaged = List.of(updates.get(0), upload("b", "z", 1));

        assertThat(members().fold(round, damaged, chunks, sum, Optional.of(measurement)))
                .isEmpty();
        assertThat(faults).containsExactly("b bad-digest");
    }

    private Optional<List<AdapterChunk>> fold(List<UpdateAccepted> updates) {
        return members().fold(round, updates, chunks, sumOf(updates), Optional.of(measurement));
    }

    private MemberFold members() {
        FoldPlan plan = new FoldPlan(job.started(header()), Strategies::named);
        return new MemberFold(
                plan,
                stash(),
                reader(),
                () -> {
                    throw new AssertionError("nobody needs all members at once");
                },
                this::fault);
    }

    private RunningSum sumOf(List<UpdateAccepted> updates) {
        RunningSum sum = new RunningSum(stash(), reader(), () -> 0L, this::fault);
        assertThat(sum.addAll(updates, chunks, Strategies.named("weighted-mean"), (attempt, chunk, values) -> {}))
                .isTrue();
        return sum;
    }

    private void fault(UpdateAccepted update, UpdateReader.Fault fault) {
        faults.add(update.getManifest().getTrainer() + " " + fault.reason().id());
    }

    private ChunkStash stash() {
        return new ChunkStash(topics, PARTITION, () -> 0, TestJob.CHUNK_BYTES);
    }

    private UpdateReader reader() {
        return new UpdateReader(stash(), PARTITION, job.spec());
    }

    private void close(List<UpdateAccepted> updates, double... scales) {
        round.open(1);
        updates.forEach(round::accept);
        List<CohortMember> members = new ArrayList<>();
        for (int i = 0; i < scales.length; i++) {
            UpdateManifest manifest = updates.get(i).getManifest();
            members.add(new CohortMember(
                    manifest.getTrainer(),
                    manifest.getAttempt(),
                    updates.get(i).getWeight(),
                    1L,
                    manifest.getDigest(),
                    1.0,
                    scales[i]));
        }
        round.close(new RoundClosed(header(), 1, 1, "all", members));
    }

    /** @param values whose values lie in the log */
    private UpdateAccepted upload(String trainer, String values, double weight) {
        List<TensorChunk> named = job.chunks(trainer, "at-" + trainer, 1, job.values(trainer, 1));
        List<TensorChunk> logged = job.chunks(trainer, "at-" + trainer, 1, job.values(values, 1));
        UpdateManifest manifest = UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, 1, named, 0))
                .setRanges(topics.append(logged))
                .build();
        return new UpdateAccepted(header(), 1, weight, manifest);
    }

    private static DecisionHeader header() {
        return new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L);
    }

    private Map<Integer, float[]> zeros() {
        Map<Integer, float[]> base = new HashMap<>();
        chunks.forEach(chunk -> base.put(chunk.ordinal(), new float[chunk.count()]));
        return base;
    }

    private float[] mean(double first, String a, double second, String b) {
        float[] mean =
                new float[chunks.stream().mapToInt(FlatLayout.Chunk::count).sum()];
        int next = 0;
        for (FlatLayout.Chunk chunk : chunks) {
            for (int i = chunk.position(); i < chunk.position() + chunk.count(); i++) {
                mean[next++] = (float) (first * job.values(a, 1)[i] + second * job.values(b, 1)[i]);
            }
        }
        return mean;
    }

    private static float[] values(List<AdapterChunk> chunks) {
        float[] values =
                new float[chunks.stream().mapToInt(AdapterChunk::getCount).sum()];
        int next = 0;
        for (AdapterChunk chunk : chunks) {
            TensorBytes.decode(DType.F32, chunk.getValues(), values, next, chunk.getCount());
            next += chunk.getCount();
        }
        return values;
    }
}
