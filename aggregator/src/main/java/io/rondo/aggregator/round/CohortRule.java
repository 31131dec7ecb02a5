package io.rondo.aggregator.round;

import io.rondo.schemas.tensor.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who is asked in a round: all admitted trainers, or a share that is drawn anew for each round. The draw is a function of the
 * job's seed, the round and the trainers' ids, so that anyone can repeat it: a trainer's lot is the SHA-256 of the ASCII
 * text {@code rondo-cohort-v1}, line feed, seed, line feed, round, line feed, id, and the smallest lots are asked.
 */
public final class CohortRule {
    private static final String ALL = "all";
    private static final String VERSION_TAG = "rondo-cohort-v1\n";

    private final Optional<Share> share;

    private CohortRule(Optional<Share> share) {
        this.share = share;
    }

    /** @throws IllegalArgumentException when the text is neither {@code all} nor a share above 0 */
    public static CohortRule parse(String text) {
        Optional<Share> share = Share.parse(text);
        if (share.isEmpty() && !text.equals(ALL)) {
            throw new IllegalArgumentException("cohort: '" + text + "' is neither all nor a share such as 30% or 0.3");
        }
        return new CohortRule(share);
    }

    /**
     * The trainers asked, in ascending order: at least one.
     *
     * @param most more are never asked
     */
    List<String> draw(Collection<String> admitted, long seed, int round, int most) {
        int asked = Math.min(most, share.map(part -> part.of(admitted.size())).orElse(admitted.size()));
        return admitted.stream()
                .sorted(Comparator.comparing((String trainer) -> lot(seed, round, trainer))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(asked)
                .sorted()
                .toList();
    }

    private static String lot(long seed, int round, String trainer) {
        String text = VERSION_TAG + seed + '\n' + round + '\n' + trainer;
        return Digests.hex(Digests.of(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
