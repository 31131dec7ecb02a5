package io.rondo.aggregator.round;

import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.schemas.adapter.RejectionReason;
import org.apache.avro.specific.SpecificRecord;

/** An input that the coordinator must answer. */
public sealed interface Input {

    /** The source that a decision on this input names. */
    Source source();

    /** Append time of the record by the broker's clock, or the coordinator's clock; milliseconds since 1970. */
    long at();

    /** A record that could be read. */
    record Received(InputTopic topic, long offset, Sha256 bodyDigest, long at, SpecificRecord value) implements Input {
        @Override
        public Source source() {
            return new Source(topic.id(), offset, bodyDigest, -1L);
        }
    }

    /** A record that could not be read. */
    record Unreadable(InputTopic topic, long offset, Sha256 bodyDigest, long at, RejectionReason reason, String detail)
            implements Input {
        @Override
        public Source source() {
            return new Source(topic.id(), offset, bodyDigest, -1L);
        }
    }

    /** Time has passed, and the coordinator has received everything appended to {@code manifests} until then. */
    record Clock(long at) implements Input {
        @Override
        public Source source() {
            return new Source("clock", -1L, null, -1L);
        }
    }
}
