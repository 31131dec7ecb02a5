package io.rondo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Hands clock = new Hands();
    private final Health health = new Health(clock);

    private static final class Hands extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void shouldBeAliveAndNotReadyWhereAPartDoesNotWork() {
        health.requireToBeReady("streams", () -> Optional.of("is REBALANCING"));

        assertThat(health.live().isGood()).isTrue();
        assertThat(health.ready().problems()).containsExactly("streams: is REBALANCING");
        assertThat(health.ready().answer().status()).isEqualTo(503);
        assertThat(health.live().answer().status()).isEqualTo(200);
    }

    @Test
    void shouldTellWhichPartsAreNotReady() {
        Map<String, String> problems = new TreeMap<>();
        health.requireEachToBeReady(() -> problems);
        assertThat(health.ready().isGood()).isTrue();

        problems.put("job b", "is REBALANCING");

        assertThat(health.ready().problems()).containsExactly("job b: is REBALANCING");
        assertThat(health.live().isGood()).isTrue();
    }

    @Test
    void shouldNotBeReadyWhereItIsNotAlive() {
        health.requireToLive("streams", () -> Optional.of("every thread has ended"));

        assertThat(health.live().isGood()).isFalse();
        assertThat(health.ready().isGood()).isFalse();
    }

    @Test
    void shouldNotBeReadyBeforeTheFirstCheck() {
        health.expect("broker");
        assertThat(health.ready().problems()).containsExactly("broker: not checked yet");

        health.note("broker", Optional.empty());
        assertThat(health.ready().isGood()).isTrue();
    }

    @Test
    void shouldNotTrustAnOldCheck() {
        health.note("broker", Optional.empty());
        clock.now = clock.now.plus(Duration.ofSeconds(31));

        assertThat(health.ready().problems()).containsExactly("broker: not checked for 31 s");
    }
}
