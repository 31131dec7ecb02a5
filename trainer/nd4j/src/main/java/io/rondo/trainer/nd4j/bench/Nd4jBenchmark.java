package io.rondo.trainer.nd4j.bench;

import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.api.bench.StepBenchSettings;
import io.rondo.trainer.api.bench.StepMeasurement;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import io.rondo.trainer.nd4j.LibraryProperties;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.EngineSettings;
import io.rondo.trainer.nd4j.engine.ProductRate;
import io.rondo.trainer.nd4j.engine.Products;
import io.rondo.trainer.nd4j.engine.StateCache;
import io.rondo.trainer.nd4j.engine.TargetModule;
import io.rondo.trainer.nd4j.kernel.Kernels;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.model.RandomModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Steps and bare products take turns, so that whatever else the machine does slows both down; the medians are compared.
 */
public final class Nd4jBenchmark implements TrainerBenchmark {
    private static final int RANK = 8;
    /** Of an alpha of 16. */
    private static final float SCALING = 2;

    private static final int LABELS = 2;
    private static final int VOCABULARY = 1_000;
    private static final int WARM_UP = 3;
    /** Width of a head where the hidden size allows it: that of all-MiniLM-L6-v2, and of the BERT family. */
    private static final int NARROW_HEAD = 32;

    private static final int WIDE_HEAD = 64;
    private static final int WIDE_FROM = 512;

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public Optional<ProductKernels> products(Path cache) {
        LibraryProperties.prepare(cache);
        return Optional.of(Products.kernels());
    }

    @Override
    public StepMeasurement measure(StepBenchSettings settings, Consumer<String> progress) {
        LibraryProperties.prepare(settings.cache());
        try {
            Path directory = Files.createTempDirectory("rondo-bench");
            try {
                progress.accept("writing an encoder of " + settings.layers() + " × " + settings.hidden()
                        + " with random weights");
                try (ModelDirectory model = RandomModel.write(directory, config(settings))) {
                    return measure(settings, model, progress);
                }
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void writeStep(StepBenchSettings settings, Path directory) {
        LibraryProperties.prepare(settings.cache());
        EngineSettings engineSettings = new EngineSettings(settings.threads(), 0, 0, settings.microBatch());
        try (ModelDirectory model = RandomModel.write(directory, config(settings));
                MeasuredEngine engine =
                        new MeasuredEngine(new Engine(model, adapter(), engineSettings, StateCache.none()), settings)) {
            engine.write(directory.resolve(STEP_FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AdapterShape adapter() {
        return new AdapterShape(RANK, SCALING, List.of(TargetModule.QUERY, TargetModule.VALUE), LABELS);
    }

    private static BertConfig config(StepBenchSettings settings) {
        int width = settings.hidden() < WIDE_FROM ? NARROW_HEAD : WIDE_HEAD;
        int heads = settings.hidden() % width == 0 ? settings.hidden() / width : 1;
        return new BertConfig(
                settings.layers(),
                settings.hidden(),
                heads,
                4 * settings.hidden(),
                VOCABULARY,
                Math.max(512, settings.length()),
                2,
                1e-12f);
    }

    private static StepMeasurement measure(
            StepBenchSettings settings, ModelDirectory model, Consumer<String> progress) {
        AdapterShape adapter = adapter();
        double operations = StepOperations.of(
                model.config(),
                settings.batch(),
                settings.length(),
                RANK,
                adapter.modules().size());
        EngineSettings engineSettings = new EngineSettings(settings.threads(), 0, 0, settings.microBatch());
        List<MeasuredEngine> engines = new ArrayList<>();
        try (ProductRate products = new ProductRate(
                model.config(),
                Engine.rowsOfASlice(settings.batch(), settings.length(), engineSettings),
                settings.threads())) {
            for (int i = 0; i < settings.trainers(); i++) {
                engines.add(
                        new MeasuredEngine(new Engine(model, adapter, engineSettings, StateCache.none()), settings));
            }
            MeasuredEngine engine = engines.get(0);
            progress.accept("matrix products by " + Products.kernels());
            double peak = products.peak();
            progress.accept("checking the gradient, warming up");
            double gradRelError = engine.gradientError();
            for (int i = 0; i < WARM_UP; i++) {
                engine.step();
                products.measure(settings.layers());
            }
            double[] steps = new double[settings.steps()];
            double[] rates = new double[settings.steps()];
            for (int i = 0; i < steps.length; i++) {
                steps[i] = engine.step();
                // about as long as a step
                rates[i] = products.measure(2 * settings.layers());
                progress.accept("step %d of %d: %.0f ms, %.0f GFLOP/s"
                        .formatted(i + 1, steps.length, steps[i] * 1e3, rates[i] / 1e9));
            }
            double step = median(steps);
            double rate = median(rates);
            double alone = settings.batch() / step;
            return new StepMeasurement(
                    step * 1e3,
                    operations / rate * 1e3,
                    rate / 1e9,
                    peak / 1e9,
                    Products.kernels(),
                    alone,
                    engines.size() == 1 ? alone : ParallelTrainers.samplesPerSecond(engines, settings),
                    PeakMemory.megabytes(),
                    gradRelError,
                    Kernels.kind());
        } finally {
            engines.forEach(MeasuredEngine::close);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
