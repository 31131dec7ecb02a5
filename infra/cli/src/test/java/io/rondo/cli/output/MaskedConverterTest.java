package io.rondo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

class MaskedConverterTest {
    @Test
    void shouldShowNoPasswordOfAConnectionInALogLineOrItsTrace() {
        LogConnection connection = new LogConnection(
                "localhost:9092", "http://user:marked-one@localhost:8081", Map.of("ssl.key.password", "marked-two"));
        assertThat(connection.schemaRegistry()).contains("marked-one");

        for (String form : List.of("text", "json")) {
            String line = line(
                    form, new SimpleMessage("cannot reach http://user:marked-one@localhost:8081"), "key marked-two");

            assertThat(line)
                    .contains("WARN", "cannot reach http://***@localhost:8081", "IOException: key ***")
                    .contains("at io.rondo.cli.output.MaskedConverterTest")
                    .doesNotContain("marked");
        }
    }

    @Test
    void shouldStillKeepLineBreaksOfOthersFromStartingALine() {
        assertThat(line("text", new SimpleMessage("one\nERROR two"), "x")).contains("one\\nERROR two");
    }

    private static String line(String form, SimpleMessage message, String failure) {
        LoggerContext context = LoggerContext.getContext(false);
        Layout<?> layout = ((ConsoleAppender) context.getConfiguration().getAppender(form)).getLayout();
        return new String(
                layout.toByteArray(Log4jLogEvent.newBuilder()
                        .setLoggerName("org.example.Library")
                        .setLevel(Level.WARN)
                        .setMessage(message)
                        .setThrown(new IOException(failure))
                        .setTimeMillis(0)
                        .build()),
                StandardCharsets.UTF_8);
    }
}
