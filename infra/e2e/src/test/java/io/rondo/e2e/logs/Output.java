package io.rondo.e2e.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.e2e.CommandLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the commands that read a log print of an archive with {@code --json}, by name. */
record Output(Map<String, JsonNode> printed) {
    /** Archives that have all that the commands show: metrics, late and revoked updates, several partitions. */
    static final List<String> CASES = List.of("weighted-mean", "reopened-round", "trained", "capped-weights");

    /** What each run measures anew, and words for people that are not the log's own. */
    private static final List<String> FREE_IN_VERIFICATION = List.of("seconds", "MBps", "notes");

    private static final List<String> FREE_IN_FAILURE = List.of("message", "next");

    private static final Map<String, List<String>> COMMANDS = commands();

    private static Map<String, List<String>> commands() {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("rounds", List.of("rounds"));
        commands.put("round-0", List.of("round", "0"));
        commands.put("round-1", List.of("round", "1"));
        commands.put("round-2", List.of("round", "2"));
        commands.put("trainers", List.of("trainers"));
        commands.put("verify", List.of("verify"));
        commands.put("diff", List.of("diff", "1", "2"));
        commands.put("similarity", List.of("similarity"));
        commands.put("replay", List.of("replay"));
        commands.put("replay-median", List.of("replay", "--from", "1", "--strategy", "coordinate-median"));
        return commands;
    }

    static Output of(Path archive) throws IOException {
        Map<String, JsonNode> printed = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> command : COMMANDS.entrySet()) {
            printed.put(command.getKey(), run(0, command.getValue(), archive));
        }
        mask((ObjectNode) printed.get("verify"), FREE_IN_VERIFICATION);
        JsonNode failure = run(1, List.of("round", "99"), archive);
        mask((ObjectNode) failure.path("error"), FREE_IN_FAILURE);
        printed.put("failure", failure);
        return new Output(printed);
    }

    private static JsonNode run(int status, List<String> command, Path archive) throws IOException {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--archive", archive.toString()));
        return CommandLine.run(status, arguments);
    }

    /** Keeps the names and the types. */
    private static void mask(ObjectNode object, List<String> names) {
        names.forEach(name -> {
            if (object.has(name)) {
                object.put(name, object.path(name).getNodeType().name());
            }
        });
    }

    static Output read(Path directory) throws IOException {
        Map<String, JsonNode> printed = new LinkedHashMap<>();
        for (String name : COMMANDS.keySet()) {
            printed.put(name, KeptLogs.read(directory.resolve(name + ".json")));
        }
        printed.put("failure", KeptLogs.read(directory.resolve("failure.json")));
        return new Output(printed);
    }

    void write(Path directory) throws IOException {
        for (Map.Entry<String, JsonNode> each : printed.entrySet()) {
            KeptLogs.write(directory.resolve(each.getKey() + ".json"), each.getValue());
        }
    }
}
