package io.rondo.aggregator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.AdapterChunk;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartMeasured;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs whose rules need numbers over all partitions, or a state: verified and run again from their logs. */
class AggregationRulesTest {

    static Stream<Named<UnaryOperator<JobSpec.Builder>>> rules() {
        return Stream.of(
                rule("krum", spec -> spec.setStrategy("krum")),
                rule("multi-krum, clipped", spec -> spec.setStrategy("multi-krum")
                        .setClip(1)),
                rule("clipped mean", spec -> spec.setClip(1)),
                rule("clipped median", spec -> spec.setStrategy("coordinate-median")
                        .setClip(1)),
                rule("norm limit", spec -> spec.setMaxUpdateNorm(100)),
                rule("fedavgm", spec -> spec.setServerOptimizer("fedavgm")),
                rule("fedadam on rolora", spec -> spec.setServerOptimizer("fedadam")
                        .setMethod("rolora")),
                rule("all at once", spec -> spec.setStrategy("trimmed-mean")
                        .setFaultyShare(0.4)
                        .setClip(0.5)
                        .setMaxUpdateNorm(50)
                        .setMethod("fedit")
                        .setServerOptimizer("fedadam")
                        .setServerLearningRate(0.1)));
    }

    private static Named<UnaryOperator<JobSpec.Builder>> rule(String name, UnaryOperator<JobSpec.Builder> change) {
        return Named.of(name, change);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void shouldVerifyAndRunAgainBitByBit(UnaryOperator<JobSpec.Builder> rule) {
        MemoryJobLog log = job(rule).log();

        VerificationReport report = new Verifier(log).verify();

        assertThat(report.differences()).isEmpty();
        assertThat(report.rounds())
                .extracting(RoundVerification::outcome)
                .containsOnly(RoundVerification.Outcome.IDENTICAL)
                .hasSize(4);
        List<Double> distances = new ArrayList<>();
        try (BranchTarget target = new PassingTarget(log.topics())) {
            new Replay(log, ReplayRules.UNCHANGED, 3)
                    .run(target, (round, flat, adapter) -> distances.add(round.distance()));
        }
        assertThat(distances).hasSize(4).containsOnly(0.0);
    }

    @Test
    void shouldVerifyFromAnyRoundOn() {
        MemoryJobLog log =
                job(spec -> spec.setClip(1).setServerOptimizer("fedadam")).log();

        VerificationReport report = new Verifier(log, new RoundRange(2, 3), VerificationProgress.NONE).verify();

        assertThat(report.differences()).isEmpty();
        assertThat(report.rounds()).hasSize(2);
    }

    @Test
    void shouldFindAChangedMeasure() {
        MemoryJobLog log = job(spec -> spec.setStrategy("multi-krum")).log();

        change(log, log.topics().parts(), 0, PartMeasured.class, measured -> {
            List<Double> products = new ArrayList<>(measured.getProducts());
            products.set(0, products.get(0) + 1);
            return PartMeasured.newBuilder(measured).setProducts(products).build();
        });

        assertThat(new Verifier(log).verify().differences())
                .extracting(LogDifference::toString)
                .anyMatch(difference -> difference.contains("measures are not what the updates"));
    }

    @Test
    void shouldFindAChangedWeight() {
        MemoryJobLog log = job(spec -> spec.setClip(1)).log();

        change(log, log.topics().decisions(), 0, RoundWeighed.class, weighed -> {
            weighed.getMembers().get(0).put("scale", 0.99);
            return weighed;
        });

        assertThat(new Verifier(log).verify().differences()).isNotEmpty();
    }

    @Test
    void shouldFindAChangedPieceOfState() {
        MemoryJobLog log = job(spec -> spec.setServerOptimizer("fedavgm")).log();

        change(log, log.topics().globalAdapter(), 1, AdapterChunk.class, chunk -> {
            if (chunk.getKind().equals("momentum")) {
                chunk.getValues().put(0, (byte) (chunk.getValues().get(0) ^ 1));
            }
            return chunk;
        });

        assertThat(new Verifier(log).verify().differences()).isNotEmpty();
    }

    @Test
    void shouldRefuseAnUpdateOverTheLimitAndFoldTheOthers() {
        // no update lies so close to the adapter
        RecordedJob job = new RecordedJob(
                        TestJob.create().with(spec -> spec.setMaxUpdateNorm(0.1).setRounds(3)))
                .start()
                .soundRound(1);

        assertThat(records(job.log(), job.log().topics().decisions(), UpdateRejected.class))
                .hasSize(3)
                .allSatisfy(rejected -> {
                    assertThat(rejected.getReason()).isEqualTo("over-norm");
                    assertThat(rejected.getDetail()).contains("allowed are 0.1");
                    assertThat(rejected.getRevoked()).isTrue();
                });
        assertThat(new Verifier(job.log()).verify().differences()).isEmpty();
    }

    @Test
    void shouldSayByACodeThatAPlugInIsNotHere() {
        MemoryJobLog log = job(spec -> spec).log();
        change(log, log.topics().commands(), 0, JobSubmitted.class, job -> JobSubmitted.newBuilder(job)
                .setSpec(elsewhere(job.getSpec()))
                .build());
        change(log, log.topics().decisions(), 0, JobStarted.class, job -> JobStarted.newBuilder(job)
                .setSpec(elsewhere(job.getSpec()))
                .build());

        assertThatThrownBy(() -> new Verifier(log).verify())
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.STRATEGY_NOT_INSTALLED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("'elsewhere'"));
    }

    private static JobSpec elsewhere(JobSpec spec) {
        return JobSpec.newBuilder(spec).setStrategy("elsewhere").build();
    }

    private static RecordedJob job(UnaryOperator<JobSpec.Builder> rule) {
        TestJob job = TestJob.create().with(spec -> rule.apply(spec.setRounds(3)));
        return new RecordedJob(job).start().soundRound(1).soundRound(2).soundRound(3);
    }

    private static <T extends SpecificRecord> List<T> records(MemoryJobLog log, Topic topic, Class<T> type) {
        List<T> found = new ArrayList<>();
        log.history().read(topic.name(), 0, 0, entry -> {
            if (log.codec().decode(topic.name(), entry.value()) instanceof Decoded.Readable readable
                    && type.isInstance(readable.record())) {
                found.add(type.cast(readable.record()));
            }
        });
        return found;
    }

    private static <T extends SpecificRecord> void change(
            MemoryJobLog log, Topic topic, int partition, Class<T> type, UnaryOperator<T> change) {
        List<LogEntry> changed = new ArrayList<>();
        log.history().read(topic.name(), partition, 0, entry -> {
            if (log.codec().decode(topic.name(), entry.value()) instanceof Decoded.Readable readable
                    && type.isInstance(readable.record())) {
                byte[] value = log.codec().encode(topic.name(), change.apply(type.cast(readable.record())));
                changed.add(new LogEntry(entry.offset(), entry.timestamp(), entry.key(), value));
            }
        });
        assertThat(changed).isNotEmpty();
        changed.forEach(entry -> log.replace(topic.name(), partition, entry));
    }
}
