package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.log.LogSink;
import io.rondo.log.AdapterChunk;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.nio.charset.StandardCharsets;

/** Writes a fold's results to their topics: first the chunks, then the part that names them. */
public final class FoldOutbox {
    private final JobTopics topics;
    private final RecordCodec codec;
    private final LogSink sink;

    public FoldOutbox(JobTopics topics, RecordCodec codec, LogSink sink) {
        this.topics = topics;
        this.codec = codec;
        this.sink = sink;
    }

    /** @param now milliseconds since 1970 */
    public void report(FoldResult result, long now) {
        if (result instanceof FoldResult.Folded folded) {
            folded.chunks().forEach(chunk -> append(chunk, now));
            folded.state().forEach(chunk -> append(chunk, now));
        }
        sink.append(topics.parts(), 0, null, codec.encode(topics.parts().name(), result.part()), now);
    }

    private void append(AdapterChunk chunk, long now) {
        String key = chunk.getRound() + "/" + chunk.getRevision() + "/" + chunk.getOrdinal();
        sink.append(
                topics.globalAdapter(),
                chunk.getOrdinal() % topics.partitions(),
                key.getBytes(StandardCharsets.US_ASCII),
                codec.encode(topics.globalAdapter().name(), chunk),
                now);
    }
}
