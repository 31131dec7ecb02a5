package io.rondo.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class PulseTest {
    private static final Duration LONG = Duration.ofMillis(300);

    private final BlockingQueue<Long> asked = new LinkedBlockingQueue<>();
    private final Semaphore answers = new Semaphore(0);

    private void ask() {
        asked.add(System.nanoTime());
        answers.acquireUninterruptibly();
    }

    @Test
    void shouldMeasureAQuestionThatWaitsForItsAnswer() throws Exception {
        try (Pulse pulse = new Pulse(this::ask)) {
            waitWithoutAnswer();

            assertThat(pulse.slowest(System.nanoTime())).isGreaterThanOrEqualTo(LONG);
            answers.release(1000);
        }
    }

    @Test
    void shouldRememberASlowAnswerForWhoBeganBeforeIt() throws Exception {
        long before = System.nanoTime();
        try (Pulse pulse = new Pulse(this::ask)) {
            waitWithoutAnswer();
            answers.release();
            // the next question comes after the answer to the first
            asked.take();

            assertThat(pulse.slowest(before)).isGreaterThanOrEqualTo(LONG);
            answers.release(1000);
        }
    }

    @Test
    void shouldNotCountTheTimeWhenTheKitItselfStopsTheCluster() throws Exception {
        long before = System.nanoTime();
        try (Pulse pulse = new Pulse(this::ask)) {
            asked.take();
            pulse.rest();
            Thread.sleep(LONG.toMillis());

            assertThat(pulse.slowest(before)).isZero();
            long resumed = System.nanoTime();
            pulse.resume();
            answers.release();
            asked.take();
            assertThat(pulse.slowest(before)).isLessThan(Duration.ofNanos(System.nanoTime() - resumed));
            answers.release(1000);
        }
    }

    private void waitWithoutAnswer() throws InterruptedException {
        asked.take();
        Thread.sleep(LONG.toMillis());
    }
}
