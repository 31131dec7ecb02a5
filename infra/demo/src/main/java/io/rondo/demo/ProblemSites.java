package io.rondo.demo;

import io.rondo.samples.MadeProblems;
import io.rondo.samples.Problem;
import io.rondo.samples.ProblemFile;
import io.rondo.samples.Site;
import java.nio.file.Path;
import java.util.List;

/**
 * The sites of a demo of generation.
 *
 * @param sites one for each trainer
 * @param maxLength longest input and answer, in tokens
 */
record ProblemSites(List<Site<Problem>> sites, int maxLength) implements DemoData {
    private static final int MADE_LENGTH = 64;
    /** Of nearly all problems of GSM8K with their answers. */
    private static final int READ_LENGTH = 384;

    ProblemSites {
        sites = List.copyOf(sites);
    }

    static ProblemSites of(DemoSettings settings) {
        return settings.data()
                .map(directory ->
                        new ProblemSites(DemoData.capped(read(directory, settings.trainers()), settings), READ_LENGTH))
                .orElseGet(() -> new ProblemSites(
                        DemoData.capped(MadeProblems.sites(settings.trainers(), settings.seed()), settings),
                        MADE_LENGTH));
    }

    private static List<Site<Problem>> read(Path directory, int trainers) {
        return Site.deal(
                trainers,
                ProblemFile.read(directory.resolve("train.jsonl")),
                ProblemFile.read(directory.resolve("dev.jsonl")));
    }

    @Override
    public List<String> trainers() {
        return sites.stream().map(Site::trainer).toList();
    }

    @Override
    public List<String> jobSettings() {
        return List.of("max-length=" + maxLength);
    }

    @Override
    public void write(DemoDirectory home) {
        home.write(sites, ProblemFile::write);
    }

    @Override
    public String summary() {
        return DemoData.counts(sites) + " problems to train+test on";
    }
}
