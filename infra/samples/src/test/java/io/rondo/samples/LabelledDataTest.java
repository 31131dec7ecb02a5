package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import io.rondo.trainer.data.DevSet;
import io.rondo.trainer.data.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledDataTest {
    @TempDir
    Path directory;

    private final List<String> notes = new ArrayList<>();

    @Test
    void shouldReadBothFilesInWhateverFormTheyAre() throws IOException {
        write("train.tsv", "sentence\tlabel\na\t10\nb\t2\n");
        write("test.jsonl", "{\"text\":\"c\",\"label\":3}\n");

        LabelledData data = LabelledData.read(directory, ColumnChoice.AUTOMATIC, notes::add);

        assertThat(data.labels()).containsExactly("2", "3", "10");
        assertThat(data.train()).hasSize(2);
        assertThat(data.test()).hasSize(1);
        assertThat(notes)
                .hasSize(2)
                .anyMatch(note -> note.contains("2 classes are only in") && note.endsWith("'10', '2'"))
                .anyMatch(note -> note.contains("a class is only in") && note.endsWith("'3'"));
    }

    @Test
    void shouldSayWhatIsNotThere() throws IOException {
        assertThat(failure(directory.resolve("nowhere")))
                .returns(ErrorCode.DATA_NOT_FOUND, RondoException::code)
                .hasMessageContaining("nowhere");
        assertThat(failure(directory)).hasMessageContaining("no train.tsv");
        write("train.csv", "text,label\na,1\nb,0\n");
        assertThat(failure(directory))
                .returns(ErrorCode.DATA_NOT_FOUND, RondoException::code)
                .hasMessageContaining("no dev.tsv");
    }

    @Test
    void shouldRefuseOneClassAndNoExamples() throws IOException {
        write("train.tsv", "sentence\tlabel\na\t1\nb\t1\n");
        write("dev.tsv", "sentence\tlabel\na\t1\n");

        assertThat(failure(directory))
                .returns(ErrorCode.ONE_CLASS_ONLY, RondoException::code)
                .hasMessageContaining("all 2 examples")
                .hasMessageContaining("label '1'");
        write("train.tsv", "sentence\tlabel\n");
        assertThat(failure(directory)).returns(ErrorCode.TOO_FEW_EXAMPLES, RondoException::code);
    }

    @Test
    void shouldTestOnBothOfMnlisFiles() throws IOException {
        String header = "index\tsentence1\tsentence2\tlabel1\tgold_label\n";
        write("train.tsv", header + "0\ta\tb\tneutral\tneutral\n1\ta\tb\tentailment\tcontradiction\n");
        write("dev_matched.tsv", header + "0\tc\td\tneutral\tneutral\n");
        write("dev_mismatched.tsv", header + "0\te\tf\tneutral\tcontradiction\n");

        LabelledData data = LabelledData.read(directory, ColumnChoice.AUTOMATIC, notes::add);

        assertThat(data.labels()).containsExactly("neutral", "contradiction");
        assertThat(data.test()).extracting(Example::text).containsExactly("c", "e");
        assertThat(data.test())
                .extracting(Example::devSet)
                .containsExactly(Optional.of(DevSet.MATCHED), Optional.of(DevSet.MISMATCHED));
        assertThat(notes).singleElement().asString().contains("dev_matched.tsv and ", "dev_mismatched.tsv; beside");
    }

    @Test
    void shouldReadTheColumnsThatAreChosenInBothFiles() throws IOException {
        write("train.csv", "review,stars,label\na,5,x\nb,1,x\n");
        write("dev.csv", "review,stars,label\nc,5,x\n");
        ColumnChoice choice = new ColumnChoice(Optional.of("review"), Optional.empty(), Optional.of("stars"));

        assertThat(LabelledData.read(directory, choice, notes::add).labels()).containsExactly("1", "5");
    }

    @Test
    void shouldRefuseLabelsThatAreNoClasses() throws IOException {
        write("train.csv", "text,label\na,0.0\nb,1.0\n");
        write("dev.csv", "text,label\na,0\nb,1\n");
        assertThat(failure(directory))
                .returns(ErrorCode.LABELS_AMBIGUOUS, RondoException::code)
                .hasMessageContaining("dev.csv, line 2: the label '0'")
                .hasMessageContaining("train.csv, line 2 has '0.0'");
        write("dev.csv", "text,label\na,-1\nb,-1\n");
        assertThat(failure(directory))
                .returns(ErrorCode.UNLABELLED_DATA, RondoException::code)
                .hasMessageContaining("all 2 labels in")
                .hasMessageContaining("dev.csv are '-1'");
    }

    @Test
    void shouldTestOnOneClassOfMinusOneWhereThatIsAClass() throws IOException {
        write("train.csv", "text,label\na,1\nb,-1\n");
        write("dev.csv", "text,label\na,-1\n");

        assertThat(LabelledData.read(directory, ColumnChoice.AUTOMATIC, notes::add)
                        .labels())
                .containsExactly("1", "-1");
    }

    @Test
    void shouldNameParquetAndAFileThatIsNotRead() throws IOException {
        write("train-00000-of-00001.parquet", "x");
        assertThat(failure(directory))
                .returns(ErrorCode.DATA_UNREADABLE, RondoException::code)
                .hasMessageContaining("train-00000-of-00001.parquet is Parquet");
        write("train.csv", "text,label\na,1\nb,0\n");
        write("train.tsv", "text\tlabel\nc\t1\nd\t0\n");
        write("dev.csv", "text,label\na,1\nb,0\n");

        LabelledData.read(directory, ColumnChoice.AUTOMATIC, notes::add);

        assertThat(notes).singleElement().asString().contains("train.csv and not [", "train.tsv]");
    }

    private static RondoException failure(Path directory) {
        return catchThrowableOfType(
                RondoException.class, () -> LabelledData.read(directory, ColumnChoice.AUTOMATIC, note -> {}));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
