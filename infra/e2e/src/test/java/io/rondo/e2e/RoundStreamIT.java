package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.log.RoundStream;
import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rounds that are together larger than what is fetched ahead, read one after the other from a real broker. */
@WithCluster
@Tag("thorough")
class RoundStreamIT {
    private static final List<Integer> ROUNDS = List.of(0, 1, 2, 3);
    private static final int CHUNKS = 12;
    private static final int CHUNK_BYTES = 512 << 10;

    private final JobTopics topics =
            new JobTopics("stream-" + UUID.randomUUID().toString().substring(0, 8), 1, 1);

    @Test
    void shouldReadRoundsLargerThanWhatItFetchesAhead(LogConnection cluster) throws Exception {
        try (RecordCodec codec = cluster.codec(SchemaRegistration.REGISTER)) {
            write(cluster, codec);
            try (RoundStream stream = new RoundStream(cluster, topics, codec, 0, ROUNDS)) {
                for (int round : ROUNDS) {
                    assertThat(read(stream, round, 0, 4))
                            .isEqualTo(IntStream.range(0, 5).boxed().toList());
                    // more than there is: a chunk that is not there is missing, and not waited for
                    assertThat(read(stream, round, 5, CHUNKS + 7))
                            .isEqualTo(IntStream.range(5, CHUNKS).boxed().toList());
                }
                // what lies behind may come along
                assertThat(read(stream, 3, 2, 3)).as("what was read already").startsWith(2, 3);
            }
        }
    }

    private static List<Integer> read(RoundStream stream, int round, long first, long last) {
        List<Integer> ordinals = new ArrayList<>();
        stream.read(round, 0, first, last, (offset, chunk) -> {
            assertThat(chunk.getRound()).isEqualTo(round);
            ordinals.add(chunk.getOrdinal());
        });
        return ordinals;
    }

    private void write(LogConnection cluster, RecordCodec codec) throws Exception {
        List<Topic> all = ROUNDS.stream().map(topics::round).toList();
        try (Admin admin = cluster.admin();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(cluster.writerConfig())) {
            cluster.topicCreator(admin).ensure(all);
            byte[] values = new byte[CHUNK_BYTES];
            for (int round : ROUNDS) {
                String topic = topics.round(round).name();
                for (int ordinal = 0; ordinal < CHUNKS; ordinal++) {
                    TensorChunk chunk = new TensorChunk(
                            "a",
                            "attempt",
                            round,
                            ordinal,
                            0L,
                            CHUNK_BYTES / Float.BYTES,
                            DType.F32,
                            ByteBuffer.wrap(values),
                            Digests.of(values));
                    producer.send(new ProducerRecord<>(topic, 0, null, codec.encode(topic, chunk)))
                            .get();
                }
            }
        }
    }
}
