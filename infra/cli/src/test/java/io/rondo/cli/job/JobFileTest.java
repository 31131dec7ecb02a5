package io.rondo.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
    /** For every key a value that is not its default, as a file has it. */
    private static final Map<JobKey, String> OTHERS = Map.ofEntries(
            Map.entry(JobKey.NAME, "other-1"),
            Map.entry(JobKey.MODEL, "some/model"),
            Map.entry(JobKey.RANK, "4"),
            Map.entry(JobKey.ALPHA, "8.5"),
            Map.entry(JobKey.TARGET_MODULES, "[query]"),
            Map.entry(JobKey.HEAD, "shared"),
            Map.entry(JobKey.LABELS, "[no, \"a: \\\"b\\\"\", \"1\"]"),
            Map.entry(JobKey.ROUNDS, "7"),
            Map.entry(JobKey.LOCAL_STEPS, "3"),
            Map.entry(JobKey.BATCH_SIZE, "5"),
            Map.entry(JobKey.MAX_LENGTH, "24"),
            Map.entry(JobKey.LEARNING_RATE, "1.0E-5"),
            Map.entry(JobKey.LAYERS_TO_TRANSFORM, "[4, 5]"),
            Map.entry(JobKey.DROPOUT, "0.05"),
            Map.entry(JobKey.LOCAL_WARM_UP_STEPS, "5"),
            Map.entry(JobKey.MICRO_BATCH_SIZE, "8"),
            Map.entry(JobKey.OPTIMIZER, "adamw"),
            Map.entry(JobKey.WEIGHT_DECAY, "0.01"),
            Map.entry(JobKey.LEARNING_RATE_SCHEDULE, "linear"),
            Map.entry(JobKey.WARM_UP_STEPS, "20"),
            Map.entry(JobKey.MAX_GRAD_NORM, "1"),
            Map.entry(JobKey.MIN_TRAINERS, "2"),
            Map.entry(JobKey.COHORT, "30%"),
            Map.entry(JobKey.QUORUM, "67%"),
            Map.entry(JobKey.DEADLINE, "500ms"),
            Map.entry(JobKey.GRACE, "2s"),
            Map.entry(JobKey.LATE_UPDATES, "next-round"),
            Map.entry(JobKey.STALENESS_WEIGHT, "0.25"),
            Map.entry(JobKey.WITHOUT_QUORUM, "skip"),
            Map.entry(JobKey.ABSENT_AFTER, "0"),
            Map.entry(JobKey.MAX_TRAINERS, "12"),
            Map.entry(JobKey.TRAINERS, "[site-a, site-b, site-c]"),
            Map.entry(JobKey.STRATEGY, "multi-krum"),
            Map.entry(JobKey.FAULTY_SHARE, "0.1"),
            Map.entry(JobKey.CLIP, "1.5"),
            Map.entry(JobKey.MAX_UPDATE_NORM, "10"),
            Map.entry(JobKey.SERVER_OPTIMIZER, "fedadam"),
            Map.entry(JobKey.SERVER_LEARNING_RATE, "0.01"),
            Map.entry(JobKey.SERVER_MOMENTUM, "0"),
            Map.entry(JobKey.SERVER_SECOND_MOMENT, "0.9"),
            Map.entry(JobKey.SERVER_EPSILON, "1.0E-6"),
            Map.entry(JobKey.WEIGHTS, "uniform"),
            Map.entry(JobKey.PARTITIONS, "3"),
            Map.entry(JobKey.CHUNK_BYTES, "4096"),
            Map.entry(JobKey.REPLICATION, "3"),
            Map.entry(JobKey.DTYPE, "bf16"),
            Map.entry(JobKey.SEED, "-12345678901"));

    @ParameterizedTest
    @ValueSource(strings = {"max-trainers: 2", "trainers: [a, b]"})
    void shouldRefuseAJobThatMoreTrainersHaveToJoinThanMay(String line) {
        assertThatThrownBy(() -> JobFile.parse("job.yaml", "name: my-job\n" + line + "\n", List.of()))
                .isInstanceOfSatisfying(RondoException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.BAD_JOB_FILE))
                .hasMessageContaining("min-trainers is 3, but no more than 2 may join");
    }

    @Test
    void shouldReadTheDefaultsFromANameAlone() {
        JobSpec spec = JobFile.parse("job.yaml", "name: my-job\n", List.of());

        assertThat(spec.getMethod()).isEqualTo("fedsa");
        assertThat(spec.getTargetModules()).containsExactly("query", "value");
        assertThat(spec.getDeadlineMs()).isEqualTo(60_000);
        assertThat(spec.getDtype()).isEqualTo(DType.F32);
    }

    @Test
    void shouldWriteACommentedFileThatReadsBackAsTheDefaults() {
        JobSpec defaults = JobFile.of(List.of("name=my-job"));

        String text = JobFile.render(defaults);

        assertThat(JobFile.parse("job.yaml", text, List.of())).isEqualTo(defaults);
        assertThat(text.lines().filter(line -> line.startsWith("# "))).hasSizeGreaterThan(JobKey.values().length);
    }

    @ParameterizedTest
    @EnumSource(JobKey.class)
    void shouldReadAndWriteEveryKey(JobKey key) {
        JobSpec defaults = JobFile.of(List.of("name=my-job"));
        String other = OTHERS.getOrDefault(key, key.defaultText());
        String yaml = (key == JobKey.NAME ? "" : "name: my-job\n") + key.id() + ": " + other + "\n";

        JobSpec spec = JobFile.parse("job.yaml", yaml, List.of());

        assertThat(JobFile.parse("job.yaml", JobFile.render(spec), List.of())).isEqualTo(spec);
        assertThat(spec.equals(defaults)).isEqualTo(!OTHERS.containsKey(key));
        for (JobKey each : JobKey.values()) {
            if (each != key) {
                assertThat(each.write(spec)).as(each.id()).isEqualTo(each.write(defaults));
            }
        }
    }

    @Test
    void shouldCoverEveryFieldOfTheLogsSpec() {
        // submitting fills it in
        Set<String> derived = Set.of("modelDigest", "rules");

        List<String> fields = JobSpec.getClassSchema().getFields().stream()
                .filter(field -> !derived.contains(field.name()))
                .map(field -> field.name().replaceAll("Ms$", ""))
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT))
                .toList();

        assertThat(Arrays.stream(JobKey.values()).map(JobKey::id)).containsExactlyInAnyOrderElementsOf(fields);
    }

    @Test
    void shouldKeepLabelsAsTheyAreWritten() {
        JobSpec spec = JobFile.parse("job.yaml", "name: x\nlabels:\n  - no\n  - 1\n  - 1.0\n", List.of());

        assertThat(spec.getLabels()).containsExactly("no", "1", "1.0");
    }

    @Test
    void shouldTakeANumberOfLabelsForLabelsWithoutTexts() {
        JobSpec spec = JobFile.parse("job.yaml", "name: x\nlabels: 3\n", List.of());

        assertThat(spec.getLabels()).containsExactly("0", "1", "2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rank: 0|rank is '0'|from 1 to",
                "rank: eight|rank is 'eight'|a whole number",
                "rank: [8]|rank is [8]|one value",
                "rank:|rank is ''|one value",
                "alpha: NaN|alpha is 'NaN'|above 0",
                "alpha: -1|alpha is '-1'|above 0",
                "learning-rate: 0|learning-rate is '0'|above 0",
                "name: Job|name is 'Job'|a-z, 0-9",
                "target-modules: []|target-modules is []|1 to 16",
                "target-modules: query|target-modules is 'query'|a list",
                "labels: [a]|labels is [a]|2 to",
                "labels: 1|labels is '1'|from 2 to",
                "labels: yes|labels is 'yes'|whole number",
                "labels: [a, a]|labels is [a, a]|different",
                "head: both|head is 'both'|local, shared",
                "adapter: dora|adapter is 'dora'|lora, rslora, vera",
                "optimizer: lion|optimizer is 'lion'|sgd, adamw",
                "learning-rate-schedule: cosine|learning-rate-schedule is 'cosine'|constant, linear",
                "dropout: 1|dropout is '1'|from 0.0 to 0.999",
                "max-grad-norm: -1|max-grad-norm is '-1'|from 0",
                "layers-to-transform: [1, 1]|layers-to-transform is [1, 1]|different",
                "layers-to-transform: [x]|layers-to-transform is [x]|whole numbers",
                "layers-to-transform: 3|layers-to-transform is '3'|a list",
                "quorum: 0|quorum is '0'|67%",
                "quorum: 101%|quorum is '101%'|67%",
                "quorum: 1.5|quorum is '1.5'|0.67",
                "cohort: some|cohort is 'some'|all, or a share",
                "cohort: 0%|cohort is '0%'|all, or a share",
                "grace: 5|grace is '5'|its unit",
                "late-updates: keep|late-updates is 'keep'|reject, next-round",
                "staleness-weight: 0|staleness-weight is '0'|above 0",
                "without-quorum: wait|without-quorum is 'wait'|extend, skip, fail",
                "absent-after: -1|absent-after is '-1'|from 0",
                "max-trainers: 0|max-trainers is '0'|from 1 to 10000",
                "trainers: site-a|trainers is 'site-a'|a list",
                "trainers: [a, A, c]|trainers is [a, A, c]|ids of trainers",
                "trainers: [a, a, c]|trainers is [a, a, c]|different",
                "faulty-share: 0.5|faulty-share is '0.5'|from 0.0 to 0.499",
                "clip: -1|clip is '-1'|from 0",
                "max-update-norm: NaN|max-update-norm is 'NaN'|from 0",
                "server-optimizer: lamb|server-optimizer is 'lamb'|none, fedavgm, fedadam",
                "server-momentum: 1|server-momentum is '1'|from 0",
                "server-epsilon: 0|server-epsilon is '0'|above 0",
                "deadline: 60|deadline is '60'|its unit",
                "deadline: 0s|deadline is '0s'|above 0",
                "deadline: 999999999999h|deadline is|30 days",
                "weights: size|weights is 'size'|examples, uniform",
                "partitions: 0|partitions is '0'|from 1",
                "chunk-bytes: 6|chunk-bytes is '6'|multiple of 4",
                "chunk-bytes: 1048576|chunk-bytes is|524288",
                "replication: 0|replication is '0'|from 1",
                "dtype: f16|dtype is 'f16'|f32, bf16",
                "seed: x|seed is 'x'|whole number",
                "rounds: 1000000|rounds is '1000000'|999999",
                "local-steps: 0|local-steps is '0'|from 1",
                "batch-size: 0|batch-size is '0'|from 1",
                "max-length: 1|max-length is '1'|from 4",
                "min-trainers: 0|min-trainers is '0'|from 1",
                "strategy: mode|strategy is 'mode'|one of weighted-mean, coordinate-median, trimmed-mean",
            })
    void shouldRefuseABadValueWithItsLineAndWhatIsAllowed(String line, String message, String allowed) {
        String yaml = "# a comment\n" + (line.startsWith("name") ? "" : "name: my-job\n") + "\n" + line + "\n";

        RondoException failure = failure(yaml);

        assertThat(failure.code()).isEqualTo(ErrorCode.BAD_JOB_FILE);
        assertThat(failure)
                .hasMessageStartingWith("job.yaml, line " + (line.startsWith("name") ? 3 : 4) + ": ")
                .hasMessageContaining(message);
        assertThat(failure.nextStep()).contains(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forever", "2 rounds", "500 rounds", "30d", "12h"})
    void shouldKeepHowLongRoundsAreKept(String retention) {
        assertThat(JobFile.of(List.of("name=x", "retention=" + retention)).getRetention())
                .isEqualTo(retention);
    }

    @ParameterizedTest
    @ValueSource(strings = {"archived", "1 rounds", "0d", "30"})
    void shouldRefuseARetentionThatIsNone(String retention) {
        assertThat(failure("name: x\nretention: " + retention + "\n"))
                .returns(ErrorCode.BAD_JOB_FILE, RondoException::code)
                .hasMessageContaining("retention is '" + retention + "'")
                .extracting(RondoException::nextStep)
                .asString()
                .contains("500 rounds");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "micro-batch-size: 17|a micro-batch has 17 examples, a batch 16|a part of the batch size",
                "warm-up-steps: 201|201 warm-up steps in a job of 200 steps|rounds times local-steps"
            })
    void shouldRefuseSettingsThatDoNotFitTogether(String line, String message, String next) {
        RondoException failure = failure("name: x\n" + line + "\n");

        assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CONFIG);
        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.nextStep()).contains(next);
    }

    @Test
    void shouldTakeThePapersNameOfMethodAndAdapterTogether() {
        JobSpec spec = JobFile.parse("job.yaml", "name: x\nmethod: fedsa-lora\n", List.of());

        assertThat(spec.getMethod()).isEqualTo("fedsa");
        assertThat(spec.getAdapter()).isEqualTo("lora");
        assertThat(failure("name: x\nadapter: vera\nmethod: fedsa-lora\n"))
                .returns(ErrorCode.BAD_JOB_FILE, RondoException::code)
                .hasMessageContaining("line 2: adapter is 'vera'");
    }

    @ParameterizedTest
    @CsvSource({
        "fedsa-rslora, fedsa, rslora",
        "fedsa-vera, fedsa, vera",
        "ffa-lora, ffa, lora",
        "lora, fedit, lora",
        "rolora, rolora, lora",
        "local, local, lora"
    })
    void shouldRunEveryMethod(String name, String method, String adapter) {
        JobSpec spec = JobFile.parse("job.yaml", "name: x\nmethod: " + name + "\n", List.of());

        assertThat(spec.getMethod()).isEqualTo(method);
        assertThat(spec.getAdapter()).isEqualTo(adapter);
    }

    @Test
    void shouldRefuseASharedHeadWhereNothingIsShared() {
        RondoException failure = failure("name: x\nmethod: local\nhead: shared\n");

        assertThat(failure.code()).isEqualTo(ErrorCode.BAD_JOB_FILE);
        assertThat(failure).hasMessage("job.yaml, line 3: head is 'shared'");
        assertThat(failure.nextStep()).isEqualTo("head takes local beside method: local, which shares nothing");
    }

    @Test
    void shouldNameAllMethodsWhereOneIsUnknown() {
        RondoException failure = failure("name: x\nmethod: fedavg\n");

        assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_METHOD);
        assertThat(failure).hasMessage("job.yaml, line 2: there is no method 'fedavg'");
        assertThat(failure.nextStep()).contains("fedsa, fedit, ffa, fed-alora, rolora, local", "fedsa-lora");
    }

    @Test
    void shouldGuessTheKeyThatWasMeant() {
        RondoException near = failure("name: x\n\nlearning_rate: 1\n");
        RondoException far = failure("name: x\nzzzzzzzzzzz: 1\n");

        assertThat(near.code()).isEqualTo(ErrorCode.UNKNOWN_KEY);
        assertThat(near).hasMessage("job.yaml, line 3: there is no key 'learning_rate'");
        assertThat(near.nextStep()).isEqualTo("did you mean 'learning-rate'?");
        assertThat(far.nextStep()).contains("name, model, method");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: x\\nname: y|line 2: key 'name' stands already in job.yaml, line 1",
                "- a\\n- b|line 1: not a list of keys",
                "name: {a: b}|line 1: a value or a list",
                "name: x\\nlabels: [[a], b]|line 2: a value or a list",
                "name: x\\n  rank: [|line 2:",
                "rank: 8|has no name"
            })
    void shouldRefuseWhatIsNoFlatMapping(String yaml, String message) {
        assertThat(failure(yaml.replace("\\n", "\n")))
                .returns(ErrorCode.BAD_JOB_FILE, RondoException::code)
                .hasMessageContaining(message);
    }

    @Test
    void shouldLetSettingsGoBeforeTheFile() {
        JobSpec spec = JobFile.parse("job.yaml", "name: x\nrounds: 5\n", List.of("rounds=6", "labels=[a, b, c]"));

        assertThat(spec.getRounds()).isEqualTo(6);
        assertThat(spec.getLabels()).containsExactly("a", "b", "c");
        assertThat(catchThrowableOfType(RondoException.class, () -> JobFile.of(List.of("name=x", "rank=0"))))
                .hasMessageStartingWith("setting rank=0: rank is '0'");
        assertThat(catchThrowableOfType(RondoException.class, () -> JobFile.of(List.of("rank"))))
                .hasMessage("'rank' is not a setting");
    }

    @Test
    void shouldSayWhichFileCannotBeRead() {
        assertThat(catchThrowableOfType(
                        RondoException.class, () -> JobFile.read(Path.of("no-such-job.yaml"), List.of())))
                .returns(ErrorCode.BAD_JOB_FILE, RondoException::code)
                .hasMessageContaining("no-such-job.yaml");
    }

    private static RondoException failure(String yaml) {
        return catchThrowableOfType(RondoException.class, () -> JobFile.parse("job.yaml", yaml, List.of()));
    }
}
