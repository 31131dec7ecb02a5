package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.log.History;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Passes decisions to the fold of this task's partition, which runs on its own thread, and forwards its results: a slow or
 * huge round blocks neither polling nor the other tasks of this thread.
 */
final class FoldProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Duration TICK = Duration.ofMillis(2);
    /**
     * How long a result waits for those of this process's other folds, so that one commit covers them: less than a commit
     * takes.
     */
    private static final long MOST_WAIT_MS = 15;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    private final FoldFactory folds;
    private final LocalFolds all;

    private ProcessorContext<byte[], byte[]> context;
    private FoldOutbox outbox;
    private FoldThread thread;
    private long waitingSince = -1;

    FoldProcessor(JobTopics topics, RecordCodec codec, History history, FoldFactory folds, LocalFolds all) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.folds = folds;
        this.all = all;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        int partition = context.taskId().partition();
        Map<String, String> sinks = AggregatorTopology.sinks(topics);
        outbox = new FoldOutbox(
                topics,
                codec,
                (topic, number, key, value, at) ->
                        context.forward(new Record<>(key, value, at), sinks.get(topic.name())));
        thread = new FoldThread(
                topics.job() + "-fold-" + partition,
                partition,
                results -> folds.fold(partition, results),
                new DecisionFeed(topics, codec, history, partition));
        waitingSince = -1;
        all.add(thread);
        thread.start();
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::forwardResults);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        thread.follow(record.value());
    }

    private void forwardResults(long now) {
        FoldResult result = thread.poll();
        while (result != null) {
            outbox.report(result, context.currentSystemTimeMs());
            waitingSince = waitingSince < 0 ? now : waitingSince;
            result = thread.poll();
        }
        if (waitingSince >= 0 && (all.areIdle() || now - waitingSince >= MOST_WAIT_MS)) {
            waitingSince = -1;
            if (!all.areCommittedByCoordinator()) {
                context.commit();
            }
        }
    }

    @Override
    public void close() {
        if (thread != null) {
            all.remove(thread);
            thread.close();
        }
    }
}
