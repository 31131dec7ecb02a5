package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.model.BaseModel;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.text.LabelledTexts;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import io.rondo.trainer.sdk.LocalTrainer;
import io.rondo.trainer.sdk.LocalTrainerFactory;
import io.rondo.trainer.sdk.ModelSettings;
import io.rondo.trainer.sdk.TrainerSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The reference trainer: text classification by LoRA on a pretrained encoder, on the CPU. It knows the built-in model
 * {@code all-MiniLM-L6-v2} and Hugging Face directories of BERT and RoBERTa, the adapter {@code lora} on {@code query} and {@code value}, and the optimizer {@code sgd}.
 */
public final class Nd4jTrainerFactory implements LocalTrainerFactory {

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        ModelChoice choice = ModelChoice.of(model);
        return choice.adapter().layout(choice.model().config());
    }

    /**
     * B is 0. The head is the one in the model's directory where that has one of the same shapes; otherwise its biases are 0
     * and its weights are uniform within ±1/√hidden, from the job's generator.
     */
    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        ModelChoice choice = ModelChoice.of(model);
        List<TensorShape> layout = choice.adapter().layout(choice.model().config());
        List<Tensor> pretrained = PretrainedHead.of(choice.model(), layout);
        Stream<Tensor> drawn = layout.stream()
                .filter(shape -> shape.role() != TensorRole.LORA_A)
                .filter(shape -> pretrained.isEmpty() || shape.role() != TensorRole.HEAD)
                .map(shape -> initial(shape, seed));
        return Stream.concat(drawn, pretrained.stream()).toList();
    }

    /** The digest of a directory's model; a built-in one is known by its name. */
    @Override
    public String modelDigest(ModelSettings model) {
        return BaseModel.of(model.model(), model.cache()).digest();
    }

    private static Tensor initial(TensorShape shape, long seed) {
        float[] values = new float[shape.size()];
        if (shape.role() == TensorRole.HEAD && shape.shape().length == 2) {
            Generator.uniform(seed, shape.name(), 1 / Math.sqrt(shape.shape()[1]), values);
        }
        return new Tensor(shape.name(), shape.shape(), values);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        ModelChoice choice = ModelChoice.of(settings.model());
        check(settings, choice.model().config().longestInput());
        NativeLibraries.prepare(settings.model().cache());
        try (ModelDirectory model = choice.model().open()) {
            return open(settings, choice, model, TextTokenizer.open(model, settings.maxLength()));
        }
    }

    private LocalTrainer open(
            TrainerSettings settings, ModelChoice choice, ModelDirectory model, TextTokenizer tokenizer) {
        try {
            LabelledTexts train = LabelledTexts.read(settings.trainFile(), settings.labels(), tokenizer);
            LabelledTexts test = LabelledTexts.read(settings.testFile(), settings.labels(), tokenizer);
            Optional<LabelledTexts> pooled =
                    settings.pooledTestFile().map(file -> LabelledTexts.read(file, settings.labels(), tokenizer));
            Optional<LabelledTexts> validation =
                    settings.validationFile().map(file -> LabelledTexts.read(file, settings.labels(), tokenizer));
            Engine engine = new Engine(model, choice.adapter(), settings.threads());
            engine.load(initialValues(settings.model(), settings.seed()));
            engine.load(describe(settings.model()).stream()
                    .filter(shape -> shape.role() == TensorRole.LORA_A)
                    .map(shape -> Generator.loraA(settings.seed(), shape))
                    .toList());
            return new Nd4jTrainer(settings, engine, tokenizer, train, test, pooled, validation);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static void check(TrainerSettings settings, int longest) {
        if (settings.maxLength() < TextTokenizer.MIN_LENGTH || settings.maxLength() > longest) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the longest input is " + settings.maxLength() + " tokens",
                    "set a length from " + TextTokenizer.MIN_LENGTH + " to the model's " + longest);
        }
        if (!settings.optimizer().equals("sgd")) {
            throw new RondoException(
                    ErrorCode.NOT_YET_SUPPORTED,
                    "the nd4j trainer has no optimizer '" + settings.optimizer() + "' yet",
                    "set optimizer: sgd");
        }
        if (!(settings.learningRate() > 0) || Double.isInfinite(settings.learningRate())) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "the learning rate is " + settings.learningRate(), "set a number above 0");
        }
        if (settings.labels().size() != settings.model().numLabels()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "there are " + settings.labels().size() + " labels " + settings.labels() + " for a head of "
                            + settings.model().numLabels(),
                    "submit the job again with as many labels as outputs");
        }
    }
}
