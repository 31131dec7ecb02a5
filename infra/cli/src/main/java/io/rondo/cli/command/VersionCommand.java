package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(name = "version", description = "Print the versions of Rondo, its libraries and Java.")
public final class VersionCommand extends ConsoleCommand {

    /** The one line that {@code rondo --version} prints. */
    public static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"rondo " + versions().getProperty("rondo")};
        }
    }

    @Override
    public void run(Console console) {
        Properties versions = versions();
        Map<String, String> json = new LinkedHashMap<>();
        json.put("rondo", versions.getProperty("rondo"));
        json.put("kafka", versions.getProperty("kafka"));
        json.put("avro", versions.getProperty("avro"));
        json.put("java", Runtime.version().toString());
        console.result(
                json,
                "rondo %s (Kafka %s, Avro %s, Java %s)"
                        .formatted(json.get("rondo"), json.get("kafka"), json.get("avro"), json.get("java")));
    }

    private static Properties versions() {
        Properties versions = new Properties();
        try (InputStream file = VersionCommand.class.getResourceAsStream("/io/rondo/cli/versions.properties")) {
            versions.load(file);
        } catch (IOException e) {
            throw new IllegalStateException("the file of versions cannot be read", e);
        }
        return versions;
    }
}
