package io.rondo.cli.job;

import io.rondo.aggregator.archive.Retention;
import io.rondo.aggregator.round.CohortRule;
import io.rondo.aggregator.round.LateUpdates;
import io.rondo.aggregator.round.Quorum;
import io.rondo.aggregator.round.WithoutQuorum;
import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.HeadPolicy;
import io.rondo.schemas.adapter.Method;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LearningRateSchedule;
import io.rondo.trainer.api.OptimizerKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The keys of a job file: default, meaning, and conversion to and from the log's {@code JobSpec}. */
@SuppressWarnings("ImmutableEnumChecker") // the functions capture nothing
enum JobKey {
    NAME(
            "my-job",
            "The job's name, 1 to 48 of a-z, 0-9 and '-'. It names the topics: rondo.<name>.*",
            (value, spec) -> spec.setName(value.jobName()),
            JobSpec::getName),
    MODEL(
            "all-MiniLM-L6-v2",
            "The frozen base model: all-MiniLM-L6-v2 is built in.",
            (value, spec) -> spec.setModel(value.name(200)),
            JobSpec::getModel),
    METHOD("fedsa", """
        Which factors are shared. fedsa: A is averaged, B stays at its trainer; fedit: A and B are averaged;
        ffa: B is averaged, A frozen; fed-alora: B is averaged, A stays; rolora: B in odd rounds, A in even
        ones, the other frozen; local: nothing leaves. Names such as fedsa-vera are method and adapter in one.\
        """, (value, spec) -> spec.setMethod(method(value)), JobSpec::getMethod),
    ADAPTER(
            "lora",
            "The adapter variant: lora, rslora (scaled for high ranks) or vera (vectors on frozen projections).",
            (value, spec) -> spec.setAdapter(
                    value.oneOf(AdapterKind.values(), AdapterKind::id).id()),
            JobSpec::getAdapter),
    RANK("8", "Rank of the adapter.", (value, spec) -> spec.setRank(value.integer(1, 1024)), JobSpec::getRank),
    ALPHA(
            "16",
            "LoRA's alpha: the scaling is alpha / rank for lora, alpha / sqrt(rank) for rslora; vera has none.",
            (value, spec) -> spec.setAlpha(value.decimal(0, 1e6)),
            spec -> decimal(spec.getAlpha())),
    TARGET_MODULES(
            "[query, value]",
            "The adapted modules, by PEFT's names.",
            (value, spec) -> spec.setTargetModules(value.names(1, 16)),
            JobSpec::getTargetModules),
    LAYERS_TO_TRANSFORM(
            "[]",
            "The numbers of the adapted layers, from 0, such as [4, 5]; empty for all. Those below are computed once.",
            (value, spec) -> spec.setLayersToTransform(value.integers(0, 1000)),
            JobSpec::getLayersToTransform),
    DROPOUT(
            "0",
            "Probability with which an input of an adapter is dropped in training.",
            (value, spec) -> spec.setDropout(value.decimalFrom(0, 0.999)),
            spec -> decimal(spec.getDropout())),
    HEAD(
            "local",
            "Whether the classification head is local (stays at its trainer) or shared (is averaged too).",
            (value, spec) -> spec.setHead(
                    value.oneOf(HeadPolicy.values(), HeadPolicy::id).id()),
            JobSpec::getHead),
    LABELS(
            "[\"0\", \"1\"]",
            "The class labels, as written in the data, in the order of the head's outputs; or their number, such as 2:"
                    + " then the log has no texts, and each site gives its own with --label-texts.",
            (value, spec) -> spec.setLabels(value.namesOrCount(2, 1000)),
            JobSpec::getLabels),
    ROUNDS(
            "20",
            "Rounds after round 0, which publishes the initial A.",
            (value, spec) -> spec.setRounds(value.integer(1, 999_999)),
            JobSpec::getRounds),
    LOCAL_STEPS(
            "10",
            "Optimizer steps a trainer takes in a round.",
            (value, spec) -> spec.setLocalSteps(value.integer(1, 1_000_000)),
            JobSpec::getLocalSteps),
    LOCAL_WARM_UP_STEPS(
            "0",
            "Steps that a trainer takes on its local tensors before its first round, if it joins after round 1.",
            (value, spec) -> spec.setLocalWarmUpSteps(value.integer(0, 1_000_000)),
            JobSpec::getLocalWarmUpSteps),
    BATCH_SIZE(
            "16",
            "Examples in a step.",
            (value, spec) -> spec.setBatchSize(value.integer(1, 65_536)),
            JobSpec::getBatchSize),
    MICRO_BATCH_SIZE(
            "0",
            "Examples that a thread processes at once, which limits its memory; 0 leaves it to the" + " trainer.",
            (value, spec) -> spec.setMicroBatchSize(value.integer(0, 65_536)),
            JobSpec::getMicroBatchSize),
    MAX_LENGTH(
            "64",
            "Maximum length of an input in tokens; longer inputs are truncated.",
            (value, spec) -> spec.setMaxLength(value.integer(4, 8192)),
            JobSpec::getMaxLength),
    OPTIMIZER(
            "sgd",
            "The optimizer, fresh in each round: sgd (without momentum) or adamw.",
            (value, spec) -> spec.setOptimizer(
                    value.oneOf(OptimizerKind.values(), OptimizerKind::id).id()),
            JobSpec::getOptimizer),
    LEARNING_RATE(
            "0.1",
            "Its step size.",
            (value, spec) -> spec.setLearningRate(value.decimal(0, 1e3)),
            spec -> decimal(spec.getLearningRate())),
    LEARNING_RATE_SCHEDULE(
            "constant",
            "Schedule after the warm-up: constant, or linear down to 0 at the job's last step.",
            (value, spec) ->
                    spec.setLearningRateSchedule(value.oneOf(LearningRateSchedule.values(), LearningRateSchedule::id)
                            .id()),
            JobSpec::getLearningRateSchedule),
    WARM_UP_STEPS(
            "0",
            "Warm-up steps at the start of the job, in which the learning rate rises from 0.",
            (value, spec) -> spec.setWarmUpSteps(value.integer(0, 1_000_000_000)),
            JobSpec::getWarmUpSteps),
    WEIGHT_DECAY(
            "0",
            "Weight decay of the optimizer: decoupled for adamw, added to the gradient for sgd.",
            (value, spec) -> spec.setWeightDecay(value.decimalFrom(0, 1e3)),
            spec -> decimal(spec.getWeightDecay())),
    MAX_GRAD_NORM(
            "0",
            "Maximum norm of a step's gradient; larger gradients are scaled down. 0 for no limit.",
            (value, spec) -> spec.setMaxGradNorm(value.decimalFrom(0, 1e9)),
            spec -> decimal(spec.getMaxGradNorm())),
    COHORT(
            "all",
            "Which of the trainers take part in a round: all, or a share such as 30% or 0.3, drawn for each"
                    + " round.",
            (value, spec) -> spec.setCohort(value.parsed(CohortRule::parse, "all, or a share such as 30% or 0.3")),
            JobSpec::getCohort),
    MIN_TRAINERS(
            "3",
            "How many trainers must have joined before round 1 opens.",
            (value, spec) -> spec.setMinTrainers(value.integer(1, 10_000)),
            JobSpec::getMinTrainers),
    QUORUM(
            "2",
            "Updates that close a round at its deadline: a count such as 2, or a share of the cohort such as 67% or"
                    + " 0.67.",
            (value, spec) -> spec.setQuorum(
                    value.parsed(Quorum::parse, "a count from 1 such as 2, or a share such as 67% or 0.67")),
            JobSpec::getQuorum),
    DEADLINE(
            "60s",
            "Time from the opening of a round to its deadline: 500ms, 60s, 5m or 2h.",
            (value, spec) -> spec.setDeadlineMs(value.duration().toMillis()),
            spec -> JobValue.duration(spec.getDeadlineMs())),
    GRACE(
            "0s",
            "Time beyond the deadline in which an update still counts; the round stays open that much longer.",
            (value, spec) -> spec.setGraceMs(value.durationOrNone().toMillis()),
            spec -> JobValue.duration(spec.getGraceMs())),
    LATE_UPDATES(
            "reject",
            "An update that arrives after its round has closed: reject it, or let it count in the next-round.",
            (value, spec) -> spec.setLateUpdates(
                    value.oneOf(LateUpdates.values(), LateUpdates::id).id()),
            JobSpec::getLateUpdates),
    STALENESS_WEIGHT(
            "0.5",
            "Factor of the weight of an update that counts in the round after its own.",
            (value, spec) -> spec.setStalenessWeight(value.decimal(0, 1)),
            spec -> decimal(spec.getStalenessWeight())),
    WITHOUT_QUORUM(
            "extend",
            "A round without a quorum at its deadline: extend it, skip it (the next one opens on the same base) or"
                    + " fail the job.",
            (value, spec) -> spec.setWithoutQuorum(
                    value.oneOf(WithoutQuorum.values(), WithoutQuorum::id).id()),
            JobSpec::getWithoutQuorum),
    ABSENT_AFTER(
            "3",
            "Consecutive rounds that a trainer may miss; after that no round waits for it until it joins again. 0 for any number.",
            (value, spec) -> spec.setAbsentAfter(value.integer(0, 999_999)),
            JobSpec::getAbsentAfter),
    MAX_TRAINERS(
            "1000",
            "How many trainers may take part at a time; a join beyond that is refused. At most 10,000.",
            (value, spec) -> spec.setMaxTrainers(value.integer(1, 10_000)),
            JobSpec::getMaxTrainers),
    TRAINERS(
            "[]",
            "The trainers that may join, such as [site-a, site-b]; [] for any.",
            (value, spec) -> spec.setTrainers(value.trainers()),
            JobSpec::getTrainers),
    OPERATOR_KEY(
            "\"\"",
            "Public key of the operator; records then count only with a signature. `rondo job submit --key` sets it.",
            (value, spec) -> spec.setOperatorKey(value.publicKeyOrNone()),
            JobSpec::getOperatorKey),
    AGGREGATOR_KEY(
            "\"\"",
            "Public key of the aggregator, which then signs what trainers act on; needs an operator key. \"\" for"
                    + " none.",
            (value, spec) -> spec.setAggregatorKey(value.publicKeyOrNone()),
            JobSpec::getAggregatorKey),
    WEIGHTS(
            "examples",
            "Weight of an update: examples (how many the trainer used) or uniform.",
            (value, spec) -> spec.setWeights(value.oneOf("examples", "uniform")),
            JobSpec::getWeights),
    STRATEGY(
            "weighted-mean",
            """
            How updates are aggregated: weighted-mean; coordinate-median and trimmed-mean, which leave the weights out;
            krum, the one update that is closest to others; multi-krum, the weighted mean of those that are.\
            """,
            (value, spec) -> spec.setStrategy(value.oneOf(Strategies.names().toArray(String[]::new))),
            JobSpec::getStrategy),
    FAULTY_SHARE(
            "0.2",
            "Share of the updates that may be faulty: trimmed-mean, krum and multi-krum leave out or withstand as"
                    + " many.",
            (value, spec) -> spec.setFaultyShare(value.decimalFrom(0, 0.499)),
            spec -> decimal(spec.getFaultyShare())),
    CLIP(
            "0",
            "Maximum L2 norm of an update's difference to its starting adapter; larger ones are scaled down. 0 for"
                    + " none.",
            (value, spec) -> spec.setClip(value.decimalFrom(0, 1e12)),
            spec -> decimal(spec.getClip())),
    MAX_UPDATE_NORM(
            "0",
            "Largest L2 norm of that difference; a longer update is refused as over-norm. 0 for no limit.",
            (value, spec) -> spec.setMaxUpdateNorm(value.decimalFrom(0, 1e12)),
            spec -> decimal(spec.getMaxUpdateNorm())),
    SERVER_OPTIMIZER(
            "none",
            "Use of the aggregate: none, as the new adapter; fedavgm or fedadam, as the direction of a step.",
            (value, spec) ->
                    spec.setServerOptimizer(value.oneOf(ServerOptimizers.names().toArray(String[]::new))),
            JobSpec::getServerOptimizer),
    SERVER_LEARNING_RATE(
            "1",
            "Step size of the server optimizer.",
            (value, spec) -> spec.setServerLearningRate(value.decimal(0, 1e3)),
            spec -> decimal(spec.getServerLearningRate())),
    SERVER_MOMENTUM(
            "0.9",
            "Decay of its first moment.",
            (value, spec) -> spec.setServerMomentum(value.decimalFrom(0, 0.999999)),
            spec -> decimal(spec.getServerMomentum())),
    SERVER_SECOND_MOMENT(
            "0.99",
            "Decay of fedadam's second moment.",
            (value, spec) -> spec.setServerSecondMoment(value.decimalFrom(0, 0.999999)),
            spec -> decimal(spec.getServerSecondMoment())),
    SERVER_EPSILON(
            "0.001",
            "What fedadam adds to the root of the second moment: smaller ones make steps of a more even size.",
            (value, spec) -> spec.setServerEpsilon(value.decimal(0, 1e3)),
            spec -> decimal(spec.getServerEpsilon())),
    PARTITIONS(
            "4",
            "Partitions of the round topics, of decisions and of global-adapter.",
            (value, spec) -> spec.setPartitions(value.integer(1, 256)),
            JobSpec::getPartitions),
    CHUNK_BYTES(
            "262144",
            "Tensor bytes in a chunk, counted as f32; a multiple of 4.",
            (value, spec) -> spec.setChunkBytes(value.multiple(4, 4, 524_288)),
            JobSpec::getChunkBytes),
    REPLICATION(
            "-1",
            "Replication factor of the job's topics; -1 for the brokers' default.",
            (value, spec) -> spec.setReplication(value.replication()),
            JobSpec::getReplication),
    RETENTION(
            "forever",
            "How long round topics are kept until `rondo archive --due` takes them: forever, 500 rounds, 30d.",
            (value, spec) -> spec.setRetention(value.parsed(
                    Retention::parse, "forever, 2 rounds or more such as 500 rounds, or an age such as 30d or 12h")),
            JobSpec::getRetention),
    DTYPE(
            "f32",
            "Element type of the uploads, f32 or bf16; the global adapter is always f32.",
            (value, spec) ->
                    spec.setDtype(DType.valueOf(value.oneOf("f32", "bf16").toUpperCase(Locale.ROOT))),
            spec -> id(spec.getDtype())),
    SEED(
            "1",
            "Seed of all random choices of the job.",
            (value, spec) -> spec.setSeed(value.wholeNumber()),
            JobSpec::getSeed);

    private final String defaultText;
    private final String comment;
    private final BiConsumer<JobValue, JobSpec.Builder> reader;
    private final Function<JobSpec, Object> writer;

    JobKey(
            String defaultText,
            String comment,
            BiConsumer<JobValue, JobSpec.Builder> reader,
            Function<JobSpec, Object> writer) {
        this.defaultText = defaultText;
        this.comment = comment;
        this.reader = reader;
        this.writer = writer;
    }

    /** The key as it is written in a file, such as {@code target-modules}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<JobKey> of(String id) {
        return Arrays.stream(values()).filter(key -> key.id().equals(id)).findFirst();
    }

    /** The default, as YAML. */
    String defaultText() {
        return defaultText;
    }

    String comment() {
        return comment;
    }

    /** Checks a value and sets it. */
    void read(JobValue value, JobSpec.Builder spec) {
        reader.accept(value, spec);
    }

    /** The value in a spec: a string, a number or a list of strings. */
    Object write(JobSpec spec) {
        return writer.apply(spec);
    }

    private static String method(JobValue value) {
        String id = value.text();
        if (Arrays.stream(Method.values()).noneMatch(method -> method.id().equals(id))) {
            throw new RondoException(
                    ErrorCode.UNKNOWN_METHOD,
                    value.where() + ": there is no method '" + id + "'",
                    "choose one of " + value.ids(Method.values(), Method::id) + ", or " + MethodAlias.names());
        }
        return id;
    }

    private static String id(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private static String decimal(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
