package io.rondo.conformance.reference;

import static io.rondo.conformance.reference.Fault.BELIEVES_WHOEVER_OPENS_A_ROUND;
import static io.rondo.conformance.reference.Fault.DOES_NOT_SIGN;
import static io.rondo.conformance.reference.Fault.SIGNS_EACH_RECORD_AS_THE_FIRST;
import static io.rondo.conformance.reference.Fault.SIGNS_WITHOUT_THE_ROUND;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/** Signs what a reference trainer sends, where its job requires it. */
final class Signer {
    private final Optional<SigningKey> key;
    private final String aggregator;
    private final Set<Fault> faults;
    private Sha256 opened;
    private long sequence;

    Signer(JobSpec spec, Map<String, String> environment, Set<Fault> faults) {
        this.key = spec.getOperatorKey().isEmpty()
                ? Optional.empty()
                : Optional.of(KeyFile.read(Path.of(environment.get("RONDO_KEY"))));
        this.aggregator = spec.getAggregatorKey();
        this.faults = faults;
    }

    void read(RoundOpened record) {
        if (!aggregator.isEmpty()
                && !faults.contains(BELIEVES_WHOEVER_OPENS_A_ROUND)
                && Signatures.problem(record, List.of(VerifyingKey.parse(aggregator)))
                        .isPresent()) {
            throw new IllegalStateException("a round that the aggregator has not opened");
        }
        opened = CanonicalText.digest(record);
    }

    <T extends SpecificRecord> T sign(T record) {
        if (key.isEmpty() || faults.contains(DOES_NOT_SIGN)) {
            return record;
        }
        return key.get()
                .signed(
                        record,
                        faults.contains(SIGNS_EACH_RECORD_AS_THE_FIRST) ? 0 : sequence++,
                        faults.contains(SIGNS_WITHOUT_THE_ROUND) ? null : opened);
    }
}
