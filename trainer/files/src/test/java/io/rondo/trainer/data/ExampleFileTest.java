package io.rondo.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadGluesSingleSentencesWithQuotesAsTheyAre() throws IOException {
        Path file = write("train.tsv", "sentence\tlabel\n\"a\" fine film \t1\r\n\nno film\t0\n");

        assertThat(ExampleFile.read(file))
                .containsExactly(Example.of("\"a\" fine film ", "1"), Example.of("no film", "0"));
    }

    @Test
    void shouldReadGluesPairsBesideOtherColumns() throws IOException {
        Path file = write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tone\ttwo\tentailment\n");

        assertThat(ExampleFile.read(file)).containsExactly(new Example("one", Optional.of("two"), "entailment"));
    }

    @Test
    void shouldReadQuotedCsvOverSeveralLines() throws IOException {
        Path file = write("train.csv", "\uFEFFlabel,text\npos,\"good, \"\"very\"\"\nlong\"\nneg,bad\n");

        assertThat(ExampleFile.read(file))
                .containsExactly(Example.of("good, \"very\"\nlong", "pos"), Example.of("bad", "neg"));
    }

    @Test
    void shouldReadJsonLinesWithAnyScalarLabel() throws IOException {
        Path file = write(
                "train.jsonl",
                "{\"text\":\"one\",\"label\":1}\n{\"text\":\"two\",\"text_pair\":\"pair\",\"label\":\"x\"}\n");

        assertThat(ExampleFile.read(file))
                .containsExactly(Example.of("one", "1"), new Example("two", Optional.of("pair"), "x"));
    }

    @Test
    void shouldReadBackWhatTheWriterWrote() {
        List<Example> examples =
                List.of(Example.of("tab\tquote\"\nnewline ü 漢", "a"), new Example("first", Optional.of("second"), "b"));
        Path file = directory.resolve("site.jsonl");

        ExampleWriter.write(file, examples);

        assertThat(ExampleFile.read(file)).isEqualTo(examples);
    }

    @Test
    void shouldSayWhichFileIsMissing() {
        assertThat(failure(directory.resolve("none.tsv")))
                .returns(ErrorCode.DATA_NOT_FOUND, RondoException::code)
                .hasMessageContaining("none.tsv");
    }

    @Test
    void shouldNameTheColumnsWhereNoneIsTheLabel() throws IOException {
        assertThat(failure(write("train.tsv", "sentence\tclass\nx\t1\n")))
                .returns(ErrorCode.LABEL_COLUMN_MISSING, RondoException::code)
                .hasMessageContaining("[sentence, class]");
        assertThat(failure(write("train.csv", "text,class\nx,1\n")))
                .returns(ErrorCode.LABEL_COLUMN_MISSING, RondoException::code)
                .hasMessageContaining("[text, class]");
        assertThat(failure(write("train.jsonl", "{\"text\":\"x\",\"class\":1}\n")))
                .returns(ErrorCode.LABEL_COLUMN_MISSING, RondoException::code)
                .hasMessageContaining("[text, class]");
        assertThat(failure(write("empty.tsv", ""))).returns(ErrorCode.LABEL_COLUMN_MISSING, RondoException::code);
        assertThat(failure(write("empty.csv", ""))).returns(ErrorCode.LABEL_COLUMN_MISSING, RondoException::code);
    }

    @Test
    void shouldNameTheLineOfARowThatCannotBeRead() throws IOException {
        assertUnreadable(write("columns.tsv", "sentence\tlabel\nx\t1\ny\n"), "line 3: 1 columns");
        assertUnreadable(write("nolabel.tsv", "sentence\tlabel\nx\t \n"), "line 2: no label");
        assertUnreadable(write("notext.jsonl", "\n{\"text\":\"\",\"label\":1}\n"), "line 2: no text");
        assertUnreadable(write("broken.jsonl", "{\"text\":\"x\",\"label\":1}\n{\"text\n"), "line 2: no JSON");
        assertUnreadable(write("array.jsonl", "[1]\n"), "line 1: no JSON object");
        assertUnreadable(write("nested.jsonl", "{\"text\":[\"x\"],\"label\":1}\n"), "line 1: 'text' is ARRAY");
        assertUnreadable(write("columns.csv", "text,label\nx,1\ny\n"), "line 3: 1 columns");
        assertUnreadable(write("heading.tsv", "words\tlabel\nx\t1\n"), "[words, label]");
        assertUnreadable(write("data.parquet", "x"), "no form");
    }

    @Test
    void shouldRefuseBytesThatAreNotUtf8() throws IOException {
        byte[] latin1 = "sentence\tlabel\nok\t1\ncaf\u00e9\t1\n".getBytes(StandardCharsets.ISO_8859_1);
        Path tsv = Files.write(directory.resolve("latin.tsv"), latin1);
        Path csv = Files.write(
                directory.resolve("latin.csv"), "text,label\ncaf\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1));

        assertUnreadable(tsv, "line 3: not UTF-8");
        assertUnreadable(csv, "not UTF-8");
    }

    @Test
    void shouldRefuseALineOverTheLimitBeforeHoldingMoreOfIt() throws IOException {
        String longText = "x".repeat(ExampleFile.MAX_LINE_BYTES + 1);

        assertUnreadable(write("long.tsv", "sentence\tlabel\n" + longText + "\t1\n"), "line 2: longer than");
        assertUnreadable(write("long.csv", "text,label\n\"" + longText + "\",1\n"), "maximum allowed");
    }

    private void assertUnreadable(Path file, String message) {
        assertThat(failure(file))
                .returns(ErrorCode.DATA_UNREADABLE, RondoException::code)
                .hasMessageContaining(message);
    }

    private RondoException failure(Path file) {
        return catchThrowableOfType(RondoException.class, () -> ExampleFile.read(file));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
