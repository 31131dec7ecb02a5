package io.rondo.cli.command;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.aggregator.archive.JobRestorer;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.ProgressBar;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "restore",
        description = "Put an archive back into a cluster that has no topic of its job.",
        footer = {
            "",
            "Keys, values, headers, timestamps and offsets are those of the archive. `rondo verify` on the cluster",
            "checks the restored log."
        })
public final class RestoreCommand extends ConsoleCommand {
    @Mixin
    private ClusterOptions options;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            required = true,
            description = "Directory that `rondo archive --out` wrote.")
    private Path directory;

    /** The JSON result. */
    record Result(
            String job, String jobUuid, int topics, long records, int schemas, Map<Integer, Integer> rewrittenIds) {}

    @Override
    public void run(Console console) {
        Archive archive = Archive.open(directory, RoundRange.ALL);
        try (OpenCluster cluster = options.open(console);
                ProgressBar bar = new ProgressBar(console)) {
            bar.expect(
                    archive.index().files().stream().mapToLong(KeptFile::bytes).sum());
            show(archive, new JobRestorer(cluster.connection(), archive, bar::add).restore(), console);
        }
    }

    private static void show(Archive archive, JobRestorer.Restored restored, Console console) {
        Map<Integer, Integer> ids = new TreeMap<>(restored.ids());
        console.result(
                new Result(
                        archive.index().job(),
                        archive.index().jobUuid(),
                        restored.topics(),
                        restored.records(),
                        archive.index().schemas().size(),
                        ids),
                String.format(
                        Locale.ROOT,
                        "job '%s': %d records in %d topics; %s",
                        archive.index().job(),
                        restored.records(),
                        restored.topics(),
                        ids.isEmpty()
                                ? "all schemas have the ids that they had"
                                : "the registry gave " + ids.size() + " schemas other ids, and the four bytes before"
                                        + " each body name those now: " + ids));
    }
}
