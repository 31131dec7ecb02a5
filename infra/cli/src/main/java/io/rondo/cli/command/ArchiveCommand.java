package io.rondo.cli.command;

import io.rondo.aggregator.archive.ArchiveIndex;
import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.aggregator.archive.ArchivedRounds;
import io.rondo.aggregator.archive.DueRounds;
import io.rondo.aggregator.archive.JobArchiver;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "archive",
        description = "Copy a job's log into files that any Avro tool reads, and verify the copy.",
        footer = {
            "",
            "`rondo verify --archive DIR` verifies it again, without a broker or a registry; `rondo restore`",
            "puts it back. docs/how-to/archive.md says what is in the files."
        })
public final class ArchiveCommand extends ConsoleCommand {
    @Mixin
    private LogOptions options;

    @Mixin
    private KeyOptions key;

    @Option(
            names = "--rounds",
            paramLabel = "N..M",
            converter = RoundsConverter.class,
            description = "Rounds whose updates are archived. Default: all existing rounds.")
    private RoundRange rounds;

    @Option(
            names = "--due",
            description =
                    "Archive the rounds that the job's retention no longer keeps; writes nothing if there is none.")
    private boolean due;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The archive; must not exist.")
    private Path out;

    @Option(
            names = "--delete",
            description =
                    "Then delete the topics of the published rounds that are in it; the log is told first, with the"
                            + " archive's digest.")
    private boolean delete;

    /** The JSON result, where an archive was written. */
    record Result(
            String archive,
            String job,
            String jobUuid,
            int from,
            int to,
            int files,
            long records,
            long bytes,
            int identical,
            String sha256,
            List<Integer> deleted) {}

    /** The JSON result of {@code --due}, where no round is due. */
    record NothingDue(String job, boolean due) {}

    @Override
    public void run(Console console) {
        if (due && rounds != null) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "--due and --rounds both say which rounds", "give one of them");
        }
        try (OpenLog open = options.open(console)) {
            Optional<RoundRange> chosen = due ? due(open) : Optional.of(rounds == null ? RoundRange.ALL : rounds);
            chosen.ifPresentOrElse(range -> archive(open, range, console), () -> showNothing(open, console));
        }
    }

    private static Optional<RoundRange> due(OpenLog open) {
        try (JobLog log = open.records()) {
            return DueRounds.of(log, System.currentTimeMillis());
        }
    }

    private static void showNothing(OpenLog open, Console console) {
        console.result(
                new NothingDue(open.job(), false), "no round of job '" + open.job() + "' is due; nothing was written");
    }

    private void archive(OpenLog open, RoundRange range, Console console) {
        JobArchiver.Written written = write(open, range, console);
        List<Integer> deleted = delete ? new ArchivedRounds(open.connection(), written, key.key()).delete() : List.of();
        show(written, deleted, console);
    }

    private JobArchiver.Written write(OpenLog open, RoundRange range, Console console) {
        try (VerificationBar bar = new VerificationBar(console)) {
            return JobArchiver.write(open.connection(), open.job(), range, out, bar);
        }
    }

    private void show(JobArchiver.Written written, List<Integer> deleted, Console console) {
        ArchiveIndex index = written.archive().index();
        long bytes = index.files().stream().mapToLong(KeptFile::bytes).sum();
        long records = index.files().stream().mapToLong(KeptFile::records).sum();
        console.result(
                new Result(
                        out.toString(),
                        index.job(),
                        index.jobUuid(),
                        index.from(),
                        index.to(),
                        index.files().size(),
                        records,
                        bytes,
                        written.verification().identical(),
                        written.archive().digest(),
                        deleted),
                String.format(
                        Locale.ROOT,
                        "%s: rounds %d to %d of job '%s', %d records in %d files, %.1f MB%n"
                                + "%d of %d rounds recomputed from the copy, bit-identical%nSHA-256 of its index: %s%s",
                        out,
                        index.from(),
                        index.to(),
                        index.job(),
                        records,
                        index.files().size(),
                        bytes / 1e6,
                        written.verification().identical(),
                        written.verification().rounds().size(),
                        written.archive().digest(),
                        deletion(deleted)));
    }

    private static String deletion(List<Integer> deleted) {
        return deleted.isEmpty()
                ? ""
                : String.format(
                        "%nthe topics of %d rounds are deleted, from round %d to %d; the log names the archive's"
                                + " digest",
                        deleted.size(), deleted.get(0), deleted.get(deleted.size() - 1));
    }
}
