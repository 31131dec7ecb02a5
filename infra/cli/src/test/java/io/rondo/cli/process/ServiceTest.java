package io.rondo.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceTest {
    @AfterEach
    void forget() {
        System.clearProperty("rondo.stop.seconds");
    }

    @Test
    void shouldWaitAsLongAsItIsToldAndFifteenSecondsOtherwise() {
        assertThat(Service.patience()).isEqualTo(Duration.ofSeconds(15));
        System.setProperty("rondo.stop.seconds", "3");
        assertThat(Service.patience()).isEqualTo(Duration.ofSeconds(3));
        System.setProperty("rondo.stop.seconds", "0");
        assertThat(Service.patience()).isEqualTo(Duration.ofSeconds(15));
        System.setProperty("rondo.stop.seconds", "soon");
        assertThat(Service.patience()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void shouldNotWaitForEverForAServiceThatDoesNotEnd() {
        System.setProperty("rondo.stop.seconds", "1");
        AtomicBoolean asked = new AtomicBoolean();
        CountDownLatch never = new CountDownLatch(1);

        Service.stopAndWait(() -> asked.set(true), never);

        assertThat(asked).isTrue();
        assertThat(never.getCount()).isOne();
    }
}
