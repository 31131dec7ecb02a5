package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The data of the compose stack's sites are the demo's. */
class SampleFilesTest {
    private static final Path FOLDER = Path.of("../compose/data");

    @Test
    void shouldBeTheDemosText() {
        for (Site<Example> site : MadeText.sites(3, 1)) {
            Path folder = FOLDER.resolve(site.trainer());

            assertThat(ExampleFile.read(folder.resolve("train.tsv"))).isEqualTo(site.train());
            assertThat(ExampleFile.read(folder.resolve("dev.tsv"))).isEqualTo(site.test());
        }
    }
}
