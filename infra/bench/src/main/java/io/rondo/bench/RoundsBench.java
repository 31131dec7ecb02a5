package io.rondo.bench;

import io.rondo.cli.job.JobSubmitter;
import io.rondo.cli.output.Console;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.trainer.runtime.FederatedJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The benchmark of rounds, step by step: rounds of made updates first, and then how fast their log is read. */
public final class RoundsBench {
    private final BenchSettings settings;
    private final Optional<BenchCluster> cluster;
    private final Console console;

    /** @param cluster where it runs; without one it starts its own */
    public RoundsBench(BenchSettings settings, Optional<BenchCluster> cluster, Console console) {
        this.settings = settings;
        this.cluster = cluster;
        this.console = console;
    }

    /** Runs to the end and prints the result. */
    public void run() {
        console.progress(
                cluster.isPresent()
                        ? "[1/4] cluster   " + cluster.get().connection().bootstrapServers()
                        : "[1/4] cluster   starting a Kafka broker and a schema registry in a temporary directory");
        BenchResult result;
        try (BenchProcesses processes = BenchProcesses.start(settings, cluster);
                RecordCodec codec = processes.connection().codec(SchemaRegistration.LOOK_UP_ONLY)) {
            LogConnection connection = processes.connection();
            console.progress("[2/4] job       submitting it and starting its aggregators");
            BenchKeys keys = BenchKeys.of(settings, processes.keyFile());
            processes.startAggregators(keys.aggregatorArguments());
            FederatedJob job =
                    FederatedJob.of(new JobSubmitter(connection, new MadeLayout(settings), Path.of(""), keys.operator())
                            .submit(keys.named(settings.job(processes.job()))));
            keys.add(connection, processes.job());

            console.progress("[3/4] rounds    %d to warm up, %d that count"
                    .formatted(BenchSettings.WARM_UP_ROUNDS, settings.rounds()));
            List<RoundTiming> timings = rounds(processes, codec, job, settings, keys);
            OptionalDouble peak = processes.aggregatorPeakMb();
            processes.stopAggregators();

            console.progress(
                    "[4/4] reading   the same rounds by a plain consumer and by the fold, in alternating runs");
            result = new BenchResult(
                    settings,
                    timings,
                    PublishSteps.measure(connection, codec, job.topics(), publishedAt(timings)),
                    PlainTransactions.medianMs(connection, processes.topic("transactions"), settings.partitions()),
                    ReadRates.measure(
                            connection,
                            codec,
                            job.topics(),
                            roundNumbers(1, BenchSettings.WARM_UP_ROUNDS),
                            roundNumbers(BenchSettings.WARM_UP_ROUNDS + 1, settings.allRounds()),
                            settings.roundBytes()),
                    peak);
        }
        console.result(result.json(), result.text());
    }

    /** Runs all rounds of a job, and tells of those that count. */
    static List<RoundTiming> rounds(
            BenchProcesses processes, RecordCodec codec, FederatedJob job, BenchSettings settings, BenchKeys keys) {
        List<RoundTiming> timings = new ArrayList<>();
        try (LightTrainers trainers = new LightTrainers(processes.connection(), job, settings.trainers(), keys);
                LiveRounds rounds = new LiveRounds(
                        processes.connection(),
                        codec,
                        job.topics().rounds(),
                        trainers,
                        processes::requireAggregators,
                        processes::aggregatorCpuSeconds)) {
            trainers.join();
            for (int round = 1; round <= settings.allRounds(); round++) {
                RoundTiming timing = rounds.run(round);
                if (round > BenchSettings.WARM_UP_ROUNDS) {
                    timings.add(timing);
                }
            }
        }
        return timings;
    }

    private static Map<Integer, Long> publishedAt(List<RoundTiming> timings) {
        return IntStream.range(0, timings.size())
                .boxed()
                .collect(Collectors.toMap(i -> BenchSettings.WARM_UP_ROUNDS + 1 + i, i -> timings.get(i)
                        .publishedAt()));
    }

    private static List<Integer> roundNumbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }
}
