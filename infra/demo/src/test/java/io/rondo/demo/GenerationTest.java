package io.rondo.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.log.JobSpec;
import io.rondo.samples.Problem;
import io.rondo.samples.ProblemFile;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
    @TempDir
    private Path directory;

    @Test
    void shouldTrainALanguageModelInPythonOnMadeProblems() {
        DemoSettings settings = settings(Optional.empty(), Collections.nCopies(3, DemoTask.GENERATION.language()));

        DemoData data = DemoData.of(settings, note -> {});
        JobSpec spec = settings.job(data);

        assertThat(settings.languages()).containsOnly(Language.PYTHON);
        assertThat(data.trainers()).containsExactly("shop", "kitchen", "garden");
        assertThat(spec.getModel()).isEqualTo("SmolLM2-135M-Instruct");
        assertThat(spec.getTargetModules()).containsExactly("q_proj", "v_proj");
        assertThat(settings.stamp(spec).task()).isEqualTo("generation");
    }

    @Test
    void shouldDealOutProblemsOfADirectoryAndWriteThem() {
        List<Problem> train = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            train.add(new Problem("How many is " + i + "?", "#### " + i));
        }
        ProblemFile.write(directory.resolve("train.jsonl"), train);
        ProblemFile.write(directory.resolve("dev.jsonl"), train.subList(0, 4));
        DemoDirectory home = DemoDirectory.claim(directory.resolve("demo"), Map.of());

        DemoData data =
                DemoData.of(settings(Optional.of(directory), List.of(Language.PYTHON, Language.PYTHON)), n -> {});
        data.write(home);

        assertThat(data.summary()).isEqualTo("site-1 4+2, site-2 3+2 problems to train+test on");
        assertThat(ProblemFile.read(home.trainFile("site-2")))
                .containsExactly(train.get(1), train.get(3), train.get(5));
        assertThat(ProblemFile.read(home.pooledTestFile())).containsExactlyInAnyOrderElementsOf(train.subList(0, 4));
    }

    @Test
    void shouldRefuseTrainersAndColumnsThatItDoesNotHave() {
        assertThat(catchThrowableOfType(
                        RondoException.class,
                        () -> settings(Optional.empty(), List.of(Language.PYTHON, Language.JAVA))))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("java");
        ColumnChoice chosen = new ColumnChoice(Optional.of("text"), Optional.empty(), Optional.empty());
        assertThat(catchThrowableOfType(
                        RondoException.class, () -> settings(Optional.of(directory), List.of(Language.PYTHON), chosen)))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("--text");
        assertThat(catchThrowableOfType(RondoException.class, () -> DemoTask.named("translation")))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("translation");
    }

    private static DemoSettings settings(Optional<Path> data, List<Language> languages) {
        return settings(data, languages, ColumnChoice.AUTOMATIC);
    }

    private static DemoSettings settings(Optional<Path> data, List<Language> languages, ColumnChoice columns) {
        return new DemoSettings(
                DemoTask.GENERATION,
                data,
                languages.size(),
                2,
                0.5,
                "fedsa",
                Optional.empty(),
                1,
                100,
                10,
                columns,
                languages);
    }
}
