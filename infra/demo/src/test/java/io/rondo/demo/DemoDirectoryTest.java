package io.rondo.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.cli.output.Json;
import io.rondo.samples.MadeText;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import io.rondo.trainer.data.ExampleFile;
import io.rondo.trainer.data.ExampleWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDirectoryTest {
    private static final DemoData MADE = new LabelledSites(MadeText.sites(3, 1), MadeText.LABELS);

    @TempDir
    Path root;

    @Test
    void shouldTakeTheDirectoryOfTheSameSettingsAgainAndOfNoOthers() {
        Path directory = root.resolve("demo");
        DemoSettings settings = settings(3, 10, 1);
        DemoDirectory.claim(directory, stamp(settings));

        assertThat(DemoDirectory.claim(directory, stamp(settings)).root()).isEqualTo(directory.toAbsolutePath());
        assertThat(catchThrowableOfType(
                        RondoException.class, () -> DemoDirectory.claim(directory, stamp(settings(3, 11, 1)))))
                .returns(ErrorCode.DIRECTORY_OF_ANOTHER_JOB, RondoException::code);
        assertThat(catchThrowableOfType(
                        RondoException.class, () -> DemoDirectory.claim(directory, stamp(settings(4, 10, 1)))))
                .returns(ErrorCode.DIRECTORY_OF_ANOTHER_JOB, RondoException::code);
    }

    @Test
    void shouldRecoverFromAStartThatWasCutOff() throws IOException {
        Files.writeString(root.resolve("demo.json.new"), "{\"half");

        DemoDirectory.claim(root, Map.of("a", 1));

        assertThat(root.resolve("demo.json")).content().contains("\"a\"");
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheDirectory() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "x");

        assertThat(catchThrowableOfType(RondoException.class, () -> DemoDirectory.claim(file, Map.of())))
                .returns(ErrorCode.DISK_FULL, RondoException::code)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldGiveEachSiteItsOwnFilesAndAllTheTestExamplesTogether() {
        DemoDirectory home = DemoDirectory.claim(root.resolve("demo"), Map.of());
        var sites = MadeText.sites(2, 1);

        home.write(sites, ExampleWriter::write);

        assertThat(ExampleFile.read(home.trainFile("plant")))
                .isEqualTo(sites.get(0).train());
        assertThat(ExampleFile.read(home.testFile("cinema")))
                .isEqualTo(sites.get(1).test());
        assertThat(ExampleFile.read(home.pooledTestFile()))
                .containsAll(sites.get(0).test())
                .containsAll(sites.get(1).test());
    }

    @Test
    void shouldNameTheDefaultDirectoryAfterTheSettings() {
        assertThat(settings(3, 10, 1).id()).isEqualTo(settings(3, 10, 1).id()).matches("[0-9a-f]{8}");
        assertThat(settings(3, 10, 1).id()).isNotEqualTo(settings(3, 10, 2).id());
    }

    @Test
    void shouldTakeChosenColumnsForAnotherDemoAndRefuseThemForMadeText() throws Exception {
        ColumnChoice review = new ColumnChoice(Optional.of("review"), Optional.empty(), Optional.empty());
        DemoSettings chosen = onData(review);
        DemoSettings automatic = onData(ColumnChoice.AUTOMATIC);

        assertThat(chosen.id()).isNotEqualTo(automatic.id());
        assertThat(stamp(chosen).text()).isEqualTo("review");
        assertThat(Json.MAPPER.writeValueAsString(stamp(settings(3, 10, 1))))
                .startsWith(
                        "{\"data\":\"made\",\"trainers\":3,\"dirichlet\":0.5,\"train-rows\":100,\"test-rows\":100,\"job\":[")
                .endsWith("]}");
        assertThat(catchThrowableOfType(
                        RondoException.class,
                        () -> new DemoSettings(
                                DemoTask.CLASSIFICATION,
                                Optional.empty(),
                                1,
                                1,
                                1,
                                "fedsa",
                                Optional.empty(),
                                1,
                                10,
                                10,
                                review,
                                List.of(Language.JAVA))))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .hasMessageContaining("there is no --data");
    }

    @Test
    void shouldKeepTheNameThatADirectoryHadBeforeColumnsCouldBeChosen() {
        assertThat(settings(3, 10, 1).id()).isEqualTo("ce389cfa");
    }

    @Test
    void shouldTellDemosInOtherLanguagesApart() {
        DemoSettings java = settings(3, 10, 1);
        DemoSettings mixed = new DemoSettings(
                DemoTask.CLASSIFICATION,
                Optional.empty(),
                3,
                10,
                0.5,
                "fedsa",
                Optional.empty(),
                1,
                100,
                100,
                ColumnChoice.AUTOMATIC,
                List.of(Language.JAVA, Language.JAVA, Language.PYTHON));

        assertThat(mixed.id()).isNotEqualTo(java.id());
        assertThat(stamp(java).languages()).isNull();
        assertThat(stamp(mixed).languages()).containsExactly("java", "java", "python");
        assertThat(mixed.job(MADE)).isEqualTo(java.job(MADE));
    }

    private static DemoSettings onData(ColumnChoice columns) {
        return new DemoSettings(
                DemoTask.CLASSIFICATION,
                Optional.of(Path.of("/data")),
                1,
                1,
                1,
                "fedsa",
                Optional.empty(),
                1,
                10,
                10,
                columns,
                List.of(Language.JAVA));
    }

    private static DemoStamp stamp(DemoSettings settings) {
        return settings.stamp(settings.job(MADE));
    }

    private static DemoSettings settings(int trainers, int rounds, long seed) {
        return new DemoSettings(
                DemoTask.CLASSIFICATION,
                Optional.empty(),
                trainers,
                rounds,
                0.5,
                "fedsa",
                Optional.empty(),
                seed,
                100,
                100,
                ColumnChoice.AUTOMATIC,
                Language.list(Integer.toString(trainers), Language.JAVA));
    }
}
