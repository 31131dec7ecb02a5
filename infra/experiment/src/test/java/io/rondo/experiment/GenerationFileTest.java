package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadItsOwnKeysAndThoseOfTheJob() throws IOException {
        Path file = file("""
                task: generation
                question: What for?
                methods: [fedsa, local]
                seeds: [3, 4]
                trainers: 2
                rounds: 7
                learning-rate: 0.002
                """);

        GenerationExperiment experiment = GenerationFile.read(file);

        assertThat(GenerationFile.isOne(file)).isTrue();
        assertThat(experiment.name()).isEqualTo("tiny");
        assertThat(experiment.question()).isEqualTo("What for?");
        assertThat(experiment.seeds()).containsExactly(3L, 4L);
        assertThat(experiment.settings("local", 9))
                .returns("local", job -> job.getMethod())
                .returns(7, job -> job.getRounds())
                .returns(0.002, job -> job.getLearningRate())
                .returns(9L, job -> job.getSeed());
    }

    @ParameterizedTest
    @CsvSource({
        "seed: 3, BAD_JOB_FILE",
        "clip: 1, NOT_YET_SUPPORTED",
        "strategy: krum, NOT_YET_SUPPORTED",
        "methods: [avg], UNKNOWN_METHOD",
        "splits: [iid], UNKNOWN_KEY",
        "rank: many, BAD_JOB_FILE"
    })
    void shouldRefuseWhatItDoesNotRun(String line, ErrorCode code) throws IOException {
        Path file = file("task: generation\n" + line + "\n");

        assertThat(catchThrowableOfType(RondoException.class, () -> GenerationFile.read(file)))
                .returns(code, RondoException::code);
    }

    @Test
    void shouldLeaveOtherExperimentsToTheirRunnerAndRefuseAnotherTask() throws IOException {
        assertThat(GenerationFile.isOne(file("question: What for?\n"))).isFalse();
        Path other = file("task: translation\n");
        assertThat(catchThrowableOfType(RondoException.class, () -> GenerationFile.read(other)))
                .returns(ErrorCode.BAD_JOB_FILE, RondoException::code);
    }

    @Test
    void shouldListTheShippedOnes() {
        assertThat(ShippedExperiments.questions()).containsKeys("small-generation", "paper-gsm8k", "small-label-skew");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("tiny.yaml"), text);
    }
}
