package io.rondo.conformance.command;

import io.rondo.cli.job.JobFile;
import io.rondo.conformance.stage.BuiltInTasks;
import io.rondo.conformance.stage.GivenTask;
import io.rondo.conformance.stage.Task;
import io.rondo.conformance.stage.Tasks;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What is trained, where the trainer does not take the kit's own model. */
public final class TaskOptions {
    private static final String TAG = "rondo-layout-v1";

    @Option(
            names = "--job-file",
            paramLabel = "FILE",
            description =
                    "The settings of a job that the trainer can train, as for `rondo job submit`. Default: LoRA on a"
                            + " small BERT that the kit writes.")
    private Path job;

    @Option(
            names = "--layout",
            paramLabel = "FILE",
            description =
                    "The canonical text of that job's layout: a line rondo-layout-v1, then NAME ROLE SHAPE lines.")
    private Path layout;

    @Option(names = "--train", paramLabel = "FILE", description = "Training examples. Default: the kit's own, a .tsv.")
    private Path train;

    @Option(names = "--test", paramLabel = "FILE", description = "Test examples. Default: the kit's own, a .tsv.")
    private Path test;

    /**
     * The tasks that these options describe.
     *
     * @param directory where the kit's own are written
     */
    Tasks tasks(Path directory) {
        Tasks own = new BuiltInTasks(directory);
        if (job == null && layout == null && train == null && test == null) {
            return own;
        }
        if (job == null || layout == null || (train == null) != (test == null)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "a job of one's own needs both --job-file and --layout, and data of one's own both --train and --test",
                    "give them together, or none for the kit's own");
        }
        JobSpec defaults = own.small().spec();
        JobSpec spec = JobSpec.newBuilder(JobFile.read(job, List.of()))
                .setRounds(defaults.getRounds())
                .setPartitions(defaults.getPartitions())
                .setChunkBytes(defaults.getChunkBytes())
                .setReplication(1)
                .setRules(defaults.getRules())
                .build();
        return new GivenTask(new Task(
                spec,
                read(layout),
                train == null ? own.small().train() : train.toAbsolutePath(),
                test == null ? own.small().test() : test.toAbsolutePath(),
                train == null ? own.small().examples() : lines(train)));
    }

    private static int lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        } catch (IOException e) {
            throw unreadable(file, e.toString(), e);
        }
    }

    private static AdapterLayout read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.get(0).equals(TAG)) {
                throw unreadable(file, "its first line is not " + TAG, null);
            }
            List<TensorShape> tensors = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split(" ", -1);
                if (parts.length != 3) {
                    throw unreadable(file, "'" + line + "' is not NAME ROLE SHAPE", null);
                }
                tensors.add(new TensorShape(
                        parts[0],
                        TensorRole.of(parts[1]),
                        Arrays.stream(parts[2].split("x", -1))
                                .mapToInt(Integer::parseInt)
                                .toArray()));
            }
            return new AdapterLayout(tensors);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(file, e.toString(), e);
        }
    }

    private static RondoException unreadable(Path file, String problem, Exception cause) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "the file " + file + " cannot be used: " + problem,
                "see schemas/README.md, section 3, for the canonical text of a layout",
                cause);
    }
}
