package io.rondo.trainer.runtime;

import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.Topic;
import io.rondo.trainer.runtime.upload.Acknowledgements;
import io.rondo.trainer.runtime.upload.SendFailures;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UpdateUploader;
import io.rondo.trainer.runtime.upload.UploadedUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** The log on a Kafka cluster. Consumers assign and seek, so long training cannot exceed a consumer group's poll interval. */
final class KafkaTrainerLog implements TrainerLog {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final LogConnection connection;
    private final FederatedJob job;
    private final Topic rounds;
    private final Topic manifests;
    private final RecordCodec codec;
    private final Producer<byte[], byte[]> producer;
    private final LogReader reader;
    private final AdapterReader adapters;
    private final UpdateUploader uploader;
    private final SendFailures failures;

    private KafkaTrainerLog(
            LogConnection connection,
            FederatedJob job,
            RecordCodec codec,
            Producer<byte[], byte[]> producer,
            LogReader reader,
            AdapterReader adapters,
            UpdateUploader uploader,
            SendFailures failures) {
        this.connection = connection;
        this.failures = failures;
        this.job = job;
        this.rounds = job.topics().rounds();
        this.manifests = job.topics().manifests();
        this.codec = codec;
        this.producer = producer;
        this.reader = reader;
        this.adapters = adapters;
        this.uploader = uploader;
    }

    /**
     * @param seal signs manifests, if the job requires it
     * @throws io.rondo.schemas.error.RondoException when a client cannot be created for this connection
     */
    static KafkaTrainerLog open(LogConnection connection, JobSubmitted submitted, UnaryOperator<UpdateManifest> seal) {
        FederatedJob job = FederatedJob.of(submitted);
        SendFailures failures = SendFailures.of(connection);
        RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
        LogReader reader = LogReader.open(
                connection, Map.of(new TopicPartition(job.topics().rounds().name(), 0), 0L));
        // created last, so that no later failure leaks it: a producer holds a thread and a buffer
        Producer<byte[], byte[]> producer = connection.producer(connection.writerConfig(largestBatch(connection, job)));
        return new KafkaTrainerLog(
                connection,
                job,
                codec,
                producer,
                reader,
                new AdapterReader(connection, codec, job),
                new UpdateUploader(producer, codec, job.topics(), failures, seal),
                failures);
    }

    /** A batch may hold several chunks, and a topic's limit applies to the whole batch. */
    private static OptionalInt largestBatch(LogConnection connection, FederatedJob job) {
        try (Admin admin = connection.admin()) {
            return connection
                    .topicCreator(admin)
                    .largestBatch(job.topics().globalAdapter().name());
        }
    }

    @Override
    public FederatedJob job() {
        return job;
    }

    @Override
    public List<SpecificRecord> recentRounds(OptionalInt followed) {
        try (KafkaRounds source = new KafkaRounds(connection, reader, rounds, this::decode)) {
            return new RecentRounds(job.uuid(), source).read(followed);
        }
    }

    @Override
    public List<SpecificRecord> awaitRounds(Duration timeout) {
        return reader.poll(timeout).stream()
                .map(this::decode)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<SpecificRecord> decode(ConsumerRecord<byte[], byte[]> record) {
        return decode(codec, rounds.name(), record.value());
    }

    /** The record; empty if its type is from a newer aggregator, on which this trainer cannot act. */
    static Optional<SpecificRecord> decode(RecordCodec codec, String topic, byte[] value) {
        Decoded decoded = codec.decode(topic, value);
        if (decoded instanceof Decoded.Readable readable) {
            return Optional.of(readable.record());
        }
        return ((Decoded.Unreadable) decoded).reason() == RejectionReason.UNEXPECTED_RECORD
                ? Optional.empty()
                : Optional.of(codec.require(topic, value, SpecificRecord.class));
    }

    @Override
    public Map<String, Tensor> adapter(RoundPublished published) {
        return adapters.read(published);
    }

    @Override
    public void announce(SpecificRecord announcement, Duration patience) {
        Acknowledgements acks = new Acknowledgements(producer, failures);
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
