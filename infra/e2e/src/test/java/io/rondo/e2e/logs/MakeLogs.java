package io.rondo.e2e.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.e2e.CommandLine;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the archives of this build, on a real broker and a real registry; no build runs it. From the root of a clean
 * checkout:
 *
 * <pre>mvn -B verify -pl infra/e2e -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=MakeLogs
 *     -Dfailsafe.failIfNoSpecifiedTests=false -Drondo.logs.version=VERSION</pre>
 *
 * writes {@code src/test/resources/logs/VERSION}, which must not exist: what is kept is never made again.
 */
class MakeLogs {
    @TempDir
    private Path scratch;

    @Test
    void shouldMakeTheLogsOfThisBuild() throws Exception {
        String version = System.getProperty("rondo.logs.version");
        assertThat(version).as("-Drondo.logs.version").isNotBlank();
        KeptLogs kept = KeptLogs.of(version);
        assertThat(kept.directory()).doesNotExist();

        ObjectNode index = JsonNodeFactory.instance.objectNode();
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(scratch.resolve("cluster")))) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            for (LogCase each : chosen()) {
                each.play(connection, Files.createDirectory(scratch.resolve(each.name())));
                archive(connection, each);
                kept.pack(each.name(), at(each.name()));
                index.set(each.name(), facts(each));
            }
        }
        KeptLogs.write(kept.index(), index);
        for (String name : Output.CASES.stream().filter(index::has).toList()) {
            Output.of(at(name)).write(kept.output(name));
        }
    }

    /** All cases, or those of {@code -Drondo.logs.cases=NAME,…}: a folder need not repeat what older ones hold. */
    private static List<LogCase> chosen() {
        List<String> names = List.of(System.getProperty("rondo.logs.cases", "").split(",", -1));
        List<LogCase> chosen = LogCases.all().stream()
                .filter(each -> names.contains("") || names.contains(each.name()))
                .toList();
        assertThat(chosen).isNotEmpty();
        return chosen;
    }

    private Path at(String name) {
        return scratch.resolve("archives").resolve(name);
    }

    private void archive(LogConnection connection, LogCase each) throws Exception {
        CommandLine.run(
                0,
                List.of(
                        "archive",
                        "--job",
                        each.name(),
                        "--out",
                        at(each.name()).toString(),
                        "--bootstrap-servers",
                        connection.bootstrapServers(),
                        "--schema-registry",
                        connection.schemaRegistry()));
    }

    /** How the log is to be read, and what is read then. */
    private ObjectNode facts(LogCase each) throws Exception {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        facts.put("what", each.what());
        facts.put("chunkBytes", each.chunkBytes());
        facts.put("export", each.export());
        Path directory = Files.createDirectory(scratch.resolve(each.name() + "-facts"));
        facts.set("facts", new LogFacts(at(each.name()), directory).read(each.chunkBytes(), each.export()));
        return facts;
    }
}
