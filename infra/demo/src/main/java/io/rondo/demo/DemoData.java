package io.rondo.demo;

import java.util.List;
import java.util.function.Consumer;

/** What the trainers of a demo learn from. */
interface DemoData {
    /** @param notes takes what a user should know of the data */
    static DemoData of(DemoSettings settings, Consumer<String> notes) {
        return switch (settings.task()) {
            case CLASSIFICATION -> LabelledSites.of(settings, notes);
            case GENERATION -> ProblemSites.of(settings);
        };
    }

    /** So many rows at most, which are in random order already. */
    static <T> List<T> first(List<T> rows, int most) {
        return rows.subList(0, Math.min(most, rows.size()));
    }

    /** Ids of the trainers, one for each site. */
    List<String> trainers();

    /** Settings of the job that depend on the data, as in a job file. */
    List<String> jobSettings();

    /** Writes each site's examples, and those of all test splits together. */
    void write(DemoDirectory home);

    /** Who has how much of what. */
    String summary();
}
