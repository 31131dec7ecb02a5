package io.rondo.demo;

import io.rondo.samples.Site;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the trainers of a demo learn from. */
interface DemoData {
    /** @param notes takes what a user should know of the data */
    static DemoData of(DemoSettings settings, Consumer<String> notes) {
        return switch (settings.task()) {
            case CLASSIFICATION -> LabelledSites.of(settings, notes);
            case GENERATION -> ProblemSites.of(settings);
        };
    }

    /** Sites with as many examples as the settings allow. */
    static <E> List<Site<E>> capped(List<Site<E>> sites, DemoSettings settings) {
        return sites.stream()
                .map(site -> site.capped(settings.trainRows(), settings.testRows()))
                .toList();
    }

    /** Each trainer with the numbers of its examples to train and to test on. */
    static <E> String counts(List<Site<E>> sites) {
        return sites.stream()
                .map(site -> "%s %d+%d"
                        .formatted(
                                site.trainer(), site.train().size(), site.test().size()))
                .collect(Collectors.joining(", "));
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
