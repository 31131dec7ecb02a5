package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The head that a model comes with, under labels of a job in another order, of another number or of other names. */
class PretrainedHeadTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final StepSettings STEPS = StepSettings.of(1, 1, 16);

    private final Nd4jTrainerFactory factory = new Nd4jTrainerFactory();

    @TempDir
    Path temporary;

    private Path model;

    @BeforeEach
    void prepare() {
        model = temporary.resolve("model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void shouldFollowTheNamesOfItsOutputs(String family) throws IOException {
        copy(family, "{\"0\": \"yes\", \"1\": \"no\", \"2\": \"maybe\"}");

        List<Tensor> inItsOrder = head("yes", "no", "maybe");
        List<Tensor> inAnother = head("maybe", "yes", "no");

        Tensor weight = inItsOrder.get(inItsOrder.size() - 2);
        Tensor reordered = inAnother.get(inItsOrder.size() - 2);
        int width = weight.shape()[1];
        for (int label = 0; label < 3; label++) {
            int output = (label + 2) % 3;
            assertThat(row(reordered, label, width)).isEqualTo(row(weight, output, width));
        }
        assertThat(inAnother.subList(0, inAnother.size() - 2)).isEqualTo(inItsOrder.subList(0, inAnother.size() - 2));
        assertThat(notes("maybe", "yes", "no")).isEmpty();
    }

    @Test
    void shouldReportAHeadThatIsReplaced() throws IOException {
        copy("bert", "{\"0\": \"yes\", \"1\": \"no\", \"2\": \"maybe\"}");

        assertThat(notes("no", "yes")).singleElement().satisfies(note -> assertThat(note)
                .contains("has 3 outputs, and the job has 2 labels [no, yes]"));
        assertThat(notes("ham", "spam", "eggs")).singleElement().satisfies(note -> assertThat(note)
                .contains("tells [yes, no, maybe] apart"));
        assertThat(head("ham", "spam", "eggs")).isNotEqualTo(head("yes", "no", "maybe"));
    }

    /** A job with numbers for labels means the outputs of this number, which a site's texts may not contradict. */
    @Test
    void shouldRefuseTextsInAnotherOrderThanTheOutputs() throws IOException {
        copy("bert", "{\"0\": \"yes\", \"1\": \"no\", \"2\": \"maybe\"}");
        Path data = Files.writeString(temporary.resolve("data.tsv"), "sentence\tlabel\nit\tno\nit\tyes\nit\tmaybe\n");

        assertThatThrownBy(() -> factory.open(site(data, "maybe", "yes", "no")))
                .isInstanceOfSatisfying(RondoException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIG);
                    assertThat(refusal).hasMessageContaining("the labels are [maybe, yes, no]");
                    assertThat(refusal).hasMessageContaining("are [yes, no, maybe]");
                });
        factory.open(site(data, "yes", "no", "maybe")).close();
    }

    private TrainerSettings site(Path data, String... labels) {
        return new TrainerSettings(
                "a",
                settings("0", "1", "2"),
                List.of(labels),
                TrainerFiles.of(data, data),
                STEPS,
                OptimizerSettings.sgd(0.1),
                1,
                1,
                new ComputeSettings(1, 0),
                false);
    }

    @Test
    void shouldRefuseALengthBeyondTheModelsPositions() throws IOException {
        copy("bert", "{}");

        assertThatThrownBy(() -> factory.check(settings("a", "b"), StepSettings.of(1, 1, 25)))
                .isInstanceOfSatisfying(RondoException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIG);
                    assertThat(refusal.nextStep()).contains("to the model's 24");
                });
        assertThat(factory.check(settings("a", "b", "c"), StepSettings.of(1, 1, 24)))
                .isEmpty();
    }

    private List<String> notes(String... labels) {
        return factory.check(settings(labels), STEPS);
    }

    private List<Tensor> head(String... labels) {
        return factory.initialValues(settings(labels), 1).stream()
                .filter(tensor -> tensor.name().contains("classifier"))
                .toList();
    }

    private ModelSettings settings(String... labels) {
        return new ModelSettings(
                model.toString(), temporary, AdapterKind.LORA, 2, 4, List.of("query"), List.of(), List.of(labels));
    }

    private static float[] row(Tensor tensor, int row, int width) {
        return Arrays.copyOfRange(tensor.values(), row * width, (row + 1) * width);
    }

    private void copy(String family, String names) throws IOException {
        Path source = Path.of("src/test/resources/peft").resolve(family);
        Files.createDirectories(model);
        for (String file : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(source.resolve(file), model.resolve(file));
        }
        ObjectNode config =
                (ObjectNode) JSON.readTree(source.resolve("config.json").toFile());
        config.set("id2label", JSON.readTree(names));
        Files.writeString(model.resolve("config.json"), config.toString());
    }
}
