package io.rondo.demo;

import io.rondo.cli.job.JobFile;
import io.rondo.samples.DirichletSplit;
import io.rondo.samples.LabelledData;
import io.rondo.samples.MadeText;
import io.rondo.samples.Site;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sites of a demo and their labels.
 *
 * @param sites one for each trainer
 * @param labels the classes, in the order of the head's outputs
 */
record LabelledSites(List<Site<Example>> sites, List<String> labels) implements DemoData {
    /** A site with fewer training examples than this learns nothing; fewer are taken where there is less data. */
    private static final int MIN_EXAMPLES = 16;

    LabelledSites {
        sites = List.copyOf(sites);
        labels = List.copyOf(labels);
    }

    /** @param notes takes what a user should know of the data */
    static LabelledSites of(DemoSettings settings, Consumer<String> notes) {
        return settings.data()
                .map(directory -> read(directory, settings, notes))
                .orElseGet(() -> new LabelledSites(
                        DemoData.capped(MadeText.sites(settings.trainers(), settings.seed()), settings),
                        MadeText.LABELS));
    }

    private static LabelledSites read(Path directory, DemoSettings settings, Consumer<String> notes) {
        LabelledData data = LabelledData.read(directory, settings.columns(), notes);
        int least = Math.max(1, Math.min(MIN_EXAMPLES, data.train().size() / (4 * settings.trainers())));
        List<Site<Example>> sites = new DirichletSplit(
                        settings.trainers(), settings.dirichlet(), least, settings.seed())
                .split(data.train(), data.test());
        return new LabelledSites(DemoData.capped(sites, settings), data.labels());
    }

    @Override
    public List<String> trainers() {
        return sites.stream().map(Site::trainer).toList();
    }

    @Override
    public List<String> jobSettings() {
        return List.of("labels=" + JobFile.list(labels));
    }

    @Override
    public void write(DemoDirectory home) {
        home.write(sites, ExampleWriter::write);
    }

    @Override
    public String summary() {
        return DemoData.counts(sites) + " examples to train+test on, " + labels.size() + " classes";
    }
}
