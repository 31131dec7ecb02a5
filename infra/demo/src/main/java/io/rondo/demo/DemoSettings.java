package io.rondo.demo;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.python.LanguageModel;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.data.ColumnChoice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a demo is asked to do.
 *
 * @param task what the trainers learn
 * @param data directory of data; text is made where there is none
 * @param trainers how many trainers
 * @param rounds how many rounds
 * @param dirichlet concentration of the split of the data by label, above 0
 * @param method the method, as in a job file
 * @param adapter the adapter, as in a job file; empty if the method's name says it
 * @param seed decides everything that is drawn
 * @param trainRows most training examples of a site
 * @param testRows most test examples of a site
 * @param columns which columns of the data are read
 * @param languages what each trainer is written in, as many as there are trainers
 */
public record DemoSettings(
        DemoTask task,
        Optional<Path> data,
        int trainers,
        int rounds,
        double dirichlet,
        String method,
        Optional<String> adapter,
        long seed,
        int trainRows,
        int testRows,
        ColumnChoice columns,
        List<Language> languages) {
    /** The demo's job has one name: each demo has a log of its own. */
    static final String JOB = "demo";

    private static final String LEARNING_RATE = "0.15";
    /** A rank of VeRA costs one value up: the paper's experiments take 256. */
    private static final int VERA_RANK = 256;

    public DemoSettings {
        data = data.map(directory -> directory.toAbsolutePath().normalize());
        languages = List.copyOf(languages);
        if (languages.size() != trainers) {
            throw new IllegalArgumentException(trainers + " trainers in " + languages);
        }
        require(rounds >= 1, "--rounds", rounds, "1 or more");
        require(dirichlet > 0 && dirichlet < 1e6, "--dirichlet", dirichlet, "a number above 0");
        require(trainRows >= 1, "--train-rows", trainRows, "1 or more");
        require(testRows >= 1, "--test-rows", testRows, "1 or more");
        if (data.isEmpty() && !columns.isAutomatic()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--text, --text-pair and --label choose columns of data, and there is no --data",
                    "give --data DIR, or leave them out");
        }
        if (task == DemoTask.GENERATION) {
            requireGeneration(languages, columns);
        }
    }

    private static void requireGeneration(List<Language> languages, ColumnChoice columns) {
        if (languages.contains(Language.JAVA)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--trainers names java, and no trainer in Java knows a language model",
                    "give --trainers as a number, or leave out --task generation");
        }
        if (!columns.isAutomatic()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--text, --text-pair and --label choose columns of labelled texts, and problems have none",
                    "leave them out, and give rows with question and answer");
        }
    }

    private static void require(boolean valid, String option, Object value, String allowed) {
        if (!valid) {
            throw new RondoException(ErrorCode.BAD_CONFIG, option + " is " + value, "give " + option + " " + allowed);
        }
    }

    /** A short name that other settings do not have. */
    public String id() {
        // the same as before columns and languages could be chosen, so that directories of that time are found again
        String settings = toString();
        if (task == DemoTask.CLASSIFICATION) {
            settings = settings.replace("task=" + task + ", ", "");
        }
        if (!languages.contains(Language.PYTHON)) {
            settings = settings.replace(", languages=" + languages, "");
        }
        if (columns.isAutomatic()) {
            settings = settings.replace(", columns=" + columns, "");
        }
        return Digests.hex(Digests.of(settings.getBytes(StandardCharsets.UTF_8)))
                .substring(0, 8);
    }

    /**
     * The job: small enough for two cores, and cut into more chunks than there are partitions.
     *
     * @throws RondoException when method or adapter are unknown or not supported yet
     */
    JobSpec job(DemoData found) {
        List<String> settings = new ArrayList<>(List.of(
                "name=" + JOB,
                "method=" + method,
                "rounds=" + rounds,
                "min-trainers=" + trainers,
                // A majority: the round continues without a trainer that is killed.
                "quorum=" + (trainers / 2 + 1),
                "partitions=4",
                "seed=" + seed));
        settings.addAll(taskSettings());
        settings.addAll(found.jobSettings());
        adapter.ifPresent(kind -> settings.add("adapter=" + kind));
        JobSpec spec = JobFile.of(settings);
        if (AdapterKind.of(spec.getAdapter()) == AdapterKind.VERA) {
            settings.add("rank=" + VERA_RANK);
            return JobFile.of(settings);
        }
        return spec;
    }

    private List<String> taskSettings() {
        return switch (task) {
            case CLASSIFICATION ->
                List.of(
                        "local-steps=10",
                        "batch-size=16",
                        "max-length=24",
                        "learning-rate=" + LEARNING_RATE,
                        "deadline=60s",
                        "chunk-bytes=16384");
            case GENERATION ->
                List.of(
                        "model=" + LanguageModel.NAME,
                        "target-modules=[q_proj, v_proj]",
                        "local-steps=5",
                        "batch-size=8",
                        "optimizer=adamw",
                        "learning-rate=0.001",
                        "deadline=10m",
                        "chunk-bytes=65536");
        };
    }

    /** All that decides what the demo does, for its directory. */
    DemoStamp stamp(JobSpec spec) {
        return new DemoStamp(
                task == DemoTask.CLASSIFICATION ? null : task.toString(),
                data.map(Path::toString).orElse("made"),
                trainers,
                languages.contains(Language.PYTHON)
                        ? languages.stream().map(Language::toString).toList()
                        : null,
                dirichlet,
                trainRows,
                testRows,
                columns.text().orElse(null),
                columns.textPair().orElse(null),
                columns.label().orElse(null),
                JobFile.render(spec)
                        .lines()
                        .filter(line -> line.contains(": ") && !line.startsWith("#"))
                        .toList(),
                null,
                null);
    }

    /** The job in half a line. */
    String summary(JobSpec spec) {
        return "%s, %s on %s, rank %d on %s, %d rounds of %d steps"
                .formatted(
                        spec.getMethod(),
                        spec.getAdapter(),
                        spec.getModel(),
                        spec.getRank(),
                        String.join("/", spec.getTargetModules()),
                        rounds,
                        spec.getLocalSteps());
    }
}
