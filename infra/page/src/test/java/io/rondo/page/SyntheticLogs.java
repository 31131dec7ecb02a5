package io.rondo.page;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.JobLog;
import io.rondo.log.DType;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.page.log.PageLog;
import io.rondo.page.log.PageLogs;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;

/** One job of as many trainers and rounds as asked, whose decisions are made while they are read, and to which a test can add. */
public final class SyntheticLogs implements PageLogs {
    /** What a page that parses data as markup would run. */
    public static final String HOSTILE = "<script>window.hit = 1</script><img src=x onerror=\"window.hit = 2\">";

    private final List<String> trainers;
    private final int rounds;
    private final BlockingQueue<SpecificRecord> more = new LinkedBlockingQueue<>();
    private final JobSubmitted submitted;

    /** @param trainers the first is called {@link #HOSTILE}, which no trainer can be */
    public SyntheticLogs(int trainers, int rounds) {
        this.trainers = IntStream.range(0, trainers)
                .mapToObj(i -> i == 0 ? HOSTILE : "site-%03d".formatted(i))
                .toList();
        this.rounds = rounds;
        this.submitted = TestJob.create().with(spec -> spec.setRounds(rounds)).submitted();
    }

    /** One more decision. */
    public void add(SpecificRecord decision) {
        more.add(decision);
    }

    public RoundOpened opened(int round) {
        return RoundOpened.newBuilder()
                .setHeader(at(round * 10_000L))
                .setJobUuid(TestJob.UUID)
                .setRound(round)
                .setBaseRound(round - 1)
                .setCohort(trainers)
                .setQuorum(2)
                .setOpenedAt(round * 10_000L)
                .setDeadline(round * 10_000L + 9_000)
                .setElements(100)
                .setChunks(4)
                .build();
    }

    @Override
    public List<Entry> list() {
        return List.of(new Entry("test", "test", "", TestJob.UUID, "fedsa", "lora", HOSTILE, rounds, 0L, null, null));
    }

    @Override
    public Optional<PageLog> find(String key) {
        return key.equals("test") ? Optional.of(new Log()) : Optional.empty();
    }

    @Override
    public String place() {
        return "a test";
    }

    @Override
    public void close() {
        // there is nothing open
    }

    private final class Log implements PageLog {
        private long offset;

        @Override
        public String key() {
            return "test";
        }

        @Override
        public void follow(long from, Sink sink, BooleanSupplier stopped) {
            give(
                    sink,
                    new JobStarted(
                            at(0),
                            TestJob.UUID,
                            submitted.getSpec(),
                            submitted.getLayout(),
                            submitted.getLayoutDigest(),
                            null,
                            null));
            trainers.forEach(trainer -> give(sink, new TrainerAdmitted(at(0), trainer, "i", null, "rondo " + HOSTILE)));
            for (int round = 0; round < rounds && !stopped.getAsBoolean(); round++) {
                round(sink, round);
            }
            sink.caughtUp();
            while (!stopped.getAsBoolean()) {
                try {
                    Optional.ofNullable(more.poll(50, TimeUnit.MILLISECONDS)).ifPresent(record -> give(sink, record));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        private void round(Sink sink, int round) {
            give(sink, opened(round));
            for (int i = 0; i < trainers.size() && round > 0; i++) {
                if ((round + i) % 17 == 0) {
                    give(
                            sink,
                            new UpdateRejected(
                                    at(round * 10_000L + 500),
                                    round,
                                    trainers.get(i),
                                    "i",
                                    "a",
                                    i == 0 ? HOSTILE : "late",
                                    HOSTILE,
                                    false));
                } else if ((round + i) % 23 != 0) {
                    give(
                            sink,
                            new UpdateAccepted(
                                    at(round * 10_000L + 300 + 7L * i),
                                    round,
                                    1.0,
                                    manifest(trainers.get(i), round, i)));
                }
            }
            give(sink, new RoundClosed(at(round * 10_000L + 4_000), round, 1, "all", List.of()));
            give(
                    sink,
                    new RoundCompleted(
                            at(round * 10_000L + 4_200 + round % 7 * 300L),
                            round,
                            1,
                            Digests.of(),
                            Digests.of(),
                            Digests.of(),
                            List.of()));
            for (int i = 0; i < trainers.size(); i++) {
                double accuracy = 1 - 0.5 / (1 + (round + i % 5) / 4.0);
                give(
                        sink,
                        new EvaluationRecorded(
                                at(round * 10_000L + 5_000),
                                round,
                                trainers.get(i),
                                Map.of("test/accuracy", accuracy, HOSTILE, 1.0)));
            }
        }

        private void give(Sink sink, SpecificRecord decision) {
            sink.take(offset++, 200, decision);
        }

        @Override
        public JobLog open() {
            throw new RondoException(
                    ErrorCode.LOG_INCOMPLETE, "its records are nowhere", "ask for no more than decisions");
        }
    }

    private static UpdateManifest manifest(String trainer, int round, int place) {
        return UpdateManifest.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setRound(round)
                .setBaseRound(round - 1)
                .setTrainer(trainer)
                .setIncarnation("i")
                .setAttempt("a")
                .setNumExamples(100 + place)
                .setDtype(DType.F32)
                .setElements(36_864)
                .setRanges(List.of())
                .setChunkDigests(List.of())
                .setDigest(Digests.of())
                .setMetrics(Map.of("loss", 0.1 + 1.0 / (1 + round / 3.0) + place % 7 / 50.0, HOSTILE, 1.0))
                .build();
    }

    public static DecisionHeader at(long milliseconds) {
        return new DecisionHeader(
                0L, Source.newBuilder().setTopic("clock").setOffset(-1).build(), milliseconds);
    }
}
