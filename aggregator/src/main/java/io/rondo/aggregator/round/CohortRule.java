package io.rondo.aggregator.round;

import io.rondo.schemas.tensor.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Chooses the trainers that a round asks: all admitted ones, or a share drawn for each round. The draw is a function of the
 * job's seed, the round and the trainers' ids, so that anyone can repeat it: a trainer's lot is the SHA-256 of the ASCII
 * text {@code rondo-cohort-v1}, line feed, seed, line feed, round, line feed, id, and the smallest lots are asked.
 */
public final class CohortRule {
    private static final String ALL = "all";
    private static final String VERSION_TAG = "rondo-cohort-v1\n";

    private final Optional<CohortShare> share;

    private CohortRule(Optional<CohortShare> share) {
        this.share = share;
    }

    /** @throws IllegalArgumentException when the text is neither {@code all} nor a share above 0 */
    public static CohortRule parse(String text) {
        Optional<CohortShare> share = CohortShare.parse(text);
        if (share.isEmpty() && !text.equals(ALL)) {
            throw new IllegalArgumentException("cohort: '" + text + "' is neither all nor a share such as 30% or 0.3");
        }
        return new CohortRule(share);
    }

    /**
     * The trainers asked, in ascending order: at least one.
     *
     * @param most the upper limit
     */
    List<String> draw(Collection<String> admitted, long seed, int round, int most) {
        int asked = Math.min(most, share.map(part -> part.of(admitted.size())).orElse(admitted.size()));
        if (asked >= admitted.size()) {
            return admitted.stream().sorted().toList();
        }
        return byLot(admitted, seed, round).limit(asked).sorted().toList();
    }

    /**
     * The trainers asked when a round reopens, in ascending order: those whose updates count, filled up with the present
     * trainers that have the smallest lots, to the number that a draw among the present ones would have.
     *
     * @param answered trainers whose updates count in the round, present or not
     * @param there the present trainers
     */
    List<String> redraw(Collection<String> answered, Collection<String> there, long seed, int round, int most) {
        int asked = draw(there, seed, round, most).size();
        List<String> others = byLot(there, seed, round)
                .filter(trainer -> !answered.contains(trainer))
                .limit(Math.max(0, asked - answered.size()))
                .toList();
        return Stream.concat(answered.stream(), others.stream()).sorted().toList();
    }

    private static Stream<String> byLot(Collection<String> trainers, long seed, int round) {
        Map<String, String> lots = new HashMap<>();
        trainers.forEach(trainer -> lots.put(trainer, lot(seed, round, trainer)));
        return trainers.stream()
                .sorted(Comparator.<String, String>comparing(lots::get).thenComparing(Comparator.naturalOrder()));
    }

    private static String lot(long seed, int round, String trainer) {
        String text = VERSION_TAG + seed + '\n' + round + '\n' + trainer;
        return Digests.hex(Digests.of(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
