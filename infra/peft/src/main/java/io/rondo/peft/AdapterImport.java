package io.rondo.peft;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts a job from a PEFT adapter: its round 0 carries the adapter's down projections, and of the rest what the job's
 * method shares.
 */
public final class AdapterImport {
    /** The engine in Java, which adapts encoders alone. */
    private static final String ENCODERS = "nd4j";

    private final PeftDirectory adapter;

    private AdapterImport(PeftDirectory adapter) {
        this.adapter = adapter;
    }

    /**
     * Opens an adapter for an engine.
     *
     * @param engine its name
     * @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE}, or {@link ErrorCode#MODEL_UNSUPPORTED} when the
     *     engine has no such models
     */
    public static AdapterImport open(Path directory, String engine) {
        PeftDirectory adapter = PeftDirectory.open(directory);
        if (engine.equals(ENCODERS)
                && adapter.config()
                        .taskType()
                        .filter(CausalModel.TASK_TYPE::equals)
                        .isPresent()) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    directory + " adapts a model that completes texts (" + CausalModel.TASK_TYPE + "), and the engine "
                            + engine + " has only encoders",
                    "submit the job with the Python package: python -m rondo.submit JOB.yaml --adapter " + directory);
        }
        return new AdapterImport(adapter);
    }

    /**
     * The job's settings: those of the adapter go before a file's, and {@code settings} before both.
     *
     * @param file a job file, if there is one
     * @param settings such as {@code rounds=5}
     */
    public JobSpec spec(Optional<Path> file, List<String> settings) {
        PeftConfig config = adapter.config();
        List<String> all = new ArrayList<>();
        all.add("adapter=" + config.kind().id());
        all.add("rank=" + config.rank());
        if (config.kind() != AdapterKind.VERA) {
            all.add("alpha=" + config.alpha());
        }
        all.add("target-modules=" + JobFile.list(config.targetModules()));
        all.add("layers-to-transform=" + config.layers());
        all.addAll(settings);
        return file.map(path -> JobFile.read(path, all)).orElseGet(() -> JobFile.of(all));
    }

    /**
     * Submits the job.
     *
     * @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} when the adapter is not one of the job's layout, or as
     *     {@link JobSubmitter#submit}
     */
    public JobSubmitted submit(LogConnection connection, JobSpec spec, LocalTrainerFactory engine, Path modelCache) {
        LocalTrainerFactory start = new StartingFromAdapter(engine, adapter);
        return new JobSubmitter(connection, start, modelCache).submit(spec);
    }
}
