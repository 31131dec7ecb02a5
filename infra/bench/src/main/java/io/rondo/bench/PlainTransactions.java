package io.rondo.bench;

import io.rondo.inspect.scan.Futures;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The least that one hop of a round can take on this broker: a plain producer commits one record on each partition and an offset, and
 * a read_committed consumer waits for them. To publish a round takes one of them, or three in a row with several aggregators.
 */
final class PlainTransactions {
    private static final int WARM_UP = 20;
    private static final int COUNTED = 40;
    private static final Duration POLL = Duration.ofMillis(100);

    private PlainTransactions() {}

    /**
     * Milliseconds from the first record sent until a consumer has read the last one; median.
     *
     * @param topic is created
     */
    static double medianMs(LogConnection connection, String topic, int partitions) {
        List<TopicPartition> all = create(connection, topic, partitions);
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic);
        config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5L);
        Map<String, Object> readerConfig = new HashMap<>(connection.readerConfig());
        readerConfig.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
        try (KafkaProducer<byte[], byte[]> producer = connection.producer(config);
                KafkaConsumer<byte[], byte[]> consumer = connection.consumer(readerConfig)) {
            producer.initTransactions();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            List<Double> taken = new ArrayList<>();
            for (int i = 0; i < WARM_UP + COUNTED; i++) {
                double ms = commitAndRead(producer, consumer, all, i);
                if (i >= WARM_UP) {
                    taken.add(ms);
                }
            }
            return new Samples(taken).median();
        }
    }

    private static double commitAndRead(
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer,
            List<TopicPartition> all,
            int number) {
        long start = System.nanoTime();
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = all.stream()
                .map(to -> producer.send(new ProducerRecord<>(to.topic(), to.partition(), null, new byte[512])))
                .toList();
        producer.sendOffsetsToTransaction(Map.of(all.get(0), new OffsetAndMetadata(number)), consumer.groupMetadata());
        producer.commitTransaction();
        Futures.await(sent);
        int missing = all.size();
        while (missing > 0) {
            missing -= consumer.poll(POLL).count();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static List<TopicPartition> create(LogConnection connection, String topic, int partitions) {
        try (Admin admin = connection.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    "topic " + topic + " cannot be made: " + e.getCause().getMessage(),
                    "check that the cluster lets you create topics",
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }
}
