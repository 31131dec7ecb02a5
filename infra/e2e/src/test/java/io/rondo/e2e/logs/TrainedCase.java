package io.rondo.e2e.logs;

import io.rondo.cli.job.JobFile;
import io.rondo.e2e.PocketFederation;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A whole federation: submitted from a job file, trained by services that measure and evaluate.
 *
 * @param settings as a job file has them
 */
record TrainedCase(String name, String what, List<String> settings, String export, List<String> trainers)
        implements LogCase {

    private JobSpec spec() {
        return JobFile.of(
                Stream.concat(Stream.of("name=" + name), settings.stream()).toList());
    }

    @Override
    public int chunkBytes() {
        return spec().getChunkBytes();
    }

    @Override
    public void play(LogConnection cluster, Path directory) throws InterruptedException {
        try (PocketFederation federation = new PocketFederation(cluster, directory, spec())) {
            federation.submit(new PocketTrainerFactory());
            trainers.forEach(trainer -> federation.train(trainer, new PocketTrainerFactory()));
            federation.awaitEnd();
        }
    }
}
