package io.rondo.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of which job, and when. */
class MetricsTest {
    private final Metrics metrics = new Metrics("test");

    @BeforeEach
    void start() {
        for (String job : new String[] {"a", "b"}) {
            metrics.reading(job);
            new JobMetrics(metrics.registry(), job);
        }
    }

    @AfterEach
    void stop() {
        metrics.close();
    }

    @Test
    void shouldTellOfAJobOnceItsLogIsRead() {
        assertThat(metrics.isComplete()).isFalse();

        metrics.read("a");

        assertThat(metrics.isComplete()).isTrue();
        assertThat(metrics.scrape())
                .contains("rondo_round_open{job=\"a\"} -1.0\n", "jvm_memory_used_bytes")
                .doesNotContain("job=\"b\"");
        metrics.read("b");
        assertThat(metrics.scrape()).contains("rondo_round_open{job=\"b\"} -1.0\n");
    }

    @Test
    void shouldForgetAJobThatIsNotServedAnyMore() {
        metrics.read("a");
        metrics.read("b");

        metrics.forget("b");

        assertThat(metrics.scrape()).contains("job=\"a\"").doesNotContain("job=\"b\"");
        new JobMetrics(metrics.registry(), "b");
        assertThat(metrics.scrape()).contains("rondo_rounds_published_total{job=\"b\"} 0.0\n");
    }
}
