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
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads experiment files: flat YAML, the keys of an experiment beside those of a job. A job's {@code method}, {@code name},
 * {@code seed} and {@code learning-rate} are what an experiment varies, so they are not allowed.
 */
final class ExperimentFile {
    static final Set<String> VARIED =
            Set.of("name", "method", "adapter", "seed", "learning-rate", "labels", "min-trainers");

    /** Rules of rounds that an experiment, in which every trainer answers every round, does not run. */
    static final Set<String> NOT_RUN = Set.of(
            "cohort",
            "clip",
            "max-update-norm",
            "server-optimizer",
            "quorum",
            "deadline",
            "grace",
            "late-updates",
            "staleness-weight",
            "without-quorum",
            "absent-after");

    private static final List<String> KEYS = List.of(
            "question",
            "data",
            "trainers",
            "methods",
            "splits",
            "shift",
            "seeds",
            "tuning-seed",
            "learning-rates",
            "train-rows",
            "test-rows",
            "evaluate-every",
            "visit-steps",
            "vera-rank",
            "asymmetry");

    private final Map<String, JobValue> values = new LinkedHashMap<>();
    private final List<JobValue> job = new ArrayList<>();
    private final String file;

    /** What a shipped file asks. */
    static String question(Path file) {
        return GenerationFile.isOne(file)
                ? GenerationFile.read(file).question()
                : read(file).question();
    }

    private ExperimentFile(String file, List<JobValue> entries) {
        this.file = file;
        for (JobValue value : entries) {
            if (KEYS.contains(value.key())) {
                values.put(value.key(), value);
            } else if (VARIED.contains(value.key())) {
                throw value.bad("no value here: an experiment varies it; its keys are " + String.join(", ", KEYS));
            } else if (NOT_RUN.contains(value.key())) {
                throw new RondoException(
                        ErrorCode.NOT_YET_SUPPORTED,
                        value.where() + ": experiments do not run " + value.key(),
                        "leave it out, or submit a job that has it");
            } else {
                job.add(value);
            }
        }
    }

    /**
     * The experiment of a file; its name is the file's.
     *
     * @throws RondoException with {@code BAD_JOB_FILE} or {@code UNKNOWN_KEY}, naming line, value and what is allowed
     */
    static Experiment read(Path file) {
        String name = file.getFileName().toString();
        return parse(name, JobFile.content(file));
    }

    static Experiment parse(String file, String yaml) {
        return new ExperimentFile(file, JobFile.entries(file, yaml)).experiment();
    }

    private Experiment experiment() {
        Experiment experiment = new Experiment(
                file.replaceFirst("\\.ya?ml$", ""),
                value("question", "How do the methods compare?").text(),
                Optional.of(value("data", "made").text())
                        .filter(data -> !data.equals("made"))
                        .map(Path::of),
                value("trainers", "3").integer(1, 100),
                methods(),
                splits("splits", "[iid]"),
                shift(),
                numbers("seeds", "[1, 2, 3, 4, 5]").stream()
                        .map(JobValue::wholeNumber)
                        .toList(),
                value("tuning-seed", "100").wholeNumber(),
                numbers("learning-rates", "[0.1]").stream()
                        .map(rate -> rate.decimal(0, 1e3))
                        .toList(),
                value("train-rows", "400").integer(8, 1_000_000),
                value("test-rows", "100").integer(4, 100_000),
                value("evaluate-every", "5").integer(1, 1_000_000),
                optional("visit-steps", 1_000_000),
                optional("vera-rank", 4_096),
                values.containsKey("asymmetry") ? splits("asymmetry", "[]") : List.of(),
                job);
        // whatever is wrong with the job is found before the first run
        experiment.methods().forEach(method -> experiment.settings(method, 0.1, 1, List.of("0", "1")));
        return experiment;
    }

    private List<String> methods() {
        return value("methods", "[fedsa, fedit, ffa, local]").names(1, 20);
    }

    private Shift shift() {
        JobValue value = value("shift", "none");
        return value.oneOf(Shift.values(), Shift::id);
    }

    private OptionalInt optional(String key, int most) {
        JobValue given = values.get(key);
        return given == null ? OptionalInt.empty() : OptionalInt.of(given.integer(1, most));
    }

    private List<DataSplit> splits(String key, String otherwise) {
        JobValue list = value(key, otherwise);
        return list.names(1, 20).stream()
                .map(id -> DataSplit.of(id)
                        .orElseThrow(() -> list.bad("iid, or dirichlet- and a number, such as dirichlet-0.5")))
                .toList();
    }

    private List<JobValue> numbers(String key, String otherwise) {
        JobValue list = value(key, otherwise);
        return list.names(1, 100).stream().map(list::of).toList();
    }

    private JobValue value(String key, String otherwise) {
        JobValue given = values.get(key);
        return given != null
                ? given
                : JobFile.entries("the defaults", key + ": " + otherwise).get(0);
    }
}
