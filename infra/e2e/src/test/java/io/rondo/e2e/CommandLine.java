package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.Main;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** The command line, in this process. */
public final class CommandLine {
    private CommandLine() {}

    /** Runs a command with {@code --json}, which must end with this status; its first object is the result. */
    public static JsonNode run(int status, List<String> command) throws IOException {
        List<String> arguments = new ArrayList<>(command);
        arguments.add("--json");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new)))
                .as("%s: %s%s", arguments, out, err)
                .isEqualTo(status);
        return new ObjectMapper().readTree(out.toString());
    }

    /** The same, on a cluster. */
    static JsonNode run(int status, LogConnection cluster, String... command) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--bootstrap-servers", cluster.bootstrapServers(), "--schema-registry", cluster.schemaRegistry()));
        return run(status, arguments);
    }

    /** The same, on a job. */
    static JsonNode run(int status, LogConnection cluster, List<String> command, String job) throws IOException {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--job", job));
        return run(status, cluster, arguments.toArray(String[]::new));
    }
}
