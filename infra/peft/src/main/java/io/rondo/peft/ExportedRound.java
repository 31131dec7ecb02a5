package io.rondo.peft;

import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.Sharing;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.state.TrainerState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The adapter of a round that exists (METHOD of arXiv 2410.01463): a trainer's own, the global one where all of it is
 * shared or trainers gave the rest, or the shared down projections alone. Knows the values, not the files.
 */
final class ExportedRound {
    private final FederatedJob job;
    private final RoundPublished published;
    /** The shared tensors as of the round, by name. */
    private final Map<String, Tensor> shared = new HashMap<>();

    ExportedRound(FederatedJob job, RoundPublished published, List<Tensor> shared) {
        this.job = job;
        this.published = published;
        shared.forEach(tensor -> this.shared.put(tensor.name(), tensor));
    }

    /**
     * What a trainer serves after the round: the global tensors, and its own for all that stays with it.
     *
     * @throws RondoException with {@link ErrorCode#DIRECTORY_OF_ANOTHER_JOB} when the state is not of this job, {@link
     *     ErrorCode#NO_SUCH_ADAPTER} when it has gone on since
     */
    List<Tensor> ofTrainer(String trainer, TrainerState state) {
        boolean own = state.jobUuid().equals(job.uuid())
                && state.layoutDigest().equals(job.layout().digest())
                && state.trainer().equals(trainer);
        if (!own) {
            throw new RondoException(
                    ErrorCode.DIRECTORY_OF_ANOTHER_JOB,
                    "the state directory holds trainer '" + state.trainer() + "' of job " + state.jobUuid()
                            + ", this is trainer '" + trainer + "' of job " + job.uuid(),
                    "give this trainer's own directory by --state");
        }
        if (state.trainedRound() > published.getRound()) {
            throw new RondoException(
                    ErrorCode.NO_SUCH_ADAPTER,
                    "trainer '" + trainer + "' has trained round " + state.trainedRound() + " since: its B of round "
                            + published.getRound() + " no longer exists",
                    "export round " + state.trainedRound() + ", or give a copy of the state directory as of round "
                            + published.getRound());
        }
        Map<String, Tensor> values =
                state.parameters().stream().collect(Collectors.toMap(Tensor::name, tensor -> tensor));
        job.everShared().forEach(name -> values.put(name, shared.get(name)));
        return job.layout().tensors().stream()
                .map(shape -> values.get(shape.name()))
                .toList();
    }

    /**
     * The adapter that all trainers share; without the head where that is local.
     *
     * @throws RondoException with {@link ErrorCode#NO_SUCH_ADAPTER} where one of the factors stays at the trainers
     */
    List<Tensor> global() {
        for (TensorShape shape : job.layout().tensors()) {
            if (shape.role() != TensorRole.HEAD && !isCommon(shape.role())) {
                throw new RondoException(
                        ErrorCode.NO_SUCH_ADAPTER,
                        "under method " + job.policy().method().id() + " each trainer has "
                                + shape.role().id() + " of its own, and none is in the log: there is no global adapter",
                        "export a trainer's own by --trainer and --state, what is shared by --warm-start, or, of trainers who"
                                + " gave their own exports away, the mean by --given");
            }
        }
        return job.layout().tensors().stream()
                .filter(shape -> isCommon(shape.role()))
                .map(shape -> shared.get(shape.name()))
                .toList();
    }

    /**
     * The shared factor of the round, and the mean of the others over the trainers who gave theirs. A product is linear in each of its
     * factors, so that this is the mean of the trainers' own updates to the base model. Without the head, of which that is not true.
     *
     * @throws RondoException with {@link ErrorCode#NO_SUCH_ADAPTER} where trainers share no factor, or where one adapter is of another
     *     round or is there twice
     */
    List<Tensor> ofGiven(List<GivenAdapter> given) {
        if (factors().filter(shape -> isCommon(shape.role())).findAny().isEmpty()) {
            throw new RondoException(
                    ErrorCode.NO_SUCH_ADAPTER,
                    "under method " + job.policy().method().id()
                            + " trainers share no factor, and a product of mean factors is not the mean of their products",
                    "export a trainer's own by --trainer and --state");
        }
        given.forEach(this::requireOfThisRound);
        Set<Map<String, Tensor>> seen = new HashSet<>();
        given.stream()
                .filter(adapter -> !seen.add(adapter.tensors()))
                .findFirst()
                .ifPresent(twice -> {
                    throw new RondoException(
                            ErrorCode.NO_SUCH_ADAPTER,
                            twice.source() + " holds the same adapter as another of those given",
                            "give each trainer's adapter once");
                });
        return factors()
                .map(shape -> isCommon(shape.role()) ? shared.get(shape.name()) : mean(shape, given))
                .toList();
    }

    private void requireOfThisRound(GivenAdapter adapter) {
        factors().filter(shape -> isCommon(shape.role())).forEach(shape -> {
            if (!shared.get(shape.name()).equals(adapter.tensors().get(shape.name()))) {
                throw new RondoException(
                        ErrorCode.NO_SUCH_ADAPTER,
                        adapter.source() + " is not of round " + published.getRound() + ": its " + shape.name()
                                + " is not the one that was published",
                        "let the trainer export round " + published.getRound()
                                + " by --trainer and --state, before it trains another one");
            }
        });
    }

    private static Tensor mean(TensorShape shape, List<GivenAdapter> given) {
        double[] sum = new double[shape.size()];
        for (GivenAdapter adapter : given) {
            float[] values = adapter.tensors().get(shape.name()).values();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / given.size());
        }
        return new Tensor(shape.name(), shape.shape(), mean);
    }

    private Stream<TensorShape> factors() {
        return job.layout().tensors().stream().filter(shape -> shape.role() != TensorRole.HEAD);
    }

    /**
     * The down projections as of the round and B = 0: the base model's outputs, and a start for training.
     *
     * @throws RondoException with {@link ErrorCode#NO_SUCH_ADAPTER} where the down projections stay at the trainers
     */
    List<Tensor> warmStart() {
        List<Tensor> values = new ArrayList<>();
        for (TensorShape shape : job.layout().tensors()) {
            if (shape.role() == TensorRole.HEAD) {
                continue;
            }
            if (!shape.role().isDownProjection()) {
                values.add(new Tensor(shape.name(), shape.shape(), new float[shape.size()]));
            } else if (isCommon(shape.role()) || published.getRound() == 0) {
                values.add(shared.get(shape.name()));
            } else {
                throw new RondoException(
                        ErrorCode.NO_SUCH_ADAPTER,
                        "under method " + job.policy().method().id() + " each trainer has "
                                + shape.role().id() + " of its own",
                        "export round 0, from which all started, or a trainer's own adapter by --trainer and --state");
            }
        }
        return values;
    }

    /** Whether all trainers have the same value: the aggregator's, or the one that they all started from. */
    private boolean isCommon(TensorRole role) {
        SharingPolicy policy = job.policy();
        return policy.everShared(role)
                || (policy.of(role, 1) == Sharing.FROZEN && policy.of(role, 0) == Sharing.SHARED);
    }
}
