package io.rondo.inspect.command;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.archive.ArchiveJobLog;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.command.ArchiveOptions;
import io.rondo.cli.command.BranchOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.RangeOptions;
import io.rondo.cli.command.VerificationBar;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.receipt.ReceiptCheck;
import io.rondo.inspect.receipt.ReceiptFile;
import io.rondo.inspect.receipt.ReceiptText;
import io.rondo.inspect.scan.RawScan;
import io.rondo.inspect.view.VerificationText;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.VerifyingKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description = "Work out again all that follows from something else in a job's log, and compare bit by bit.",
        footer = {
            "",
            "Exit code 0: every round is unchanged. 1: something differs or is missing; the message names the first difference.",
            "docs/how-to/replay.md says what is checked and how."
        })
public final class VerifyCommand extends ConsoleCommand {
    @Mixin
    private BranchOptions options;

    @Mixin
    private RangeOptions range;

    @Option(
            names = "--measure",
            description = "Also read the same rounds with a plain consumer, as the upper bound of the rate.")
    private boolean measure;

    @Mixin
    private ArchiveOptions archive;

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description = "Check what `rondo receipt` wrote instead: no log is read. Needs --aggregator-key.")
    private Path receipt;

    @Option(
            names = "--aggregator-key",
            paramLabel = "KEY",
            description = "The public key of the aggregator, ed25519:…, as the operator has told it.")
    private String aggregatorKey;

    @Override
    public void run(Console console) {
        if (receipt != null || aggregatorKey != null) {
            verifyReceipt(console);
            return;
        }
        if (archive.isGiven()) {
            verifyArchive(console);
            return;
        }
        try (OpenLog open = options.open(console);
                JobLog log = open.records()) {
            OptionalDouble before = measure ? raw(open, log, range.range()) : OptionalDouble.empty();
            VerificationReport report = verify(log, range.range(), console);
            OptionalDouble raw = measure ? better(before, raw(open, log, range.range())) : before;
            show(report, raw, console);
        }
    }

    private void verifyReceipt(Console console) {
        if (receipt == null || !VerifyingKey.isKey(Objects.requireNonNullElse(aggregatorKey, ""))) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--receipt " + receipt + " with --aggregator-key " + aggregatorKey
                            + ": a receipt is checked with the public key of the aggregator, ed25519:… and 64"
                            + " hexadecimal digits",
                    "give both; the job's file has the key as aggregator-key");
        }
        ReceiptText text = ReceiptFile.checked(
                () -> ReceiptCheck.check(ReceiptFile.read(receipt), VerifyingKey.parse(aggregatorKey)),
                "the receipt " + receipt);
        console.result(text.json(), text.text());
    }

    private void verifyArchive(Console console) {
        if (measure) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--measure reads by a consumer, and an archive has no broker",
                    "leave --measure out");
        }
        options.refuseWith(archive);
        Archive opened = Archive.open(archive.directory(), range.range());
        try (JobLog log = new ArchiveJobLog(opened)) {
            show(verify(log, opened.range(), console), OptionalDouble.empty(), console);
        }
    }

    private static void show(VerificationReport report, OptionalDouble raw, Console console) {
        VerificationText text = new VerificationText(report, raw);
        console.result(text.json(), text.text());
        requireSound(report);
    }

    private static VerificationReport verify(JobLog log, RoundRange rounds, Console console) {
        try (VerificationBar bar = new VerificationBar(console)) {
            return new Verifier(log, rounds, bar).verify();
        }
    }

    /** The ceiling is read before and after: the better one counts, since the first also warms the disk's cache. */
    private static OptionalDouble raw(OpenLog open, JobLog log, RoundRange range) {
        List<Integer> rounds = range.present(log);
        return OptionalDouble.of(RawScan.bytesPerSecond(open.connection(), log.topics(), rounds));
    }

    private static OptionalDouble better(OptionalDouble one, OptionalDouble other) {
        return OptionalDouble.of(Math.max(one.getAsDouble(), other.getAsDouble()));
    }

    private static void requireSound(VerificationReport report) {
        if (report.isSound()) {
            return;
        }
        throw new RondoException(
                ErrorCode.VERIFICATION_FAILED,
                "%d of %d rounds are what they were, %d differences; the first: %s"
                        .formatted(
                                report.identical(),
                                report.rounds().size(),
                                report.differences().size(),
                                report.firstProblem()),
                "keep the log as it is; rounds that are named nowhere above are sound");
    }
}
