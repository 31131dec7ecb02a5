package io.rondo.e2e.kill;

import io.rondo.log.PartFolded;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Sits in the aggregator's Kafka clients and knows from what they send and receive at which {@link KillPoint} it is. */
public final class KillPointInterceptor
        implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {
    static final String DIRECTORY = "rondo.kill.switch";
    static final String REGISTRY = "rondo.kill.registry";

    /** The round whose close is sent and has not come back from the log, for all clients of the process. */
    private static final AtomicInteger CLOSED = new AtomicInteger(-1);

    /** Whether the process has sent parts that have not come back from the log. */
    private static final AtomicBoolean PARTS_ARE_OUT = new AtomicBoolean();

    private final KillSwitch killSwitch = new KillSwitch(Path.of(System.getProperty(DIRECTORY)));
    private final RecordCodec codec =
            new LogConnection("none:0", System.getProperty(REGISTRY), Map.of()).codec(SchemaRegistration.LOOK_UP_ONLY);
    private int partsSentOfRound = -1;
    private volatile boolean publishesEarly;

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.topic().endsWith(".decisions")) {
                CLOSED.set(-1);
                killSwitch.pass(KillPoint.AFTER_DECIDING);
            } else if (record.topic().endsWith(".parts")) {
                PARTS_ARE_OUT.set(false);
            } else if (record.topic().contains(".round.")) {
                killSwitch.pass(KillPoint.MID_FOLD);
            }
        }
        return records;
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        if (record.topic().endsWith(".parts") && decode(record) instanceof PartFolded part) {
            if (part.getRound() == partsSentOfRound) {
                killSwitch.pass(KillPoint.BETWEEN_PARTS);
            }
            partsSentOfRound = part.getRound();
            PARTS_ARE_OUT.set(true);
            if (part.getRound() == CLOSED.get()) {
                killSwitch.pass(KillPoint.FOLDED_BEFORE_THE_COMMIT);
            }
        } else if (record.topic().endsWith(".decisions") && decode(record) instanceof RoundClosed closed) {
            CLOSED.set(closed.getRound());
        } else if (record.topic().endsWith(".rounds") && decode(record) instanceof RoundPublished) {
            killSwitch.pass(KillPoint.BEFORE_PUBLISHING);
            publishesEarly = PARTS_ARE_OUT.get();
        }
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
        if (exception == null && metadata.topic().endsWith(".decisions")) {
            killSwitch.pass(KillPoint.INSIDE_A_TRANSACTION);
        } else if (exception == null && metadata.topic().endsWith(".rounds") && publishesEarly) {
            publishesEarly = false;
            killSwitch.pass(KillPoint.PUBLISHED_BEFORE_THE_COMMIT);
        }
    }

    private SpecificRecord decode(ProducerRecord<byte[], byte[]> record) {
        return ((Decoded.Readable) codec.decode(record.topic(), record.value())).record();
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // commits go through the producer
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // the clients' settings say nothing about points
    }

    @Override
    public void close() {
        codec.close();
    }
}
