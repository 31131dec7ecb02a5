package io.rondo.demo;

import io.rondo.samples.MadeProblems;
import io.rondo.samples.ProblemFile;
import io.rondo.samples.ProblemSite;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sites of a demo of generation.
 *
 * @param sites one for each trainer
 * @param maxLength longest input and answer, in tokens
 */
record ProblemSites(List<ProblemSite> sites, int maxLength) implements DemoData {
    private static final int MADE_LENGTH = 64;
    /** Of nearly all problems of GSM8K with their answers. */
    private static final int READ_LENGTH = 384;

    ProblemSites {
        sites = List.copyOf(sites);
    }

    static ProblemSites of(DemoSettings settings) {
        return settings.data()
                .map(directory -> new ProblemSites(capped(read(directory, settings.trainers()), settings), READ_LENGTH))
                .orElseGet(() -> new ProblemSites(
                        capped(MadeProblems.sites(settings.trainers(), settings.seed()), settings), MADE_LENGTH));
    }

    private static List<ProblemSite> read(Path directory, int trainers) {
        return ProblemSite.deal(
                trainers,
                ProblemFile.read(directory.resolve("train.jsonl")),
                ProblemFile.read(directory.resolve("dev.jsonl")));
    }

    private static List<ProblemSite> capped(List<ProblemSite> sites, DemoSettings settings) {
        return sites.stream()
                .map(site -> new ProblemSite(
                        site.trainer(),
                        DemoData.first(site.train(), settings.trainRows()),
                        DemoData.first(site.test(), settings.testRows())))
                .toList();
    }

    @Override
    public List<String> trainers() {
        return sites.stream().map(ProblemSite::trainer).toList();
    }

    @Override
    public List<String> jobSettings() {
        return List.of("max-length=" + maxLength);
    }

    @Override
    public void write(DemoDirectory home) {
        home.writeProblems(sites);
    }

    @Override
    public String summary() {
        return sites.stream()
                .map(site -> "%s %d+%d"
                        .formatted(
                                site.trainer(), site.train().size(), site.test().size()))
                .collect(Collectors.joining(", ", "", " problems to train+test on"));
    }
}
