package io.rondo.schemas.adapter;

import io.rondo.log.JobSpec;
import java.util.Objects;

/**
 * Decides which tensors leave a trainer in which round, for trainers and aggregator alike (the table of baselines in arXiv
 * 2410.01463, section 4, and RoLoRA).
 */
public record SharingPolicy(Method method, HeadPolicy head) {

    /** @throws IllegalArgumentException when the head is to be shared by a method that shares nothing */
    public SharingPolicy {
        Objects.requireNonNull(method);
        Objects.requireNonNull(head);
        if (method == Method.LOCAL && head == HeadPolicy.SHARED) {
            throw new IllegalArgumentException("method local shares nothing, so its head cannot be shared");
        }
    }

    /** @throws IllegalArgumentException when the job names a method or head policy that does not exist, or two that contradict */
    public static SharingPolicy of(JobSpec job) {
        return new SharingPolicy(Method.of(job.getMethod()), HeadPolicy.of(job.getHead()));
    }

    /**
     * What happens to a tensor in a round. Round 0 is the publication of initial values, not training: shared there is
     * what all trainers must start from equal, namely the down projection and whatever is shared in a later round.
     *
     * @param round the round, from 0
     */
    public Sharing of(TensorRole role, int round) {
        if (round == 0) {
            return role.isDownProjection() || everShared(role) ? Sharing.SHARED : Sharing.LOCAL;
        }
        if (role == TensorRole.HEAD) {
            return head == HeadPolicy.SHARED ? Sharing.SHARED : Sharing.LOCAL;
        }
        boolean down = role.isDownProjection();
        return switch (method) {
            case FEDSA -> down ? Sharing.SHARED : Sharing.LOCAL;
            case FEDIT -> Sharing.SHARED;
            case FFA -> down ? Sharing.FROZEN : Sharing.SHARED;
            case FED_ALORA -> down ? Sharing.LOCAL : Sharing.SHARED;
            case ROLORA -> down == (round % 2 == 0) ? Sharing.SHARED : Sharing.FROZEN;
            case LOCAL -> Sharing.LOCAL;
        };
    }

    /** Whether the tensor is shared in any round after round 0. */
    public boolean everShared(TensorRole role) {
        return of(role, 1) == Sharing.SHARED || of(role, 2) == Sharing.SHARED;
    }
}
