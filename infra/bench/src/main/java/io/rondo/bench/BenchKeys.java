package io.rondo.bench;

import io.rondo.cli.job.JobKeys;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.log.TrainerJoined;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of a benchmark's job: all that is written is signed, or nothing is. */
final class BenchKeys {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Optional<SigningKey> operator;
    private final Optional<Path> aggregatorFile;
    private final Map<String, SigningKey> trainers = new HashMap<>();

    private BenchKeys(Optional<SigningKey> operator, Optional<Path> aggregatorFile) {
        this.operator = operator;
        this.aggregatorFile = aggregatorFile;
    }

    /** @param file of the aggregators' key, where there are keys */
    static BenchKeys of(BenchSettings settings, Path file) {
        if (!settings.signed()) {
            return new BenchKeys(Optional.empty(), Optional.empty());
        }
        KeyFile.create(file);
        BenchKeys keys = new BenchKeys(Optional.of(SigningKey.generate()), Optional.of(file));
        LightTrainers.ids(settings.trainers()).forEach(id -> keys.trainers.put(id, SigningKey.generate()));
        return keys;
    }

    Optional<SigningKey> operator() {
        return operator;
    }

    /** What an aggregator is started with. */
    List<String> aggregatorArguments() {
        return aggregatorFile.map(file -> List.of("--key", file.toString())).orElse(List.of());
    }

    JobSpec named(JobSpec spec) {
        return aggregatorFile
                .map(file -> JobSpec.newBuilder(spec)
                        .setAggregatorKey(KeyFile.read(file).verifyingKey().toString())
                        .build())
                .orElse(spec);
    }

    /** Adds the trainers' keys to the job. */
    void add(LogConnection connection, String job) {
        operator.ifPresent(key -> {
            JobKeys keys = new JobKeys(connection, job, key, PATIENCE);
            trainers.forEach((trainer, own) -> keys.add(trainer, own.verifyingKey()));
        });
    }

    TrainerJoined sign(TrainerJoined joined) {
        SigningKey key = trainers.get(joined.getTrainer());
        return key == null ? joined : key.signed(joined, 0, null);
    }

    UpdateManifest sign(UpdateManifest manifest, RoundOpened round) {
        SigningKey key = trainers.get(manifest.getTrainer());
        return key == null ? manifest : key.signed(manifest, manifest.getRound(), CanonicalText.digest(round));
    }
}
