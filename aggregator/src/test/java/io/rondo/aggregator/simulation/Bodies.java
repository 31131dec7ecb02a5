package io.rondo.aggregator.simulation;

import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Avro bodies of records, as they would stand in a log behind the id of their schema. */
final class Bodies {
    private static final Map<Class<?>, SpecificDatumWriter<SpecificRecord>> WRITERS = new ConcurrentHashMap<>();

    private Bodies() {}

    static byte[] encode(SpecificRecord value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            writer(value).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static Sha256 digest(SpecificRecord value) {
        return Digests.of(encode(value));
    }

    private static SpecificDatumWriter<SpecificRecord> writer(SpecificRecord value) {
        return WRITERS.computeIfAbsent(
                value.getClass(), type -> new SpecificDatumWriter<>(value.getSchema(), coders(value)));
    }

    /** With the encoders that were generated for each record. */
    private static SpecificData coders(SpecificRecord value) {
        SpecificData data = SpecificData.getForClass(value.getClass());
        data.setCustomCoders(true);
        return data;
    }
}
