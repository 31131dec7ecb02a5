package io.rondo.aggregator.replay;

import io.rondo.log.Sha256;
import io.rondo.log.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Digests of the records that decisions answer. */
final class LoggedInputs {
    private final Map<String, Map<Long, Sha256>> digests = new HashMap<>();

    void add(String topic, long offset, Sha256 bodyDigest) {
        digests.computeIfAbsent(topic, name -> new HashMap<>()).put(offset, bodyDigest);
    }

    /** What is wrong with a decision's source, if anything is. */
    Optional<String> problem(long sequence, Source source) {
        if (source.getBodyDigest() == null) {
            return Optional.empty();
        }
        Sha256 found = digests.getOrDefault(source.getTopic(), Map.of()).get(source.getOffset());
        if (found == null) {
            return Optional.of("decision " + sequence + " answers offset " + source.getOffset() + " of "
                    + source.getTopic() + ", where no record is");
        }
        return found.equals(source.getBodyDigest())
                ? Optional.empty()
                : Optional.of("decision " + sequence + " answers another record than the one at offset "
                        + source.getOffset() + " of " + source.getTopic());
    }
}
