package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.rondo.aggregator.TestJob;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many refused records that one decision answers. */
class RefusedRunTest {
    private final TestJob job = TestJob.create().with(spec -> spec.setRules(6));
    private final CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");
    private final int decided = harness.decisions.size();

    @Test
    void shouldAnswerManyRecordsByOneDecision() {
        harness.coordinator.answerRefused(Answering.TOGETHER);
        noise(3);
        harness.manifest(job.manifest("unknown", "i-unknown", 1));
        harness.manifest(job.joined("submitter", "i-x"));

        assertThat(harness.decisions).hasSize(decided);
        harness.settle();

        InputRefused refused = harness.last(InputRefused.class);
        assertThat(harness.decisions).hasSize(decided + 1);
        assertThat(refused.getRecords()).isEqualTo(5);
        assertThat(refused.getHeader().getSource().getOffset()).isEqualTo(refused.getFirstOffset() + 4);
        assertThat(refused.getReason()).isEqualTo("bad-trainer");
        assertThat(refused.getDetail())
                .isEqualTo("1 bad-trainer, 1 not-admitted, 3 unreadable; the last: trainer 'submitter'");
        assertThat(refused.getTrainer()).isEmpty();
        harness.settle();
        assertThat(harness.decisions).as("all are answered").hasSize(decided + 1);
    }

    @Test
    void shouldKeepTheOrderOfInputs() {
        harness.coordinator.answerRefused(Answering.TOGETHER);
        noise(2);
        harness.update("a", 1);
        noise(1);
        harness.update("b", 1);
        noise(1);
        harness.update("c", 1);
        noise(1);
        harness.foldAll();
        noise(1);
        harness.now += 1_000_000;
        harness.clock();

        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getRecords)
                .containsExactly(2L, 1L, 1L, 1L, 1L);
        assertThat(harness.all(UpdateAccepted.class)).hasSize(4);
        assertThat(harness.published).extracting(RoundPublished::getRound).containsExactly(0, 1);
        assertThat(harness.decisions)
                .extracting(decision -> DecisionKind.header(decision).getSequence())
                .isSorted();
    }

    /** A trainer waits for these answers: they name it, and go to rounds. */
    @Test
    void shouldAnswerTrainersAloneUnlessTheyAreTooMany() {
        harness.coordinator.answerRefused(Answering.UNADDRESSED_TOGETHER);
        int told = harness.told.size();
        noise(1);
        harness.manifest(job.joined("a", "i-a"));
        harness.manifest(job.manifest("unknown", "i-unknown", 1));
        harness.manifest(job.evaluation("unknown", "i-unknown", 0));
        harness.manifest(job.evaluation("unknown", "i-unknown", 0));
        harness.settle();

        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getRecords, InputRefused::getTrainer)
                .containsExactly(tuple(1L, ""), tuple(1L, "a"), tuple(2L, ""));
        assertThat(harness.all(UpdateRejected.class)).hasSize(1);
        assertThat(harness.told).hasSize(told + 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5})
    void shouldAnswerEachAloneUnderOlderRules(int rules) {
        CoordinatorHarness older =
                CoordinatorHarness.withOpenRound(TestJob.create().with(spec -> spec.setRules(rules)), "a", "b", "c");
        older.coordinator.answerRefused(Answering.TOGETHER);
        older.unreadable(InputTopic.MANIFESTS, RejectionReason.UNREADABLE);
        older.unreadable(InputTopic.MANIFESTS, RejectionReason.UNREADABLE);

        assertThat(older.all(InputRefused.class))
                .extracting(InputRefused::getFirstOffset)
                .containsExactly(-1L, -1L);
    }

    /** An operator's command waits for its answer. */
    @ParameterizedTest
    @EnumSource(
            value = InputTopic.class,
            names = {"COMMANDS", "PARTS"})
    void shouldAnswerRecordsOfOtherTopicsAlone(InputTopic topic) {
        harness.coordinator.answerRefused(Answering.TOGETHER);
        harness.unreadable(topic, RejectionReason.UNREADABLE);

        assertThat(harness.last(InputRefused.class).getFirstOffset()).isEqualTo(-1);
    }

    /** Until they are answered, a new process reads them again, and decides the same. */
    @Test
    void shouldReadRecordsAgainThatAreNotAnswered() {
        harness.coordinator.answerRefused(Answering.TOGETHER);
        noise(3);
        harness.restart();
        harness.coordinator.answerRefused(Answering.TOGETHER);
        harness.readAgain();
        harness.settle();

        assertThat(harness.last(InputRefused.class).getRecords()).isEqualTo(3);
        harness.restart();
        harness.readAgain();
        assertThat(harness.decisions).hasSize(decided + 1);
    }

    /** It was admitted again by a decision of its own, so its update is rejected by one too. */
    @Test
    void shouldRejectAnUpdateAloneThatTakesItsTrainerBack() {
        TestJob strict = TestJob.create().with(spec -> spec.setRules(6).setAbsentAfter(1));
        CoordinatorHarness absent = CoordinatorHarness.withOpenRound(strict, "a", "b", "c");
        absent.coordinator.answerRefused(Answering.TOGETHER);
        absent.update("a", 1);
        absent.update("b", 1);
        absent.now += 1_000_000;
        absent.clock();
        absent.foldAll();
        int admissions = absent.all(TrainerAdmitted.class).size();

        absent.update("c", 1);

        assertThat(absent.all(TrainerAdmitted.class)).hasSize(admissions + 1);
        assertThat(absent.last(UpdateRejected.class).getTrainer()).isEqualTo("c");
    }

    @Test
    void shouldStillCountWhatComesBetween() {
        harness.coordinator.answerRefused(Answering.TOGETHER);
        noise(1);
        harness.manifest(job.evaluation("a", "i-a", 0));
        noise(1);
        harness.manifest(job.joined("d", "i-d"));
        noise(1);
        harness.settle();

        assertThat(harness.all(EvaluationRecorded.class)).hasSize(1);
        assertThat(harness.last(TrainerAdmitted.class).getTrainer()).isEqualTo("d");
        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getRecords)
                .isEqualTo(List.of(1L, 1L, 1L));
    }

    private void noise(int records) {
        for (int i = 0; i < records; i++) {
            harness.unreadable(InputTopic.MANIFESTS, RejectionReason.UNREADABLE);
        }
    }
}
