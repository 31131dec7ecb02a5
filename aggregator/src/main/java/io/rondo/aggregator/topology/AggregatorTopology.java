package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.Stores;

/**
 * <pre>
 * manifests ─→ coordinator ─→ decisions ─→ fold (one task a partition) ─→ global-adapter
 * commands  ─→      ↑    ├──→ rounds        └─→ parts ─┐
 *                   │    └──→ dead-letters             │
 *                   └──────────────────────────────────┘
 * </pre>
 *
 * All topics are static: rounds come and go without a rebalance, since folds read round topics by assign and seek. A fold on
 * the coordinator's thread gets decisions from it directly, before their commit; their copies in the log confirm them.
 * The coordinator answers parts of such folds before their commit, too.
 */
public final class AggregatorTopology {
    static final String DECISIONS = "decisions";
    static final String ROUNDS = "rounds";
    static final String DEAD_LETTERS = "dead-letters";
    static final String ADAPTER_CHUNKS = "adapter-chunks";
    static final String FOLD_PARTS = "fold-parts";

    private static final String INPUTS = "inputs";
    private static final String COORDINATOR = "coordinator";
    private static final String DECISIONS_TO_FOLD = "decisions-to-fold";
    private static final String FOLD = "fold";
    /** Holds nothing: see {@link #identityStore}. */
    private static final String IDENTITY = "identity";

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    private final ManifestsEnd manifestsEnd;
    private final RoundTopics roundTopics;
    private final FoldFactory folds;
    private final UncommittedParts uncommittedParts;
    private final Runnable over;
    private final Optional<SigningKey> key;

    /** A topology without signatures. */
    public AggregatorTopology(
            JobTopics topics,
            RecordCodec codec,
            History history,
            ManifestsEnd manifestsEnd,
            RoundTopics roundTopics,
            FoldFactory folds,
            Runnable over) {
        this(topics, codec, history, manifestsEnd, roundTopics, folds, new UncommittedParts(), over, Optional.empty());
    }

    /**
     * @param uncommittedParts what the producers of the application have written of {@code parts}; without their help a round
     *     takes a transaction more
     * @param over called at least once when the job is over, by the deciding task
     * @param key signs the records that trainers act on, if the job names it
     */
    public AggregatorTopology(
            JobTopics topics,
            RecordCodec codec,
            History history,
            ManifestsEnd manifestsEnd,
            RoundTopics roundTopics,
            FoldFactory folds,
            UncommittedParts uncommittedParts,
            Runnable over,
            Optional<SigningKey> key) {
        this.key = key;
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.manifestsEnd = manifestsEnd;
        this.roundTopics = roundTopics;
        this.folds = folds;
        this.uncommittedParts = uncommittedParts;
        this.over = over;
    }

    public Topology build() {
        Topology topology = new Topology();
        LocalFolds local = new LocalFolds();
        coordinator(topology, local);
        fold(topology, local);
        return topology;
    }

    private void coordinator(Topology topology, LocalFolds local) {
        topology.addSource(
                INPUTS,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topics.commands().name(),
                topics.manifests().name(),
                topics.parts().name());
        topology.addProcessor(
                COORDINATOR,
                () -> new CoordinatorProcessor(
                        topics, codec, history, manifestsEnd, roundTopics, local, uncommittedParts, over, key),
                INPUTS);
        identityStore(topology);
        sink(topology, DECISIONS, topics.decisions().name(), byNumberInKey(), COORDINATOR);
        sink(topology, ROUNDS, topics.rounds().name(), toFirst(), COORDINATOR);
        sink(topology, DEAD_LETTERS, topics.deadLetters().name(), toFirst(), COORDINATOR);
    }

    private void fold(Topology topology, LocalFolds local) {
        topology.addSource(
                DECISIONS_TO_FOLD,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topics.decisions().name());
        topology.addProcessor(FOLD, () -> new FoldProcessor(topics, codec, history, folds, local), DECISIONS_TO_FOLD);
        sink(topology, ADAPTER_CHUNKS, topics.globalAdapter().name(), byNumberInKey(), FOLD);
        sink(topology, FOLD_PARTS, topics.parts().name(), toFirst(), FOLD);
    }

    /**
     * Streams keeps its process id, and so its transactional ids, across restarts only if a topology has a persistent store.
     * With a stable id a restarted process aborts its predecessor's open transaction at once; with a new id every reader
     * waits until the broker times it out.
     */
    private static void identityStore(Topology topology) {
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(IDENTITY), Serdes.ByteArray(), Serdes.ByteArray())
                        .withLoggingDisabled(),
                COORDINATOR);
    }

    /** The sinks, by topic name. */
    static Map<String, String> sinks(JobTopics topics) {
        return Map.of(
                topics.decisions().name(), DECISIONS,
                topics.rounds().name(), ROUNDS,
                topics.deadLetters().name(), DEAD_LETTERS,
                topics.globalAdapter().name(), ADAPTER_CHUNKS,
                topics.parts().name(), FOLD_PARTS);
    }

    private static void sink(
            Topology topology,
            String name,
            String topic,
            StreamPartitioner<byte[], byte[]> partitioner,
            String processor) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), partitioner, processor);
    }

    /** The number at the end of the key, mod the partitions: a decision's copy, or a chunk's ordinal. */
    private static StreamPartitioner<byte[], byte[]> byNumberInKey() {
        return (topic, key, value, partitions) -> {
            String text = new String(key, StandardCharsets.US_ASCII);
            int number = Integer.parseInt(text.substring(text.lastIndexOf('/') + 1));
            return Optional.of(Set.of(number % partitions));
        };
    }

    private static StreamPartitioner<byte[], byte[]> toFirst() {
        return (topic, key, value, partitions) -> Optional.of(Set.of(0));
    }
}
