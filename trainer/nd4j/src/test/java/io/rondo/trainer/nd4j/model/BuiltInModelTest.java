package io.rondo.trainer.nd4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInModelTest {
    private static final BuiltInModel MODEL = BuiltInModel.ALL_MINILM_L6_V2;

    @TempDir
    Path cache;

    @Test
    void shouldConvertOnceForAllWhoAskAtTheSameTime() throws Exception {
        // given
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            // when
            Callable<Path> ask = () -> MODEL.directory(cache);
            List<Path> answers = pool.invokeAll(List.of(ask, ask, ask)).stream()
                    .map(BuiltInModelTest::result)
                    .toList();

            // then
            assertThat(answers).containsOnly(cache.resolve("all-MiniLM-L6-v2"));
            assertThat(files(cache)).containsExactlyInAnyOrder("all-MiniLM-L6-v2", "all-MiniLM-L6-v2.lock");
            assertThat(files(answers.get(0)))
                    .containsExactlyInAnyOrder("SHA256SUMS", "config.json", "model.safetensors", "tokenizer.json");
            assertThat(ModelDirectory.open(answers.get(0)).config()).isEqualTo(MODEL.config());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void shouldUseWhatIsThereAndConvertAgainWhatIsNotAsItWasWritten() throws IOException {
        // given
        Path weights = MODEL.directory(cache).resolve("model.safetensors");
        Object written = Files.readAttributes(weights, "unix:ino,ctime");
        MODEL.directory(cache);
        assertThat(Files.readAttributes(weights, "unix:ino,ctime")).isEqualTo(written);
        Path leftBehind = Files.createDirectory(cache.resolve(".all-MiniLM-L6-v2-killed"));

        // when
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        Path again = MODEL.directory(cache);

        // then
        assertThat(DirectoryDigests.match(again)).isTrue();
        assertThat(ModelDirectory.open(again).words().limit()).isEqualTo(30522 * 384);
        assertThat(leftBehind).doesNotExist();
    }

    @Test
    void shouldSayWhenTheCacheCannotBeWritten() throws IOException {
        Path file = Files.createFile(cache.resolve("a-file"));

        assertThatThrownBy(() -> MODEL.directory(file))
                .isInstanceOfSatisfying(RondoException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.DISK_FULL));
    }

    private static Path result(Future<Path> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
