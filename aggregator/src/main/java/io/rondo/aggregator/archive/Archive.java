package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** An archive whose files match its index. Immutable; its files must not change while it is used. */
public final class Archive {
    private static final int MOST_NAMED = 5;

    private final Path directory;
    private final ArchiveIndex index;
    private final RoundRange range;
    private final Map<TopicPartition, KeptFile> files = new HashMap<>();

    private Archive(Path directory, ArchiveIndex index, RoundRange range) {
        this.directory = directory;
        this.index = index;
        this.range = range;
        index.files().forEach(file -> files.put(new TopicPartition(file.topic(), file.partition()), file));
    }

    /**
     * Opens an archive, and compares every file that will be read with its digest in the index.
     *
     * @param range the rounds whose updates will be read; files of others may be damaged or missing
     * @throws RondoException with {@code ARCHIVE_NOT_FOUND}, {@code ARCHIVE_CORRUPT} which names the intact files, or {@code
     *     BAD_CONFIG} when a round of the range is not in the archive
     */
    public static Archive open(Path directory, RoundRange range) {
        ArchiveIndex index = ArchiveIndex.read(directory);
        if (!range.equals(RoundRange.ALL)
                && (range.from() < index.from() || (range.to() > index.to() && range.to() != Integer.MAX_VALUE))) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "rounds " + range.from() + " to " + range.to() + " are not all in the archive, which has "
                            + index.from() + " to " + index.to(),
                    "give rounds that it has, or none for all");
        }
        return open(directory, index, Math.max(range.from(), index.from()), Math.min(range.to(), index.to()));
    }

    /**
     * Opens an archive for those of the given rounds that it contains.
     *
     * @param rounds the rounds whose updates may be read; {@code RoundRange.NONE} for only the topics that all rounds share
     * @throws RondoException as {@link #open} does
     */
    public static Archive openPart(Path directory, RoundRange rounds) {
        ArchiveIndex index = ArchiveIndex.read(directory);
        return open(directory, index, Math.max(rounds.from(), index.from()), Math.min(rounds.to(), index.to()));
    }

    private static Archive open(Path directory, ArchiveIndex index, int from, int to) {
        Archive archive = new Archive(directory, index, from > to ? RoundRange.NONE : new RoundRange(from, to));
        archive.requireComplete();
        archive.requireUnchanged();
        return archive;
    }

    /** The same archive after its directory was renamed. */
    Archive at(Path moved) {
        return new Archive(moved, index, range);
    }

    private void requireComplete() {
        long expected =
                jobTopics().fixed().stream().mapToLong(Topic::partitions).sum()
                        + (long) Math.max(0, index.to() - index.from() + 1) * index.partitions();
        if (files.size() != expected || index.files().size() != expected) {
            throw new RondoException(
                    ErrorCode.ARCHIVE_CORRUPT,
                    directory.resolve(ArchiveIndex.NAME) + " names "
                            + index.files().size() + " files, where rounds "
                            + index.from() + " to " + index.to() + " in " + index.partitions() + " partitions take "
                            + expected,
                    "take the index from another copy of the archive");
        }
        List<String> missing = new ArrayList<>();
        topics().forEach(topic -> {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                if (!files.containsKey(new TopicPartition(topic.name(), partition))) {
                    missing.add(topic.name() + " partition " + partition);
                }
            }
        });
        if (!missing.isEmpty()) {
            throw new RondoException(
                    ErrorCode.ARCHIVE_CORRUPT,
                    directory.resolve(ArchiveIndex.NAME) + " names no file for " + missing.get(0)
                            + (missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " others"),
                    "take the index from another copy of the archive");
        }
    }

    private void requireUnchanged() {
        Map<String, String> damaged = new HashMap<>();
        List<String> shared = new ArrayList<>();
        NavigableSet<Integer> rounds = new TreeSet<>();
        List<KeptFile> read =
                topics().stream().flatMap(topic -> files(topic).stream()).toList();
        for (KeptFile file : read) {
            String problem = problem(file);
            if (!problem.isEmpty()) {
                damaged.put(file.file(), problem);
                OptionalInt round = jobTopics().roundOf(file.topic());
                round.ifPresentOrElse(rounds::add, () -> shared.add(file.file()));
            }
        }
        if (!damaged.isEmpty()) {
            String named = damaged.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .limit(MOST_NAMED)
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining("; "));
            throw new RondoException(
                    ErrorCode.ARCHIVE_CORRUPT,
                    damaged.size() + " of " + read.size() + " files in " + directory
                            + " are not those that were written: " + named,
                    shared.isEmpty()
                            ? "rounds other than " + rounds + " are untouched and can be verified by --from and --to;"
                                    + " take the files from another copy"
                            : "take them from another copy; the other files are untouched");
        }
    }

    private String problem(KeptFile file) {
        Path path = path(file);
        try {
            if (!Files.isRegularFile(path)) {
                return "is missing";
            }
            if (Files.size(path) != file.bytes()) {
                return "has " + Files.size(path) + " bytes, not " + file.bytes() + frames(path);
            }
            if (!FileDigest.of(path).equals(file.sha256())) {
                return "has another SHA-256";
            }
            long records = ContainerCheck.records(path);
            return records == file.records() ? "" : "has " + records + " records, not " + file.records();
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
    }

    private static String frames(Path path) {
        try {
            return ", with " + ContainerCheck.records(path) + " records";
        } catch (IOException e) {
            return ": " + e.getMessage();
        }
    }

    public ArchiveIndex index() {
        return index;
    }

    /** The requested rounds, as far as the archive contains them. */
    public RoundRange range() {
        return range;
    }

    /** SHA-256 of the index. It covers the whole archive, since the index names each file's digest. */
    public String digest() {
        try {
            return FileDigest.of(directory.resolve(ArchiveIndex.NAME));
        } catch (IOException e) {
            throw ArchiveFailures.corrupt(directory.resolve(ArchiveIndex.NAME), e);
        }
    }

    JobTopics jobTopics() {
        return index.topics();
    }

    /** The topics that are read: those that all rounds share, then the round topics of the range. */
    List<Topic> topics() {
        List<Topic> topics = new ArrayList<>(jobTopics().fixed());
        for (int round = range.from(); round <= range.to(); round++) {
            topics.add(jobTopics().round(round));
        }
        return topics;
    }

    List<KeptFile> files(Topic topic) {
        List<KeptFile> found = new ArrayList<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            found.add(files.get(new TopicPartition(topic.name(), partition)));
        }
        return found;
    }

    /** Opens one partition of a topic that is read. */
    PartitionFile open(String topic, int partition) {
        TopicPartition source = new TopicPartition(topic, partition);
        KeptFile file = files.get(source);
        if (file == null) {
            throw new IllegalStateException("not in the archive: " + source);
        }
        return new PartitionFile(path(file), source);
    }

    private Path path(KeptFile file) {
        return directory.resolve(file.file());
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
