package io.rondo.bench.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.rondo.bench.PeftStep;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.command.ProductsOutput;
import io.rondo.cli.output.Console;
import io.rondo.cli.python.Python;
import io.rondo.cli.python.PythonFinder;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.StepMeasurement;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
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

    @Option(
            names = "--against-peft",
            description = "Also take the same steps by PyTorch and PEFT, and compare times and gradients.")
    private boolean againstPeft;

    @Option(
            names = "--python",
            paramLabel = "FILE",
            description = "The interpreter of an environment with PyTorch, transformers and PEFT. Default: one in the"
                    + " user's cache, which is made where it is missing.")
    private Path python;

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
        if (python != null && !againstPeft) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "--python is for --against-peft", "give both, or leave it out");
        }
        // before minutes of measuring
        Optional<Python> interpreter = againstPeft
                ? Optional.of(new PythonFinder(console::progress).find(Optional.ofNullable(python)))
                : Optional.empty();
        TrainerBenchmark benchmark = TrainerBenchmark.named(model.engine());
        StepMeasurement measured = benchmark.measure(settings, console::progress);
        String text = text(settings, measured);
        if (interpreter.isEmpty()) {
            console.result(json(settings, measured), text);
            return;
        }
        console.progress("the same steps by PyTorch and PEFT");
        PeftStep peft = PeftStep.measure(benchmark, settings, interpreter.get());
        console.result(
                json(settings, measured, AgainstPeft.of(measured, peft)),
                text + System.lineSeparator() + text(measured, peft));
        peft.requireSameGradient();
    }

    /** What {@code --against-peft} adds to the JSON result. */
    record AgainstPeft(
            Double peftStepMs,
            Double peftRatio,
            Double peftPeakMb,
            double gradRelDifference,
            String torch,
            String peft) {

        static AgainstPeft of(StepMeasurement measured, PeftStep step) {
            return new AgainstPeft(
                    rounded(step.stepMs()),
                    rounded(measured.stepMs() / step.stepMs()),
                    rounded(step.peakMb()),
                    step.gradRelDifference(),
                    step.torch(),
                    step.peft());
        }
    }

    private static String text(StepMeasurement measured, PeftStep peft) {
        return String.format(
                Locale.ROOT,
                "peft       %.0f ms by PyTorch %s and PEFT %s, with %.0f MB at most; this trainer takes %.2f of that time%n"
                        + "gradients  differ by %.1e",
                peft.stepMs(),
                peft.torch(),
                peft.peft(),
                peft.peakMb(),
                measured.stepMs() / peft.stepMs(),
                peft.gradRelDifference());
    }

    /**
     * The JSON result. A number that is not known is null.
     *
     * @param againstPeft its names stand among the others; null without {@code --against-peft}
     */
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
            String java,

            @JsonUnwrapped @JsonInclude(JsonInclude.Include.NON_NULL)
            AgainstPeft againstPeft) {}

    static Result json(StepBenchSettings settings, StepMeasurement measured) {
        return json(settings, measured, null);
    }

    static Result json(StepBenchSettings settings, StepMeasurement measured, AgainstPeft againstPeft) {
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
                System.getProperty("java.version"),
                againstPeft);
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
