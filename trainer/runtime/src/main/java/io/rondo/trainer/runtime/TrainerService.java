package io.rondo.trainer.runtime;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.text.LogKeys;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * A trainer as a service: joins a job, takes part in its rounds, and returns when the job is over. Run by one thread; {@link
 * #stop()} and {@link #close()} may be called by any other.
 */
public final class TrainerService implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(15);

    private final TrainerServiceSettings settings;
    private final LocalTrainerFactory factory;
    private final TrainerListener listener;
    private final BiFunction<JobSubmitted, TrainerSigner, TrainerLog> logs;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean running;
    private volatile boolean stopped;

    public TrainerService(TrainerServiceSettings settings, LocalTrainerFactory factory, TrainerListener listener) {
        this.settings = Objects.requireNonNull(settings);
        this.factory = Objects.requireNonNull(factory);
        this.listener = Objects.requireNonNull(listener);
        this.logs = (submitted, signer) -> KafkaTrainerLog.open(settings.log(), submitted, signer::sign);
    }

    /**
     * Serves until the job is finished or {@link #stop()} is called. A second start on the same state directory continues
     * where the first one ended.
     *
     * @throws RondoException with {@code JOB_NOT_FOUND} when the job is not submitted in time, {@code JOB_FAILED} when it
     *     is aborted, {@code TRAINER_FENCED} when a newer process serves as this trainer, {@code TRAINER_FAILED} when the
     *     plug-in fails or diverges, {@code MODEL_UNSUPPORTED} when its model is not the job's, {@code DIRECTORY_IN_USE},
     *     {@code DIRECTORY_OF_ANOTHER_JOB} or {@code STATE_UNREADABLE} when the state directory cannot be used, {@code
     *     ADAPTER_CORRUPT}, or as connecting to broker and registry does
     */
    public void run() {
        running = true;
        LogKeys.ofJob(settings.job()).trainer(settings.site().trainerId()).run(this::awaitAndServe);
    }

    private void awaitAndServe() {
        try (StateDirectory directory = StateDirectory.open(settings.stateDirectory())) {
            Restarts.await(directory, listener, () -> stopped);
            Optional<JobSubmitted> submitted = new JobSearch(settings.log(), settings.job(), settings.jobPatience())
                    .await(() -> stopped, () -> listener.waitingForJob(settings.job()));
            if (submitted.isPresent() && !stopped) {
                serve(submitted.get(), directory);
            }
        } finally {
            ended.countDown();
        }
    }

    private void serve(JobSubmitted submitted, StateDirectory directory) {
        settings.policy().ifPresent(policy -> policy.require(submitted.getSpec()));
        TrainerSigner signer = TrainerSigner.of(submitted.getSpec(), settings.key());
        settings.key().ifPresent(key -> new TrainerKeySearch(
                        settings.log(), submitted, settings.site().trainerId(), key.verifyingKey())
                .await(() -> stopped, settings.jobPatience()));
        try (TrainerLog log = new SignedTrainerLog(logs.apply(submitted, signer), signer)) {
            ModelSettings model = log.job().model(settings.site());
            requireLayout(factory, model, log.job());
            requireModel(factory, model, log.job().spec().getModelDigest());
            listener.leaving(Leaving.of(log.job()));
            try (Plugin trainer = Plugin.open(factory, log.job().trainerSettings(settings.site()))) {
                new TrainerLoop(settings, log, trainer, directory, listener, () -> stopped).run();
            }
        } catch (RondoException e) {
            Restarts.note(directory, e);
            throw e;
        }
    }

    /** Requests that the service leave the job. It does so at once, or once the current round of training is saved. */
    public void stop() {
        stopped = true;
    }

    /** Stops, and waits a limited time until the service has left. */
    @Override
    public void close() {
        stop();
        try {
            if (running && !ended.await(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the trainer service did not stop within " + STOP.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws RondoException with {@code MODEL_UNSUPPORTED} when the plug-in derives another layout than the job's */
    static void requireLayout(LocalTrainerFactory factory, ModelSettings model, FederatedJob job) {
        AdapterLayout derived = new AdapterLayout(factory.describe(model));
        if (!derived.digest().equals(job.layout().digest())) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "the trainer '" + factory.name() + "' derives layout " + Digests.hex(derived.digest())
                            + " from model '" + model.model() + "', the job has layout "
                            + Digests.hex(job.layout().digest()) + ": " + firstDifference(derived, job.layout()),
                    "use the model that the job was submitted with, in the same version");
        }
    }

    /**
     * @param expected the digest of the job's base model, or empty
     * @throws RondoException with {@code MODEL_UNSUPPORTED} when the base model is a different one with the same shapes
     */
    static void requireModel(LocalTrainerFactory factory, ModelSettings model, String expected) {
        if (expected.isEmpty()) {
            return;
        }
        String found = factory.modelDigest(model);
        if (!found.equals(expected)) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "the model '" + model.model() + "' has digest '" + found + "' here, the job was submitted with '"
                            + expected + "': its weights, its configuration or its tokenizer differ",
                    "use the model that the job was submitted with, in the same version");
        }
    }

    private static String firstDifference(AdapterLayout derived, AdapterLayout submitted) {
        int common = Math.min(derived.tensors().size(), submitted.tensors().size());
        for (int i = 0; i < common; i++) {
            if (!derived.tensors().get(i).equals(submitted.tensors().get(i))) {
                return "'" + derived.tensors().get(i) + "' is not '"
                        + submitted.tensors().get(i) + "'";
            }
        }
        return derived.tensors().size() + " tensors, not " + submitted.tensors().size();
    }
}
