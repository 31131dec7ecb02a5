package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadBothFilesInWhateverFormTheyAre() throws IOException {
        write("train.tsv", "sentence\tlabel\na\t10\nb\t2\n");
        write("test.jsonl", "{\"text\":\"c\",\"label\":3}\n");

        DataDirectory data = DataDirectory.read(directory);

        assertThat(data.labels()).containsExactly("2", "3", "10");
        assertThat(data.train()).hasSize(2);
        assertThat(data.test()).hasSize(1);
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

    private static RondoException failure(Path directory) {
        return catchThrowableOfType(RondoException.class, () -> DataDirectory.read(directory));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
