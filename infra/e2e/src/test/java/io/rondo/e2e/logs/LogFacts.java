package io.rondo.e2e.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.e2e.CommandLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a build reads from an archive: the same for every build, so that it can be held against what was stored. */
final class LogFacts {
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final List<String> OF_VERIFICATION = List.of("revision", "updates", "digest", "outcome");

    private final String archive;
    private final Path scratch;

    /** @param scratch an empty directory for what is written on the way */
    LogFacts(Path archive, Path scratch) {
        this.archive = archive.toString();
        this.scratch = scratch;
    }

    /**
     * Verifies, replays and exports by the command line.
     *
     * @param chunkBytes the job's, by which a replayed adapter's digest is computed here
     * @param export an option of {@code rondo export}; empty for none
     */
    ObjectNode read(int chunkBytes, String export) throws IOException {
        JsonNode verified = run("verify");
        JsonNode rounds = run("rounds");
        Path replayed = scratch.resolve("replayed");
        JsonNode replay = run("replay", "--out", replayed.toString());
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        facts.set("job", verified.path("job"));
        facts.set("jobUuid", verified.path("jobUuid"));
        facts.set("sound", verified.path("sound"));
        facts.set("identical", verified.path("identical"));
        facts.set("differences", verified.path("differences"));
        facts.set("bytes", verified.path("bytes"));
        facts.set("finished", rounds.path("finished"));
        for (JsonNode row : rounds.path("rounds")) {
            ObjectNode round = facts.withArray("rounds").addObject();
            round.set("round", row.path("round"));
            round.set("status", row.path("status"));
            if (!row.path("status").asText().equals("published")) {
                continue;
            }
            int number = row.path("round").asInt();
            JsonNode verification = of(verified.path("perRound"), number);
            OF_VERIFICATION.forEach(name -> round.set(name, verification.path(name)));
            round.set("chain", run("round", Integer.toString(number)).path("chain"));
            round.set("distance", of(replay.path("rounds"), number).path("distance"));
            round.put(
                    "replayed",
                    AdapterFile.read(replayed.resolve("round-%06d.safetensors".formatted(number)))
                            .adapterDigest(chunkBytes));
            round.put("exported", exported(number, export));
        }
        return facts;
    }

    private static JsonNode of(JsonNode rounds, int number) {
        for (JsonNode round : rounds) {
            if (round.path("round").asInt() == number) {
                return round;
            }
        }
        throw new AssertionError("no round " + number + " in " + rounds);
    }

    private String exported(int round, String option) throws IOException {
        Path out = scratch.resolve("exported-" + round);
        List<String> command = new ArrayList<>(
                List.of("export", "--round", Integer.toString(round), "--engine", "pocket", "--out", out.toString()));
        if (!option.isEmpty()) {
            command.add(option);
        }
        run(command.toArray(String[]::new));
        return AdapterFile.read(out.resolve(WEIGHTS)).digest();
    }

    private JsonNode run(String... command) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--archive", archive));
        return CommandLine.run(0, arguments);
    }
}
