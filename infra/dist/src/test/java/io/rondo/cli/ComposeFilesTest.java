package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The compose files, as far as they can be held to their rules without an engine: `ComposeIT` starts them. */
class ComposeFilesTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path FOLDER = ROOT.resolve("infra/compose");

    /** What docker-compose 1.29 and the compose specification of today both know. */
    private static final Set<String> TOP = Set.of("services", "volumes", "networks", "secrets", "configs");

    private static final Set<String> SERVICE = Set.of(
            "cap_add",
            "cap_drop",
            "command",
            "depends_on",
            "entrypoint",
            "environment",
            "healthcheck",
            "image",
            "logging",
            "mem_limit",
            "network_mode",
            "networks",
            "ports",
            "read_only",
            "restart",
            "secrets",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "user",
            "volumes");
    private static final Set<String> HEALTH =
            Set.of("test", "interval", "timeout", "retries", "start_period", "disable");
    private static final Set<String> CONDITIONS =
            Set.of("service_started", "service_healthy", "service_completed_successfully");
    private static final Set<String> RESTART = Set.of("no", "always", "on-failure", "unless-stopped");

    /** A variable, and as its default a name with a version. */
    private static final Pattern IMAGE = Pattern.compile("\\$\\{[A-Z_]+:-([a-z0-9/-]+):([^:}]+)}");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .filter(file -> file.getFileName().toString().matches("compose.*\\.yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldUseWhatEveryComposeKnows(Path file) throws IOException {
        assertThat(read(file).keySet()).allMatch(key -> key.startsWith("x-") || TOP.contains(key));
        for (Map<String, Object> service : services(file)) {
            assertThat(SERVICE).containsAll(service.keySet());
            assertThat(RESTART).contains(service.getOrDefault("restart", "no").toString());
            assertThat(HEALTH).containsAll(mapping(service.get("healthcheck")).keySet());
            mapping(service.get("depends_on")).values().forEach(condition -> assertThat(CONDITIONS)
                    .contains(mapping(condition).get("condition").toString()));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldPinEveryImage(Path file) throws IOException {
        String version = version();

        for (Map<String, Object> service : services(file)) {
            String image = service.getOrDefault("image", "${NONE:-none:1}").toString();
            Matcher matcher = IMAGE.matcher(image);
            assertThat(matcher.matches()).as(image).isTrue();
            assertThat(matcher.group(2)).isNotEqualTo("latest");
            if (matcher.group(1).startsWith("rondo-")) {
                assertThat(matcher.group(2)).isEqualTo(version);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldOpenPortsOnLoopbackOnly(Path file) throws IOException {
        for (Map<String, Object> service : services(file)) {
            if (service.get("ports") instanceof List<?> ports) {
                assertThat(ports).allMatch(port -> port.toString().startsWith("${RONDO_BIND:-127.0.0.1}:"));
            }
        }
    }

    @Test
    void shouldSubmitAJobThatWaitsForTheThreeTrainersOfTheStack() {
        JobSpec job = JobFile.read(FOLDER.resolve("job.yaml"), List.of());

        assertThat(job.getMinTrainers()).isEqualTo(3);
        assertThat(job.getReplication()).isEqualTo(-1);
    }

    private static String version() throws IOException {
        Matcher matcher =
                Pattern.compile("<revision>([^<]+)</revision>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** The services of a file, each with what it merges. */
    private static List<Map<String, Object>> services(Path file) throws IOException {
        return mapping(read(file).get("services")).values().stream()
                .map(ComposeFilesTest::merged)
                .toList();
    }

    private static Map<String, Object> merged(Object service) {
        Map<String, Object> own = mapping(service);
        Map<String, Object> merged = new LinkedHashMap<>();
        if (own.containsKey("<<")) {
            merged.putAll(merged(own.get("<<")));
        }
        merged.putAll(own);
        merged.remove("<<");
        Object dependencies = merged.get("depends_on");
        if (dependencies != null) {
            merged.put("depends_on", mapping(dependencies).containsKey("<<") ? merged(dependencies) : dependencies);
        }
        return merged;
    }

    private static Map<String, Object> read(Path file) throws IOException {
        return mapping(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    }

    private static Map<String, Object> mapping(Object value) {
        Map<String, Object> result = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> result.put(key.toString(), element));
        }
        return result;
    }
}
