package io.rondo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.text.LogKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogFormatTest {
    private static final String PROPERTY = "rondo.log.format";
    private static final String HOSTILE = "a \"quote\"\nand a line {job=x} \u001b[2J %msg ${sys:user.name} é";

    private final String before = System.getProperty(PROPERTY);

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    /** A process of its own, since the configuration is read once. */
    static final class Logging {
        private Logging() {}

        public static void main(String[] arguments) throws InterruptedException {
            LogFormat.choose(List.of(arguments), null);
            LogKeys.ofJob("demo").run(() -> {
                LogKeys.ofRound(7).trainer("plant").attempt("6f2c").run(() -> LoggerFactory.getLogger("io.rondo.Test")
                        .info(HOSTILE));
                Thread other = new Thread(() -> LoggerFactory.getLogger("io.rondo.Test")
                        .warn("of another thread", new IllegalStateException("a \"cause\"")));
                other.start();
                join(other);
            });
            Console console = new Console(
                    new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                    new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                    Console.Form.TEXT);
            console.progress("what a command says");
            console.failure(Map.of(), "error[bad-id]: what\n  next: do");
        }

        private static void join(Thread thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldLogAnObjectALineWithFixedKeys() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : log("--log-format", "json")) {
            lines.add(JsonMapper.builder().build().readTree(line));
        }

        assertThat(lines).hasSize(4);
        JsonNode first = lines.get(0);
        assertThat(first.get("message").asText()).isEqualTo(HOSTILE);
        assertThat(first.get("level").asText()).isEqualTo("INFO");
        assertThat(first.get("job").asText()).isEqualTo("demo");
        assertThat(first.get("round").asInt()).isEqualTo(7);
        assertThat(first.get("trainer").asText()).isEqualTo("plant");
        assertThat(first.get("attempt").asText()).isEqualTo("6f2c");
        assertThat(first.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        JsonNode second = lines.get(1);
        assertThat(second.get("job").asText()).isEqualTo("demo");
        assertThat(second.has("round")).isFalse();
        assertThat(second.get("trace").asText()).contains("IllegalStateException: a \"cause\"\n", "\tat ");
        assertThat(lines.get(2).get("message").asText()).isEqualTo("what a command says");
        assertThat(lines.get(2).has("job")).isFalse();
        assertThat(lines.get(3).get("level").asText()).isEqualTo("ERROR");
    }

    @Test
    void shouldLogTheSameKeysAsText() throws Exception {
        List<String> lines = log();

        assertThat(lines.get(0))
                .endsWith(" job=demo round=7 trainer=plant attempt=6f2c")
                .contains("\\nand a line");
        assertThat(lines.get(1)).endsWith("of another thread job=demo");
        assertThat(lines).contains("what a command says", "error[bad-id]: what", "  next: do");
    }

    private static List<String> log(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Drondo.log.level=info",
                "-Dfile.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Logging.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return printed.lines().toList();
    }

    @Test
    void shouldTakeTheOptionBeforeTheVariable() {
        assertThat(chosen(List.of("aggregator", "--log-format=json"), "text")).isEqualTo("json");
        assertThat(chosen(List.of("aggregator", "--log-format", "text"), "json"))
                .isEqualTo("text");
        assertThat(chosen(List.of("aggregator"), "json")).isEqualTo("json");
        assertThat(chosen(List.of("aggregator"), null)).isEqualTo("text");
    }

    private static String chosen(List<String> arguments, String variable) {
        System.clearProperty(PROPERTY);
        LogFormat.choose(arguments, variable);
        return System.getProperty(PROPERTY);
    }

    @Test
    void shouldRefuseAFormatThatThereIsNot() {
        assertThat(LogFormat.of("json")).isEqualTo(LogFormat.JSON);
        assertThatThrownBy(() -> LogFormat.of("xml")).hasMessageContaining("no log format 'xml'");
    }
}
