package io.rondo.cli.job;

import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;

/** Writes to a job's commands topic. */
final class CommandWriter {
    private final LogConnection connection;
    private final Producer<byte[], byte[]> producer;
    private final RecordCodec codec;
    private final String commands;

    /** @param producer the caller closes it */
    CommandWriter(LogConnection connection, Producer<byte[], byte[]> producer, RecordCodec codec, JobTopics topics) {
        this.connection = connection;
        this.producer = producer;
        this.codec = codec;
        this.commands = topics.commands().name();
    }

    /**
     * Writes a command and waits for the broker's acknowledgement.
     *
     * @return its offset
     */
    long write(SpecificRecord command) {
        byte[] value = codec.encode(commands, command);
        try {
            return producer.send(new ProducerRecord<>(commands, 0, null, value))
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw connection.failures().of(Attempt.write(commands), e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
