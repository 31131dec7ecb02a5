package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.HeadPolicy;
import io.rondo.schemas.adapter.Method;
import io.rondo.schemas.adapter.Sharing;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The counts of arXiv 2410.01463 for RoBERTa-large, query and value, two classes, come out of the layouts. */
class PapersCountsTest {
    private static final BertConfig ROBERTA_LARGE =
            new BertConfig(EncoderFamily.ROBERTA, 24, 1024, 16, 4096, 50265, 514, 1, 1e-5f, 1);

    @ParameterizedTest
    @CsvSource({
        "FEDSA, LORA, 2, 98304",
        "FEDSA, LORA, 4, 196608",
        "FEDSA, LORA, 8, 393216",
        "FEDSA, LORA, 16, 786432",
        "FEDSA, RSLORA, 8, 393216",
        "FEDIT, LORA, 8, 786432",
        "FFA, LORA, 8, 393216",
        "FEDSA, VERA, 256, 12288",
        "LOCAL, LORA, 8, 0"
    })
    void shouldUploadAsManyFloatsAsThePaper(Method method, AdapterKind kind, int rank, int floats) {
        SharingPolicy policy = new SharingPolicy(method, HeadPolicy.LOCAL);

        assertThat(FlatLayout.of(new AdapterLayout(layout(kind, rank)), policy, 1, 65_536, 4)
                        .elements())
                .isEqualTo(floats);
    }

    @ParameterizedTest
    @CsvSource({"FEDIT, 1838082", "FFA, 1444866", "FEDSA, 1838082"})
    void shouldTrainAsManyParametersAsThePaper(Method method, int parameters) {
        SharingPolicy policy = new SharingPolicy(method, HeadPolicy.LOCAL);

        assertThat(layout(AdapterKind.LORA, 8).stream()
                        .filter(shape -> policy.of(shape.role(), 1) != Sharing.FROZEN)
                        .mapToInt(TensorShape::size)
                        .sum())
                .isEqualTo(parameters);
    }

    @Test
    void shouldKeepVerasVectorsOfTheOutputsLocal() {
        assertThat(layout(AdapterKind.VERA, 256).stream()
                        .filter(shape -> shape.role() == TensorRole.VERA_LAMBDA_B)
                        .mapToInt(TensorShape::size)
                        .sum())
                .isEqualTo(49_152);
    }

    @Test
    void shouldScaleAsThePaper() {
        assertThat(AdapterKind.LORA.scaling(16, 8)).isEqualTo(2.0);
        assertThat(AdapterKind.RSLORA.scaling(16, 8)).isCloseTo(5.657, within(5e-4));
        assertThat(AdapterKind.VERA.scaling(16, 256)).isEqualTo(1.0);
    }

    @Test
    void shouldAdaptModulesInTheModelsOrderAndTheNamedLayersAlone() {
        AdapterShape adapter = new AdapterShape(
                AdapterKind.LORA,
                8,
                2,
                List.of(TargetModule.OUTPUT, TargetModule.VALUE, TargetModule.QUERY),
                List.of(23, 2),
                2);

        assertThat(adapter.layout(ROBERTA_LARGE))
                .extracting(TensorShape::name)
                .startsWith(
                        "base_model.model.roberta.encoder.layer.2.attention.self.query.lora_A.weight",
                        "base_model.model.roberta.encoder.layer.2.attention.self.query.lora_B.weight",
                        "base_model.model.roberta.encoder.layer.2.attention.self.value.lora_A.weight",
                        "base_model.model.roberta.encoder.layer.2.attention.self.value.lora_B.weight",
                        "base_model.model.roberta.encoder.layer.2.output.dense.lora_A.weight",
                        "base_model.model.roberta.encoder.layer.2.output.dense.lora_B.weight",
                        "base_model.model.roberta.encoder.layer.23.attention.self.query.lora_A.weight")
                .hasSize(2 * 6 + 4);
        assertThat(adapter.layout(ROBERTA_LARGE).get(4))
                .isEqualTo(new TensorShape(
                        "base_model.model.roberta.encoder.layer.2.output.dense.lora_A.weight",
                        TensorRole.LORA_A,
                        8,
                        4096));
    }

    private static List<TensorShape> layout(AdapterKind kind, int rank) {
        List<TargetModule> modules = List.of(TargetModule.QUERY, TargetModule.VALUE);
        return new AdapterShape(kind, rank, 1, modules, List.of(), 2).layout(ROBERTA_LARGE);
    }
}
