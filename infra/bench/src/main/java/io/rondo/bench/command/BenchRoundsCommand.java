package io.rondo.bench.command;

import io.rondo.bench.BenchCluster;
import io.rondo.bench.BenchSettings;
import io.rondo.bench.RoundsBench;
import io.rondo.cli.command.ConnectionOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rounds",
        description =
                "Run rounds of generated updates and measure them: on their own broker and registry, or on a cluster"
                        + " that you name.",
        footer = {"", "docs/explanation/performance.md says what each number means, and what to expect."})
public final class BenchRoundsCommand extends ConsoleCommand {
    @Option(names = "--trainers", paramLabel = "N", defaultValue = "16", description = "Default: ${DEFAULT-VALUE}.")
    private int trainers;

    @Option(
            names = "--adapter-mb",
            paramLabel = "MB",
            defaultValue = "8.4",
            description = "Size of each update as float32, in 10^6 bytes. Default: ${DEFAULT-VALUE}.")
    private double adapterMb;

    @Option(
            names = "--chunk-kb",
            paramLabel = "KB",
            defaultValue = "512",
            description = "Size of a chunk, in 1024 bytes. Default: ${DEFAULT-VALUE}.")
    private int chunkKb;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Rounds that count; three warm-up rounds precede them. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--partitions",
            paramLabel = "P",
            defaultValue = "4",
            description = "Partitions of the job's topics. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--aggregators",
            paramLabel = "N",
            defaultValue = "1",
            description = "Aggregator processes that share the partitions. Default: ${DEFAULT-VALUE}.")
    private int aggregators;

    @Option(names = "--signed", description = "Operator, trainers and aggregator sign their records.")
    private boolean signed;

    @Option(
            names = "--secure",
            description = "The broker and the registry ask for certificates, and all goes by TLS. Not on a cluster that"
                    + " you name: that one is as it is.")
    private boolean secure;

    @ArgGroup(exclusive = false, heading = "%nWith one of these it runs there, and deletes its topics in the end:%n")
    private ConnectionOptions cluster;

    @Override
    public void run(Console console) {
        BenchSettings settings =
                new BenchSettings(trainers, adapterMb, chunkKb, rounds, partitions, aggregators, signed, secure);
        if (secure && cluster != null) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--secure with a cluster that you name: a benchmark sets up its own broker alone",
                    "leave --secure out, and give the file that your cluster asks for with --kafka-config");
        }
        Optional<BenchCluster> others = Optional.ofNullable(cluster)
                .map(options -> new BenchCluster(options.connection(), options.arguments(), options.environment()));
        new RoundsBench(settings, others, console).run();
    }
}
