package io.rondo.trainer.sdk;

import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** The log on a Kafka cluster: consumers that assign and seek, so that no round of training is too long for a group. */
final class KafkaTrainerLog implements TrainerLog {
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final FederatedJob job;
    private final Topic rounds;
    private final Topic manifests;
    private final RecordCodec codec;
    private final Producer<byte[], byte[]> producer;
    private final LogReader reader;
    private final AdapterReader adapters;
    private final UpdateUploader uploader;

    KafkaTrainerLog(LogConnection connection, JobSubmitted submitted, CrashPoints crashPoints) {
        this.job = FederatedJob.of(submitted);
        this.rounds = job.topics().rounds();
        this.manifests = job.topics().manifests();
        this.codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        this.producer = new KafkaProducer<>(connection.writerConfig());
        this.reader = LogReader.open(connection, Map.of(new TopicPartition(rounds.name(), 0), 0L));
        this.adapters = new AdapterReader(connection, codec, job);
        this.uploader = new UpdateUploader(producer, codec, job.topics(), crashPoints);
    }

    @Override
    public FederatedJob job() {
        return job;
    }

    @Override
    public List<SpecificRecord> readRounds() {
        List<SpecificRecord> records = new ArrayList<>();
        reader.readToEnd(record -> records.add(decode(record)));
        return records;
    }

    @Override
    public List<SpecificRecord> awaitRounds(Duration timeout) {
        return reader.poll(timeout).stream().map(this::decode).toList();
    }

    private SpecificRecord decode(ConsumerRecord<byte[], byte[]> record) {
        return codec.require(rounds.name(), record.value(), SpecificRecord.class);
    }

    @Override
    public Map<String, Tensor> adapter(RoundPublished published) {
        return adapters.read(published);
    }

    @Override
    public void announce(SpecificRecord announcement, Duration patience) {
        Acknowledgements acks = new Acknowledgements(producer);
        acks.send(manifests.name(), 0, codec.encode(manifests.name(), announcement));
        acks.await(patience);
    }

    @Override
    public UploadedUpdate upload(UpdateHeader header, FlatLayout layout, float[] values) {
        return uploader.upload(header, layout, values);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
        adapters.close();
        reader.close();
        codec.close();
    }
}
