package io.rondo.cli.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests a known word for an unknown one. */
final class NearestWord {
    private static final int FARTHEST = 3;

    private NearestWord() {}

    /** The known word with the fewest edits, if a typing error explains the difference. */
    static Optional<String> of(String word, Collection<String> known) {
        if (word.length() > 100) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(candidate -> distance(word, candidate) <= Math.min(FARTHEST, candidate.length() / 2));
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
