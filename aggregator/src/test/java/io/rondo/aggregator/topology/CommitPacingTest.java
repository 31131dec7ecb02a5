package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobPaused;
import io.rondo.log.RoundClosed;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitPacingTest {
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final DecisionOutbox outbox = new DecisionOutbox(
            new JobTopics(TestJob.NAME, 1, 1), codec, (topic, partition, key, value, at) -> {}, () -> 0L);
    private boolean foldsCommit;
    private int commits;
    private final CommitPacing pacing = new CommitPacing(outbox, () -> foldsCommit, () -> commits++);

    @AfterEach
    void close() {
        codec.close();
    }

    @Test
    void shouldCommitAtOnceWhatEverybodyWaitsFor() {
        outbox.decide(new JobPaused(header(), TestJob.UUID, ""));
        pacing.answered(1_000);

        assertThat(commits).isEqualTo(1);
        pacing.tick(2_000);
        assertThat(commits).as("nothing is left").isEqualTo(1);
    }

    @Test
    void shouldCommitAtOnceWhatFoldsElsewhereWaitFor() {
        outbox.decide(closed());
        pacing.answered(1_000);

        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldLetFoldsThatHaveTheDecisionCommitItWithTheirResults() {
        foldsCommit = true;
        outbox.decide(closed());
        pacing.answered(1_000);
        pacing.tick(1_005);
        assertThat(commits).isZero();

        pacing.committing();
        pacing.tick(1_100);
        assertThat(commits).as("the folds did").isZero();
    }

    @Test
    void shouldNotWaitLongForFoldsThatHaveTheDecision() {
        foldsCommit = true;
        outbox.decide(closed());
        pacing.answered(1_000);

        pacing.tick(1_025);
        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldLetAnAnswerToOneTrainerWaitFromTheFirstOn() {
        outbox.decide(admitted("a"));
        pacing.answered(1_000);
        outbox.decide(admitted("b"));
        pacing.answered(1_020);

        pacing.tick(1_024);
        assertThat(commits).isZero();
        pacing.tick(1_025);
        assertThat(commits).isEqualTo(1);
        pacing.tick(1_100);
        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldNotCommitForAnInputThatDecidesNothing() {
        pacing.answered(1_000);
        pacing.tick(2_000);

        assertThat(commits).isZero();
    }

    @Test
    void shouldWaitAnewAfterACommit() {
        outbox.decide(admitted("a"));
        pacing.answered(1_000);
        pacing.commit();
        outbox.decide(admitted("b"));
        pacing.answered(1_020);

        pacing.tick(1_030);
        assertThat(commits).isEqualTo(1);
        pacing.tick(1_045);
        assertThat(commits).isEqualTo(2);
    }

    private static RoundClosed closed() {
        return new RoundClosed(header(), 1, 1, "all", List.of());
    }

    private static TrainerAdmitted admitted(String trainer) {
        return new TrainerAdmitted(header(), trainer, "i-" + trainer, null, "");
    }

    private static DecisionHeader header() {
        return new DecisionHeader(0L, new Source("manifests", 0L, null, -1L), 0L);
    }
}
