package io.rondo.aggregator.topology;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.WaitText;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
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

/** Log lines about decisions for an operator who watches an aggregator. Decisions that only repeat another have no line. */
final class DecisionLines {
    private DecisionLines() {}

    static Optional<String> of(SpecificRecord decision) {
        return switch (DecisionKind.of(decision)) {
            case TRAINER_ADMITTED ->
                Optional.of("trainer %s is admitted".formatted(((TrainerAdmitted) decision).getTrainer()));
            case TRAINER_REMOVED -> {
                TrainerRemoved removed = (TrainerRemoved) decision;
                yield Optional.of("trainer %s is out: %s".formatted(removed.getTrainer(), removed.getReason()));
            }
            case TRAINER_KEY_ADDED -> {
                TrainerKeyAdded added = (TrainerKeyAdded) decision;
                yield Optional.of("trainer %s may sign with %s".formatted(added.getTrainer(), added.getPublicKey()));
            }
            case TRAINER_KEY_REVOKED -> {
                TrainerKeyRevoked revoked = (TrainerKeyRevoked) decision;
                yield Optional.of("trainer %s may no longer sign with %s"
                        .formatted(revoked.getTrainer(), revoked.getPublicKey()));
            }
            case JOB_PAUSED -> Optional.of("the job is paused: " + ((JobPaused) decision).getReason());
            case JOB_RESUMED -> Optional.of("the job goes on");
            case JOB_ABORTED -> Optional.of("the job is aborted: " + ((JobAborted) decision).getReason());
            case JOB_FINISHED -> Optional.of("the job is finished");
            case ROUND_OPENED -> opened((RoundOpened) decision);
            case ROUND_CLOSED -> closed((RoundClosed) decision);
            case ROUND_WEIGHED -> weighed((RoundWeighed) decision);
            case ROUND_REOPENED ->
                line(((RoundReopened) decision).getRound(), "reopened: an update that counted turned out to be faulty");
            case ROUND_EXTENDED -> extended((RoundExtended) decision);
            case ROUND_FAILED -> failed((RoundFailed) decision);
            case ROUND_COMPLETED -> completed((RoundCompleted) decision);
            case UPDATE_ACCEPTED -> accepted((UpdateAccepted) decision);
            case UPDATE_REJECTED -> rejected((UpdateRejected) decision);
            case INPUT_REFUSED -> refused((InputRefused) decision);
            case JOB_STARTED, EVALUATION_RECORDED -> Optional.empty();
        };
    }

    /** The subjects of a decision, as keys of its line. */
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

    private static Optional<String> opened(RoundOpened opened) {
        return line(opened.getRound(), "opened for " + WaitText.names(opened.getCohort()));
    }

    private static Optional<String> closed(RoundClosed closed) {
        return line(
                closed.getRound(),
                "closed by %s with %d updates"
                        .formatted(closed.getTrigger(), closed.getMembers().size()));
    }

    private static Optional<String> weighed(RoundWeighed weighed) {
        return line(weighed.getRound(), "weighed: " + weights(weighed));
    }

    private static Optional<String> extended(RoundExtended extended) {
        return line(extended.getRound(), "extended: " + wait(extended));
    }

    private static Optional<String> failed(RoundFailed failed) {
        return line(failed.getRound(), "failed: " + failed.getReason() + ", " + failed.getDetail());
    }

    private static Optional<String> completed(RoundCompleted completed) {
        return line(completed.getRound(), "published " + Digests.hex(completed.getDigest()));
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

    private static Optional<String> accepted(UpdateAccepted accepted) {
        return line(
                accepted.getRound(),
                "accepted the update of " + accepted.getManifest().getTrainer()
                        + (isLate(accepted)
                                ? " for round " + accepted.getManifest().getRound() + ", late"
                                : ""));
    }

    /** A flood has a line for many records, and none for one. */
    private static Optional<String> refused(InputRefused refused) {
        return refused.getFirstOffset() < 0
                ? Optional.empty()
                : Optional.of("refused %d records of manifests, offsets %d to %d: %s"
                        .formatted(
                                refused.getRecords(),
                                refused.getFirstOffset(),
                                refused.getHeader().getSource().getOffset(),
                                refused.getDetail()));
    }

    private static Optional<String> rejected(UpdateRejected rejected) {
        return line(
                rejected.getRound(),
                "%s the update of %s: %s, %s"
                        .formatted(
                                rejected.getRevoked() ? "revoked" : "rejected",
                                rejected.getTrainer(),
                                rejected.getReason(),
                                rejected.getDetail()));
    }

    private static boolean isLate(UpdateAccepted accepted) {
        return accepted.getManifest().getRound() < accepted.getRound();
    }

    private static Optional<String> line(int round, String text) {
        return Optional.of("[round " + round + "] " + text);
    }
}
