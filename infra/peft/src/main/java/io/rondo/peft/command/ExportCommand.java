package io.rondo.peft.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ArchiveOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.LogOptions;
import io.rondo.cli.command.ModelDirectoryOption;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.peft.AdapterChoice;
import io.rondo.peft.AdapterExport;
import io.rondo.peft.BaseCopy;
import io.rondo.peft.ExportedAdapter;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "export", description = "Write the adapter of a round as a directory that PEFT loads.")
public final class ExportCommand extends ConsoleCommand {
    @Mixin
    private LogOptions options;

    @Mixin
    private ArchiveOptions archive;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ModelDirectoryOption modelDirectory;

    @Option(names = "--round", required = true, paramLabel = "N", description = "A published round.")
    private int round;

    @Option(
            names = "--trainer",
            paramLabel = "ID",
            description =
                    "This trainer's adapter: the shared tensors, and its own B and head. Default: the global adapter.")
    private String trainer;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "That trainer's state directory. Default: trainers/ID of a demo in --dir, or"
                    + " .rondo/trainers/JOB/ID.")
    private Path state;

    @Option(
            names = "--given",
            paramLabel = "DIR",
            arity = "1..*",
            description =
                    "Directories that trainers exported from this round and shared: the shared A with the mean of their B.")
    private List<Path> given = List.of();

    @Option(names = "--warm-start", description = "Only the shared A, with B = 0.")
    private boolean warmStart;

    @Option(names = "--with-base", description = "Also copy the base model into the directory.")
    private boolean withBase;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "An empty or a new directory.")
    private Path out;

    @Override
    public void run(Console console) {
        List<String> asked = asked();
        if (asked.size() > 1) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    String.join(" and ", asked) + " ask for two different adapters",
                    "give one of them");
        }
        try (OpenLog log = options.open(console, archive, RoundRange.NONE);
                JobLog records = log.records()) {
            AdapterExport export = new AdapterExport(
                    records, LocalTrainerFactories.named(model.engine()), model.cache(), modelDirectory.directory());
            ExportedAdapter adapter =
                    export.export(round, choice(log.job()), withBase ? BaseCopy.BESIDE : BaseCopy.IN_PLACE, out);
            console.result(json(log.job(), adapter), text(adapter));
        }
    }

    private List<String> asked() {
        List<String> asked = new ArrayList<>();
        if (trainer != null) {
            asked.add("--trainer " + trainer);
        }
        if (!given.isEmpty()) {
            asked.add("--given");
        }
        if (warmStart) {
            asked.add("--warm-start");
        }
        return asked;
    }

    private AdapterChoice choice(String job) {
        if (warmStart) {
            return AdapterChoice.warmStart();
        }
        if (!given.isEmpty()) {
            return AdapterChoice.ofGiven(given);
        }
        if (trainer == null) {
            return AdapterChoice.global();
        }
        String id = Identifiers.requireTrainer(trainer);
        Path directory = Optional.ofNullable(state)
                .or(() ->
                        options.directory().map(demo -> demo.resolve("trainers").resolve(id)))
                .orElseGet(() -> Path.of(".rondo", "trainers", job, id));
        return AdapterChoice.ofTrainer(id, directory);
    }

    /** The JSON result. */
    record Result(
            String job,
            int round,
            String kind,
            String trainer,
            String out,
            int tensors,
            boolean head,
            String baseModel,
            String taskType,
            List<String> labels) {}

    static Result json(String job, ExportedAdapter adapter) {
        return new Result(
                job,
                adapter.round(),
                adapter.choice().kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                adapter.choice().trainer(),
                adapter.directory().toString(),
                adapter.tensors(),
                adapter.hasHead(),
                adapter.baseModel(),
                adapter.taskType().orElse(""),
                adapter.labels());
    }

    private static String text(ExportedAdapter adapter) {
        return "wrote %d tensors of round %d to %s%n  base model: %s%n  next: README.md there says how to load it with PEFT"
                .formatted(adapter.tensors(), adapter.round(), adapter.directory(), adapter.baseModel());
    }
}
