package io.rondo.cli.job;

import io.rondo.aggregator.round.JobRules;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.Lineage;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.OperatorSigner;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.client.TopicRemover;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.InitialValues;
import io.rondo.trainer.runtime.upload.SendFailures;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UpdateUploader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits a job: creates its topics, registers its schemas, writes the submission and uploads the initial adapter as the one
 * update of round 0. All checks run before anything is created. If a later step fails before the submission is in the log,
 * the topics are deleted again. An interruption after that is resolved by submitting the same job again.
 */
public final class JobSubmitter {
    private static final Logger LOG = LoggerFactory.getLogger(JobSubmitter.class);
    /** Rounds whose topics are created at submission; the aggregator creates the others in advance. */
    private static final int FIRST_ROUNDS = 3;

    private final LogConnection connection;
    private final LocalTrainerFactory engine;
    private final Path modelCache;
    private final Optional<SigningKey> key;
    private final Optional<Path> modelDirectory;

    /**
     * @param engine derives the layout of the adapter from the model
     * @param modelCache directory of built-in models
     */
    public JobSubmitter(LogConnection connection, LocalTrainerFactory engine, Path modelCache) {
        this(connection, engine, modelCache, Optional.empty());
    }

    /** @param key the operator's key: the job names it, and accepts only signed records */
    public JobSubmitter(
            LogConnection connection, LocalTrainerFactory engine, Path modelCache, Optional<SigningKey> key) {
        this(connection, engine, modelCache, key, Optional.empty());
    }

    private JobSubmitter(
            LogConnection connection,
            LocalTrainerFactory engine,
            Path modelCache,
            Optional<SigningKey> key,
            Optional<Path> modelDirectory) {
        this.key = key;
        this.connection = connection;
        this.engine = engine;
        this.modelCache = modelCache;
        this.modelDirectory = modelDirectory;
    }

    /** The same with the base model in this directory, of which the log gets the digest and the job's name for it. */
    public JobSubmitter withModelIn(Path directory) {
        return new JobSubmitter(connection, engine, modelCache, key, Optional.of(directory));
    }

    /**
     * Submits the job.
     *
     * @return the submission as logged
     * @throws RondoException with {@link ErrorCode#JOB_EXISTS} when another job of this name was submitted before
     */
    public JobSubmitted submit(JobSpec spec) {
        ModelSettings named = ModelSettings.of(spec, modelCache);
        ModelSettings model = modelDirectory.map(named::in).orElse(named);
        AdapterLayout layout = new AdapterLayout(engine.describe(model));
        engine.check(model, StepSettings.of(spec)).forEach(note -> LOG.warn("{}", note));
        return submit(
                connection,
                spec,
                engine.modelDigest(model),
                layout,
                null,
                job -> InitialValues.of(job, engine, model),
                key);
    }

    /**
     * Submits a job whose round 0 is an existing adapter.
     *
     * @return the submission as logged
     * @throws RondoException with {@link ErrorCode#JOB_EXISTS} when another job of this name was submitted before
     */
    public static JobSubmitted submit(LogConnection connection, JobSpec spec, StartingPoint start) {
        return submit(connection, spec, start, Optional.empty());
    }

    /**
     * The same, signed.
     *
     * @param key the operator's key, if it has one
     */
    public static JobSubmitted submit(
            LogConnection connection, JobSpec spec, StartingPoint start, Optional<SigningKey> key) {
        return submit(
                connection,
                spec,
                spec.getModelDigest(),
                start.layout(),
                start.lineage().orElse(null),
                job -> start.values(),
                key);
    }

    private static JobSubmitted submit(
            LogConnection connection,
            JobSpec settings,
            String modelDigest,
            AdapterLayout layout,
            Lineage lineage,
            Function<FederatedJob, Map<String, Tensor>> values,
            Optional<SigningKey> key) {
        String own = key.map(here -> here.verifyingKey().toString()).orElse("");
        if (!settings.getOperatorKey().isEmpty()) {
            OperatorSigner.requireKey(settings.getName(), settings.getOperatorKey(), key);
        }
        JobTopics topics = new JobTopics(settings.getName(), settings.getPartitions(), settings.getReplication());
        JobSpec spec = JobSpec.newBuilder(settings)
                .setModelDigest(modelDigest)
                .setRules(RulesVersion.NEWEST)
                .setOperatorKey(own)
                .build();
        JobSubmitted draft = submission(spec, layout, lineage);
        requireRunnable(draft);
        FederatedJob job = FederatedJob.of(draft);
        float[] initial = job.flat(0).flatten(values.apply(job));
        JobSubmitted submission = JobSubmitted.newBuilder(draft)
                .setInitialDigest(UpdateUploader.digest(job.flat(0), job.dtype(0), initial))
                .build();
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.REGISTER)) {
            List<Topic> all = topics.withRounds(Math.min(FIRST_ROUNDS - 1, spec.getRounds()));
            TopicCreator creator = connection.topicCreator(admin);
            creator.requireReplicas(topics.decisions());
            List<Topic> missing = creator.check(all, spec.getChunkBytes());
            if (JobRules.needsLargeRecords(spec)) {
                creator.requireLargeRecords(List.of(topics.decisions(), topics.rounds()));
            }
            creator.ensure(all, spec.getChunkBytes());
            try (Producer<byte[], byte[]> producer = prepared(connection, creator, topics, all)) {
                JobSubmitted submitted = Jobs.find(connection, codec, spec.getName())
                        .orElseGet(() -> write(connection, signed(submission, key), topics, codec, producer));
                requireSame(submitted, submission);
                if (!hasInitialUpdate(connection, submitted, topics, codec)) {
                    uploadInitialValues(connection, FederatedJob.of(submitted), initial, topics, codec, producer, key);
                }
                return submitted;
            } catch (RuntimeException e) {
                removeUnlessSubmitted(connection, admin, codec, spec.getName(), missing, e);
                throw e;
            }
        }
    }

    private static Producer<byte[], byte[]> prepared(
            LogConnection connection, TopicCreator creator, JobTopics topics, List<Topic> all) {
        creator.warnOfOneReplica(topics.decisions().name());
        connection.registrar().register(all);
        OptionalInt largestBatch = creator.largestBatch(topics.round(0).name());
        return connection.producer(connection.writerConfig(largestBatch));
    }

    /** A job that is in the log is completed by submitting it again; otherwise nothing is left behind. */
    private static void removeUnlessSubmitted(
            LogConnection connection,
            Admin admin,
            RecordCodec codec,
            String job,
            List<Topic> created,
            RuntimeException failure) {
        try {
            if (Jobs.find(connection, codec, job).isEmpty()) {
                TopicRemover.remove(admin, created);
            }
        } catch (RuntimeException e) {
            // the broker is unreachable: the created topics stay, and another submission uses them
            failure.addSuppressed(e);
        }
    }

    /** The operator's first signed record: its commands are numbered from 1. */
    private static JobSubmitted signed(JobSubmitted submission, Optional<SigningKey> key) {
        return key.map(own -> own.signed(submission, 0, null)).orElse(submission);
    }

    /** An aggregator would refuse it too, but only after the name is taken. */
    private static void requireRunnable(JobSubmitted submission) {
        JobRules.problem(submission).ifPresent(problem -> {
            throw new RondoException(
                    ErrorCode.BAD_JOB_FILE, "no aggregator could run the job: " + problem, "change it in the job file");
        });
    }

    private static JobSubmitted submission(JobSpec spec, AdapterLayout layout, Lineage lineage) {
        return JobSubmitted.newBuilder()
                .setJobUuid(UUID.randomUUID().toString())
                .setSpec(spec)
                .setLayout(layout.toAvro())
                .setLayoutDigest(layout.digest())
                .setSubmittedAt(System.currentTimeMillis())
                .setLineage(lineage)
                .build();
    }

    /** Writes the submission, and reads back the effective one: another process may have been faster. */
    private static JobSubmitted write(
            LogConnection connection,
            JobSubmitted submission,
            JobTopics topics,
            RecordCodec codec,
            Producer<byte[], byte[]> producer) {
        new CommandWriter(connection, producer, codec, topics).write(submission);
        JobSubmitted first = Jobs.find(connection, codec, topics.job())
                .orElseThrow(() -> new IllegalStateException("a submission that was written cannot be found"));
        if (!first.getJobUuid().equals(submission.getJobUuid())) {
            throw exists(topics.job(), first);
        }
        return first;
    }

    private static void requireSame(JobSubmitted submitted, JobSubmitted again) {
        // a job from an older version keeps its rules, and may name no initial adapter
        JobSpec before = submitted.getSpec();
        JobSpec.Builder same = JobSpec.newBuilder(again.getSpec()).setRules(before.getRules());
        if (!RulesVersion.boundEveryField(before)) {
            same.setMaxTrainers(before.getMaxTrainers()).setTrainers(before.getTrainers());
        }
        if (!before.equals(same.build())
                || !submitted.getLayoutDigest().equals(again.getLayoutDigest())
                || !Objects.equals(submitted.getLineage(), again.getLineage())
                || !(submitted.getInitialDigest() == null
                        || submitted.getInitialDigest().equals(again.getInitialDigest()))) {
            throw exists(before.getName(), submitted);
        }
    }

    private static RondoException exists(String job, JobSubmitted submitted) {
        return new RondoException(
                ErrorCode.JOB_EXISTS,
                "a job '" + job + "' was submitted before, with UUID " + submitted.getJobUuid(),
                "give the job another name");
    }

    private static boolean hasInitialUpdate(
            LogConnection connection, JobSubmitted submitted, JobTopics topics, RecordCodec codec) {
        String manifests = topics.manifests().name();
        AtomicBoolean found = new AtomicBoolean();
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(manifests, 0), 0L))) {
            reader.readToEnd(record -> {
                if (codec.decode(manifests, record.value()) instanceof Decoded.Readable readable
                        && readable.record() instanceof UpdateManifest manifest
                        && manifest.getRound() == 0
                        && manifest.getTrainer().equals(Identifiers.SUBMITTER)
                        && manifest.getJobUuid().equals(submitted.getJobUuid())
                        && (submitted.getInitialDigest() == null
                                || manifest.getDigest().equals(submitted.getInitialDigest()))) {
                    found.set(true);
                }
            });
        }
        return found.get();
    }

    private static void uploadInitialValues(
            LogConnection connection,
            FederatedJob job,
            float[] values,
            JobTopics topics,
            RecordCodec codec,
            Producer<byte[], byte[]> producer,
            Optional<SigningKey> key) {
        FlatLayout flat = job.flat(0);
        UpdateHeader header = new UpdateHeader(
                job.uuid(), 0, -1, Identifiers.SUBMITTER, "", UUID.randomUUID().toString(), 1, DType.F32, Map.of());
        new UpdateUploader(producer, codec, topics, SendFailures.of(connection), manifest -> key.map(
                                own -> own.signed(manifest, 0, null))
                        .orElse(manifest))
                .upload(header, flat, values);
    }
}
