package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.InputRefused;
import io.rondo.log.JobPaused;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundsArchived;
import io.rondo.log.Sha256;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.tensor.Digests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** A job that takes signed records only, and those who try to speak for others in it. */
class SignedJobTest {
    private static final SigningKey OPERATOR = SigningKey.generate();
    private static final SigningKey MALLORY = SigningKey.generate();
    private static final Map<String, SigningKey> TRAINERS =
            Map.of("a", SigningKey.generate(), "b", SigningKey.generate(), "c", SigningKey.generate());

    private final TestJob job = job(spec -> spec);
    private final Map<String, Long> sequences = new HashMap<>();
    private long commands;

    private static TestJob job(UnaryOperator<io.rondo.log.JobSpec.Builder> change) {
        return TestJob.create()
                .with(spec -> change.apply(
                        spec.setRules(3).setOperatorKey(OPERATOR.verifyingKey().toString())));
    }

    @Test
    void shouldRunAJobWhoseRecordsAreSigned() {
        CoordinatorHarness harness = opened();

        for (String trainer : List.of("a", "b", "c")) {
            harness.manifest(signed(harness, trainer, update(harness, trainer, 1)));
        }
        harness.foldAll();

        assertThat(harness.published).extracting(RoundPublished::getRound).containsExactly(0, 1);
        assertThat(harness.all(InputRefused.class)).isEmpty();
        assertThat(harness.all(UpdateRejected.class)).isEmpty();
        assertThat(harness.all(TrainerKeyAdded.class)).hasSize(3);
    }

    @Test
    void shouldStartTheJobThatItsOperatorHasSigned() {
        CoordinatorHarness harness = new CoordinatorHarness(job);

        harness.command(job.submitted());
        harness.command(MALLORY.signed(job.submitted(), 0, null));
        assertRefused(harness, "bad-signature");
        assertThat(harness.all(JobStarted.class)).isEmpty();
        harness.command(OPERATOR.signed(job.submitted(), 0, null));

        assertThat(harness.all(JobStarted.class)).hasSize(1);
    }

    @Test
    void shouldRefuseAKeyThatIsNoneAndOneThatNobodyVouchesFor() {
        for (TestJob bad : List.of(
                job(spec -> spec.setOperatorKey("ed25519:no")),
                job(spec -> spec.setOperatorKey("")
                        .setAggregatorKey(MALLORY.verifyingKey().toString())),
                job(spec -> spec.setRules(2)))) {
            CoordinatorHarness harness = new CoordinatorHarness(bad);
            harness.command(OPERATOR.signed(bad.submitted(), 0, null));
            assertRefused(harness, "bad-job");
        }
    }

    @Test
    void shouldNotFenceATrainerForOneWhoHasNotItsKey() {
        CoordinatorHarness harness = opened();
        int told = harness.told.size();

        harness.manifest(joined("a", "i-false"));
        assertRefused(harness, "bad-signature");
        harness.manifest(MALLORY.signed(joined("a", "i-false"), 0, last(harness)));
        assertRefused(harness, "bad-signature");
        // with a key of the job, but another trainer's
        harness.manifest(TRAINERS.get("b").signed(joined("a", "i-false"), 0, last(harness)));
        assertRefused(harness, "bad-signature");

        assertThat(harness.told).as("nobody is answered whom nobody knows").hasSize(told);
        harness.manifest(signed(harness, "a", update(harness, "a", 1)));
        assertThat(harness.all(UpdateAccepted.class)).hasSize(2);
    }

    @Test
    void shouldNotAdmitAnIdWithoutAKey() {
        CoordinatorHarness harness = opened();

        harness.manifest(MALLORY.signed(joined("mallory", "i-m"), 0, last(harness)));

        assertRefused(harness, "bad-signature");
        assertThat(harness.all(TrainerAdmitted.class)).hasSize(3);
    }

    @Test
    void shouldNotCountForgedUpdatesAsFaults() {
        CoordinatorHarness harness = opened();
        int told = harness.told.size();

        for (int i = 0; i < 5; i++) {
            UpdateManifest forged = UpdateManifest.newBuilder(update(harness, "a", 1))
                    .setAttempt("forged-" + i)
                    .build();
            harness.manifest(MALLORY.signed(forged, i, last(harness)));
            assertRefused(harness, "bad-signature");
        }

        assertThat(harness.told).hasSize(told);
        assertThat(harness.all(UpdateRejected.class)).isEmpty();
        harness.manifest(signed(harness, "a", update(harness, "a", 1)));
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @Test
    void shouldTakeEachRecordOnce() {
        CoordinatorHarness harness = opened();
        UpdateManifest sent = signed(harness, "a", update(harness, "a", 1));
        harness.manifest(sent);
        int told = harness.told.size();

        harness.manifest(sent);
        assertRefused(harness, "duplicate");
        harness.restart();
        harness.manifest(sent);
        assertRefused(harness, "duplicate");

        assertThat(harness.told).hasSize(told);
        assertThat(harness.all(UpdateRejected.class)).isEmpty();
    }

    @Test
    void shouldRefuseRecordsOfAnotherJob() {
        CoordinatorHarness harness = opened();
        UpdateManifest other = UpdateManifest.newBuilder(update(harness, "a", 1))
                .setJobUuid("0b4e4f4e-0000-4000-8000-000000000002")
                .build();

        harness.manifest(TRAINERS.get("a").signed(other, 40, last(harness)));
        assertRefused(harness, "wrong-job");
        UpdateManifest renamed =
                UpdateManifest.newBuilder(other).setJobUuid(TestJob.UUID).build();
        harness.manifest(renamed);
        assertRefused(harness, "bad-signature");
        assertThat(harness.all(UpdateRejected.class)).isEmpty();
    }

    @Test
    void shouldRefuseRecordsOfAnotherHistoryOfTheSameJob() {
        CoordinatorHarness original = opened();
        UpdateManifest sent = signed(original, "a", update(original, "a", 1));
        TrainerJoined joined = TRAINERS.get("a").signed(joined("a", "i-later"), 0, last(original));
        sequences.clear();
        commands = 0;
        // the same job from the same archive, whose round 1 opened at another time
        CoordinatorHarness restored = opened(5_000);
        int told = restored.told.size();

        restored.manifest(sent);
        assertRefused(restored, "wrong-history");
        restored.manifest(joined);

        assertRefused(restored, "wrong-history");
        assertThat(restored.told).hasSize(told);
        restored.manifest(signed(restored, "a", update(restored, "a", 1)));
        assertThat(restored.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @Test
    void shouldNotTakeATrainerBackForACopyOfWhatItSent() {
        CoordinatorHarness harness = opened(job(spec -> spec.setAbsentAfter(1).setRounds(5)), 1_000);
        UpdateManifest first = signed(harness, "a", update(harness, "a", 1));
        harness.manifest(first);
        harness.manifest(signed(harness, "b", update(harness, "b", 1)));
        harness.manifest(signed(harness, "c", update(harness, "c", 1)));
        harness.foldAll();
        harness.manifest(signed(harness, "b", update(harness, "b", 2)));
        harness.manifest(signed(harness, "c", update(harness, "c", 2)));
        harness.now += 2 * TestJob.DEADLINE_MS;
        harness.clock();
        harness.foldAll();
        assertThat(harness.last(TrainerRemoved.class).getReason()).isEqualTo("absent");
        int admitted = harness.all(TrainerAdmitted.class).size();

        harness.manifest(first);
        assertRefused(harness, "duplicate");
        harness.manifest(TRAINERS.get("a").signed(joined("a", "i-a"), 0, null));
        assertRefused(harness, "duplicate");

        assertThat(harness.all(TrainerAdmitted.class)).hasSize(admitted);
        harness.manifest(signed(harness, "a", joined("a", "i-a")));
        assertThat(harness.all(TrainerAdmitted.class)).hasSize(admitted + 1);
    }

    @Test
    void shouldRemoveATrainerWhoseLastKeyIsRevoked() {
        CoordinatorHarness harness = opened();

        harness.command(command(new TrainerKeyRevokeRequested(
                TestJob.UUID, "a", TRAINERS.get("a").verifyingKey().toString(), "stolen", 0L, null)));

        TrainerRemoved removed = harness.last(TrainerRemoved.class);
        assertThat(removed.getReason()).isEqualTo("key-revoked");
        assertThat(harness.told).contains(removed);
        harness.manifest(signed(harness, "a", update(harness, "a", 1)));
        assertRefused(harness, "bad-signature");
        harness.manifest(signed(harness, "b", update(harness, "b", 1)));
        harness.manifest(signed(harness, "c", update(harness, "c", 1)));
        harness.foldAll();
        assertThat(harness.published).hasSize(2);
    }

    @Test
    void shouldRotateAKeyInTheOrderOfTheLog() {
        CoordinatorHarness harness = opened();
        SigningKey fresh = SigningKey.generate();
        harness.command(command(new TrainerKeyAddRequested(
                TestJob.UUID, "a", fresh.verifyingKey().toString(), 0L, null)));
        harness.command(command(new TrainerKeyRevokeRequested(
                TestJob.UUID, "a", TRAINERS.get("a").verifyingKey().toString(), "", 0L, null)));

        harness.restart();
        harness.manifest(signed(harness, "a", update(harness, "a", 1)));
        assertRefused(harness, "bad-signature");
        harness.manifest(fresh.signed(update(harness, "a", 1), 10, last(harness)));

        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @Test
    void shouldTakeCommandsOfTheOperatorAloneAndEachOnce() {
        CoordinatorHarness harness = opened();
        PauseRequested pause = command(new PauseRequested(TestJob.UUID, "", 0L, null));

        for (SpecificRecord forged : List.of(
                new PauseRequested(TestJob.UUID, "", 0L, null),
                MALLORY.signed(new PauseRequested(TestJob.UUID, "", 0L, null), 100, null),
                TRAINERS.get("a").signed(new PauseRequested(TestJob.UUID, "", 0L, null), 100, null),
                new RoundsArchived(TestJob.UUID, 0, 0, Digests.of(new byte[0]), 0L, null),
                MALLORY.signed(
                        new TrainerKeyAddRequested(
                                TestJob.UUID, "m", MALLORY.verifyingKey().toString(), 0L, null),
                        100,
                        null))) {
            harness.command(forged);
            assertRefused(harness, "bad-signature");
        }
        harness.command(pause);
        harness.command(command(new ResumeRequested(TestJob.UUID, "", 0L, null)));
        harness.restart();
        harness.command(pause);

        assertRefused(harness, "duplicate");
        assertThat(harness.all(JobPaused.class)).hasSize(1);
    }

    @Test
    void shouldNotLetACommandThatWasRefusedCountLater() {
        CoordinatorHarness harness = opened();
        ResumeRequested early = command(new ResumeRequested(TestJob.UUID, "", 0L, null));
        harness.command(early);
        assertRefused(harness, "not-applicable");
        harness.command(command(new PauseRequested(TestJob.UUID, "", 0L, null)));

        harness.command(early);

        assertRefused(harness, "duplicate");
    }

    @Test
    void shouldNotLetATrainerLeaveForOneWhoHasNotItsKey() {
        CoordinatorHarness harness = opened();

        harness.manifest(MALLORY.signed(new TrainerLeft(TestJob.UUID, "a", "i-a", "", null), 9, last(harness)));
        assertRefused(harness, "bad-signature");
        harness.manifest(new TrainerLeft(TestJob.UUID, "a", "i-a", "", null));
        assertRefused(harness, "bad-signature");
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();

        harness.manifest(signed(harness, "a", new TrainerLeft(TestJob.UUID, "a", "i-a", "", null)));
        assertThat(harness.all(TrainerRemoved.class)).hasSize(1);
    }

    @Test
    void shouldTakeRoundZeroFromTheOperatorAlone() {
        CoordinatorHarness harness = new CoordinatorHarness(job);
        harness.command(OPERATOR.signed(job.submitted(), 0, null));

        harness.manifest(job.initialManifest());
        assertRefused(harness, "bad-signature");
        harness.manifest(MALLORY.signed(job.initialManifest(), 0, null));
        assertRefused(harness, "bad-signature");
        harness.manifest(OPERATOR.signed(job.initialManifest(), 0, null));

        assertThat(harness.all(UpdateAccepted.class)).hasSize(1);
    }

    private CoordinatorHarness opened() {
        return opened(1_000);
    }

    private CoordinatorHarness opened(long now) {
        return opened(job, now);
    }

    /** A job with three trainers, whose round 1 is open since {@code now}. */
    private CoordinatorHarness opened(TestJob of, long now) {
        CoordinatorHarness harness = new CoordinatorHarness(of);
        JobSubmitted submitted = OPERATOR.signed(of.submitted(), commands++, null);
        harness.command(submitted);
        TRAINERS.forEach((trainer, key) -> harness.command(command(new TrainerKeyAddRequested(
                TestJob.UUID, trainer, key.verifyingKey().toString(), 0L, null))));
        harness.manifest(OPERATOR.signed(of.initialManifest(), 0, null));
        harness.foldAll();
        for (String trainer : List.of("a", "b", "c")) {
            harness.now = now;
            harness.manifest(signed(harness, trainer, joined(trainer, "i-" + trainer)));
        }
        return harness;
    }

    private TrainerJoined joined(String trainer, String incarnation) {
        return job.joined(trainer, incarnation);
    }

    private static UpdateManifest update(CoordinatorHarness harness, String trainer, int round) {
        return harness.job.manifest(trainer, "i-" + trainer, round);
    }

    private <T extends SpecificRecord> T command(T command) {
        return OPERATOR.signed(command, commands++, null);
    }

    private <T extends SpecificRecord> T signed(CoordinatorHarness harness, String trainer, T record) {
        long sequence = sequences.merge(trainer, 1L, Long::sum);
        return TRAINERS.get(trainer).signed(record, sequence, last(harness));
    }

    private static Sha256 last(CoordinatorHarness harness) {
        return CanonicalText.digest(harness.last(RoundOpened.class));
    }

    private static void assertRefused(CoordinatorHarness harness, String reason) {
        assertThat(harness.decisions.get(harness.decisions.size() - 1))
                .isInstanceOfSatisfying(InputRefused.class, refused -> {
                    assertThat(refused.getReason()).as(refused.getDetail()).isEqualTo(reason);
                    assertThat(refused.getIncarnation()).isEmpty();
                });
    }
}
