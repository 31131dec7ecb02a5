package io.rondo.trainer.runtime;

import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Sharing;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A submitted job from a trainer's view: what is shared in which round, and its division into chunks.
 *
 * @param uuid UUID of the job
 * @param spec its settings
 * @param layout every trainable tensor
 * @param policy what leaves a trainer in which round
 */
public record FederatedJob(String uuid, JobSpec spec, AdapterLayout layout, SharingPolicy policy) {

    public FederatedJob {
        Objects.requireNonNull(uuid);
        Objects.requireNonNull(spec);
        Objects.requireNonNull(layout);
        Objects.requireNonNull(policy);
    }

    /** @throws IllegalArgumentException when the layout or a setting is out of bounds */
    public static FederatedJob of(JobSubmitted submitted) {
        return new FederatedJob(
                submitted.getJobUuid(),
                submitted.getSpec(),
                AdapterLayout.fromAvro(submitted.getLayout()),
                SharingPolicy.of(submitted.getSpec()));
    }

    /** @throws IllegalArgumentException when the layout or a setting is out of bounds */
    public static FederatedJob of(JobStarted started) {
        return new FederatedJob(
                started.getJobUuid(),
                started.getSpec(),
                AdapterLayout.fromAvro(started.getLayout()),
                SharingPolicy.of(started.getSpec()));
    }

    public JobTopics topics() {
        return new JobTopics(spec.getName(), spec.getPartitions(), spec.getReplication());
    }

    /** The flat vector of a round. */
    public FlatLayout flat(int round) {
        return FlatLayout.of(layout, policy, round, spec.getChunkBytes() / Float.BYTES, spec.getPartitions());
    }

    /** Element type of the uploads of a round: initial values are always F32. */
    public DType dtype(int round) {
        return round == 0 ? DType.F32 : spec.getDtype();
    }

    /** Names of the tensors that keep their values in a round. */
    public Set<String> frozen(int round) {
        return names(tensor -> policy.of(tensor.role(), round) == Sharing.FROZEN);
    }

    /** Names of the tensors that are not local to a trainer in a round, which its local warm-up must not change. */
    public Set<String> notLocal(int round) {
        return names(tensor -> policy.of(tensor.role(), round) != Sharing.LOCAL);
    }

    /** Names of the tensors that the global adapter overwrites round after round; all others are set once or stay local. */
    public Set<String> everShared() {
        return names(tensor -> policy.everShared(tensor.role()));
    }

    private Set<String> names(Predicate<TensorShape> chosen) {
        return layout.tensors().stream().filter(chosen).map(TensorShape::name).collect(Collectors.toUnmodifiableSet());
    }

    /** The base model and the adapter on it. */
    public ModelSettings model(Path cache) {
        return ModelSettings.of(spec, cache);
    }

    /**
     * The base model and the adapter on it, with what a site calls them.
     *
     * @throws RondoException with {@link ErrorCode#BAD_CONFIG} when the site's settings do not fit the job
     */
    public ModelSettings model(SiteSettings site) {
        ModelSettings named = model(site.modelCache());
        if (site.modelDirectory().isPresent() && spec.getModelDigest().isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "a directory was given for the model '" + spec.getModel()
                            + "', and the job has no digest to compare"
                            + " it with: every trainer brings this model along",
                    "start the trainer without --model-dir");
        }
        return site.modelDirectory().map(named::in).orElse(named);
    }

    /** The classes as they are in a site's files: the job's texts, or the site's own if the job has only numbers. */
    private List<String> labels(SiteSettings site) {
        List<String> texts = site.labelTexts();
        if (texts.isEmpty()) {
            return spec.getLabels();
        }
        List<String> numbers = IntStream.range(0, spec.getLabels().size())
                .mapToObj(Integer::toString)
                .toList();
        if (!spec.getLabels().equals(numbers)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "texts were given for the labels, and the job names them itself: "
                            + String.join(", ", spec.getLabels()),
                    "start the trainer without --label-texts, or have the job submitted with labels: "
                            + numbers.size());
        }
        if (texts.size() != numbers.size() || new HashSet<>(texts).size() != texts.size()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the labels " + texts + " were given for the " + numbers.size() + " classes of the job",
                    "give --label-texts one different text for each class, in the order of the job's numbers");
        }
        return texts;
    }

    /** The settings of one site's trainer. */
    public TrainerSettings trainerSettings(SiteSettings site) {
        return new TrainerSettings(
                site.trainerId(),
                model(site),
                labels(site),
                site.files(),
                StepSettings.of(spec),
                OptimizerSettings.of(spec),
                spec.getRounds(),
                spec.getSeed(),
                site.compute(),
                site.headOnlyBaseline());
    }
}
