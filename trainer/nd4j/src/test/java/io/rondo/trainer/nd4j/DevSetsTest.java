package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.data.DevSet;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MNLI has two sets to test on, and papers report an accuracy on each. */
class DevSetsTest {
    private static final Path MODEL = Path.of("src", "test", "resources", "peft", "bert");

    @TempDir
    Path directory;

    @Test
    void shouldTellTheAccuraciesOfMnlisSetsApart() {
        // given labels that are right for the model in other shares of one set than of the other
        List<Example> matched = examples("2", "we saw it", "a dull plot", "the film", "it was bad", "very good");
        List<Example> mismatched = examples("0", "not fine", "we liked it", "a plot");
        double onMatched = evaluate("matched.jsonl", matched).get("test/accuracy");
        double onMismatched = evaluate("mismatched.jsonl", mismatched).get("test/accuracy");
        List<Example> both = Stream.concat(
                        matched.stream().map(example -> of(example, DevSet.MATCHED)),
                        mismatched.stream().map(example -> of(example, DevSet.MISMATCHED)))
                .toList();

        // when
        Map<String, Double> metrics = evaluate("both.jsonl", both);

        // then
        assertThat(metrics)
                .containsOnlyKeys("test/loss", "test/accuracy", "test/accuracy-matched", "test/accuracy-mismatched")
                .containsEntry("test/accuracy-matched", onMatched)
                .containsEntry("test/accuracy-mismatched", onMismatched)
                .containsEntry("test/accuracy", (5 * onMatched + 3 * onMismatched) / 8);
        assertThat(onMatched).isNotEqualTo(onMismatched);
        assertThat(evaluate("dev_matched.jsonl", matched)).containsEntry("test/accuracy-matched", onMatched);
    }

    private static List<Example> examples(String label, String... texts) {
        return Stream.of(texts).map(text -> Example.of(text, label)).toList();
    }

    private static Example of(Example example, DevSet set) {
        return new Example(example.text(), example.textPair(), example.label(), Optional.of(set));
    }

    private Map<String, Double> evaluate(String name, List<Example> examples) {
        Path file = directory.resolve(name);
        ExampleWriter.write(file, examples);
        TrainerSettings settings = new TrainerSettings(
                "a",
                new ModelSettings(MODEL.toString(), directory, AdapterKind.LORA, 2, 4, List.of("query"), 3),
                List.of("0", "1", "2"),
                TrainerFiles.of(file, file),
                StepSettings.of(1, 1, 16),
                OptimizerSettings.sgd(0.1),
                1,
                1,
                new ComputeSettings(1, 0),
                false);
        try (LocalTrainer trainer = new Nd4jTrainerFactory().open(settings)) {
            return trainer.evaluate();
        }
    }
}
