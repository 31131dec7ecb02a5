package io.rondo.bench.command;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.command.ProductsOutput;
import io.rondo.cli.output.Console;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.StepMeasurement;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "trainer",
        description = "Measure a training step against the matrix products that it is made of, in one run.",
        footer = {"", "docs/explanation/performance.md says what each number means, and what to expect."})
public final class BenchTrainerCommand extends ConsoleCommand {
    @Option(names = "--layers", paramLabel = "N", defaultValue = "6", description = "Default: ${DEFAULT-VALUE}.")
    private int layers;

    @Option(names = "--hidden", paramLabel = "N", defaultValue = "384", description = "Default: ${DEFAULT-VALUE}.")
    private int hidden;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens in an example. Default: ${DEFAULT-VALUE}.")
    private int length;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            defaultValue = "0",
            description = "Examples that a thread processes at once, 0 for the fastest. Default: ${DEFAULT-VALUE}.")
    private int microBatch;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of a trainer. Default: one per processor.")
    private Integer threads;

    @Option(
            names = "--trainers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Concurrent trainers, measured in addition to a single one. Default: ${DEFAULT-VALUE}.")
    private int trainers;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "15",
            description = "Steps that count. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Mixin
    private ModelOptions model;

    @Override
    public void run(Console console) {
        StepBenchSettings settings = new StepBenchSettings(
                layers,
                hidden,
                batch,
                length,
                microBatch,
                threads != null ? threads : Runtime.getRuntime().availableProcessors(),
                trainers,
                steps,
                model.cache());
        StepMeasurement measured = TrainerBenchmark.named(model.engine()).measure(settings, console::progress);
        console.result(json(settings, measured), text(settings, measured));
    }

    /** The JSON result. A number that is not known is null. */
    record Result(
            int layers,
            int hidden,
            int batch,
            int length,
            int threads,
            Double stepMs,
            Double floorMs,
            Double ratio,
            Double gflops,
            Double peakGflops,
            Double productsOfPeak,
            Double stepOfPeak,
            ProductsOutput.Result products,
            Double samplesPerSecond,
            int trainers,
            Double togetherSamplesPerSecond,
            Double peakMb,
            double gradRelError,
            String kernels,
            String java) {}

    static Result json(StepBenchSettings settings, StepMeasurement measured) {
        return new Result(
                settings.layers(),
                settings.hidden(),
                settings.batch(),
                settings.length(),
                settings.threads(),
                rounded(measured.stepMs()),
                rounded(measured.floorMs()),
                rounded(measured.ratio()),
                rounded(measured.gflops()),
                rounded(measured.peakGflops()),
                rounded(measured.productsOfPeak()),
                rounded(measured.stepOfPeak()),
                ProductsOutput.json(measured.products()),
                rounded(measured.samplesPerSecond()),
                settings.trainers(),
                rounded(measured.togetherSamplesPerSecond()),
                rounded(measured.peakMb()),
                measured.gradRelError(),
                measured.kernels(),
                System.getProperty("java.version"));
    }

    private static String text(StepBenchSettings settings, StepMeasurement measured) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "step       %.0f ms for %d × %d tokens through %d layers of %d, on %d threads, %s kernels%n"
                        + "floor      %.0f ms: the products of the step at %.0f GFLOP/s, the rate of this machine on them%n"
                        + "ratio      %.2f%n"
                        + "products   %s%n"
                        + "peak       %s%n"
                        + "rate       %.1f examples a second",
                measured.stepMs(),
                settings.batch(),
                settings.length(),
                settings.layers(),
                settings.hidden(),
                settings.threads(),
                measured.kernels(),
                measured.floorMs(),
                measured.gflops(),
                measured.ratio(),
                measured.products(),
                peak(measured),
                measured.samplesPerSecond()));
        if (settings.trainers() > 1) {
            text.append(String.format(
                    Locale.ROOT,
                    "; %d trainers at once %.1f together",
                    settings.trainers(),
                    measured.togetherSamplesPerSecond()));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%nmemory     %.0f MB at most%ngradient   %.1e from the slope of the loss%njava       %s",
                        measured.peakMb(),
                        measured.gradRelError(),
                        System.getProperty("java.version")))
                .toString();
    }

    private static String peak(StepMeasurement measured) {
        return Double.isNaN(measured.peakGflops())
                ? "not known: this JVM was started without --add-modules jdk.incubator.vector"
                : String.format(
                        Locale.ROOT,
                        "%.0f GFLOP/s of the vector units on these threads; products reach %.2f of it, a step %.2f",
                        measured.peakGflops(),
                        measured.productsOfPeak(),
                        measured.stepOfPeak());
    }

    private static Double rounded(double value) {
        return ProductsOutput.rounded(value);
    }
}
