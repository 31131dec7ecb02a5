package io.rondo.bench.command;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.command.ProductsOutput;
import io.rondo.cli.output.Console;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.StepMeasurement;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
            description = "Examples that a thread takes at once, 0 for what is fastest. Default: ${DEFAULT-VALUE}.")
    private int microBatch;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of a trainer. Default: one a processor.")
    private Integer threads;

    @Option(
            names = "--trainers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Trainers at once, beside one alone. Default: ${DEFAULT-VALUE}.")
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

    private static Map<String, Object> json(StepBenchSettings settings, StepMeasurement measured) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("layers", settings.layers());
        json.put("hidden", settings.hidden());
        json.put("batch", settings.batch());
        json.put("length", settings.length());
        json.put("threads", settings.threads());
        json.put("stepMs", rounded(measured.stepMs()));
        json.put("floorMs", rounded(measured.floorMs()));
        json.put("ratio", rounded(measured.ratio()));
        json.put("gflops", rounded(measured.gflops()));
        json.put("peakGflops", rounded(measured.peakGflops()));
        json.put("productsOfPeak", rounded(measured.productsOfPeak()));
        json.put("stepOfPeak", rounded(measured.stepOfPeak()));
        json.put("products", ProductsOutput.json(measured.products()));
        json.put("samplesPerSecond", rounded(measured.samplesPerSecond()));
        json.put("trainers", settings.trainers());
        json.put("togetherSamplesPerSecond", rounded(measured.togetherSamplesPerSecond()));
        json.put("peakMb", rounded(measured.peakMb()));
        json.put("gradRelError", measured.gradRelError());
        json.put("kernels", measured.kernels());
        json.put("java", System.getProperty("java.version"));
        return json;
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
