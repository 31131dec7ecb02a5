package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundOpened;
import java.time.Duration;
import java.util.List;

/** A round of honest trainers, and what hostile ones do meanwhile. */
final class HonestRound {
    static final List<String> TRAINERS = List.of("a", "b", "c");

    private HonestRound() {}

    /** @return milliseconds from the first update to the published adapter */
    static long run(JobDriver driver, int round, Runnable hostility) throws InterruptedException {
        return run(driver, round, Duration.ZERO, hostility);
    }

    /**
     * @param training how long the trainers train before they send, while the hostile one writes already
     * @return milliseconds from the open round to the published adapter
     */
    static long run(JobDriver driver, int round, Duration training, Runnable hostility) throws InterruptedException {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        Thread hostile = new Thread(hostility, "hostile");
        long from = System.nanoTime();
        hostile.start();
        Thread.sleep(training.toMillis());
        TRAINERS.forEach(trainer -> driver.update(trainer, round));
        assertThat(driver.awaitPublished(round).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactlyElementsOf(TRAINERS);
        long ms = (System.nanoTime() - from) / 1_000_000;
        hostile.join();
        return ms;
    }
}
