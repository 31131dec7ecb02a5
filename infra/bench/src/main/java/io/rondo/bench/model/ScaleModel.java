package io.rondo.bench.model;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Computes what a federation beyond this machine needs, as one job and as regional jobs under a global one. */
public final class ScaleModel {
    private static final double SMALL_MB = 0.004;
    /** What a broker takes from writers and replicas, and gives to readers, in 10⁶ bytes a second; disks and networks differ. */
    private static final double BROKER_IN = 100;

    private static final double BROKER_OUT = 300;

    private final Scenario scenario;
    private final Path measured;
    private final Console console;

    private ScaleModel(Scenario scenario, Path measured, Console console) {
        this.scenario = scenario;
        this.measured = measured;
        this.console = console;
    }

    /**
     * Runs to the end and prints the result.
     *
     * @param trainers all of them answer every round
     * @param adapterMb size of an update, in 10⁶ bytes of float32
     * @param rounds of the job
     * @param interval seconds from one round to the next
     * @param retained rounds that stay on the brokers
     * @param partitions of a job's topics
     * @param replication of the topics
     * @param region trainers of a regional job
     * @param measured a CSV file with rounds that {@code bench rounds} has measured
     * @throws RondoException with {@code BAD_CONFIG} when a value is out of bounds, or the file lacks a row that is needed
     */
    public static void run(
            long trainers,
            double adapterMb,
            long rounds,
            double interval,
            int retained,
            int partitions,
            int replication,
            int region,
            Path measured,
            Console console) {
        Scenario scenario =
                new Scenario(trainers, adapterMb, rounds, interval, retained, partitions, replication, region);
        new ScaleModel(scenario, measured, console).run();
    }

    /** A measured row beside what the model says. */
    record Compared(int trainers, double adapterMb, boolean fitted, double measuredMs, double modelMs, double ratio) {}

    /** What all jobs of a plan need together. */
    @JsonPropertyOrder({"jobs", "intoMBps", "outMBps", "brokers", "aggregatorCores", "topicPartitions", "diskTb"})
    record Needs(
            long jobs,
            double intoMBps,
            double outMBps,
            long brokers,
            double aggregatorCores,
            double topicPartitions,
            double diskTb) {}

    /** The JSON result. */
    record Result(
            Scenario scenario,
            OwnResult own,
            KafkaCosts kafka,
            List<Compared> compared,
            List<Limits.Limit> limits,
            Needs oneJob,
            Needs regional) {}

    /** The measured costs of Rondo's own code. */
    record OwnResult(
            double coordinatorMicrosOfUpdate,
            double foldMicrosOfUpdate,
            double foldMillisOfMegabyte,
            double replayMicrosOfDecision) {}

    private void run() {
        List<MeasuredRow> rows = MeasuredRow.read(measured, 4);
        console.progress("driving coordinator and folds in memory");
        OwnCosts own = OwnCosts.measure(scenario.megabytes(), scenario.partitions());
        MeasuredRow few =
                row(rows, row -> row.trainers() == 10 && row.megabytes() == SMALL_MB, "10 trainers, 0.004 MB");
        MeasuredRow many =
                row(rows, row -> row.trainers() == 1_000 && row.megabytes() == SMALL_MB, "1000 trainers, 0.004 MB");
        MeasuredRow large = row(rows, row -> row.megabytes() == 1.5, "1.5 MB");
        KafkaCosts kafka = KafkaCosts.fit(own, few, many, large);
        List<Compared> compared = new ArrayList<>();
        for (MeasuredRow row : rows) {
            double model = kafka.seconds(own, row.trainers(), row.megabytes());
            compared.add(new Compared(
                    row.trainers(),
                    row.megabytes(),
                    List.of(few, many, large).contains(row),
                    round(row.aggregatorSeconds() * 1e3),
                    round(model * 1e3),
                    round(model / row.aggregatorSeconds())));
        }
        JobLoad one = JobLoad.of((double) scenario.trainers(), scenario, own, kafka);
        JobLoad region = JobLoad.of((double) Math.min(scenario.region(), scenario.trainers()), scenario, own, kafka);
        JobLoad global = JobLoad.of((double) scenario.regions(), scenario, own, kafka);
        Result result = new Result(
                scenario,
                new OwnResult(
                        round(own.coordinatorSecondsOfUpdate() * 1e6),
                        round(own.foldSecondsOfUpdate() * 1e6),
                        round(own.foldSecondsOfMegabyte() * 1e3),
                        round(own.replaySeconds() * 1e6)),
                kafka,
                compared,
                Limits.of(one, scenario),
                needs(1, List.of(one), List.of(1L)),
                needs(1 + scenario.regions(), List.of(region, global), List.of(scenario.regions(), 1L)));
        console.result(result, text(result, Limits.of(region, scenario), Limits.of(global, scenario)));
    }

    private MeasuredRow row(List<MeasuredRow> rows, Predicate<MeasuredRow> wanted, String what) {
        return rows.stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.BAD_CONFIG,
                        measured + " has no row of " + what + " with 4 partitions and one aggregator",
                        "measure it with infra/bench/scaling/scaling.py run --csv " + measured));
    }

    private Needs needs(long jobs, List<JobLoad> kinds, List<Long> times) {
        double into = sum(kinds, times, JobLoad::into) / scenario.seconds();
        double out = sum(kinds, times, JobLoad::out) / scenario.seconds();
        double partitions = sum(kinds, times, JobLoad::topicPartitions);
        double brokers = Math.max(
                Math.max(into * scenario.replication() / BROKER_IN, out / BROKER_OUT),
                partitions * scenario.replication() / Limits.PARTITIONS_OF_BROKER);
        return new Needs(
                jobs,
                round(into),
                round(out),
                (long) Math.max(scenario.replication(), Math.ceil(brokers)),
                round(sum(kinds, times, JobLoad::aggregatorSeconds) / scenario.seconds()),
                partitions,
                round(sum(kinds, times, JobLoad::disk) / 1e6));
    }

    private static double sum(List<JobLoad> kinds, List<Long> times, ToDoubleFunction<JobLoad> of) {
        double sum = 0;
        for (int kind = 0; kind < kinds.size(); kind++) {
            sum += of.applyAsDouble(kinds.get(kind)) * times.get(kind);
        }
        return sum;
    }

    private String text(Result result, List<Limits.Limit> ofRegion, List<Limits.Limit> ofGlobal) {
        List<String> lines = new ArrayList<>();
        OwnResult own = result.own();
        lines.add(format(
                "own code      %.1f µs an update in the coordinator, %.1f µs an update and %.2f ms a MB in the folds,",
                own.coordinatorMicrosOfUpdate(), own.foldMicrosOfUpdate(), own.foldMillisOfMegabyte()));
        lines.add(format("              %.1f µs a decision at a start; processor time", own.replayMicrosOfDecision()));
        lines.add(format(
                "around it     %.0f ms a round, %.0f µs an update, %.2f ms a MB: Kafka Streams, clients, transactions",
                result.kafka().secondsOfRound() * 1e3,
                result.kafka().secondsOfUpdate() * 1e6,
                result.kafka().secondsOfMegabyte() * 1e3));
        lines.add("");
        lines.add("processor time of the aggregators for a round, measured and by this model");
        lines.add("  trainers       MB   measured      model   model / measured");
        for (Compared row : result.compared()) {
            lines.add(format(
                    "%,10d  %7.3f  %6.0f ms  %6.0f ms   %s",
                    row.trainers(),
                    row.adapterMb(),
                    row.measuredMs(),
                    row.modelMs(),
                    row.fitted() ? "fitted" : format("%.2f", row.ratio())));
        }
        lines.add("");
        lines.add(format(
                "%,d trainers × %.3f MB, %,d rounds, one every %.0f s, %d of them on the brokers, %d partitions, %d replicas",
                scenario.trainers(),
                scenario.megabytes(),
                scenario.rounds(),
                scenario.seconds(),
                scenario.retained(),
                scenario.partitions(),
                scenario.replication()));
        lines.add("");
        lines.add(format("%-30s %18s %18s", "", "one job", "regions of " + format("%,d", scenario.region())));
        add(lines, "jobs", result, Needs::jobs);
        add(lines, "MB/s into the brokers", result, Needs::intoMBps);
        add(lines, "MB/s out of the brokers", result, Needs::outMBps);
        add(lines, "brokers", result, Needs::brokers);
        add(lines, "processors for aggregators", result, Needs::aggregatorCores);
        add(lines, "partitions of topics", result, Needs::topicPartitions);
        add(lines, "disk at the end, TB", result, Needs::diskTb);
        addLimits(lines, "what breaks first in one job", result.limits());
        addLimits(lines, "in a regional job", ofRegion);
        addLimits(lines, "in the global job", ofGlobal);
        lines.add("");
        lines.add(format(
                "A broker is assumed to take %.0f MB/s, to give %.0f MB/s and to hold %,.0f partitions.",
                BROKER_IN, BROKER_OUT, Limits.PARTITIONS_OF_BROKER));
        return String.join(System.lineSeparator(), lines);
    }

    private static void add(List<String> lines, String name, Result result, ToDoubleFunction<Needs> of) {
        lines.add(format(
                "%-30s %,18.1f %,18.1f", name, of.applyAsDouble(result.oneJob()), of.applyAsDouble(result.regional())));
    }

    private static void addLimits(List<String> lines, String title, List<Limits.Limit> limits) {
        lines.add("");
        lines.add(format("%-58s %14s %14s %9s", title, "allowed", "asked", "times"));
        limits.forEach(limit -> lines.add(
                format("%-58s %,14.2f %,14.2f %,9.2f", limit.what(), limit.allowed(), limit.asked(), limit.times())));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1e3;
    }
}
