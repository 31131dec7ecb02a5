package io.rondo.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What a benchmark of rounds has measured. */
record BenchResult(
        BenchSettings settings,
        List<RoundTiming> rounds,
        PublishSteps steps,
        double transactionMs,
        ReadRates rates,
        OptionalDouble aggregatorPeakMb) {
    private static final double TARGET_RATIO = 0.8;

    /** The JSON result. A number that is not known is null. */
    record Result(
            int trainers,
            double adapterMb,
            int chunkKb,
            int rounds,
            int partitions,
            int aggregators,
            double rawMBps,
            double foldMBps,
            double ratio,
            Latency publishLatencyMs,
            PublishSteps publishStepsMs,
            double transactionMs,
            double uploadMBps,
            Double aggregatorPeakMb,
            double aggregatorCpuMs,
            double roundSeconds,
            boolean signed,
            boolean secure,
            String java) {

        record Latency(double p50, double p99) {}
    }

    Result json() {
        return new Result(
                settings.trainers(),
                settings.adapterMb(),
                settings.chunkKb(),
                settings.rounds(),
                settings.partitions(),
                settings.aggregators(),
                rounded(rates.raw() / 1e6, 10),
                rounded(rates.fold() / 1e6, 10),
                rounded(rates.ratio(), 1000),
                new Result.Latency(
                        rounded(publishMs().percentile(50), 10),
                        rounded(publishMs().percentile(99), 10)),
                steps,
                rounded(transactionMs, 10),
                rounded(uploadMBps(), 10),
                aggregatorPeakMb.isPresent() ? (Double) rounded(aggregatorPeakMb.getAsDouble(), 1) : null,
                rounded(aggregatorCpuMs(), 1),
                rounded(roundSeconds(), 1000),
                settings.signed(),
                settings.secure(),
                Runtime.version().toString());
    }

    String text() {
        return String.join(
                System.lineSeparator(),
                "%d trainers, updates of %s MB in chunks of %d KB over %d partitions, %d rounds; Java %s"
                        .formatted(
                                settings.trainers(),
                                settings.adapterMb(),
                                settings.chunkKb(),
                                settings.partitions(),
                                settings.rounds(),
                                Runtime.version()),
                "",
                line(
                        "raw",
                        number("%.0f MB/s", rates.raw() / 1e6),
                        "a plain consumer with SHA-256 and a float64 sum, on " + settings.partitions() + " threads"),
                line(
                        "fold",
                        number("%.0f MB/s", rates.fold() / 1e6),
                        "the aggregator's fold of the same rounds, on as many threads"),
                line(
                        "fold / raw",
                        number("%.2f", rates.ratio()),
                        "target: " + number("%.1f", TARGET_RATIO) + " or more"
                                + (rates.ratio() >= TARGET_RATIO ? ", met" : ", missed")),
                line(
                        "publish p50",
                        number("%.0f ms", publishMs().percentile(50)),
                        "last manifest acknowledged until the round is published, readable by a trainer"),
                line("publish p99", number("%.0f ms", publishMs().percentile(99)), "of " + rounds.size() + " rounds"),
                line(
                        "steps",
                        String.format(
                                Locale.ROOT, "%.0f+%.0f+%.0f", steps.folding(), steps.publishing(), steps.reading()),
                        "ms to close and fold the round, to publish it, and to read that"),
                line(
                        "transaction",
                        number("%.0f ms", transactionMs),
                        "one of a plain producer, until read; publishing takes one, or three with several aggregators"),
                line(
                        "upload",
                        number("%.0f MB/s", uploadMBps()),
                        "all trainers together, from the first chunk to the last manifest acknowledged"),
                line(
                        "round",
                        number("%.3f s", roundSeconds()),
                        "a whole round without training, opened until published"),
                line(
                        "aggregator",
                        aggregatorPeakMb.isPresent() ? number("%.0f MB", aggregatorPeakMb.getAsDouble()) : "unknown",
                        "most memory that " + (settings.aggregators() == 1 ? "its process" : "one of them")
                                + " has had"),
                line(
                        "processor",
                        number("%.0f ms", aggregatorCpuMs()),
                        "processor time of all aggregators for a round"));
    }

    private static String line(String name, String value, String meaning) {
        return "%-11s  %10s   %s".formatted(name, value, meaning);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private Samples publishMs() {
        return new Samples(
                rounds.stream().map(round -> round.publishSeconds() * 1000).toList());
    }

    private double uploadMBps() {
        return new Samples(rounds.stream()
                        .map(round -> settings.roundBytes() / 1e6 / round.uploadSeconds())
                        .toList())
                .median();
    }

    private double aggregatorCpuMs() {
        return new Samples(rounds.stream()
                        .map(round -> round.aggregatorCpuSeconds() * 1_000)
                        .toList())
                .median();
    }

    private double roundSeconds() {
        return new Samples(rounds.stream().map(RoundTiming::roundSeconds).toList()).median();
    }

    private static double rounded(double value, int parts) {
        return (double) Math.round(value * parts) / parts;
    }
}
