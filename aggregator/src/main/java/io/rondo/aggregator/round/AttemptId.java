package io.rondo.aggregator.round;

import io.rondo.log.CohortMember;
import io.rondo.log.PartRefused;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;

/** An attempt to send an update. Trainers choose the names: the same name from another trainer is another attempt. */
public record AttemptId(String trainer, String attempt) {

    public static AttemptId of(UpdateManifest manifest) {
        return new AttemptId(manifest.getTrainer(), manifest.getAttempt());
    }

    public static AttemptId of(UpdateRejected rejection) {
        return new AttemptId(rejection.getTrainer(), rejection.getAttempt());
    }

    public static AttemptId of(CohortMember member) {
        return new AttemptId(member.getTrainer(), member.getAttempt());
    }

    public static AttemptId of(PartRefused refusal) {
        return new AttemptId(refusal.getTrainer(), refusal.getAttempt());
    }

    public static AttemptId of(TensorChunk chunk) {
        return new AttemptId(chunk.getTrainer(), chunk.getAttempt());
    }
}
