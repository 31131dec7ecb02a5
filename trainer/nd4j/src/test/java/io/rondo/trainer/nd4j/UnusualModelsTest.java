package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in forms that people report to other tools; the losses are what transformers 5.24.0 gives for the same files. */
class UnusualModelsTest {
    private static final Path MODELS = Path.of("src", "test", "resources", "peft");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LENGTH = 16;
    private static final double PRECISION = 1e-5;
    private static final List<String> TEXTS = List.of(
            "we saw it",
            "a dull plot",
            "the film",
            "it was bad",
            "very good",
            "not fine",
            "the plot was not very good and the film was dull",
            "we liked it",
            "a plot",
            "it is fine",
            "the film was fine",
            "dull",
            "good",
            "bad",
            "we saw the film");

    @TempDir
    Path directory;

    /** As many tokenizers are saved; it is the job that says how long an input is. */
    @Test
    void shouldNotCutOrPadByTheTokenizersOwnSettings() throws IOException {
        Path model = copy("bert");
        edit(model.resolve("tokenizer.json"), tokenizer -> {
            tokenizer
                    .putObject("truncation")
                    .put("direction", "Right")
                    .put("max_length", 5)
                    .put("strategy", "LongestFirst")
                    .put("stride", 0);
            ObjectNode padding = tokenizer.putObject("padding");
            padding.putObject("strategy").put("Fixed", 12);
            padding.put("direction", "Right")
                    .putNull("pad_to_multiple_of")
                    .put("pad_id", 0)
                    .put("pad_type_id", 0)
                    .put("pad_token", "[PAD]");
        });

        assertThat(loss(model, texts())).isCloseTo(1.3144250114758809, within(PRECISION));
    }

    /** A Japanese RoBERTa counts its positions from the token after 3, not after 1. */
    @Test
    void shouldCountPositionsFromTheTokenAfterThePadding() throws IOException {
        Path model = copy("roberta");
        edit(model.resolve("config.json"), config -> config.put("pad_token_id", 3));

        assertThat(loss(model, texts())).isCloseTo(1.2236979405085247, within(PRECISION));
    }

    /** RoBERTa has one type for both texts of a pair. */
    @Test
    void shouldReadPairsWhereThereIsOneType() throws IOException {
        List<Example> pairs = List.of(
                new Example("we saw it", Optional.of("the film was bad"), "0"),
                new Example("a plot", Optional.of("very good"), "1"),
                new Example("dull", Optional.of("not fine"), "2"));

        assertThat(loss(copy("roberta"), pairs)).isCloseTo(1.3600265781084697, within(PRECISION));
    }

    /** Tokens that were added without new rows of the embeddings are read past their end by some. */
    @Test
    void shouldNameATokenWithoutAnEmbedding() throws IOException {
        Path model = copy("bert");
        edit(model.resolve("tokenizer.json"), tokenizer -> tokenizer
                .withArray("added_tokens")
                .addObject()
                .put("id", 26)
                .put("content", "movie")
                .put("single_word", true)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", true)
                .put("special", false));

        assertThatThrownBy(() -> loss(model, List.of(Example.of("the movie was good", "1"))))
                .isInstanceOfSatisfying(RondoException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.MODEL_UNREADABLE);
                    assertThat(refusal.explanation()).contains("26");
                });
    }

    @Test
    void shouldRefuseAModelWhoseOutputsAreNoClassesOfOne() throws IOException {
        Path model = copy("bert");
        edit(model.resolve("config.json"), config -> config.put("problem_type", "multi_label_classification"));

        assertThatThrownBy(() -> loss(model, texts())).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
            assertThat(refusal).hasMessageContaining("'problem_type' \"multi_label_classification\"");
        });
    }

    private static List<Example> texts() {
        List<Example> examples = new ArrayList<>();
        for (String text : TEXTS) {
            examples.add(Example.of(text, Integer.toString(examples.size() % 3)));
        }
        return examples;
    }

    private Path copy(String family) throws IOException {
        Path model = Files.createDirectories(directory.resolve("model"));
        try (Stream<Path> files = Files.list(MODELS.resolve(family))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        return model;
    }

    private interface Edit {
        void apply(ObjectNode json);
    }

    private static void edit(Path file, Edit edit) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        edit.apply(json);
        Files.writeString(file, json.toString());
    }

    private double loss(Path model, List<Example> examples) {
        Path file = directory.resolve("texts.jsonl");
        ExampleWriter.write(file, examples);
        TrainerSettings settings = new TrainerSettings(
                "a",
                new ModelSettings(model.toString(), directory, AdapterKind.LORA, 2, 4, List.of("query"), 3),
                List.of("0", "1", "2"),
                TrainerFiles.of(file, file),
                StepSettings.of(1, 1, LENGTH),
                OptimizerSettings.sgd(0.1),
                1,
                1,
                new ComputeSettings(1, 0),
                false);
        try (LocalTrainer trainer = new Nd4jTrainerFactory().open(settings)) {
            return trainer.evaluate().get("test/loss");
        }
    }
}
