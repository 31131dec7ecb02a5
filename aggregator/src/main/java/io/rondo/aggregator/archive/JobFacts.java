package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.PublishedRound;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Collects the facts about the job for an archive's index while its records are read. */
final class JobFacts {
    private final JobTopics topics;
    private final RecordCodec codec;
    private final Map<Integer, PublishedRound> published = new TreeMap<>();
    private String jobUuid = "";
    private int lastOpened = -1;

    JobFacts(JobTopics topics, RecordCodec codec) {
        this.topics = topics;
        this.codec = codec;
    }

    void see(ConsumerRecord<byte[], byte[]> record) {
        boolean isDecision = record.topic().equals(topics.decisions().name()) && record.partition() == 0;
        boolean isRound = record.topic().equals(topics.rounds().name());
        if ((!isDecision && !isRound)
                || !(codec.decode(record.topic(), record.value()) instanceof Decoded.Readable readable)) {
            return;
        }
        if (isDecision && readable.record() instanceof JobStarted started) {
            jobUuid = started.getJobUuid();
        } else if (isDecision && readable.record() instanceof RoundOpened opened) {
            lastOpened = Math.max(lastOpened, opened.getRound());
        } else if (isRound && readable.record() instanceof RoundPublished round) {
            published.put(
                    round.getRound(),
                    new PublishedRound(
                            round.getRound(),
                            round.getRevision(),
                            Digests.hex(round.getDigest()),
                            Digests.hex(round.getChain())));
        }
    }

    String jobUuid() {
        return jobUuid;
    }

    /** The last round that was opened, or -1. */
    int lastOpened() {
        return lastOpened;
    }

    List<PublishedRound> published() {
        return List.copyOf(published.values());
    }
}
