package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.log.AbortRequested;
import io.rondo.log.CohortMember;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.PartRefused;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundsArchived;
import io.rondo.log.Sha256;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoordinatorTest {
    private final TestJob job = TestJob.create();

    @Test
    void shouldPublishRoundZeroFromTheSubmittersUpdateAlone() {
        CoordinatorHarness harness = new CoordinatorHarness(job);

        harness.command(job.submitted());
        harness.manifest(job.initialManifest());
        harness.foldAll();

        assertThat(harness.decisions)
                .extracting(decision -> decision.getClass().getSimpleName())
                .containsExactly("JobStarted", "RoundOpened", "UpdateAccepted", "RoundClosed", "RoundCompleted");
        assertThat(harness.published).singleElement().satisfies(published -> {
            assertThat(published.getRound()).isZero();
            assertThat(published.getBaseRound()).isEqualTo(-1);
            assertThat(published.getTensors())
                    .extracting(TensorVersion::getName, TensorVersion::getRound)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("q.lora_A", 0),
                            org.assertj.core.groups.Tuple.tuple("v.lora_A", 0));
        });
    }

    @Test
    void shouldHoldManifestsUntilTheJobIsThere() {
        CoordinatorHarness harness = new CoordinatorHarness(job);

        harness.manifest(job.initialManifest());
        assertThat(harness.decisions).isEmpty();
        harness.command(job.submitted());

        assertThat(harness.last(RoundClosed.class).getRound()).isZero();
    }

    @Test
    void shouldOpenRoundOneWhenEnoughTrainersHaveJoined() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "b", "a");
        assertThat(harness.open().getRound()).isZero();

        harness.manifest(job.joined("c", "i-c"));

        assertThat(harness.open().getRound()).isEqualTo(1);
        assertThat(harness.open().getCohort()).containsExactly("a", "b", "c");
        assertThat(harness.open().getDeadline()).isEqualTo(harness.now + TestJob.DEADLINE_MS);
        assertThat(harness.open().getQuorum()).isEqualTo(2);
    }

    @Test
    void shouldCloseOnTheWholeCohortInTheOrderOfAcceptance() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");

        harness.update("c", 1);
        harness.update("a", 1);
        assertThat(harness.last(RoundClosed.class).getRound()).isZero();
        harness.update("b", 1);

        RoundClosed closed = harness.last(RoundClosed.class);
        assertThat(closed.getTrigger()).isEqualTo("all");
        assertThat(closed.getMembers()).extracting(CohortMember::getTrainer).containsExactly("c", "a", "b");
        assertThat(closed.getMembers()).extracting(CohortMember::getWeight).containsOnly(101.0);
    }

    @Test
    void shouldCloseOnAQuorumAfterTheDeadlineOnly() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        harness.update("a", 1);
        harness.update("b", 1);

        harness.now = harness.open().getDeadline();
        harness.clock();
        assertThat(harness.last(RoundClosed.class).getRound()).isZero();
        harness.now++;
        harness.clock();

        assertThat(harness.last(RoundClosed.class).getTrigger()).isEqualTo("deadline");
        assertThat(harness.last(RoundClosed.class).getMembers()).hasSize(2);
    }

    @Test
    void shouldExtendARoundWithoutAQuorum() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        harness.update("a", 1);
        harness.now = harness.open().getDeadline() + 1;

        harness.clock();

        assertThat(harness.last(RoundExtended.class).getDeadline()).isEqualTo(harness.now + TestJob.DEADLINE_MS);
        harness.update("b", 1);
        harness.update("c", 1);
        assertThat(harness.last(RoundClosed.class).getRound()).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForATrainerThatHasLeft() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        harness.update("a", 1);
        harness.update("b", 1);

        harness.manifest(new TrainerLeft(TestJob.UUID, "c", "i-c", "", null));

        assertThat(harness.last(RoundClosed.class).getTrigger()).isEqualTo("all");
    }

    @Test
    void shouldPublishOnceAllPartsAreThereAndOpenTheNextRoundOnIt() {
        CoordinatorHarness harness = closedRoundOne();

        harness.part(harness.folded(1, 1, 2));
        harness.part(harness.folded(1, 1, 0));
        harness.part(harness.folded(1, 1, 0));
        assertThat(harness.published).hasSize(1);
        harness.part(harness.folded(1, 1, 1));
        harness.part(harness.folded(1, 1, 1));

        assertThat(harness.published).hasSize(2);
        assertThat(harness.open().getRound()).isEqualTo(2);
        assertThat(harness.open().getBaseRound()).isEqualTo(1);
    }

    @Test
    void shouldFinishAfterTheLastRound() {
        CoordinatorHarness harness = closedRoundOne();
        harness.foldAll();
        List.of("a", "b", "c").forEach(trainer -> harness.update(trainer, 2));

        harness.foldAll();

        assertThat(harness.last(JobFinished.class).getJobUuid()).isEqualTo(TestJob.UUID);
        assertThat(harness.coordinator.isOver()).isTrue();
        harness.manifest(job.evaluation("a", "i-a", 2));
        assertThat(harness.last(EvaluationRecorded.class).getRound()).isEqualTo(2);
    }

    @Test
    void shouldCloseAgainWithoutAnUpdateThatReadingRefused() {
        CoordinatorHarness harness = closedRoundOne();
        harness.part(harness.folded(1, 1, 0));

        harness.part(refusalOf(harness, "b"));
        harness.part(harness.folded(1, 1, 1));
        harness.part(harness.folded(1, 1, 2));
        assertThat(harness.published).as("parts of revision 1 are void").hasSize(1);

        RoundClosed closed = harness.last(RoundClosed.class);
        assertThat(closed.getRevision()).isEqualTo(2);
        assertThat(closed.getTrigger()).isEqualTo("revision");
        assertThat(closed.getMembers()).extracting(CohortMember::getTrainer).containsExactly("c", "a");
        assertThat(harness.last(UpdateRejected.class).getRevoked()).isTrue();
        harness.foldAll();
        assertThat(harness.published.get(1).getRevision()).isEqualTo(2);
    }

    @Test
    void shouldReopenARoundThatLosesItsQuorumAndCloseItWithAFreshUpdate() {
        CoordinatorHarness harness = closedRoundOne();
        harness.part(refusalOf(harness, "b"));

        harness.part(refusalOf(harness, "a"));
        assertThat(harness.last(RoundReopened.class).getRound()).isEqualTo(1);
        harness.manifest(job.manifest("a", "i-a", 1));
        assertThat(harness.last(UpdateRejected.class).getReason())
                .as("a revoked attempt stays revoked")
                .isEqualTo("duplicate");
        harness.manifest(job.manifest("a", "i-a", 1, job.chunks("a", "fresh", 1, job.values("a", 1)), 8));
        harness.now += 2 * TestJob.DEADLINE_MS;
        harness.clock();

        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactly("c", "a");
        assertThat(harness.last(RoundClosed.class).getRevision()).isEqualTo(3);
    }

    @Test
    void shouldFenceTheOlderOfTwoIncarnations() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");

        harness.manifest(job.joined("a", "newer"));
        harness.update("a", 1);

        assertThat(harness.last(TrainerAdmitted.class).getFenced()).isEqualTo("i-a");
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("fenced");
        harness.manifest(job.joined("a", "i-a"));
        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("fenced");
        harness.manifest(job.manifest("a", "newer", 1));
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @Test
    void shouldPauseBetweenRoundsAndResume() {
        CoordinatorHarness harness = closedRoundOne();

        harness.command(new PauseRequested(TestJob.UUID, "maintenance", 0L, null));
        harness.foldAll();
        assertThat(harness.last(JobPaused.class).getReason()).isEqualTo("maintenance");
        assertThat(harness.published).hasSize(2);
        assertThat(harness.open().getRound()).isEqualTo(1);
        harness.command(new ResumeRequested(TestJob.UUID, "", 0L, null));

        assertThat(harness.all(JobResumed.class)).hasSize(1);
        assertThat(harness.open().getRound()).isEqualTo(2);
    }

    @Test
    void shouldAbortAJobWithItsOpenRound() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");

        harness.command(new AbortRequested(TestJob.UUID, "wrong data", 0L, null));
        harness.update("a", 1);

        assertThat(harness.last(RoundFailed.class).getRound()).isEqualTo(1);
        assertThat(harness.last(JobAborted.class).getReason()).isEqualTo("wrong data");
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
    }

    @Test
    void shouldDecideNothingOnRoundsThatWereArchived() {
        CoordinatorHarness harness = closedRoundOne();
        Sha256 digest = Digests.of(new byte[] {7});

        harness.command(new RoundsArchived(TestJob.UUID, 0, 0, digest, 0L, null));
        assertThat(harness.all(InputRefused.class)).isEmpty();
        harness.command(new RoundsArchived("another", 0, 0, digest, 0L, null));

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo(RejectionReason.UNEXPECTED_RECORD.id());
    }

    @Test
    void shouldRefuseASecondJobAndCommandsThatDoNotFit() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");

        harness.command(job.submitted());
        harness.command(new ResumeRequested(TestJob.UUID, "", 0L, null));
        harness.command(new PauseRequested("another", "", 0L, null));
        harness.unreadable(InputTopic.MANIFESTS, RejectionReason.UNKNOWN_SCHEMA);
        harness.command(job.joined("d", "i-d"));

        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getReason)
                .containsExactly(
                        "job-exists", "not-applicable", "not-applicable", "unknown-schema", "unexpected-record");
    }

    @Test
    void shouldRefuseAJobThatCannotRunAndTakeTheNext() {
        CoordinatorHarness harness = new CoordinatorHarness(job);

        harness.command(job.with(spec -> spec.setQuorum("none")).submitted());
        harness.command(job.with(spec -> spec.setPartitions(7)).submitted());
        harness.command(
                job.with(spec -> spec.setMethod("local").setHead("shared")).submitted());
        harness.command(job.submitted());

        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getReason)
                .containsExactly("bad-job", "bad-job", "bad-job");
        assertThat(harness.all(JobStarted.class)).hasSize(1);
    }

    @Test
    void shouldNumberDecisionsWithoutGapsAndChainThem() {
        CoordinatorHarness harness = closedRoundOne();
        harness.foldAll();

        for (int i = 0; i < harness.decisions.size(); i++) {
            assertThat(DecisionKind.header(harness.decisions.get(i)).getSequence())
                    .isEqualTo(i);
        }
        HashChain chain = new HashChain();
        for (RoundPublished published : harness.published) {
            for (long i = published.getFirstSequence(); i <= published.getLastSequence(); i++) {
                chain.add(
                        DecisionKind.header(harness.decisions.get((int) i))
                                .getSource()
                                .getBodyDigest(),
                        harness.digests.get((int) i));
            }
            assertThat(chain.value()).isEqualTo(published.getChain());
            chain.published(CoordinatorHarness.digest(published));
        }
        assertThat(harness.published.get(1).getFirstSequence())
                .isEqualTo(harness.published.get(0).getLastSequence() + 1);
    }

    @Test
    void shouldDecideTheSameAfterARestartAtAnyPoint() {
        CoordinatorHarness undisturbed = closedRoundOne();
        undisturbed.foldAll();
        CoordinatorHarness restarted = new CoordinatorHarness(job);
        restarted.command(job.submitted());
        restarted.restart();
        restarted.manifest(job.initialManifest());
        restarted.restart();
        restarted.foldAll();
        for (String trainer : List.of("a", "b", "c")) {
            restarted.restart();
            restarted.manifest(job.joined(trainer, "i-" + trainer));
        }
        for (String trainer : List.of("c", "a", "b")) {
            restarted.restart();
            restarted.update(trainer, 1);
        }
        restarted.restart();

        restarted.foldAll();

        assertThat(restarted.all(RoundCompleted.class)).isEqualTo(undisturbed.all(RoundCompleted.class));
        assertThat(restarted.decisions).isEqualTo(undisturbed.decisions);
    }

    @Test
    void shouldFindThePartsBeforeARefusedRecordAgain() {
        CoordinatorHarness harness = closedRoundOne();
        harness.part(harness.folded(1, 1, 0));
        harness.unreadable(InputTopic.PARTS, RejectionReason.UNREADABLE);
        int decided = harness.decisions.size();

        harness.restart();
        harness.readAgain();
        assertThat(harness.decisions).hasSize(decided);
        harness.part(harness.folded(1, 1, 1));
        harness.part(harness.folded(1, 1, 2));

        assertThat(harness.last(RoundCompleted.class).getRound()).isEqualTo(1);
    }

    @Test
    void shouldAnswerNothingTwice() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        Input.Received update = new Input.Received(
                InputTopic.MANIFESTS,
                1_000,
                io.rondo.schemas.tensor.Digests.of(new byte[0]),
                harness.now,
                job.manifest("a", "i-a", 1));
        harness.handle(update);
        int decided = harness.decisions.size();

        harness.handle(update);
        harness.restart();
        harness.handle(update);

        assertThat(harness.decisions).hasSize(decided);
        assertThat(harness.coordinator.unansweredFrom(InputTopic.MANIFESTS)).isEqualTo(1_001);
    }

    @Test
    void shouldStopAtALogWithAGap() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        Coordinator coordinator = new Coordinator(TestJob.NAME, TestJob.PARTITIONS);
        coordinator.replay(harness.decisions.get(0), harness.digests.get(0));

        assertThatThrownBy(() -> coordinator.replay(harness.decisions.get(2), harness.digests.get(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("decision 2 where 1 has to come");
    }

    @Test
    void shouldKeepTheRoundsQuorumWithinItsCohort() {
        CoordinatorHarness harness =
                CoordinatorHarness.withOpenRound(job.with(spec -> spec.setQuorum("67%")), "a", "b", "c");

        assertThat(harness.last(RoundOpened.class).getQuorum()).isEqualTo(3);
        assertThat(Quorum.parse("50%").of(3)).isEqualTo(2);
        assertThat(Quorum.parse("5").of(3)).isEqualTo(3);
    }

    private CoordinatorHarness closedRoundOne() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
        List.of("c", "a", "b").forEach(trainer -> harness.update(trainer, 1));
        return harness;
    }

    private static PartRefused refusalOf(CoordinatorHarness harness, String trainer) {
        UpdateAccepted update = harness.all(UpdateAccepted.class).stream()
                .filter(accepted -> accepted.getManifest().getTrainer().equals(trainer))
                .findFirst()
                .orElseThrow();
        return new PartRefused(
                update.getRound(), 1, trainer, update.getManifest().getAttempt(), "bad-digest", "chunk 1");
    }
}
