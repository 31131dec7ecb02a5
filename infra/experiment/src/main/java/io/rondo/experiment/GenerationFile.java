package io.rondo.experiment;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobValue;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads experiment files with {@code task: generation}: its keys beside those of a job. */
final class GenerationFile {
    private static final String TASK = "task";
    private static final String GENERATION = "generation";
    private static final List<String> KEYS = List.of(
            TASK,
            "question",
            "data",
            "trainers",
            "methods",
            "seeds",
            "train-rows",
            "test-rows",
            "evaluate-every",
            "visit-steps");

    private final Map<String, JobValue> values = new LinkedHashMap<>();
    private final List<JobValue> job = new ArrayList<>();

    private GenerationFile(List<JobValue> entries) {
        for (JobValue value : entries) {
            if (KEYS.contains(value.key())) {
                values.put(value.key(), value);
            } else if (ExperimentFile.VARIED.contains(value.key())
                    && !value.key().equals("learning-rate")) {
                throw value.bad("no value here: an experiment varies it; its keys are " + String.join(", ", KEYS));
            } else if (ExperimentFile.NOT_RUN.contains(value.key())
                    || value.key().equals("strategy")) {
                throw new RondoException(
                        ErrorCode.NOT_YET_SUPPORTED,
                        value.where() + ": experiments of generation do not run " + value.key(),
                        "leave it out, or submit a job that has it");
            } else {
                job.add(value);
            }
        }
    }

    /** Whether a file is an experiment of generation. */
    static boolean isOne(Path file) {
        return entries(file).stream().anyMatch(value -> value.key().equals(TASK));
    }

    /**
     * The experiment of a file; its name is the file's.
     *
     * @throws RondoException with {@code BAD_JOB_FILE} or {@code UNKNOWN_KEY}, naming line, value and what is allowed
     */
    static GenerationExperiment read(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        GenerationExperiment experiment = new GenerationFile(entries(file)).experiment(name);
        // whatever is wrong with the job is found before the first run
        experiment.methods().forEach(method -> experiment.settings(method, 1));
        return experiment;
    }

    private static List<JobValue> entries(Path file) {
        return JobFile.entries(file.getFileName().toString(), JobFile.content(file));
    }

    private GenerationExperiment experiment(String name) {
        JobValue task = value(TASK, GENERATION);
        if (!task.text().equals(GENERATION)) {
            throw task.bad(GENERATION + ", or no task, which is classification");
        }
        JobValue seeds = value("seeds", "[1, 2, 3]");
        return new GenerationExperiment(
                name,
                value("question", "How do the methods compare?").text(),
                Optional.of(value("data", "made").text())
                        .filter(data -> !data.equals("made"))
                        .map(Path::of),
                value("trainers", "3").integer(1, 20),
                value("methods", "[fedsa, fedit, ffa, local]").names(1, 20),
                seeds.names(1, 100).stream()
                        .map(seed -> seeds.of(seed).wholeNumber())
                        .toList(),
                value("train-rows", "400").integer(8, 1_000_000),
                value("test-rows", "50").integer(4, 100_000),
                value("evaluate-every", "5").integer(1, 1_000_000),
                value("visit-steps", "5").integer(1, 1_000_000),
                job);
    }

    private JobValue value(String key, String otherwise) {
        JobValue given = values.get(key);
        return given != null
                ? given
                : JobFile.entries("the defaults", key + ": " + otherwise).get(0);
    }
}
