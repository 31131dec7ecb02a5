package io.rondo.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.cli.output.Console;
import io.rondo.inspect.scan.RawScan;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.trainer.runtime.FederatedJob;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The benchmark of verification: rounds of made updates, and then how fast their log is verified, and read by a plain consumer. */
public final class VerifyBench {
    /** Each side reads the log once before it counts, so that code and the disk's cache are warm for both. */
    private static final int COUNTED_RUNS = 2;

    private final BenchSettings settings;
    private final Console console;

    public VerifyBench(BenchSettings settings, Console console) {
        this.settings = settings;
        this.console = console;
    }

    /**
     * Runs to the end and prints the result.
     *
     * @throws RondoException with {@code VERIFICATION_FAILED} when the log is not sound
     */
    public void run() {
        console.progress("[1/3] cluster   starting a Kafka broker and a schema registry in a temporary directory");
        Measured measured;
        try (BenchProcesses processes = BenchProcesses.start(settings, Optional.empty());
                RecordCodec codec = processes.connection().codec(SchemaRegistration.LOOK_UP_ONLY)) {
            processes.startAggregators(List.of());
            FederatedJob job =
                    FederatedJob.of(new JobSubmitter(processes.connection(), new MadeLayout(settings), Path.of(""))
                            .submit(settings.job(processes.job())));
            console.progress("[2/3] rounds    writing %d by an aggregator and trainers without a model"
                    .formatted(settings.allRounds()));
            RoundsBench.rounds(processes, codec, job, settings, BenchKeys.of(settings, processes.keyFile()));
            processes.stopAggregators();
            console.progress(
                    "[3/3] reading   the same rounds by a plain consumer and by verification, in alternating runs");
            measured = measure(processes.connection(), processes.job());
        }
        console.result(measured.json(settings), measured.text(settings));
    }

    private Measured measure(LogConnection connection, String job) {
        RoundRange range = new RoundRange(BenchSettings.WARM_UP_ROUNDS + 1, settings.allRounds());
        try (JobLog log = KafkaJobLog.open(connection, job)) {
            double raw = 0;
            VerificationReport fastest = null;
            for (int run = 0; run <= COUNTED_RUNS; run++) {
                double read = RawScan.bytesPerSecond(connection, log.topics(), range.present(log));
                VerificationReport report = verify(log, range);
                if (run > 0) {
                    raw = Math.max(raw, read);
                    fastest = fastest == null || report.seconds() < fastest.seconds() ? report : fastest;
                }
            }
            return new Measured(fastest, raw / 1e6);
        }
    }

    private static VerificationReport verify(JobLog log, RoundRange range) {
        VerificationReport report = new Verifier(log, range, VerificationProgress.NONE).verify();
        if (!report.isSound()) {
            throw new RondoException(
                    ErrorCode.VERIFICATION_FAILED,
                    "the log of the benchmark is not what follows from its updates: " + report.firstProblem(),
                    "report it as a bug, with this message");
        }
        return report;
    }

    /** The faster runs of both sides. */
    record Measured(VerificationReport report, double rawMBps) {
        /** The JSON result. */
        @JsonPropertyOrder({
            "trainers",
            "adapterMb",
            "chunkKb",
            "partitions",
            "rounds",
            "MBps",
            "rawMBps",
            "ratio",
            "seconds",
            "java"
        })
        record Result(
                int trainers,
                double adapterMb,
                int chunkKb,
                int partitions,
                int rounds,
                @JsonProperty("MBps") double megabytesPerSecond,
                double rawMBps,
                double ratio,
                double seconds,
                String java) {}

        Result json(BenchSettings settings) {
            return new Result(
                    settings.trainers(),
                    settings.adapterMb(),
                    settings.chunkKb(),
                    settings.partitions(),
                    report.rounds().size(),
                    rounded(report.megabytesPerSecond(), 10),
                    rounded(rawMBps, 10),
                    rounded(ratio(), 1000),
                    rounded(report.seconds(), 1000),
                    Runtime.version().toString());
        }

        String text(BenchSettings settings) {
            return String.format(
                    Locale.ROOT,
                    "%d rounds of %d updates of %s MB in chunks of %d KB over %d partitions; Java %s%n%n"
                            + "raw           %7.1f MB/s   a plain consumer with SHA-256 and a float64 sum%n"
                            + "verify        %7.1f MB/s   %.2f s, every round identical%n"
                            + "verify / raw  %7.2f        the faster of %d runs of each, alternating in one process",
                    report.rounds().size(),
                    settings.trainers(),
                    settings.adapterMb(),
                    settings.chunkKb(),
                    settings.partitions(),
                    Runtime.version(),
                    rawMBps,
                    report.megabytesPerSecond(),
                    report.seconds(),
                    ratio(),
                    COUNTED_RUNS);
        }

        private double ratio() {
            return report.megabytesPerSecond() / rawMBps;
        }

        private static double rounded(double value, int parts) {
            return (double) Math.round(value * parts) / parts;
        }
    }
}
