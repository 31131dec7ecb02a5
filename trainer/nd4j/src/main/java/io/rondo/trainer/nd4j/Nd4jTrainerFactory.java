package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.HeadOrder;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.EngineSettings;
import io.rondo.trainer.nd4j.engine.Products;
import io.rondo.trainer.nd4j.engine.StateCache;
import io.rondo.trainer.nd4j.model.BaseModel;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.text.LabelledTexts;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference trainer: text classification by LoRA, rsLoRA or VeRA on a pretrained encoder, on the CPU. It knows the
 * built-in model {@code all-MiniLM-L6-v2} and Hugging Face directories of BERT and RoBERTa.
 */
public final class Nd4jTrainerFactory implements LocalTrainerFactory {
    private static final Logger LOG = LoggerFactory.getLogger(Nd4jTrainerFactory.class);

    private final SharedStates states = new SharedStates();

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
     * B is 0. The head is the one in the model's directory where that has one of the same classes; otherwise its biases are 0
     * and its weights are uniform within ±1/√hidden, from the job's generator.
     */
    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        ModelChoice choice = ModelChoice.of(model);
        List<TensorShape> layout = choice.adapter().layout(choice.model().config());
        List<Tensor> pretrained =
                PretrainedHead.of(choice.model(), layout, model.labels()).tensors();
        Stream<Tensor> drawn = layout.stream()
                .filter(shape -> !shape.role().isDownProjection())
                .filter(shape -> pretrained.isEmpty() || shape.role() != TensorRole.HEAD)
                .map(shape -> InitialValue.of(seed, shape));
        return Stream.concat(drawn, pretrained.stream()).toList();
    }

    /** The digest of a directory's model; a built-in one is known by its name. */
    @Override
    public String modelDigest(ModelSettings model) {
        return BaseModel.of(model.model(), model.cache()).digest();
    }

    @Override
    public Optional<BaseDirectory> baseDirectory(ModelSettings model) {
        BaseModel base = BaseModel.of(model.model(), model.cache());
        return Optional.of(
                new BaseDirectory(base.directory(), base.readsFirstToken() ? "TOKEN_CLS" : "SEQ_CLS", base.outputs()));
    }

    @Override
    public List<String> check(ModelSettings model, StepSettings steps) {
        ModelChoice choice = ModelChoice.of(model);
        requireLength(steps.maxLength(), choice.model().config().longestInput());
        return PretrainedHead.of(
                        choice.model(), choice.adapter().layout(choice.model().config()), model.labels())
                .note()
                .stream()
                .toList();
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        requireLabels(settings);
        check(settings.model(), settings.steps()).forEach(note -> LOG.warn("{}", note));
        ModelChoice choice = ModelChoice.of(settings.model());
        requireOrder(settings, choice.model());
        LibraryProperties.prepare(settings.model().cache());
        try (ModelDirectory model = choice.model().open()) {
            return open(
                    settings,
                    choice,
                    model,
                    TextTokenizer.open(model, settings.steps().maxLength()));
        }
    }

    private LocalTrainer open(
            TrainerSettings settings, ModelChoice choice, ModelDirectory model, TextTokenizer tokenizer) {
        try {
            Function<Path, LabelledTexts> read =
                    file -> LabelledTexts.read(file, settings.files().columns(), settings.labels(), tokenizer);
            LabelledTexts train = read.apply(settings.files().train());
            LabelledTexts test = read.apply(settings.files().test());
            Optional<LabelledTexts> pooled = settings.files().pooledTest().map(read);
            Optional<LabelledTexts> validation = settings.files().validation().map(read);
            if (validation.isEmpty()) {
                // an experiment, which holds examples out to choose by, deals classes out unevenly on purpose
                LabelledTexts.warnOfOneSided(train, test);
            }
            Engine engine = new Engine(model, choice.adapter(), engineSettings(settings), states(settings, choice));
            tellProducts(settings.compute().threads());
            engine.load(initialValues(settings.model(), settings.seed()));
            engine.load(describe(settings.model()).stream()
                    .filter(shape -> shape.role().isDownProjection())
                    .map(shape -> InitialValue.of(settings.seed(), shape))
                    .toList());
            return new Nd4jTrainer(settings, engine, tokenizer, train, test, pooled, validation);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static void tellProducts(int threads) {
        ProductKernels products = Products.kernels();
        LOG.info("matrix products by {}; {} threads", products, threads);
        if (products.areSlow()) {
            LOG.warn("{}", slow(products).explanation());
        }
    }

    /** What to say of kernels that must be those of another processor. */
    static RondoException slow(ProductKernels products) {
        return new RondoException(
                ErrorCode.BLAS_SLOW,
                "matrix products are far slower than this processor's vector units: " + products,
                "start again without OPENBLAS_CORETYPE and ONEDNN_MAX_CPU_ISA, or with OPENBLAS_CORETYPE=SkylakeX where"
                        + " the processor has AVX-512, Haswell where it has AVX2");
    }

    private static EngineSettings engineSettings(TrainerSettings settings) {
        return new EngineSettings(
                settings.compute().threads(),
                settings.seed(),
                settings.steps().dropout(),
                settings.steps().microBatchSize());
    }

    private StateCache states(TrainerSettings settings, ModelChoice choice) {
        return states.of(
                choice.model().directory(),
                choice.adapter(),
                (long) settings.compute().stateCacheMegabytes() << 20);
    }

    private static void requireLength(int length, int longest) {
        if (length < TextTokenizer.MIN_LENGTH || length > longest) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the longest input is " + length + " tokens",
                    "set a length from " + TextTokenizer.MIN_LENGTH + " to the model's " + longest);
        }
    }

    private static void requireLabels(TrainerSettings settings) {
        if (settings.labels().size() != settings.model().numLabels()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "there are " + settings.labels().size() + " labels " + settings.labels() + " for a head of "
                            + settings.model().numLabels(),
                    "submit the job again with as many labels as outputs");
        }
    }

    /** If the job has numbers for labels, they are those of the model's outputs: a site may not name them otherwise. */
    private static void requireOrder(TrainerSettings settings, BaseModel model) {
        List<String> labels = settings.labels();
        boolean reorders = HeadOrder.of(model.outputs(), labels)
                .filter(order -> !order.toOutputs(labels).equals(labels))
                .isPresent();
        if (reorders && !labels.equals(settings.model().labels())) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the labels are " + labels + ", and the outputs of the model '"
                            + settings.model().model() + "' are " + model.outputs(),
                    "give --label-texts in the order of the model's outputs");
        }
    }
}
