package io.rondo.aggregator;

import io.rondo.aggregator.fold.FoldMemory;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.log.KafkaAdapterSource;
import io.rondo.aggregator.log.KafkaChunkSource;
import io.rondo.aggregator.log.KafkaHistory;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.topology.AggregatorTopology;
import io.rondo.aggregator.topology.KafkaManifestsEnd;
import io.rondo.aggregator.topology.KafkaRoundTopics;
import io.rondo.aggregator.topology.UncommittedParts;
import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.error.BrokenInvariantException;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.natives.NativeLibraries;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.text.LogKeys;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One aggregator instance of a job. {@link #run} is called once, {@link #stop} from any thread. */
public final class AggregatorService {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorService.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final long JOB_POLL_MS = 250;
    private static final Duration SUBMISSION = Duration.ofSeconds(30);
    /** This many failures of a thread within the window are tolerated, each by a new thread; one more ends the service. */
    private static final int MAX_FAILURES = 10;

    private static final Duration FAILURE_WINDOW = Duration.ofMinutes(5);

    private final AggregatorSettings settings;
    private final AggregatorListener listener;
    private final IntFunction<FoldMemory.Share> memory;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final CompletableFuture<RondoException> failure = new CompletableFuture<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final Deque<Instant> failures = new ArrayDeque<>();

    private AggregatorService(
            AggregatorSettings settings, AggregatorListener listener, IntFunction<FoldMemory.Share> memory) {
        this.settings = settings;
        this.listener = listener;
        this.memory = memory;
    }

    public static AggregatorService create(AggregatorSettings settings) {
        return create(settings, AggregatorListener.NONE);
    }

    public static AggregatorService create(AggregatorSettings settings, AggregatorListener listener) {
        return new AggregatorService(
                settings, listener, partitions -> FoldMemory.ofThisProcess().alone());
    }

    /** One of several services in this process, which share its memory. */
    static AggregatorService among(AggregatorSettings settings, AggregatorListener listener, FoldMemory memory) {
        return new AggregatorService(settings, listener, memory::share);
    }

    /**
     * Waits for the job and serves it until {@link #stop}.
     *
     * @throws RondoException when the service cannot continue: {@link ErrorCode#INSTANCE_FENCED} when another instance with
     *     the same id has taken over, {@link ErrorCode#DIRECTORY_IN_USE} when another process uses the state directory
     */
    public void run() {
        LogKeys.ofJob(settings.job()).run(this::awaitAndServe);
    }

    private void awaitAndServe() {
        try (Admin admin = settings.log().admin();
                RecordCodec codec = settings.log().codec(SchemaRegistration.REGISTER)) {
            JobTopics topics = awaitJob(admin);
            TopicCreator creator = settings.log().topicCreator(admin);
            if (topics != null && awaitTopics(creator, topics) && registerSchemas(topics)) {
                serve(admin, codec, creator, topics);
            }
        }
    }

    /** The job's topics, or null if stopped before they existed. */
    private JobTopics awaitJob(Admin admin) {
        Instant giveUp = Instant.now().plus(settings.jobTimeout());
        boolean told = false;
        while (true) {
            try {
                return Jobs.topics(settings.log(), admin, settings.job());
            } catch (RondoException e) {
                if (e.code() != ErrorCode.JOB_NOT_FOUND || Instant.now().isAfter(giveUp)) {
                    throw e;
                }
            }
            if (!told) {
                LOG.info("waiting for job {} to be submitted", settings.job());
                told = true;
            }
            if (stopsWithin(JOB_POLL_MS)) {
                return null;
            }
        }
    }

    private void serve(Admin admin, RecordCodec codec, TopicCreator creator, JobTopics topics) {
        OptionalInt largestBatch = creator.largestBatch(topics.globalAdapter().name());
        KafkaHistory history = new KafkaHistory(settings.log());
        UncommittedParts uncommittedParts = new UncommittedParts();
        try (FoldMemory.Share share = memory.apply(topics.partitions());
                KafkaRoundTopics roundTopics = new KafkaRoundTopics(creator, topics);
                KafkaManifestsEnd manifestsEnd =
                        new KafkaManifestsEnd(history, topics.manifests().name());
                KafkaStreams streams = streams(
                        new AggregatorTopology(
                                topics,
                                codec,
                                history,
                                manifestsEnd,
                                roundTopics,
                                (partition, results) -> fold(topics, codec, share, partition, results),
                                uncommittedParts,
                                over::countDown,
                                settings.key()),
                        new StreamsClients(topics.parts().name(), uncommittedParts),
                        topics,
                        largestBatch,
                        share.producerBytes())) {
            streams.setUncaughtExceptionHandler(this::onThreadFailure);
            listener.serving(topics, streams);
            streams.setStateListener((now, before) -> onState(now));
            GroupOffsets.beginAtEnds(settings.log(), admin, topics);
            streams.start();
            awaitEnd();
            streams.close(STOP_TIMEOUT);
        }
        if (failure.isDone()) {
            throw failure.join();
        }
    }

    private PartitionFold fold(
            JobTopics topics, RecordCodec codec, FoldMemory.Share share, int partition, Consumer<FoldResult> results) {
        KafkaChunkSource chunks = new KafkaChunkSource(settings.log(), topics, codec, share.fetchBytes());
        return new PartitionFold(
                partition,
                Strategies::installed,
                chunks,
                new KafkaAdapterSource(settings.log(), topics, codec),
                chunks.adapterEnd(partition),
                results,
                share);
    }

    /** Checks the job's topics; some of a job that is just being submitted may come later than others. */
    private boolean awaitTopics(TopicCreator creator, JobTopics topics) {
        Instant giveUp = Instant.now().plus(SUBMISSION);
        return succeeds(() -> {
            List<Topic> missing = creator.check(topics.fixed(), 0);
            if (!missing.isEmpty() && Instant.now().isAfter(giveUp)) {
                throw TopicCreator.incomplete(missing);
            }
            return missing.isEmpty();
        });
    }

    /** Trainers of this version may not register schemas, and an older version may have submitted the job. */
    private boolean registerSchemas(JobTopics topics) {
        AtomicBoolean told = new AtomicBoolean();
        return succeeds(() -> {
            try {
                settings.log().registrar().register(topics.withRounds(0));
                return true;
            } catch (RondoException e) {
                if (e.code() == ErrorCode.REGISTRY_REFUSED) {
                    // this version's schemas may be there all the same, registered by an administrator
                    LOG.warn("trainers of this version may lack schemas: {}", e.getMessage());
                    return true;
                }
                if (e.code() != ErrorCode.REGISTRY_UNREACHABLE) {
                    throw e;
                }
                if (!told.getAndSet(true)) {
                    LOG.warn("waiting for the registry: {}", e.getMessage());
                }
                return false;
            }
        });
    }

    /** Repeats an attempt until it succeeds. False if the service is stopped before. */
    private boolean succeeds(BooleanSupplier attempt) {
        while (!attempt.getAsBoolean()) {
            if (stopsWithin(JOB_POLL_MS)) {
                return false;
            }
        }
        return true;
    }

    private KafkaStreams streams(
            AggregatorTopology topology,
            StreamsClients clients,
            JobTopics topics,
            OptionalInt largestBatch,
            long producerBytes) {
        Properties properties = StreamsSettings.of(settings, topics, largestBatch, producerBytes);
        NativeLibraries.ofUser().ifPresent(StoreLibrary::load);
        return settings.log().make(() -> {
            try {
                return new KafkaStreams(topology.build(), properties, clients);
            } catch (StreamsException e) {
                throw new RondoException(
                        ErrorCode.DIRECTORY_IN_USE,
                        "the state directory " + settings.stateDirectory() + " cannot be used: " + e.getMessage(),
                        "stop the other aggregator, or give this one its own directory and --instance id",
                        e);
            }
        });
    }

    private void onState(KafkaStreams.State state) {
        if (state == KafkaStreams.State.RUNNING) {
            if (running.getCount() > 0) {
                LOG.info("aggregator {} serves job {}", settings.instanceId(), settings.job());
            }
            running.countDown();
        } else if (state == KafkaStreams.State.ERROR) {
            failure.complete(new RondoException(
                    ErrorCode.JOB_FAILED, "every thread of the aggregator has ended", "see the log for the cause"));
        }
    }

    private StreamThreadExceptionResponse onThreadFailure(Throwable thrown) {
        Attempt attempt = new Attempt(
                "serve job " + settings.job(),
                "READ or WRITE",
                "transactional id " + JobTopics.applicationId(settings.job()));
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof FencedInstanceIdException) {
                return end(new RondoException(
                        ErrorCode.INSTANCE_FENCED,
                        "another aggregator of job " + settings.job() + " runs with the instance id '"
                                + settings.instanceId() + "' and has taken over",
                        "give each aggregator its own --instance id",
                        thrown));
            }
            if (cause instanceof RondoException known) {
                return isTransient(known.code()) ? waitFor(known) : end(known);
            }
            if (cause instanceof AuthorizationException || cause instanceof AuthenticationException) {
                // a missing right does not appear by itself
                return end(settings.log().failures().of(attempt, cause));
            }
            if (cause instanceof BrokenInvariantException) {
                return end(new RondoException(
                        ErrorCode.LOG_INCONSISTENT,
                        "an invariant does not hold: " + cause.getMessage(),
                        "keep the log as it is and report this with the aggregator's log file",
                        thrown));
            }
        }
        synchronized (failures) {
            Instant now = Instant.now();
            failures.addLast(now);
            failures.removeIf(at -> at.isBefore(now.minus(FAILURE_WINDOW)));
            if (failures.size() > MAX_FAILURES) {
                return end(new RondoException(
                        ErrorCode.JOB_FAILED,
                        "the aggregator failed " + failures.size() + " times within " + FAILURE_WINDOW.toMinutes()
                                + " minutes, last with: " + thrown.getMessage(),
                        "see the log for the cause; start it again when that is mended, nothing is lost",
                        thrown));
            }
        }
        LOG.warn("a thread failed and is replaced; the log has all it needs", thrown);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /**
     * An unreachable service may stay so for long. The attempts so far were bounded, and further ones do not count as
     * failures of this service.
     */
    private static StreamThreadExceptionResponse waitFor(RondoException away) {
        LOG.warn("the rounds wait, nothing is lost: {}", away.explanation());
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static boolean isTransient(ErrorCode code) {
        return code == ErrorCode.BROKER_UNREACHABLE
                || code == ErrorCode.TRANSACTION_OPEN
                || code == ErrorCode.REGISTRY_UNREACHABLE;
    }

    private StreamThreadExceptionResponse end(RondoException cause) {
        failure.complete(cause);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void awaitEnd() {
        while (!failure.isDone() && !stopsWithin(JOB_POLL_MS)) {
            // the loop's condition does the waiting
        }
    }

    private boolean stopsWithin(long milliseconds) {
        try {
            return stopRequested.await(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Waits until the service is ready; for tests, and for callers that start other processes afterwards. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the application is running with its assigned tasks. */
    boolean isRunning() {
        return running.getCount() == 0;
    }

    /** Whether the job has ended, so that no further round opens; known only to the instance that decides. */
    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Ends {@link #run} once the open transaction is complete. */
    public void stop() {
        stopRequested.countDown();
    }
}
