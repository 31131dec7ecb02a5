package io.rondo.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleFileTest {
    @TempDir
    Path directory;

    private final List<String> notes = new ArrayList<>();

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
        List<Example> examples = List.of(
                Example.of("tab\tquote\"\nnewline ü 漢", "a"),
                new Example("first", Optional.of("second"), "b"),
                new Example("third", Optional.empty(), "b", Optional.of(DevSet.MISMATCHED)));
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
        assertUnreadable(write("data.xlsx", "x"), "no form");
        assertUnreadable(write("data.parquet", "x"), "is Parquet");
    }

    @Test
    void shouldRefuseBytesThatAreNotUtf8() throws IOException {
        byte[] latin1 = "sentence\tlabel\nok\t1\ncaf\u00e9\t1\n".getBytes(StandardCharsets.ISO_8859_1);
        Path tsv = Files.write(directory.resolve("latin.tsv"), latin1);
        Path csv = Files.write(
                directory.resolve("latin.csv"), "text,label\ncaf\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1));

        assertUnreadable(tsv, "line 3: not UTF-8");
        assertUnreadable(csv, "line 2: not UTF-8: byte 0xE9 behind 3 others");
        assertUnreadable(
                Files.write(directory.resolve("utf16.tsv"), "sentence\tlabel\n".getBytes(StandardCharsets.UTF_16LE)),
                "line 1: a NUL character");
    }

    @Test
    void shouldRefuseALineOverTheLimitBeforeHoldingMoreOfIt() throws IOException {
        String longText = "x".repeat(ExampleFile.MAX_LINE_BYTES + 1);

        assertUnreadable(write("long.tsv", "sentence\tlabel\n" + longText + "\t1\n"), "line 2: longer than");
        assertUnreadable(write("long.csv", "text,label\n\"" + longText + "\",1\n"), "line 2: longer than");
        assertUnreadable(
                write("lines.csv", "text,label\n\"" + "some words\n".repeat(1 << 17) + "\",1\n"), "maximum allowed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SST-2  | sentence~label                                            | a b~1               | a b     | none | 1
        MRPC   | Quality~#1 ID~#2 ID~#1 String~#2 String                   | 1~7~8~a "b~c d      | a "b    | c d  | 1
        QQP    | id~qid1~qid2~question1~question2~is_duplicate             | 5~1~2~a?~"b"?~0     | a?      | "b"? | 0
        MNLI   | index~promptID~pairID~genre~sentence1_parse~sentence1~sentence2~label1~gold_label \
               | 0~1~1n~fiction~(a)~a b~c d~neutral~entailment             | a b     | c d  | entailment
        QNLI   | index~question~sentence~label                             | 0~a?~b c~not_entailment | a?  | b c  | not_entailment
        RTE    | index~sentence1~sentence2~label                           | 0~a~b~entailment    | a       | b    | entailment
        WNLI   | index~sentence1~sentence2~label                           | 0~a~b~1             | a       | b    | 1
        SNLI   | premise~hypothesis~label                                  | a~b~1               | a       | b    | 1
        """)
    void shouldReadGluesTasksByTheirOwnColumnsWithoutANote(
            String task, String header, String row, String text, String pair, String label) throws IOException {
        Path file = write("train.tsv", "\uFEFF" + (header + "\n" + row + "\n").replace('~', '\t'));

        assertThat(read(file))
                .containsExactly(new Example(text, Optional.of(pair).filter(second -> !second.equals("none")), label));
        assertThat(notes).isEmpty();
    }

    @Test
    void shouldReadColaWhichHasNoHeader() throws IOException {
        Path file = write("train.tsv", "gj04\t1\t\tThe boat \"sank\".\ncj99\t0\t*\tSank boat the.\n");

        assertThat(read(file))
                .containsExactly(Example.of("The boat \"sank\".", "1"), Example.of("Sank boat the.", "0"));
        assertThat(notes).isEmpty();
    }

    @Test
    void shouldRefuseStsBByName() throws IOException {
        assertThat(failure(write("train.tsv", "index\tgenre\tsentence1\tsentence2\tscore\n0\tg\ta\tb\t3.8\n")))
                .returns(ErrorCode.REGRESSION_DATA, RondoException::code)
                .hasMessageContaining("train.tsv is STS-B")
                .hasMessageContaining("'score'");
    }

    @Test
    void shouldLeaveOutWhatGluesOwnFilesBreakAndSaySo() throws IOException {
        String qqp = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        assertThat(read(write("qqp.tsv", qqp + "1\t2\t3\ta \"b\tc\t1\n4\t5\t6\tbroken\n rest\t0\n")))
                .hasSize(1);
        assertThat(read(write("mnli.tsv", "sentence1\tsentence2\tgold_label\na\tb\tneutral\nc\td\t-\n")))
                .hasSize(1);

        assertThat(notes).hasSize(2);
        assertThat(notes.get(0)).contains("qqp.tsv: left out 2 rows").contains("the first in line 3");
        assertThat(notes.get(1)).contains("mnli.tsv: left out 1 rows").contains("'-'");
        assertUnreadable(write("other.tsv", "question1\tquestion2\tlabel\na\tb\n"), "line 2: 2 columns");
    }

    @Test
    void shouldNameColumnsThatCouldBeInputAndAreNotUsed() throws IOException {
        read(write("train.csv", ",title,text,stars,label\n0,Fine,a,5,1\n"));
        read(write("train.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"summary\":\"c\",\"label\":1}\n"));

        assertThat(notes).hasSize(2);
        assertThat(notes.get(0)).contains("train.csv: not used: title; used: text 'text', label 'label'", "--text");
        assertThat(notes.get(1)).contains("train.jsonl: not used: summary;");
    }

    @Test
    void shouldReadTheColumnsThatAreChosen() throws IOException {
        Path file = write("train.csv", "title,text,label,stars\nfine,a film,1,5\n");

        assertThat(choose(file, "title", null, null)).containsExactly(Example.of("fine", "1"));
        assertThat(choose(file, "title", "text", "stars"))
                .containsExactly(new Example("fine", Optional.of("a film"), "5"));
        assertThat(choose(file, null, "title", null)).containsExactly(new Example("a film", Optional.of("fine"), "1"));
        assertThat(refused(() -> choose(file, "titel", null, null)))
                .returns(ErrorCode.COLUMN_NOT_FOUND, RondoException::code)
                .hasMessageContaining("line 1: no column 'titel'; its columns are [title, text, label, stars]");
        assertThat(refused(() -> choose(file, "label", null, null)))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("text 'label'");
        assertThat(refused(() -> choose(file, "title", "title", null)))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("--text and --text-pair both name the column 'title'");
    }

    @Test
    void shouldRefuseColumnsAndKeysThatAreThereTwice() throws IOException {
        for (Path file : List.of(
                write("twice.csv", "text,label,label\na,1,0\n"),
                write("twice.tsv", "text\tlabel\tlabel\na\t1\t0\n"),
                write("twice.jsonl", "{\"text\":\"a\",\"label\":1,\"label\":0}\n"))) {
            assertThat(failure(file))
                    .returns(ErrorCode.DUPLICATE_COLUMN, RondoException::code)
                    .hasMessageContaining(file + ", line 1: 'label' is there twice");
        }
    }

    @Test
    void shouldReadTsvAsPandasQuotesIt() throws IOException {
        assertThat(read(write("lines.tsv", "sentence\tlabel\n\"it was\ngood\"\t1\nbad\t0\n")))
                .containsExactly(Example.of("it was\ngood", "1"), Example.of("bad", "0"));
        assertThat(read(write("marks.tsv", "sentence\tlabel\n\"a \"\"fine\"\" film\"\t1\nbad \t0\n")))
                .containsExactly(Example.of("a \"fine\" film", "1"), Example.of("bad ", "0"));
        assertThat(read(write("all.tsv", "\uFEFF\"sentence\"\t\"label\"\n\"good\"\t\"1\"\n")))
                .containsExactly(Example.of("good", "1"));
    }

    @Test
    void shouldTakeGluesQuotationMarksForText() throws IOException {
        assertThat(read(write("glue.tsv", "sentence\tlabel\n\"good\"\t1\n\"\"so\"\" bad\t0\n\"open\t0\n")))
                .containsExactly(
                        Example.of("\"good\"", "1"), Example.of("\"\"so\"\" bad", "0"), Example.of("\"open", "0"));
        assertUnreadable(write("tab.tsv", "sentence\tlabel\na\tb\t1\n\"c\"\t0\n"), "line 2: 3 columns");
    }

    @Test
    void shouldReadCsvWithAMarkBeforeAQuotedHeaderAndBlanksAfterCommas() throws IOException {
        assertThat(read(write("mark.csv", "\uFEFF\"sentence\",\"label\"\n\"good\",\"1\"\n")))
                .containsExactly(Example.of("good", "1"));
        assertThat(read(write("blanks.csv", "text, \"label\"\n\" a, b\", \"1\"\nc , 0\n")))
                .containsExactly(Example.of(" a, b", "1"), Example.of("c", "0"));
    }

    @Test
    void shouldSayWhatToDoAboutOtherTables() throws IOException {
        assertThat(failure(write("semicolon.csv", "sentence;label\na;1\n")).nextStep())
                .contains("by commas");
        assertThat(failure(write("case.tsv", "Sentence\tLabel\na\t1\n")).nextStep())
                .contains("--label Label");
        assertUnreadable(write("mac.tsv", "sentence\tlabel\ra\t1\r"), "line 1: lines end with carriage returns");
        assertUnreadable(write("half.jsonl", "{\"text\":\"a \\ud83d\",\"label\":1}\n"), "line 1: 'text' has half of");
    }

    private List<Example> read(Path file) {
        return ExampleFile.read(file, ColumnChoice.AUTOMATIC, notes::add).examples();
    }

    private List<Example> choose(Path file, String text, String pair, String label) {
        ColumnChoice choice =
                new ColumnChoice(Optional.ofNullable(text), Optional.ofNullable(pair), Optional.ofNullable(label));
        return ExampleFile.read(file, choice, notes::add).examples();
    }

    private static RondoException refused(ThrowingCallable call) {
        return catchThrowableOfType(RondoException.class, call);
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
