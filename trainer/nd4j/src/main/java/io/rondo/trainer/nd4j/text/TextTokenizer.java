package io.rondo.trainer.nd4j.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.nd4j.engine.TokenIds;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.model.TokenizerFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A model's own tokenizer, with its special tokens, cut to a longest input and never padded. Works offline. Safe for any
 * thread.
 */
public final class TextTokenizer implements AutoCloseable {
    /** The special tokens of a pair, and one more. */
    public static final int MIN_LENGTH = 4;

    private final HuggingFaceTokenizer tokenizer;
    private final Path file;
    private final BertConfig config;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, Path file, BertConfig config) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.config = config;
    }

    /**
     * Opens a model's tokenizer.
     *
     * @param maxLength longest input in tokens, special ones included
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE}, or {@link ErrorCode#MODEL_UNSUPPORTED} naming a
     *     setting that changes tokens and is not computed
     */
    public static TextTokenizer open(ModelDirectory model, int maxLength) {
        TokenizerFiles files = model.tokenizer();
        Path file = files.file();
        // The file of the built-in model asks for padding to 128.
        Map<String, String> options = Map.of(
                "padding",
                "false",
                "truncation",
                "true",
                "maxLength",
                Integer.toString(maxLength),
                "modelMaxLength",
                Integer.toString(maxLength));
        try {
            return new TextTokenizer(
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.json()), options),
                    file,
                    model.config());
        } catch (IOException | RuntimeException e) {
            throw new RondoException(
                    ErrorCode.MODEL_UNREADABLE,
                    file + " cannot be read as a tokenizer: " + e.getMessage(),
                    "delete the model's directory if it is in a cache, or get the file again",
                    e);
        }
    }

    /**
     * The tokens of a text, or of a pair with the second one's marked by type 1 where the model has that type. A pair that
     * is too long is cut at its longer text, token by token.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} when the model has no vector for a token
     */
    public TokenIds encode(Example example) {
        Encoding encoding = example.textPair()
                .map(second -> tokenizer.encode(example.text(), second))
                .orElseGet(() -> tokenizer.encode(example.text()));
        int[] ids = narrow(encoding.getIds());
        int[] types = config.types() == 1 ? new int[ids.length] : narrow(encoding.getTypeIds());
        requireBelow(config.vocabulary(), "token", ids);
        requireBelow(config.types(), "token type", types);
        return new TokenIds(ids, types);
    }

    private void requireBelow(int bound, String what, int[] values) {
        for (int value : values) {
            if (value < 0 || value >= bound) {
                throw new RondoException(
                        ErrorCode.MODEL_UNREADABLE,
                        file + " makes " + what + " " + value + ", and the model has " + bound,
                        "use the tokenizer that belongs to the model");
            }
        }
    }

    private static int[] narrow(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
