package io.rondo.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the dashboard and the alerts ask Prometheus for, and whether samples answer it. */
public final class MonitoringQueries {
    private static final Path FOLDER = Path.of("../compose/monitoring");
    private static final Pattern RULE = Pattern.compile("^\\s+expr: (.+)$", Pattern.MULTILINE);
    private static final Pattern SELECTOR =
            Pattern.compile("([a-z_][a-z0-9_]*)(\\{[^}]*})?(?:\\[[^]]*])?(?!\\s*\\()(?![a-z0-9_])");
    private static final Pattern GROUPING = Pattern.compile("(?:by|on) ?\\(([^)]*)\\)");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|=)\"([^\"]*)\"");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "by", "on");
    /** Prometheus adds these to each sample, or makes the metric itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "instance", "role");

    private MonitoringQueries() {}

    /** Every query of the dashboard, by the title of its panel, for all jobs. */
    public static Map<String, List<String>> ofDashboard() throws IOException {
        Map<String, List<String>> queries = new HashMap<>();
        JsonNode dashboard = JsonMapper.builder()
                .build()
                .readTree(FOLDER.resolve("dashboard.json").toFile());
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.get("targets")) {
                queries.computeIfAbsent(panel.get("title").asText(), title -> new ArrayList<>())
                        .add(target.get("expr").asText().replace("$job", ".*"));
            }
        }
        return queries;
    }

    /** The expression of every alert. */
    public static List<String> ofAlerts() throws IOException {
        return RULE.matcher(Files.readString(FOLDER.resolve("alerts.yml")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /**
     * The parts of a query that no sample answers: series that there are not, or that lack a label that the query
     * groups or selects by.
     *
     * @param samples in Prometheus' text format
     */
    public static List<String> unanswered(String query, String samples) {
        List<Map<String, String>> all = samples.lines()
                .filter(line -> !line.startsWith("#"))
                .map(MonitoringQueries::labels)
                .toList();
        List<String> grouping = new ArrayList<>();
        Matcher groups = GROUPING.matcher(query);
        while (groups.find()) {
            grouping.addAll(List.of(groups.group(1).split(" ?, ?")));
        }
        grouping.removeAll(OF_PROMETHEUS);
        List<String> unanswered = new ArrayList<>();
        Matcher selector = SELECTOR.matcher(groups.replaceAll(""));
        while (selector.find()) {
            String metric = selector.group(1);
            String matchers = selector.group(2) == null ? "" : selector.group(2);
            if (!WORDS.contains(metric) && !OF_PROMETHEUS.contains(metric) && metric.contains("_")) {
                boolean isThere = all.stream()
                        .anyMatch(sample -> sample.get("").equals(metric)
                                && fits(sample, matchers)
                                && sample.keySet().containsAll(grouping));
                if (!isThere) {
                    unanswered.add(selector.group() + " by " + grouping);
                }
            }
        }
        return unanswered;
    }

    private static boolean fits(Map<String, String> sample, String matchers) {
        return MATCHER.matcher(matchers)
                .results()
                .allMatch(matcher -> matcher.group(2).equals("=")
                        ? matcher.group(3).equals(sample.get(matcher.group(1)))
                        : sample.getOrDefault(matcher.group(1), "").matches(matcher.group(3)));
    }

    /** The labels of a sample, with its name under the empty label. */
    private static Map<String, String> labels(String line) {
        Map<String, String> labels = new HashMap<>();
        labels.put("", line.split("[{ ]", 2)[0]);
        LABEL.matcher(line).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        return labels;
    }
}
