package io.rondo.page.log;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.archive.ArchiveJobLog;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;

/** The job of an archive: it does not grow, and needs neither broker nor registry. */
public final class ArchiveLogs implements PageLogs {
    private final Archive archive;
    private final Entry entry;

    public ArchiveLogs(Archive archive) {
        this.archive = archive;
        String job = archive.index().job();
        this.entry = submission(archive)
                .map(submission -> ClusterLogs.of(job, "", submission))
                .orElse(new Entry(job, job, "", null, null, null, null, null, null, null, null));
    }

    private static Optional<JobSubmitted> submission(Archive archive) {
        try (JobLog log = new ArchiveJobLog(archive);
                LogCursor cursor = log.cursor(log.topics().commands(), 0, 0)) {
            for (Optional<LogEntry> next = cursor.next(); next.isPresent(); next = cursor.next()) {
                if (log.codec()
                                        .decode(
                                                log.topics().commands().name(),
                                                next.get().value())
                                instanceof Decoded.Readable readable
                        && readable.record() instanceof JobSubmitted submission) {
                    return Optional.of(submission);
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public List<Entry> list() {
        return List.of(entry);
    }

    @Override
    public Optional<PageLog> find(String key) {
        return key.equals(entry.key()) ? Optional.of(new ArchivedLog()) : Optional.empty();
    }

    @Override
    public String place() {
        return "an archive";
    }

    @Override
    public void close() {
        // files are open while they are read
    }

    private final class ArchivedLog implements PageLog {
        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public void follow(long from, Sink sink, BooleanSupplier stopped) {
            try (JobLog log = open();
                    LogCursor cursor = log.cursor(log.topics().decisions(), 0, from)) {
                Topic topic = log.topics().decisions();
                Optional<LogEntry> next = cursor.next();
                while (next.isPresent() && !stopped.getAsBoolean()) {
                    LogEntry read = next.get();
                    sink.take(
                            read.offset(),
                            read.value().length,
                            log.codec().require(topic.name(), read.value(), SpecificRecord.class));
                    next = cursor.next();
                }
                sink.caughtUp();
            }
        }

        @Override
        public JobLog open() {
            return new ArchiveJobLog(archive);
        }
    }
}
