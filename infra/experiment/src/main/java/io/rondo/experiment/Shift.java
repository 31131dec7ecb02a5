package io.rondo.experiment;

import io.rondo.trainer.data.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Whether the trainers agree on what the labels mean. */
enum Shift {
    /** All label alike. */
    NONE,
    /**
     * Annotators differ: each site but the first reads the texts that contain one frequent word as the next class. The texts
     * are alike everywhere, p(y|x) is not.
     */
    ANNOTATORS;

    /** A word in about a third of the texts changes much, and leaves the common meaning in the majority. */
    private static final double WANTED_FREQUENCY = 0.35;

    private static final int MOST_ROWS = 5_000;

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Shift> of(String id) {
        return Arrays.stream(values()).filter(shift -> shift.id().equals(id)).findFirst();
    }

    /** The word that each site reads in its own way, in the order of the sites; empty if labels stay. */
    List<Optional<String>> words(List<Example> train, int sites) {
        List<Optional<String>> words = new ArrayList<>();
        List<String> candidates = this == NONE ? List.of() : byFrequency(train);
        for (int site = 0; site < sites; site++) {
            words.add(
                    site == 0 || candidates.isEmpty()
                            ? Optional.empty()
                            : Optional.of(candidates.get((site - 1) % candidates.size())));
        }
        return words;
    }

    private static List<String> byFrequency(List<Example> train) {
        List<Example> rows = train.subList(0, Math.min(MOST_ROWS, train.size()));
        Map<String, Integer> counts = new TreeMap<>();
        rows.forEach(row -> wordsOf(row).forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts.entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        entry -> Math.abs((double) entry.getValue() / rows.size() - WANTED_FREQUENCY)))
                .limit(8)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The examples as a site labels them that reads this word in its own way. */
    static List<Example> relabel(List<Example> rows, Optional<String> word, List<String> labels) {
        if (word.isEmpty()) {
            return rows;
        }
        return rows.stream()
                .map(row -> wordsOf(row).contains(word.get())
                        ? new Example(row.text(), row.textPair(), next(row.label(), labels), row.devSet())
                        : row)
                .toList();
    }

    private static String next(String label, List<String> labels) {
        return labels.get((labels.indexOf(label) + 1) % labels.size());
    }

    private static Set<String> wordsOf(Example row) {
        return new HashSet<>(
                Arrays.asList(row.text().toLowerCase(Locale.ROOT).strip().split("\\s+", -1)));
    }
}
