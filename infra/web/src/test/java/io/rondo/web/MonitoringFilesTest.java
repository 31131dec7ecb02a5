package io.rondo.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.Source;
import io.rondo.log.UpdateRejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts, dashboard and documentation name metrics that there are. */
class MonitoringFilesTest {
    private static final Pattern METRIC = Pattern.compile("\\brondo_[a-z_]*[a-z]");
    private static final Path DOCS = Path.of("../../docs/how-to/monitoring.md");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../compose/monitoring/alerts.yml",
                "../compose/monitoring/dashboard.json",
                "../../docs/how-to/monitoring.md"
            })
    void shouldAskForMetricsThatThereAre(String file) throws IOException {
        assertThat(samples()).containsAll(named(Path.of(file)));
    }

    @Test
    void shouldDocumentEveryMetric() throws IOException {
        Set<String> documented = named(DOCS);
        Set<String> families = samples().stream()
                .filter(sample ->
                        sample.startsWith("rondo_") && !sample.matches(".*_(bucket|count|sum|max)|rondo_info"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(documented).containsAll(families);
    }

    private static Set<String> named(Path file) throws IOException {
        return METRIC.matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of all samples, and of the histograms that some of them are parts of. */
    private static Set<String> samples() {
        try (Metrics metrics = new Metrics("test")) {
            metrics.served(TestJob.NAME, () -> true);
            JobMetrics job = new JobMetrics(metrics.registry(), TestJob.NAME);
            DecisionHeader header = new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L);
            job.apply(new UpdateRejected(header, 1, "a", "i-a", "x", "late", "", false));
            job.apply(new UpdateRejected(header, 1, "a", "i-a", "x", "late", "", true));
            job.apply(InputRefused.newBuilder()
                    .setHeader(header)
                    .setReason("unreadable")
                    .setDetail("")
                    .build());
            new TrainerMetrics(metrics.registry(), TestJob.NAME, "a").rejected(1, "late", "");
            Set<String> samples = new TreeSet<>();
            metrics.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]", 2)[0])
                    .forEach(sample -> {
                        samples.add(sample);
                        samples.add(sample.replaceFirst("_(bucket|count|sum|max)$", ""));
                    });
            return samples;
        }
    }
}
