package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.KeptFile;
import io.rondo.log.DeadLetter;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.serde.SchemaTransfer;
import io.rondo.schemas.text.ForeignText;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps the schema ids of an archive to those of a registry, and rewrites values accordingly. */
final class RestoredSchemas {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredSchemas.class);
    private static final int MOST_SHOWN = 80;

    private final Map<Integer, Integer> changed;
    private final String deadLetters;
    private final RecordCodec codec;

    private RestoredSchemas(Map<Integer, Integer> changed, Archive archive) {
        this.changed = changed;
        this.deadLetters = archive.jobTopics().deadLetters().name();
        this.codec = RecordCodec.ofSchemas(archive.index().parsedSchemas());
    }

    /** Registers the schemas, oldest first: each version must be compatible with those before it. */
    static RestoredSchemas register(Archive archive, SchemaTransfer registry) {
        Map<Integer, Schema> schemas = archive.index().parsedSchemas();
        Map<Integer, Integer> changed = new HashMap<>();
        Map<Integer, TreeSet<String>> topics = new TreeMap<>();
        for (KeptFile file : archive.index().files()) {
            file.schemas().forEach(id -> topics.computeIfAbsent(id, key -> new TreeSet<>())
                    .add(file.topic()));
        }
        topics.forEach((id, names) -> {
            if (!SchemaTransfer.isOfLog(schemas.get(id))) {
                LOG.warn(
                        "schema {} of the archive, '{}', is of no record that this version has in a log: it is not"
                                + " registered, and what decisions say of its records is not repeated here",
                        id,
                        ForeignText.brief(schemas.get(id).getFullName(), MOST_SHOWN));
                return;
            }
            for (String topic : names) {
                int given = registry.register(topic, schemas.get(id), id);
                if (given != id) {
                    changed.put(id, given);
                }
            }
        });
        return new RestoredSchemas(changed, archive);
    }

    /** The changed ids, with the new ones. */
    Map<Integer, Integer> changed() {
        return changed;
    }

    /** The record with the new ids; the same object if no id changed. */
    ConsumerRecord<byte[], byte[]> rewritten(ConsumerRecord<byte[], byte[]> record) {
        if (changed.isEmpty()) {
            return record;
        }
        byte[] value = record.value();
        if (record.topic().equals(deadLetters)
                && codec.decode(deadLetters, value) instanceof Decoded.Readable readable
                && readable.record() instanceof DeadLetter letter) {
            value = rewrittenLetter(value, letter);
        }
        byte[] rewritten = rewritten(value);
        return rewritten == record.value() ? record : with(record, rewritten);
    }

    private byte[] rewritten(byte[] value) {
        OptionalInt id = SchemaTransfer.id(value);
        if (id.isEmpty() || !changed.containsKey(id.getAsInt())) {
            return value;
        }
        byte[] copy = value.clone();
        ByteBuffer.wrap(copy).putInt(1, changed.get(id.getAsInt()));
        return copy;
    }

    /** A dead letter contains the refused value with its schema id, which is rewritten too. */
    private byte[] rewrittenLetter(byte[] value, DeadLetter letter) {
        if (letter.getValue() == null) {
            return value;
        }
        byte[] about = new byte[letter.getValue().remaining()];
        letter.getValue().duplicate().get(about);
        byte[] changedAbout = rewritten(about);
        if (changedAbout == about) {
            return value;
        }
        DeadLetter expected = DeadLetter.newBuilder(letter)
                .setValue(ByteBuffer.wrap(changedAbout))
                .build();
        for (int at = RecordWriter.WIRE_HEADER; at + about.length <= value.length; at++) {
            if (Arrays.equals(value, at, at + about.length, about, 0, about.length)) {
                byte[] copy = value.clone();
                System.arraycopy(changedAbout, 0, copy, at, about.length);
                if (codec.decode(deadLetters, copy) instanceof Decoded.Readable again
                        && again.record().equals(expected)) {
                    return copy;
                }
            }
        }
        throw new IllegalStateException("a dead letter does not hold the value that was read from it");
    }

    private static ConsumerRecord<byte[], byte[]> with(ConsumerRecord<byte[], byte[]> record, byte[] value) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                value,
                record.headers(),
                record.leaderEpoch());
    }
}
