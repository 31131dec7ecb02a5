package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.serde.SchemaTransfer;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies a job's log into files: the topics that all rounds share as a whole, since the chain of decisions is verified from
 * its start, and the round topics of a range. The copy is verified before it gets its name; until then it is in the same
 * parent directory under a temporary name, and it is removed if anything fails.
 */
public final class JobArchiver {
    /** How many files are open at a time. */
    private static final int PARTITIONS_AT_ONCE = 64;

    private final LogSource source;
    private final JobTopics topics;
    private final Set<Integer> present;
    private final SchemaCollection schemas;
    private final JobFacts facts;
    private final List<KeptFile> files = new ArrayList<>();

    /** A written archive and the result of its verification. */
    public record Written(Archive archive, VerificationReport verification) {}

    /**
     * @param present rounds whose topics exist
     * @param registry returns the schema of an id, if there is one
     * @param codec reads the job's records
     */
    JobArchiver(
            LogSource source,
            JobTopics topics,
            Set<Integer> present,
            IntFunction<Optional<Schema>> registry,
            RecordCodec codec) {
        this.source = source;
        this.topics = topics;
        this.present = present;
        this.schemas = new SchemaCollection(registry);
        this.facts = new JobFacts(topics, codec);
    }

    /**
     * Archives a job of a cluster.
     *
     * @param range the rounds whose updates are archived; rounds that have not been opened yet are omitted
     * @param directory must not exist
     * @param progress notified of the progress of the copy's verification
     * @throws RondoException with {@code JOB_NOT_FOUND}, {@code LOG_INCOMPLETE} when the updates of a round of the range are
     *     gone, {@code VERIFICATION_FAILED}, {@code ARCHIVE_EXISTS} or {@code ARCHIVE_FAILED}
     */
    public static Written write(
            LogConnection connection, String job, RoundRange range, Path directory, VerificationProgress progress) {
        SchemaTransfer registry = connection.schemaTransfer();
        try (KafkaJobLog log = KafkaJobLog.open(connection, job)) {
            // the copy of a running job is consistent as of one moment
            log.settle();
            LogSource source = (partitions, records) -> {
                Map<TopicPartition, Long> starts =
                        partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> 0L));
                try (LogReader reader = LogReader.open(connection, starts)) {
                    if (log.settled().keySet().containsAll(partitions)) {
                        reader.readTo(log.settled(), records);
                    } else {
                        reader.readToEnd(records);
                    }
                }
            };
            return new JobArchiver(source, log.topics(), log.rounds(), registry::schema, log.codec())
                    .write(range, directory, progress);
        }
    }

    Written write(RoundRange range, Path directory, VerificationProgress progress) {
        requireNew(directory);
        Path target = directory.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            Files.createDirectories(target.getParent());
            ArchiveFolder.delete(partial);
            Files.createDirectory(partial);
            try {
                copy(range, partial);
                Archive archive = Archive.open(partial, RoundRange.ALL);
                VerificationReport report = verify(archive, progress);
                requireNew(directory);
                ArchiveFolder.rename(partial, target);
                return new Written(archive.at(directory), report);
            } finally {
                ArchiveFolder.delete(partial);
            }
        } catch (IOException e) {
            throw ArchiveFailures.failed("write " + directory, e);
        }
    }

    private static void requireNew(Path directory) {
        if (Files.exists(directory)) {
            throw new RondoException(
                    ErrorCode.ARCHIVE_EXISTS, directory + " exists already", "choose another directory for --out");
        }
    }

    private void copy(RoundRange range, Path directory) throws IOException {
        copy(partitions(topics.fixed()), directory);
        RoundRange rounds = chosen(range);
        List<TopicPartition> chunks = partitions(IntStream.rangeClosed(rounds.from(), rounds.to())
                .mapToObj(topics::round)
                .toList());
        for (int from = 0; from < chunks.size(); from += PARTITIONS_AT_ONCE) {
            copy(chunks.subList(from, Math.min(from + PARTITIONS_AT_ONCE, chunks.size())), directory);
        }
        ArchiveIndex index = new ArchiveIndex(
                ArchiveIndex.FORMAT,
                topics.job(),
                facts.jobUuid(),
                topics.partitions(),
                rounds.from(),
                rounds.to(),
                schemas.kept(),
                facts.published(),
                files);
        Files.write(directory.resolve(ArchiveIndex.NAME), index.toJson());
    }

    private static List<TopicPartition> partitions(Collection<Topic> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        return partitions;
    }

    private void copy(List<TopicPartition> partitions, Path directory) {
        LogScan scan = LogScan.of(source, partitions);
        Map<TopicPartition, PartitionWriter> writers = new HashMap<>();
        try {
            for (TopicPartition partition : partitions) {
                writers.put(
                        partition,
                        new PartitionWriter(
                                directory, fileName(partition), partition, schemas.of(scan.ids(partition))));
            }
            source.read(partitions, scan.seen(record -> {
                facts.see(record);
                writers.get(new TopicPartition(record.topic(), record.partition()))
                        .write(record);
            }));
            partitions.forEach(partition -> files.add(writers.get(partition).finish()));
        } finally {
            writers.values().forEach(PartitionWriter::close);
        }
    }

    /** Such as {@code round.000042-1.avro}. */
    private String fileName(TopicPartition partition) {
        String prefix = topics.commands().name().replaceFirst("commands$", "");
        return partition.topic().substring(prefix.length()) + '-' + partition.partition() + ".avro";
    }

    /** The range without rounds that were never opened; the topics of all its rounds must exist. */
    private RoundRange chosen(RoundRange range) {
        int to = Math.min(range.to(), facts.lastOpened());
        int from = range.equals(RoundRange.ALL)
                ? IntStream.rangeClosed(0, to)
                        .filter(present::contains)
                        .findFirst()
                        .orElse(to + 1)
                : range.from();
        if (from > to && !range.equals(RoundRange.ALL)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "none of the rounds from " + from + " on has been opened; the last one is " + facts.lastOpened(),
                    "give rounds that were run");
        }
        List<Integer> gone = IntStream.rangeClosed(from, to)
                .filter(round -> !present.contains(round))
                .boxed()
                .toList();
        if (!gone.isEmpty()) {
            throw new RondoException(
                    ErrorCode.LOG_INCOMPLETE,
                    "the updates of " + gone.size() + " rounds are gone, the first of them round " + gone.get(0),
                    "give rounds by --rounds that are all there");
        }
        return new RoundRange(from, to);
    }

    private static VerificationReport verify(Archive archive, VerificationProgress progress) {
        try (ArchiveJobLog log = new ArchiveJobLog(archive)) {
            VerificationReport report = new Verifier(log, archive.range(), progress).verify();
            if (!report.isSound()) {
                throw new RondoException(
                        ErrorCode.VERIFICATION_FAILED,
                        "the copy of the log does not verify, and is not kept; the first difference: "
                                + report.firstProblem(),
                        "run `rondo verify` on the job; if the log is sound, the job continued during the copy: archive it"
                                + " again");
            }
            return report;
        }
    }
}
