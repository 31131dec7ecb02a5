package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.stage.NotApplicable;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.Violation;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Finds the verdict on a scenario. A trainer that was late while the broker was slow is not to blame: the scenario is played again, and
 * skipped if that does not help. What a trainer has done wrong counts at any speed.
 *
 * @param slowest the longest time that the broker has taken to answer, since a value of {@link System#nanoTime()}
 * @param tolerated so slow an answer is no excuse
 * @param begun when the first script began; a scenario may judge one that another has played
 */
record Judge(LongFunction<Duration> slowest, Duration tolerated, long begun) {
    private static final int PLAYS = 3;

    /** @param late whether the trainer might have passed on a faster cluster */
    private record Judgement(Verdict verdict, String reason, boolean late) {}

    /**
     * Plays a scenario until it can be judged.
     *
     * @param play takes the number of the play, from 1
     * @throws RondoException with {@code BAD_CONFIG} when the trainer's command cannot be started
     */
    Outcome judge(Scenario scenario, IntConsumer play) {
        long start = System.nanoTime();
        Judgement judgement = judge(() -> play.accept(1), begun);
        for (int again = 2; again <= PLAYS && judgement.late; again++) {
            int number = again;
            judgement = judge(() -> play.accept(number), System.nanoTime());
        }
        return new Outcome(scenario, judgement.verdict, judgement.reason, (System.nanoTime() - start) / 1e9);
    }

    private Judgement judge(Runnable play, long since) {
        try {
            play.run();
            return new Judgement(Verdict.PASS, "", false);
        } catch (Overdue overdue) {
            Duration answer = slowest.apply(since);
            return answer.compareTo(tolerated) > 0
                    ? new Judgement(
                            Verdict.SKIP,
                            "it cannot be judged, since the broker took %.1f s to answer: %s"
                                    .formatted(answer.toMillis() / 1e3, overdue.getMessage()),
                            true)
                    : new Judgement(Verdict.FAIL, overdue.getMessage(), false);
        } catch (Violation violation) {
            return new Judgement(Verdict.FAIL, violation.getMessage(), false);
        } catch (NotApplicable notApplicable) {
            return new Judgement(Verdict.SKIP, notApplicable.getMessage(), false);
        } catch (InterruptException interrupted) {
            throw interrupted;
        } catch (RondoException | KafkaException failure) {
            if (failure instanceof RondoException coded && coded.code() == ErrorCode.BAD_CONFIG) {
                throw failure;
            }
            // of the cluster, not of the trainer; what was judged before is still worth a report
            return new Judgement(Verdict.SKIP, "it could not be played: " + failure.getMessage(), false);
        }
    }
}
