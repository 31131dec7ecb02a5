package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.Dropout;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.EngineSettings;
import io.rondo.trainer.nd4j.engine.Optimizer;
import io.rondo.trainer.nd4j.engine.StateCache;
import io.rondo.trainer.nd4j.engine.TargetModule;
import io.rondo.trainer.nd4j.engine.TokenIds;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.model.StreamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains the shape of RoBERTa-large with random weights on long texts. Takes minutes, 1.4 GB of disk and most of 4 GB of
 * memory, so it runs only when it is asked for: {@code mvn -B verify -pl trainer/nd4j -am -Dtest=RobertaLargeTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm.arguments=-Drondo.large=true}.
 */
@EnabledIfSystemProperty(named = "rondo.large", matches = "true", disabledReason = "takes minutes")
@EnabledOnOs(OS.LINUX)
class RobertaLargeTest {
    private static final long FOUR_GIGABYTES = 4L << 30;
    private static final int LENGTH = 128;
    private static final BertConfig ROBERTA_LARGE =
            new BertConfig(EncoderFamily.ROBERTA, 24, 1024, 16, 4096, 50265, 514, 1, 1e-5f, 1);

    private final Random random = new Random(3);

    @TempDir
    Path directory;

    @Test
    void shouldTrainWithMicroBatchesInLessThanFourGigabytes() throws IOException {
        // given
        LibraryProperties.prepare(directory.resolve("cache"));
        AdapterShape adapter =
                new AdapterShape(AdapterKind.LORA, 8, 2, List.of(TargetModule.QUERY, TargetModule.VALUE), List.of(), 2);
        List<TokenIds> batch = IntStream.range(0, 16).mapToObj(i -> text()).toList();
        int[] labels = random.ints(batch.size(), 0, 2).toArray();
        try (ModelDirectory model = StreamedModel.write(ROBERTA_LARGE, directory);
                Engine engine = new Engine(model, adapter, new EngineSettings(2, 1, 0.05, 4), StateCache.none())) {
            engine.load(adapter.layout(ROBERTA_LARGE).stream()
                    .map(shape -> InitialValue.of(1, shape))
                    .toList());
            Optimizer optimizer = Optimizer.adamW(engine.size(), 0.01, 1);

            List<Tensor> start = engine.parameters();

            // when
            double loss = engine.step(batch, labels, Optional.of(new Dropout(0.05, 1)), Set.of(), optimizer, 1e-3);
            engine.features(batch);

            // then
            assertThat(loss).isBetween(0.1, 5.0);
            assertThat(engine.parameters()).isNotEqualTo(start);
            assertThat(peakBytes()).isLessThan(FOUR_GIGABYTES);
        }
    }

    private TokenIds text() {
        return new TokenIds(random.ints(LENGTH, 3, 50_000).toArray(), new int[LENGTH]);
    }

    /** The most that this process ever had in memory, with the parts of the model's file that it read. */
    private static long peakBytes() throws IOException {
        Matcher matcher =
                Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(Files.readString(Path.of("/proc/self/status")));
        assertThat(matcher.find()).isTrue();
        long bytes = Long.parseLong(matcher.group(1)) << 10;
        System.out.println("peak memory: " + (bytes >> 20) + " MB");
        return bytes;
    }
}
