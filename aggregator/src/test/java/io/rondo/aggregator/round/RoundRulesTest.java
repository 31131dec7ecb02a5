package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.log.CohortMember;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.PartRefused;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of rounds that a job chooses. */
class RoundRulesTest {
    private final TestJob job = TestJob.create().with(spec -> spec.setRounds(4));

    @ParameterizedTest
    @CsvSource({"2,3,2", "5,3,3", "67%,3,3", "50%,3,2", "0.5,3,2", "0.34,3,2", "1.0,7,7", "100%,1,1", "0.000001,9,1"})
    void shouldRoundAQuorumUpWithinTheCohort(String quorum, int cohort, int updates) {
        assertThat(Quorum.parse(quorum).of(cohort)).isEqualTo(updates);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "0%", "101%", "0.0", "1.5", ".5", "half", "1e3", "50 %"})
    void shouldRefuseWhatIsNoQuorum(String quorum) {
        assertThatThrownBy(() -> Quorum.parse(quorum))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + quorum + "'");
    }

    @Test
    void shouldDrawTheSameCohortFromTheSameSeedInEveryLanguage() {
        List<String> trainers =
                IntStream.range(0, 10).mapToObj(i -> "trainer-" + i).toList();
        CohortRule rule = CohortRule.parse("30%");

        // worked out by sorting the SHA-256 of "rondo-cohort-v1\n1\n7\ntrainer-N" with another program
        assertThat(rule.draw(trainers, 1, 7, 100)).containsExactly("trainer-4", "trainer-5", "trainer-9");
        assertThat(rule.draw(trainers.subList(3, 10), 1, 7, 100)).isSubsetOf(trainers);
        assertThat(IntStream.range(1, 50).mapToObj(round -> rule.draw(trainers, 1, round, 100)))
                .allMatch(cohort -> cohort.size() == 3)
                .satisfies(all -> assertThat(all.stream().flatMap(List::stream).distinct())
                        .hasSize(10));
        assertThat(CohortRule.parse("all").draw(trainers, 1, 7, 4)).hasSize(4);
    }

    @Test
    void shouldAskAShareOfTheTrainers() {
        CoordinatorHarness harness = open(spec -> spec.setCohort("0.5"));

        List<String> cohort = harness.open().getCohort();
        assertThat(cohort).hasSize(2).isSubsetOf("a", "b", "c");
        String other = List.of("a", "b", "c").stream()
                .filter(trainer -> !cohort.contains(trainer))
                .findFirst()
                .orElseThrow();
        harness.update(other, 1);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("not-in-cohort");
        cohort.forEach(trainer -> harness.update(trainer, 1));
        assertThat(harness.last(RoundClosed.class).getTrigger()).isEqualTo("all");
    }

    @Test
    void shouldTakeUpdatesWithinTheGraceAndCloseAfterIt() {
        CoordinatorHarness harness = open(spec -> spec.setGraceMs(500));
        long deadline = harness.open().getDeadline();
        harness.update("a", 1);
        harness.now = deadline + 500;
        harness.clock();
        harness.update("b", 1);

        assertThat(harness.all(UpdateAccepted.class)).hasSize(3);
        assertThat(harness.last(RoundClosed.class).getRound()).isZero();
        assertThat(harness.coordinator.deadline()).hasValue(deadline + 500);
        harness.now++;
        harness.update("c", 1);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
        harness.clock();
        assertThat(harness.last(RoundClosed.class).getMembers()).hasSize(2);
    }

    @Test
    void shouldSkipARoundWithoutAQuorum() {
        CoordinatorHarness harness = open(spec -> spec.setWithoutQuorum("skip"));
        harness.update("a", 1);
        harness.now = harness.open().getDeadline() + 1;

        harness.clock();

        RoundFailed failed = harness.last(RoundFailed.class);
        assertThat(failed.getReason()).isEqualTo("no-quorum");
        assertThat(failed.getDetail()).contains("1 updates").contains("quorum is 2");
        assertThat(harness.open().getRound()).isEqualTo(2);
        assertThat(harness.open().getBaseRound()).isZero();
        harness.update("a", 1);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
    }

    @Test
    void shouldFinishAJobWhoseLastRoundIsSkipped() {
        CoordinatorHarness harness = open(spec -> spec.setWithoutQuorum("skip").setRounds(1));
        harness.now = harness.open().getDeadline() + 1;

        harness.clock();

        assertThat(harness.last(JobFinished.class).getJobUuid()).isEqualTo(TestJob.UUID);
    }

    @Test
    void shouldEndAJobWithoutAQuorum() {
        CoordinatorHarness harness = open(spec -> spec.setWithoutQuorum("fail"));
        harness.now = harness.open().getDeadline() + 1;

        harness.clock();

        assertThat(harness.last(RoundFailed.class).getRound()).isEqualTo(1);
        assertThat(harness.last(JobAborted.class).getReason()).startsWith("round 1 had no quorum");
        assertThat(harness.coordinator.isOver()).isTrue();
    }

    @Test
    void shouldAlwaysExtendTheRoundThatStartsEverything() {
        CoordinatorHarness harness = new CoordinatorHarness(job.with(spec -> spec.setWithoutQuorum("fail")));
        harness.command(harness.job.submitted());
        harness.now = harness.open().getDeadline() + 1;

        harness.clock();

        assertThat(harness.last(RoundExtended.class).getRound()).isZero();
    }

    @Test
    void shouldCountALateUpdateInTheNextRoundWithLessWeight() {
        CoordinatorHarness harness = open(spec -> spec.setLateUpdates("next-round"));
        harness.update("a", 1);
        harness.update("b", 1);
        harness.now = harness.open().getDeadline() + 1;

        // its own time closes the round, and while that is folded it is kept for the next one
        harness.update("c", 1);
        harness.foldAll();
        harness.update("a", 2);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();

        assertThat(harness.all(RoundClosed.class).get(1).getTrigger()).isEqualTo("deadline");
        UpdateAccepted late = harness.all(UpdateAccepted.class).stream()
                .filter(update -> update.getManifest().getTrainer().equals("c"))
                .findFirst()
                .orElseThrow();
        assertThat(late.getRound()).isEqualTo(2);
        assertThat(late.getManifest().getRound()).isEqualTo(1);
        assertThat(late.getWeight()).isEqualTo(50.5);
        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactly("c", "a");
    }

    @Test
    void shouldLetAFreshUpdateTakeThePlaceOfALateOne() {
        CoordinatorHarness harness = secondRoundWithALateUpdateOfC();

        harness.update("c", 2);
        harness.update("a", 2);
        harness.update("b", 2);

        UpdateRejected superseded = harness.last(UpdateRejected.class);
        assertThat(superseded.getReason()).isEqualTo("superseded");
        assertThat(superseded.getRevoked()).isTrue();
        assertThat(superseded.getRound()).isEqualTo(2);
        assertThat(superseded.getAttempt()).isEqualTo("c-attempt-1");
        assertThat(harness.last(RoundClosed.class).getTrigger()).isEqualTo("all");
        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getAttempt)
                .containsExactly("c-attempt-2", "a-attempt-2", "b-attempt-2");
    }

    @Test
    void shouldCountNoUpdateTwice() {
        CoordinatorHarness harness = secondRoundWithALateUpdateOfC();

        harness.update("a", 1);
        harness.update("c", 1);

        assertThat(harness.all(UpdateRejected.class))
                .extracting(UpdateRejected::getReason)
                .containsExactly("duplicate", "duplicate");
    }

    @Test
    void shouldTakeALateUpdateBackIntoItsRoundWhenThatOpensAgain() {
        CoordinatorHarness harness = closedByDeadline(spec -> spec.setLateUpdates("next-round"));
        harness.update("c", 1);
        UpdateAccepted late = harness.last(UpdateAccepted.class);
        assertThat(late.getRound()).isEqualTo(2);

        refuse(harness, "a-attempt-1");

        assertThat(harness.last(RoundReopened.class).getRound()).isEqualTo(1);
        UpdateRejected revoked = harness.last(UpdateRejected.class);
        assertThat(revoked.getRound()).isEqualTo(2);
        assertThat(revoked.getReason()).isEqualTo("superseded");
        UpdateAccepted accepted = harness.last(UpdateAccepted.class);
        assertThat(accepted.getManifest()).isEqualTo(late.getManifest());
        assertThat(accepted.getRound()).isEqualTo(1);
        assertThat(accepted.getWeight()).isEqualTo(2 * late.getWeight());
        harness.update("c", 1);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("duplicate");
        harness.now = harness.last(RoundReopened.class).getDeadline() + 1;
        harness.clock();
        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getAttempt)
                .containsExactly("b-attempt-1", "c-attempt-1");
        harness.foldAll();
        assertThat(harness.open().getRound()).isEqualTo(2);
        harness.update("a", 2);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        assertThat(harness.all(RoundExtended.class)).as("c counts in one round").hasSize(1);
    }

    @Test
    void shouldNotReopenARoundForEver() {
        CoordinatorHarness harness =
                open(spec -> spec.setQuorum("100%").setWithoutQuorum("skip").setDeadlineMs(1_000));
        harness.update("a", 1);
        harness.update("b", 1);

        for (int i = 1; i <= 4; i++) {
            harness.manifest(job.manifest("c", "i-c", 1, job.chunks("c", "try-" + i, 1, job.values("c", 1)), 8));
            refuse(harness, "try-" + i);
        }

        assertThat(harness.all(RoundReopened.class)).hasSize(3);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("too-many-faults");
        harness.now = harness.last(RoundReopened.class).getDeadline() + 1;
        harness.clock();
        assertThat(harness.last(RoundFailed.class).getReason()).isEqualTo("no-quorum");
    }

    @Test
    void shouldForgiveFaultsWhenTheRoundIsExtended() {
        CoordinatorHarness harness = open(spec -> spec.setQuorum("100%"));
        for (int i = 1; i <= 3; i++) {
            harness.manifest(job.manifest("c", "i-c", 1, job.chunks("c", "try-" + i, 1, job.values("c", 1)), 8));
            refuse(harness, "try-" + i);
        }
        harness.update("c", 1);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("too-many-faults");

        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        harness.update("c", 1);

        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("c");
    }

    @Test
    void shouldCheckALateUpdateAsAnyOther() {
        CoordinatorHarness harness = closedByDeadline(spec -> spec.setLateUpdates("next-round"));
        UpdateManifest sound = harness.job.manifest("c", "i-c", 1);

        harness.manifest(UpdateManifest.newBuilder(sound).setBaseRound(-1).build());
        harness.manifest(UpdateManifest.newBuilder(sound).setElements(1).build());
        harness.manifest(UpdateManifest.newBuilder(sound).setNumExamples(0).build());

        assertThat(harness.all(UpdateRejected.class))
                .extracting(UpdateRejected::getReason)
                .containsExactly("wrong-base-round", "wrong-shape", "bad-weight");
    }

    @Test
    void shouldRejectAnUpdateThatIsTwoRoundsLate() {
        CoordinatorHarness harness = closedByDeadline(spec -> spec.setLateUpdates("next-round"));
        harness.foldAll();
        harness.update("a", 2);
        harness.update("b", 2);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();

        harness.update("c", 1);

        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
    }

    @Test
    void shouldRejectALateUpdateOfTensorsThatTheNextRoundDoesNotShare() {
        CoordinatorHarness harness =
                closedByDeadline(spec -> spec.setLateUpdates("next-round").setMethod("rolora"));

        harness.update("c", 1);

        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("late");
        assertThat(harness.last(UpdateRejected.class).getDetail()).contains("other tensors");
    }

    @Test
    void shouldNotWaitForATrainerThatMissedTooManyRounds() {
        CoordinatorHarness harness = open(spec -> spec.setAbsentAfter(2));
        missRound(harness, 1);
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();

        missRound(harness, 2);

        TrainerRemoved removed = harness.last(TrainerRemoved.class);
        assertThat(removed.getTrainer()).isEqualTo("c");
        assertThat(removed.getReason()).isEqualTo("absent");
        assertThat(DecisionKind.isTold(removed, 0)).isTrue();
        assertThat(harness.open().getCohort()).containsExactly("a", "b");
        harness.update("c", 3);
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("not-admitted");
        assertThat(harness.last(UpdateRejected.class).getDetail()).contains("missed too many rounds");
    }

    @Test
    void shouldTakeAnAbsentTrainerBackAsTheSameIncarnation() {
        CoordinatorHarness harness = open(spec -> spec.setAbsentAfter(1));
        missRound(harness, 1);

        harness.manifest(job.joined("c", "i-c"));
        harness.update("a", 2);
        harness.update("b", 2);
        harness.foldAll();

        assertThat(harness.last(TrainerAdmitted.class).getIncarnation()).isEqualTo("i-c");
        assertThat(harness.open().getCohort()).containsExactly("a", "b", "c");
    }

    @Test
    void shouldFenceAnAbsentIncarnationBehindANewerOne() {
        CoordinatorHarness harness = open(spec -> spec.setAbsentAfter(1));
        missRound(harness, 1);

        harness.manifest(job.joined("c", "newer"));
        harness.manifest(job.joined("c", "i-c"));

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("fenced");
    }

    @Test
    void shouldForgetMissedRoundsWithTheNextUpdate() {
        CoordinatorHarness harness = open(spec -> spec.setAbsentAfter(2));
        missRound(harness, 1);
        List.of("a", "b", "c").forEach(trainer -> harness.update(trainer, 2));
        harness.foldAll();

        missRound(harness, 3);

        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
    }

    @Test
    void shouldAskThoseWhoAreThereWhenTheCohortHasLeft() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(waitingForNobody(2), "a", "b");
        leave(harness, "a");
        leave(harness, "b");
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        assertThat(harness.all(RoundExtended.class))
                .as("nobody else is there yet")
                .hasSize(1);
        harness.manifest(job.joined("c", "i-c"));
        harness.manifest(job.joined("d", "i-d"));
        harness.now = harness.last(RoundExtended.class).getDeadline() + 1;

        harness.restart();
        harness.clock();

        assertThat(harness.all(RoundExtended.class)).hasSize(1);
        assertThat(harness.open().getRound()).isEqualTo(1);
        assertThat(harness.open().getBaseRound()).isZero();
        assertThat(harness.open().getCohort()).containsExactly("c", "d");
        assertThat(harness.open().getDeadline()).isEqualTo(harness.now + TestJob.DEADLINE_MS);
        harness.update("c", 1);
        harness.update("d", 1);
        harness.foldAll();
        assertThat(harness.open().getRound()).isEqualTo(2);
    }

    @Test
    void shouldReplaceAMemberThatIsSilentForGood() {
        CoordinatorHarness harness = CoordinatorHarness.withOpenRound(waitingForNobody(2), "a", "b");
        List.of("c", "d", "e").forEach(trainer -> harness.manifest(job.joined(trainer, "i-" + trainer)));
        harness.update("a", 1);

        passDeadlines(harness, 3);
        assertThat(harness.all(RoundExtended.class)).hasSize(3);
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
        passDeadlines(harness, 1);

        assertThat(harness.last(TrainerRemoved.class).getTrainer()).isEqualTo("b");
        assertThat(harness.last(TrainerRemoved.class).getReason()).isEqualTo("absent");
        assertThat(harness.open().getRound()).isEqualTo(1);
        assertThat(harness.open().getCohort()).containsExactly("a", "c", "d", "e");
        harness.restart();
        harness.update("c", 1);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getTrainer)
                .as("what counted before still counts")
                .containsExactly("a", "c");
    }

    @Test
    void shouldCloseWithThoseWhoAreLeft() {
        CoordinatorHarness harness = open(spec -> spec.setRules(1).setQuorum("100%"));
        harness.update("a", 1);
        harness.update("b", 1);
        leave(harness, "c");
        assertThat(harness.all(RoundClosed.class))
                .as("until the deadline it may come back")
                .hasSize(1);

        harness.now = harness.open().getDeadline() + 1;
        harness.clock();

        assertThat(harness.open().getCohort()).containsExactly("a", "b");
        assertThat(harness.last(RoundClosed.class).getTrigger()).isEqualTo("all");
    }

    @Test
    void shouldWaitForSilentMembersWhereNobodyElseIsThere() {
        CoordinatorHarness harness = open(spec -> spec.setRules(1));

        passDeadlines(harness, 9);

        assertThat(harness.all(RoundExtended.class)).hasSize(9);
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
    }

    @Test
    void shouldExtendForEverUnderTheFirstRules() {
        CoordinatorHarness harness = open(spec -> spec.setMinTrainers(3));
        List.of("a", "b", "c").forEach(trainer -> leave(harness, trainer));
        harness.manifest(job.joined("d", "i-d"));

        passDeadlines(harness, 9);

        assertThat(harness.all(RoundExtended.class)).hasSize(9);
    }

    @Test
    void shouldNotCallATrainerAbsentWhoseLateUpdateCounts() {
        CoordinatorHarness harness = closedByDeadline(
                spec -> spec.setLateUpdates("next-round").setAbsentAfter(1).setRules(1));
        harness.update("c", 1);
        harness.foldAll();
        assertThat(harness.open().getCohort()).contains("c");

        missRound(harness, 2);

        assertThat(harness.last(RoundClosed.class).getMembers())
                .extracting(CohortMember::getAttempt)
                .contains("c-attempt-1");
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
        missRound(harness, 3);
        assertThat(harness.last(TrainerRemoved.class).getTrainer()).isEqualTo("c");
    }

    @Test
    void shouldTakeAnAbsentTrainerBackWithTheUpdateThatWasOnItsWay() {
        CoordinatorHarness harness =
                open(spec -> spec.setLateUpdates("next-round").setAbsentAfter(1).setRules(1));
        missRound(harness, 1);
        assertThat(harness.last(TrainerRemoved.class).getTrainer()).isEqualTo("c");

        harness.update("c", 1);

        assertThat(harness.last(TrainerAdmitted.class).getIncarnation()).isEqualTo("i-c");
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("c");
        assertThat(harness.last(UpdateAccepted.class).getRound()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, RulesVersion.NEWEST + 1})
    void shouldRefuseAJobOfRulesThatItDoesNotKnow(int rules) {
        CoordinatorHarness harness = new CoordinatorHarness(job.with(spec -> spec.setRules(rules)));

        harness.command(harness.job.submitted());

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("bad-job");
        assertThat(harness.last(InputRefused.class).getDetail()).contains("rules: " + rules);
    }

    @Test
    void shouldSayThatANewerVersionIsNeeded() {
        TestJob newer = job.with(spec -> spec.setRules(RulesVersion.NEWEST + 1));

        assertThatThrownBy(() -> RulesVersion.requireKnown(newer.spec()))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.RULES_UNKNOWN))
                .hasMessageContaining("rules " + (RulesVersion.NEWEST + 1));
    }

    private TestJob waitingForNobody(int minTrainers) {
        return job.with(
                spec -> spec.setMinTrainers(minTrainers).setAbsentAfter(1).setRules(1));
    }

    private void leave(CoordinatorHarness harness, String trainer) {
        harness.manifest(TrainerLeft.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setTrainer(trainer)
                .setIncarnation("i-" + trainer)
                .build());
    }

    private static void passDeadlines(CoordinatorHarness harness, int deadlines) {
        for (int i = 0; i < deadlines; i++) {
            harness.now = harness.coordinator.deadline().orElseThrow() + 1;
            harness.clock();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cohort,some",
        "quorum,0",
        "late,keep",
        "quorumless,wait",
        "grace,-1",
        "absent,-1",
        "staleness,0",
        "staleness,1.5"
    })
    void shouldRefuseAJobWithARuleThatIsNone(String rule, String value) {
        CoordinatorHarness harness = new CoordinatorHarness(job.with(spec -> switch (rule) {
            case "cohort" -> spec.setCohort(value);
            case "quorum" -> spec.setQuorum(value);
            case "late" -> spec.setLateUpdates(value);
            case "quorumless" -> spec.setWithoutQuorum(value);
            case "grace" -> spec.setGraceMs(Long.parseLong(value));
            case "absent" -> spec.setAbsentAfter(Integer.parseInt(value));
            default -> spec.setStalenessWeight(Double.parseDouble(value));
        }));

        harness.command(harness.job.submitted());

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("bad-job");
        assertThat(harness.last(InputRefused.class).getDetail()).contains(value);
        assertThat(harness.all(JobStarted.class)).isEmpty();
    }

    /** A fold finds a fault in an update of round 1. */
    private static void refuse(CoordinatorHarness harness, String attempt) {
        String trainer = harness.all(UpdateAccepted.class).stream()
                .map(UpdateAccepted::getManifest)
                .filter(manifest -> manifest.getAttempt().equals(attempt))
                .map(UpdateManifest::getTrainer)
                .findFirst()
                .orElse("c");
        harness.part(new PartRefused(1, 0, trainer, attempt, "missing-chunk", "for a test"));
    }

    private CoordinatorHarness open(UnaryOperator<JobSpec.Builder> rules) {
        return CoordinatorHarness.withOpenRound(job.with(rules), "a", "b", "c");
    }

    /** Round 1, in which c sent nothing, while it is folded. */
    private CoordinatorHarness closedByDeadline(UnaryOperator<JobSpec.Builder> rules) {
        CoordinatorHarness harness = open(rules);
        harness.update("a", 1);
        harness.update("b", 1);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        return harness;
    }

    private CoordinatorHarness secondRoundWithALateUpdateOfC() {
        CoordinatorHarness harness = closedByDeadline(spec -> spec.setLateUpdates("next-round"));
        harness.foldAll();
        harness.update("c", 1);
        return harness;
    }

    private static void missRound(CoordinatorHarness harness, int round) {
        harness.update("a", round);
        harness.update("b", round);
        harness.now = harness.open().getDeadline() + 1;
        harness.clock();
        harness.foldAll();
    }
}
