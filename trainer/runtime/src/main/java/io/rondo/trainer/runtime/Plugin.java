package io.rondo.trainer.runtime;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plug-in's trainer whose failures are failures that a user can understand. */
final class Plugin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plugin.class);
    /** A chain of causes may end in itself. */
    private static final int MOST_CAUSES = 10;

    private final String name;
    private final LocalTrainer trainer;

    private Plugin(String name, LocalTrainer trainer) {
        this.name = name;
        this.trainer = trainer;
    }

    static Plugin open(LocalTrainerFactory factory, TrainerSettings settings) {
        String name = factory.name();
        return new Plugin(name, guard(name, "opening", () -> factory.open(settings)));
    }

    String name() {
        return name;
    }

    List<Tensor> parameters() {
        return guard(name, "reading its parameters", trainer::parameters);
    }

    void load(List<Tensor> values) {
        guard(name, "loading parameters", () -> {
            trainer.load(values);
            return values;
        });
    }

    TrainingReport train(int round, Set<String> frozen) {
        TrainingReport report = guard(name, "training round " + round, () -> trainer.train(round, frozen));
        return new TrainingReport(report.numExamples(), SendableMetrics.of(name, report.metrics()));
    }

    void warmUp(int round, Set<String> frozen) {
        guard(name, "warming up for round " + round, () -> {
            trainer.warmUp(round, frozen);
            return frozen;
        });
    }

    Map<String, Double> evaluate() {
        return SendableMetrics.of(name, guard(name, "evaluating", trainer::evaluate));
    }

    Map<String, Double> headOnlyBaseline() {
        return SendableMetrics.of(name, guard(name, "measuring the baseline", trainer::headOnlyBaseline));
    }

    @Override
    public void close() {
        trainer.close();
    }

    private static <T> T guard(String name, String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (RondoException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("the trainer '{}' failed when {}", name, what, e);
            throw new RondoException(
                    ErrorCode.TRAINER_FAILED,
                    "the trainer '" + name + "' failed when " + what + ": " + withCauses(e),
                    "see the log for where; the trainer's state is as it was before, so it can be started again",
                    e);
        }
    }

    /** The failure and what it came from, each once. */
    private static String withCauses(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        int depth = 0;
        for (Throwable cause = failure.getCause(); cause != null && depth < MOST_CAUSES; cause = cause.getCause()) {
            depth++;
            if (text.indexOf(cause.toString()) < 0) {
                text.append(", caused by ").append(cause);
            }
        }
        return text.toString();
    }
}
