package io.rondo.trainer.runtime.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.RoundOpened;
import io.rondo.trainer.runtime.Records;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoundFollowerTest {
    private static final String ME = "site-a";
    private static final String INCARNATION = "incarnation-2";

    private final Records records = Records.of("fedsa", 200);
    private final RoundFollower follower = new RoundFollower(Records.UUID, ME, INCARNATION);

    @Test
    void shouldWaitForTheFirstPublication() {
        follower.apply(records.opened(0, "submitter"));
        assertThat(follower.next(at(-1, 0))).isEqualTo(new FollowerStep.Wait());
    }

    @BeforeEach
    void send() {
        List.of("attempt", "x", "y", "z").forEach(follower::sending);
    }

    @Test
    void shouldSynchroniseBeforeAnythingElse() {
        follower.apply(records.published(0));
        follower.apply(records.opened(1, ME));
        assertThat(follower.next(at(-1, 0))).isEqualTo(new FollowerStep.Synchronise(records.published(0)));
        assertThat(follower.next(at(0, 0))).isEqualTo(new FollowerStep.Train(records.opened(1, ME)));
    }

    @Test
    void shouldSkipHistory() {
        for (int round = 0; round < 100; round++) {
            follower.apply(records.opened(round, ME, "site-b"));
            follower.apply(records.published(round));
        }
        follower.apply(records.opened(100, ME, "site-b"));
        assertThat(follower.next(at(-1, 0))).isEqualTo(new FollowerStep.Synchronise(records.published(99)));
        assertThat(follower.next(at(99, 0))).isEqualTo(new FollowerStep.Train(records.opened(100, ME, "site-b")));
    }

    @Test
    void shouldNotTrainWhereItIsNotAsked() {
        follower.apply(records.published(3));
        follower.apply(records.opened(4, "site-b", "site-aa"));
        assertThat(follower.next(at(3, 0))).isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldTrainARoundThatOpensAgainWithIt() {
        follower.apply(records.published(3));
        follower.apply(records.opened(4, "site-b"));
        assertThat(follower.next(at(3, 0))).isEqualTo(new FollowerStep.Wait());

        follower.apply(records.opened(4, ME, "site-b"));

        assertThat(follower.next(at(3, 0))).isEqualTo(new FollowerStep.Train(records.opened(4, ME, "site-b")));
        assertThat(follower.next(at(3, 4))).as("it has answered already").isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldSendNothingForARoundThatOpensAgainWithoutIt() {
        follower.apply(records.published(3));
        follower.apply(records.opened(4, ME, "site-b"));

        follower.apply(records.opened(4, "site-b"));

        assertThat(follower.next(new FollowerProgress(3, 4, OptionalInt.of(4)))).isEqualTo(new FollowerStep.Wait());
        follower.apply(records.opened(4, ME, "site-b"));
        assertThat(follower.next(new FollowerProgress(3, 4, OptionalInt.of(4))))
                .isEqualTo(new FollowerStep.Send(records.opened(4, ME, "site-b")));
    }

    @Test
    void shouldSendAgainWhatWasLateWhenTheRoundOpensAgain() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.rejected(4, ME, INCARNATION, "attempt", "late"));
        assertThat(follower.takeRetry()).isFalse();

        follower.apply(records.opened(4, ME, "site-b"));

        assertThat(follower.takeRetry()).isTrue();
    }

    @Test
    void shouldNeverTrainARoundTwice() {
        follower.apply(records.published(3));
        follower.apply(records.opened(4, ME));
        assertThat(follower.next(at(3, 4))).isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldNeverTrainAPublishedOrFailedRound() {
        follower.apply(records.opened(4, ME));
        follower.apply(records.published(4));
        assertThat(follower.next(at(4, 3))).isEqualTo(new FollowerStep.Wait());
        follower.apply(records.opened(5, ME));
        follower.apply(Records.failed(5));
        assertThat(follower.next(at(4, 3))).isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldSendWhatIsPendingWhileItsRoundIsOpen() {
        follower.apply(records.published(3));
        follower.apply(records.opened(4, ME));
        FollowerProgress pending = new FollowerProgress(3, 4, OptionalInt.of(4));
        assertThat(follower.next(pending)).isEqualTo(new FollowerStep.Send(records.opened(4, ME)));
        assertThat(follower.isOpen(4)).isTrue();
        follower.apply(records.published(4));
        assertThat(follower.isOpen(4)).isFalse();
        assertThat(follower.next(pending)).isEqualTo(new FollowerStep.Synchronise(records.published(4)));
    }

    @Test
    void shouldWaitForTheBaseOfARound() {
        follower.apply(records.published(3));
        RoundOpened ahead = records.opened(5, ME);
        follower.apply(ahead);
        assertThat(follower.next(at(3, 3))).isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldEvaluateTheLastRoundBeforeItFinishes() {
        follower.apply(records.published(7));
        follower.apply(Records.finished());
        assertThat(follower.next(at(6, 6))).isEqualTo(new FollowerStep.Synchronise(records.published(7)));
        assertThat(follower.next(at(7, 6))).isEqualTo(new FollowerStep.Finish());
    }

    @Test
    void shouldFailAtOnceWhenTheJobIsAborted() {
        follower.apply(records.published(7));
        follower.apply(Records.aborted("no budget"));
        assertThat(follower.next(at(-1, 0))).isEqualTo(new FollowerStep.Fail("no budget"));
    }

    @Test
    void shouldPassOverAnotherJobsRecords() {
        RoundFollower other = new RoundFollower("another-uuid", ME, INCARNATION);
        other.apply(records.opened(1, ME));
        other.apply(records.published(0));
        other.apply(Records.finished());
        other.apply(Records.aborted(""));
        assertThat(other.next(at(-1, 0))).isEqualTo(new FollowerStep.Wait());
    }

    @Test
    void shouldTellOnlyThisProcesssRejections() {
        follower.apply(Records.rejected(3, ME, "incarnation-1", "x", "fenced"));
        follower.apply(Records.rejected(3, "site-b", INCARNATION, "x", "late"));
        follower.apply(Records.rejected(4, ME, INCARNATION, "y", "late"));
        assertThat(follower.takeRejections()).containsExactly(Records.rejected(4, ME, INCARNATION, "y", "late"));
        assertThat(follower.takeRejections()).isEmpty();
    }

    @Test
    void shouldPassOverTheAnswerToAnAttemptThatItHasNotSent() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.rejected(4, ME, INCARNATION, "of-another", "bad-digest"));

        assertThat(follower.takeRejections()).isEmpty();
        assertThat(follower.takeRetry()).isFalse();
    }

    @Test
    void shouldLearnThatAnotherProcessHasTakenItsPlace() {
        follower.apply(Records.admitted(ME, "incarnation-1"));
        follower.apply(Records.admitted(ME, INCARNATION));
        follower.apply(Records.admitted("site-b", "other"));
        follower.apply(Records.admitted(ME, INCARNATION));
        assertThat(follower.successor()).isEmpty();

        follower.apply(Records.admitted(ME, "newer"));
        assertThat(follower.successor()).contains("newer");
    }

    @Test
    void shouldLearnThatItsJoinWasRefused() {
        follower.apply(Records.joinRefused(ME, "incarnation-1", "not-invited"));
        follower.apply(Records.joinRefused("site-b", INCARNATION, "not-invited"));
        follower.apply(Records.joinRefused(ME, INCARNATION, "duplicate"));
        assertThat(follower.takeJoinRefusal()).isEmpty();

        follower.apply(Records.joinRefused(ME, INCARNATION, "not-invited"));
        assertThat(follower.takeJoinRefusal()).contains(Records.joinRefused(ME, INCARNATION, "not-invited"));
        assertThat(follower.takeJoinRefusal()).isEmpty();
    }

    @Test
    void shouldSayWhyTheOpenRoundWaits() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.extended(3));
        assertThat(follower.takeExtension()).isEmpty();

        follower.apply(Records.extended(4));
        assertThat(follower.takeExtension()).contains(Records.extended(4));
        follower.apply(Records.extended(4));
        follower.apply(records.published(4));
        assertThat(follower.takeExtension()).as("it is over").isEmpty();
    }

    @Test
    void shouldTryAgainWhatWasLateWhenItsRoundGetsMoreTime() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.extended(4));
        assertThat(follower.takeRetry()).as("nothing was refused").isFalse();

        follower.apply(Records.rejected(4, ME, INCARNATION, "x", "late"));
        assertThat(follower.takeRetry()).as("it is late still").isFalse();
        follower.apply(Records.extended(3));
        assertThat(follower.takeRetry()).as("another round").isFalse();
        follower.apply(Records.extended(4));
        assertThat(follower.takeRetry()).isTrue();
        assertThat(follower.takeRetry()).as("said once").isFalse();

        follower.apply(Records.rejected(4, ME, INCARNATION, "y", "late"));
        follower.apply(Records.reopened(4));
        assertThat(follower.takeRetry()).isTrue();
        follower.apply(Records.reopened(4));
        assertThat(follower.takeRetry()).as("it was not refused again").isFalse();
    }

    @Test
    void shouldTryAgainOnceWhatWasDamagedOnTheWay() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.rejected(4, ME, INCARNATION, "x", "missing-chunk"));
        assertThat(follower.takeRetry()).isTrue();
        follower.apply(Records.rejected(4, ME, INCARNATION, "y", "bad-digest"));
        assertThat(follower.takeRetry()).isFalse();

        follower.apply(records.published(4));
        follower.apply(records.opened(5, ME));
        follower.apply(Records.rejected(5, ME, INCARNATION, "z", "bad-digest"));
        assertThat(follower.takeRetry()).as("in the next round").isTrue();
    }

    @Test
    void shouldNotTryAgainWhatWouldBeRefusedAgain() {
        follower.apply(records.opened(4, ME));
        follower.apply(Records.rejected(4, ME, INCARNATION, "x", "over-norm"));
        follower.apply(Records.rejected(4, ME, INCARNATION, "x", "non-finite"));
        follower.apply(Records.rejected(4, ME, INCARNATION, "x", "duplicate"));
        follower.apply(Records.rejected(4, "site-b", INCARNATION, "x", "late"));
        follower.apply(Records.rejected(4, ME, "incarnation-1", "x", "late"));
        follower.apply(Records.rejected(3, ME, INCARNATION, "x", "late"));
        follower.apply(Records.extended(4));
        assertThat(follower.takeRetry()).isFalse();
    }

    @Test
    void shouldKnowThePublicationsThatHoldCurrentValues() {
        // rolora: B in odd rounds, A in even ones
        Records rolora = Records.of("rolora", 9);
        for (int round = 0; round <= 5; round++) {
            follower.apply(rolora.published(round));
        }
        assertThat(follower.publication(5)).isEqualTo(rolora.published(5));
        assertThat(follower.publication(4)).isEqualTo(rolora.published(4));
        assertThatThrownBy(() -> follower.publication(3)).isInstanceOf(IllegalStateException.class);
    }

    private static FollowerProgress at(int synced, int trained) {
        return new FollowerProgress(synced, trained, OptionalInt.empty());
    }
}
