package io.rondo.aggregator.topology;

import io.rondo.aggregator.round.WaitText;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.text.LogKeys;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** Decisions in the words of an operator who watches an aggregator. Those that would only repeat another have no line. */
final class DecisionLines {
    private DecisionLines() {}

    static Optional<String> of(SpecificRecord decision) {
        if (decision instanceof TrainerAdmitted admitted) {
            return Optional.of("trainer %s is admitted".formatted(admitted.getTrainer()));
        }
        if (decision instanceof TrainerRemoved removed) {
            return Optional.of("trainer %s is out: %s".formatted(removed.getTrainer(), removed.getReason()));
        }
        if (decision instanceof TrainerKeyAdded added) {
            return Optional.of("trainer %s may sign with %s".formatted(added.getTrainer(), added.getPublicKey()));
        }
        if (decision instanceof TrainerKeyRevoked revoked) {
            return Optional.of(
                    "trainer %s may no longer sign with %s".formatted(revoked.getTrainer(), revoked.getPublicKey()));
        }
        return ofJob(decision).or(() -> ofRound(decision)).or(() -> ofUpdate(decision));
    }

    /** Whom and what a decision is about, as keys of its line. */
    static LogKeys keys(SpecificRecord decision) {
        if (decision instanceof UpdateAccepted accepted) {
            return LogKeys.ofRound(accepted.getRound())
                    .trainer(accepted.getManifest().getTrainer())
                    .attempt(accepted.getManifest().getAttempt());
        }
        if (decision instanceof UpdateRejected rejected) {
            return LogKeys.ofRound(rejected.getRound())
                    .trainer(rejected.getTrainer())
                    .attempt(rejected.getAttempt());
        }
        return LogKeys.ofRound(field(decision, "round") instanceof Integer round ? round : -1)
                .trainer(field(decision, "trainer") instanceof CharSequence trainer ? trainer.toString() : "");
    }

    private static Object field(SpecificRecord decision, String name) {
        Schema.Field field = decision.getSchema().getField(name);
        return field == null ? null : decision.get(field.pos());
    }

    private static Optional<String> ofJob(SpecificRecord decision) {
        if (decision instanceof JobPaused paused) {
            return Optional.of("the job is paused: " + paused.getReason());
        }
        if (decision instanceof JobResumed) {
            return Optional.of("the job goes on");
        }
        if (decision instanceof JobAborted aborted) {
            return Optional.of("the job is aborted: " + aborted.getReason());
        }
        return decision instanceof JobFinished ? Optional.of("the job is finished") : Optional.empty();
    }

    private static Optional<String> ofRound(SpecificRecord decision) {
        if (decision instanceof RoundOpened opened) {
            return line(opened.getRound(), "opened for " + WaitText.names(opened.getCohort()));
        }
        if (decision instanceof RoundClosed closed) {
            return line(
                    closed.getRound(),
                    "closed by %s with %d updates"
                            .formatted(closed.getTrigger(), closed.getMembers().size()));
        }
        if (decision instanceof RoundWeighed weighed) {
            return line(weighed.getRound(), "weighed: " + weights(weighed));
        }
        if (decision instanceof RoundReopened reopened) {
            return line(reopened.getRound(), "reopened: an update that counted turned out to be faulty");
        }
        if (decision instanceof RoundExtended extended) {
            return line(extended.getRound(), "extended: " + wait(extended));
        }
        if (decision instanceof RoundFailed failed) {
            return line(failed.getRound(), "failed: " + failed.getReason() + ", " + failed.getDetail());
        }
        if (decision instanceof RoundCompleted completed) {
            return line(completed.getRound(), "published " + Digests.hex(completed.getDigest()));
        }
        return Optional.empty();
    }

    private static String wait(RoundExtended extended) {
        if (extended.getUpdates() < 0) {
            return "fewer updates than the quorum came";
        }
        long seconds = (extended.getDeadline() - extended.getHeader().getDecidedAt()) / 1_000;
        return "it waits another " + seconds + " s; "
                + WaitText.of(extended.getUpdates(), extended.getWaitsFor())
                + (extended.getExtension() > 1
                        ? "; no further update came in " + extended.getExtension() + " deadlines"
                        : "");
    }

    private static String weights(RoundWeighed weighed) {
        return weighed.getMembers().stream()
                .map(member -> "%s %.4g%s"
                        .formatted(
                                member.getTrainer(),
                                member.getWeight(),
                                member.getScale() < 1 ? " clipped to %.3g".formatted(member.getScale()) : ""))
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> ofUpdate(SpecificRecord decision) {
        if (decision instanceof UpdateAccepted accepted) {
            return line(
                    accepted.getRound(),
                    "accepted the update of " + accepted.getManifest().getTrainer()
                            + (isLate(accepted)
                                    ? " for round " + accepted.getManifest().getRound() + ", late"
                                    : ""));
        }
        if (decision instanceof UpdateRejected rejected) {
            return line(
                    rejected.getRound(),
                    "%s the update of %s: %s, %s"
                            .formatted(
                                    rejected.getRevoked() ? "revoked" : "rejected",
                                    rejected.getTrainer(),
                                    rejected.getReason(),
                                    rejected.getDetail()));
        }
        return Optional.empty();
    }

    private static boolean isLate(UpdateAccepted accepted) {
        return accepted.getManifest().getRound() < accepted.getRound();
    }

    private static Optional<String> line(int round, String text) {
        return Optional.of("[round " + round + "] " + text);
    }
}
