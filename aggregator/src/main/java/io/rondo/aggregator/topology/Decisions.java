package io.rondo.aggregator.topology;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import org.apache.avro.specific.SpecificRecord;

/** Reads records that an aggregator wrote. If one is unreadable, the log is damaged. */
final class Decisions {
    private Decisions() {}

    static SpecificRecord decode(RecordCodec codec, String topic, byte[] value) {
        Decoded decoded = codec.decode(topic, value);
        if (decoded instanceof Decoded.Readable readable) {
            return readable.record();
        }
        throw new RondoException(
                ErrorCode.LOG_INCONSISTENT,
                "a record on " + topic + " cannot be read: " + ((Decoded.Unreadable) decoded).detail(),
                "check who else may write to " + topic + ", and that the registry still has the job's schemas");
    }
}
