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
    private final PeftDirectory adapter;

    private AdapterImport(PeftDirectory adapter) {
        this.adapter = adapter;
    }

    /** @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} */
    public static AdapterImport open(Path directory) {
        return new AdapterImport(PeftDirectory.open(directory));
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
