package io.rondo.bench.command;

import io.rondo.bench.BenchSettings;
import io.rondo.bench.VerifyBench;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description =
                "Write rounds of generated updates, then verify their log and read it with a plain consumer, in alternating runs.",
        footer = {"", "docs/explanation/performance.md says what each number means, and what to expect."})
public final class BenchVerifyCommand extends ConsoleCommand {
    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Rounds that count; three warm-up rounds precede them. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--trainers", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int trainers;

    @Option(
            names = "--adapter-mb",
            paramLabel = "MB",
            defaultValue = "0.147",
            description = "Size of each update as float32, in 10^6 bytes. Default: ${DEFAULT-VALUE}.")
    private double adapterMb;

    @Option(
            names = "--chunk-kb",
            paramLabel = "KB",
            defaultValue = "32",
            description = "Size of a chunk, in 1024 bytes. Default: ${DEFAULT-VALUE}.")
    private int chunkKb;

    @Override
    public void run(Console console) {
        new VerifyBench(new BenchSettings(trainers, adapterMb, chunkKb, rounds), console).run();
    }
}
