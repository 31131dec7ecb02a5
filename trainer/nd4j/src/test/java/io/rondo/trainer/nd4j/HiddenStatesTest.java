package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.TargetModule;
import io.rondo.trainer.nd4j.engine.TokenIds;
import io.rondo.trainer.nd4j.model.BuiltInModel;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The built-in model, converted and run by the engine, against the file it came in, run by ONNX Runtime. */
class HiddenStatesTest {
    private static final List<Example> TEXTS = List.of(
            Example.of("The quick brown fox jumps over the lazy dog.", ""),
            Example.of("Federated LoRA fine-tuning shares only the A matrices between sites.", ""),
            Example.of("ok", ""),
            new Example("A man plays a guitar.", Optional.of("Someone makes music, naïvely."), ""),
            Example.of("one long text ".repeat(40), ""));

    @Test
    void shouldAgreeWithOnnxRuntime() throws IOException, OrtException {
        // given
        LibraryProperties.prepare(ModelCache.DIRECTORY);
        BuiltInModel builtIn = BuiltInModel.ALL_MINILM_L6_V2;
        ModelDirectory model = ModelDirectory.open(builtIn.directory(ModelCache.DIRECTORY));
        AdapterShape adapter = new AdapterShape(8, 2, List.of(TargetModule.QUERY, TargetModule.VALUE), 2);
        try (TextTokenizer tokenizer = TextTokenizer.open(model, 64);
                Engine engine = new Engine(model, adapter, 2);
                OrtEnvironment environment = OrtEnvironment.getEnvironment();
                OrtSession session = environment.createSession(onnx())) {
            List<TokenIds> tokens = TEXTS.stream().map(tokenizer::encode).toList();

            // when
            float[][] features = engine.features(tokens);

            // then
            assertThat(tokens.get(2).length()).isEqualTo(3);
            assertThat(tokens.get(4).length()).isEqualTo(64);
            for (int i = 0; i < features.length; i++) {
                float[] expected = firstState(environment, session, tokens.get(i));
                assertThat(features[i]).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
                assertThat(Math.abs(expected[0]) + Math.abs(expected[1])).isGreaterThan(1e-3f);
            }
        }
    }

    private static byte[] onnx() throws IOException {
        try (InputStream resource = HiddenStatesTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            return resource.readAllBytes();
        }
    }

    private static float[] firstState(OrtEnvironment environment, OrtSession session, TokenIds tokens)
            throws OrtException {
        long[][] mask = new long[1][tokens.length()];
        Arrays.fill(mask[0], 1);
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, new long[][] {widen(tokens.ids())});
                OnnxTensor types = OnnxTensor.createTensor(environment, new long[][] {widen(tokens.types())});
                OnnxTensor attention = OnnxTensor.createTensor(environment, mask);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", ids, "token_type_ids", types, "attention_mask", attention))) {
            return ((float[][][]) result.get(0).getValue())[0][0];
        }
    }

    private static long[] widen(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
