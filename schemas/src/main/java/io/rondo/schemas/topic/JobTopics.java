package io.rondo.schemas.topic;

import io.rondo.log.AbortRequested;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DeadLetter;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobPaused;
import io.rondo.log.JobResumed;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.RoundsArchived;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.Identifiers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** All topics of one job, or of a branch of it, by name. */
public final class JobTopics {
    private static final String PREFIX = "rondo.";
    private static final Pattern COMMANDS = Pattern.compile("rondo\\.([a-z0-9-]{1,48})\\.commands");

    private static final Map<String, String> FOREVER =
            Map.of("retention.ms", "-1", "retention.bytes", "-1", "cleanup.policy", "delete");
    /**
     * For topics that trainers or operators write to. The broker's size limit applies to the compressed batch, and one
     * megabyte can expand to hundreds. With this setting the broker decompresses each batch and refuses one over the limit,
     * so that no reader has to.
     */
    private static final Map<String, String> EXPANDED = with(FOREVER, "compression.type", "uncompressed");
    /** The broker's clock decides what is late, so its timestamp replaces the producer's. */
    private static final Map<String, String> EXPANDED_STAMPED_BY_BROKER =
            with(EXPANDED, "message.timestamp.type", "LogAppendTime");
    /** What a record on {@code decisions} or {@code rounds} may have: those that name every member grow with the trainers. */
    public static final int LARGE_RECORD_BYTES = 2 << 20;

    private static final Map<String, String> LARGE =
            with(FOREVER, "max.message.bytes", Integer.toString(LARGE_RECORD_BYTES));
    /** A round topic is one of thousands: the default index files map 20 MB for each of its partitions. */
    private static final Map<String, String> ROUND = with(EXPANDED, "segment.index.bytes", "65536");

    private final String job;
    private final String branch;
    private final int partitions;
    private final short replication;

    /**
     * @param job the job's name
     * @param partitions P, the partitions of the round topics, of decisions and of global-adapter
     * @param replication replication factor, or -1 for the broker's default
     */
    public JobTopics(String job, int partitions, int replication) {
        this(Identifiers.requireJob(job), "", partitions, (short) replication);
    }

    private JobTopics(String job, String branch, int partitions, short replication) {
        this.job = job;
        this.branch = branch;
        this.partitions = partitions;
        this.replication = replication;
    }

    /**
     * The topics of a branch of the job: rounds that were run again, in topics of their own. Its records keep their original
     * timestamps, so none of its topics uses log-append time.
     *
     * @throws io.rondo.schemas.error.RondoException with {@code BAD_ID} when the name is not valid
     */
    public JobTopics branch(String name) {
        return new JobTopics(job, Identifiers.requireBranch(name), partitions, replication);
    }

    public String job() {
        return job;
    }

    public int partitions() {
        return partitions;
    }

    /** Application id of the job's aggregator: its consumer group and the prefix of its transactional ids. */
    public String applicationId() {
        return applicationId(job);
    }

    /** The same for a job by its name. */
    public static String applicationId(String job) {
        return PREFIX + job + ".aggregator";
    }

    public Topic commands() {
        return topic(
                "commands",
                1,
                branch.isEmpty() ? EXPANDED_STAMPED_BY_BROKER : FOREVER,
                List.of(
                        JobSubmitted.class,
                        PauseRequested.class,
                        ResumeRequested.class,
                        AbortRequested.class,
                        RoundsArchived.class,
                        TrainerKeyAddRequested.class,
                        TrainerKeyRevokeRequested.class));
    }

    public Topic manifests() {
        return topic(
                "manifests",
                1,
                branch.isEmpty() ? EXPANDED_STAMPED_BY_BROKER : FOREVER,
                List.of(TrainerJoined.class, UpdateManifest.class, EvaluationReported.class, TrainerLeft.class));
    }

    /** All decisions in order, copied into each partition. */
    public Topic decisions() {
        return topic(
                "decisions",
                partitions,
                LARGE,
                List.of(
                        JobStarted.class,
                        TrainerAdmitted.class,
                        TrainerRemoved.class,
                        RoundOpened.class,
                        UpdateAccepted.class,
                        UpdateRejected.class,
                        EvaluationRecorded.class,
                        RoundClosed.class,
                        RoundWeighed.class,
                        RoundReopened.class,
                        RoundExtended.class,
                        RoundCompleted.class,
                        RoundFailed.class,
                        InputRefused.class,
                        JobPaused.class,
                        JobResumed.class,
                        JobFinished.class,
                        JobAborted.class,
                        TrainerKeyAdded.class,
                        TrainerKeyRevoked.class));
    }

    public Topic parts() {
        return topic("parts", 1, FOREVER, List.of(PartFolded.class, PartMeasured.class, PartRefused.class));
    }

    public Topic globalAdapter() {
        return topic("global-adapter", partitions, FOREVER, List.of(AdapterChunk.class));
    }

    public Topic rounds() {
        return topic(
                "rounds",
                1,
                LARGE,
                List.of(
                        RoundOpened.class,
                        RoundExtended.class,
                        RoundReopened.class,
                        UpdateRejected.class,
                        TrainerAdmitted.class,
                        InputRefused.class,
                        TrainerRemoved.class,
                        RoundPublished.class,
                        RoundFailed.class,
                        JobPaused.class,
                        JobResumed.class,
                        JobFinished.class,
                        JobAborted.class));
    }

    public Topic deadLetters() {
        return topic("dead-letters", 1, FOREVER, List.of(DeadLetter.class));
    }

    /** The topic of one round's tensor chunks, such as {@code rondo.demo.round.000042}. */
    public Topic round(int round) {
        if (round < 0 || round > 999_999) {
            throw new IllegalArgumentException("rounds are 0 to 999999, not " + round);
        }
        return topic("round.%06d".formatted(round), partitions, ROUND, List.of(TensorChunk.class));
    }

    /** The prefix of the round topics' names. The trailing dot matters: without it {@code rounds} would match too. */
    public String roundPrefix() {
        return prefix() + "round.";
    }

    /** The round whose topic has this name, if it is one of this job's. */
    public OptionalInt roundOf(String topic) {
        String prefix = roundPrefix();
        return topic.startsWith(prefix) && topic.substring(prefix.length()).matches("[0-9]{6}")
                ? OptionalInt.of(Integer.parseInt(topic.substring(prefix.length())))
                : OptionalInt.empty();
    }

    /** All topics but the round topics. */
    public List<Topic> fixed() {
        return List.of(commands(), manifests(), decisions(), parts(), globalAdapter(), rounds(), deadLetters());
    }

    /** All topics but the round topics, and those of the rounds from 0 to {@code last}. */
    public List<Topic> withRounds(int last) {
        return Stream.concat(fixed().stream(), IntStream.rangeClosed(0, last).mapToObj(this::round))
                .toList();
    }

    /** The job whose commands topic has this name, if it is one. */
    public static Optional<String> jobOfCommands(String topic) {
        Matcher matcher = COMMANDS.matcher(topic);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The prefix of all topic names of the job or the branch. */
    public String prefix() {
        return PREFIX + job + (branch.isEmpty() ? "." : ".branch." + branch + '.');
    }

    private Topic topic(
            String name, int count, Map<String, String> configs, List<Class<? extends SpecificRecord>> records) {
        return new Topic(prefix() + name, count, replication, configs, records);
    }

    private static Map<String, String> with(Map<String, String> configs, String key, String value) {
        Map<String, String> more = new HashMap<>(configs);
        more.put(key, value);
        return Map.copyOf(more);
    }
}
