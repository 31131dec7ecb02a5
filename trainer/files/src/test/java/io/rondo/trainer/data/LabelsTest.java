package io.rondo.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    @ParameterizedTest
    @CsvSource({"1, 1.0", "1.0, 1", "01, 1", "True, true", "-0, 0", "+1, 1"})
    void shouldRefuseOneClassThatIsWrittenInTwoWays(String one, String other) {
        RondoException failure = catchThrowableOfType(
                RondoException.class,
                () -> Labels.requireClasses(List.of(table("train.csv", "7", one), table("dev.csv", other))));

        assertThat(failure)
                .returns(ErrorCode.LABELS_AMBIGUOUS, RondoException::code)
                .hasMessageContaining("dev.csv, line 2: the label '" + other + "'")
                .hasMessageContaining("train.csv, line 3 has '" + one + "'");
    }

    @Test
    void shouldRefuseNumbersToPredict() {
        RondoException failure = catchThrowableOfType(
                RondoException.class, () -> Labels.requireClasses(List.of(table("train.csv", "5.0", "3.8", "1.0"))));

        assertThat(failure)
                .returns(ErrorCode.REGRESSION_DATA, RondoException::code)
                .hasMessageContaining("train.csv, line 3: the label '3.8'");
    }

    @Test
    void shouldTakeClassesForClasses() {
        assertThatCode(() -> {
                    Labels.requireClasses(List.of(table("train.csv", "-1", "0", "1")));
                    Labels.requireClasses(List.of(table("train.csv", "0.0", "1.0")));
                    Labels.requireClasses(List.of(table("train.csv", "v1.5", "1.5", "good")));
                    Labels.requireClasses(List.of(table("train.csv", "A", "a", "1e5", "100000")));
                    Labels.requireLabelled(table("dev.csv", "-1", "1"), List.of("0", "1"));
                    Labels.requireLabelled(table("dev.csv", "-1"), List.of("-1", "1"));
                    Labels.requireLabelled(table("dev.csv"), List.of("0", "1"));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAFileWithoutLabels() {
        RondoException failure = catchThrowableOfType(
                RondoException.class, () -> Labels.requireLabelled(table("test.csv", "-1", "-1"), List.of("0", "1")));

        assertThat(failure)
                .returns(ErrorCode.UNLABELLED_DATA, RondoException::code)
                .hasMessageContaining("all 2 labels in test.csv are '-1', from line 2 on");
    }

    @Test
    void shouldFindAnotherSpelling() {
        assertThat(Labels.otherSpelling("1.0", List.of("0", "1"))).contains("1");
        assertThat(Labels.otherSpelling("1", List.of("0", "1"))).isEmpty();
        assertThat(Labels.otherSpelling("2", List.of("0", "1"))).isEmpty();
    }

    @Test
    void shouldWarnAboutClassesThatOnlyOneSideHas() {
        List<ExampleTable> train = List.of(table("train.csv", "a", "b", "c"));

        assertThat(Labels.oneSided(train, List.of(table("dev.csv", "c", "b", "a"))))
                .isEmpty();
        assertThat(Labels.oneSided(train, List.of(table("dev.csv", "a", "d"))))
                .containsExactly(
                        "warning: 2 classes are only in train.csv, not in dev.csv: 'b', 'c'",
                        "warning: a class is only in dev.csv, not in train.csv: 'd'");
    }

    /** A file whose rows follow a header. */
    private static ExampleTable table(String file, String... labels) {
        ExampleTable.Builder table = new ExampleTable.Builder();
        for (int i = 0; i < labels.length; i++) {
            table.add(i + 2L, Example.of("text", labels[i]));
        }
        return table.build(Path.of(file));
    }
}
