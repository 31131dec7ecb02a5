package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ReadOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.receipt.Receipt;
import io.rondo.inspect.receipt.ReceiptCheck;
import io.rondo.inspect.receipt.ReceiptFile;
import io.rondo.inspect.receipt.ReceiptSearch;
import io.rondo.inspect.receipt.ReceiptText;
import io.rondo.schemas.sign.VerifyingKey;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "receipt",
        description = "Show that a trainer's update counted in a round, or why not, and keep the proof in a file.",
        footer = {
            "",
            "The file holds nothing of other trainers but digests. `rondo verify --receipt` checks it without a log."
        })
public final class ReceiptCommand extends ConsoleCommand {
    @Option(names = "--round", required = true, paramLabel = "N", description = "The round that the update was for.")
    private int round;

    @Option(names = "--trainer", required = true, paramLabel = "ID", description = "Whose update it is.")
    private String trainer;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the receipt here; one that is there is not written over.")
    private Path out;

    @Mixin
    private ReadOptions options;

    @Override
    public void run(Console console) {
        Receipt receipt;
        try (OpenLog open = options.open(console, RoundRange.NONE);
                JobLog log = open.records()) {
            receipt = ReceiptSearch.of(log, round, trainer);
        }
        // what a log that somebody else has written says is shown only if it holds
        ReceiptText text = ReceiptFile.checked(
                () -> ReceiptCheck.check(
                        receipt, VerifyingKey.parse(receipt.statement().key())),
                "the log");
        if (out != null) {
            ReceiptFile.write(out, receipt);
        }
        console.result(
                out == null ? receipt : text.json(),
                text.text() + "\nIt is signed by " + receipt.statement().key() + "."
                        + (out == null ? "\n--out FILE keeps the proof." : "\nThe proof is in " + out + "."));
    }
}
