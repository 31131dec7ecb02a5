package io.rondo.experiment;

import io.rondo.samples.LabelledData;
import io.rondo.samples.MadeText;
import io.rondo.samples.Site;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.data.ColumnChoice;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The examples of an experiment, split and written as each run needs them. Safe for any thread. */
final class ExperimentData {
    /** Made text comes from the demo's three subjects; so many of its sites give examples enough for three trainers. */
    private static final int MADE_SITES = 12;

    /** The same for each site of an experiment in which one more gets examples. */
    private static final int MADE_SITES_OF_A_SITE = 4;

    private final Experiment experiment;
    private final LabelledData data;
    private final String digest;

    /**
     * @param columns which columns of the data are read
     * @param notes takes what a user should know of the data
     * @throws RondoException as {@link LabelledData#read}, and with {@link ErrorCode#BAD_CONFIG} when columns are chosen
     *     of text that is made
     */
    ExperimentData(Experiment experiment, ColumnChoice columns, Consumer<String> notes) {
        if (experiment.data().isEmpty() && !columns.isAutomatic()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--text, --text-pair and --label choose columns of data, and the experiment makes its text",
                    "give --data DIR, or leave them out");
        }
        this.experiment = experiment;
        this.data = experiment
                .data()
                .map(directory -> LabelledData.read(directory, columns, notes))
                .orElseGet(() -> made(
                        experiment.visitSteps().isPresent() ? MADE_SITES_OF_A_SITE * experiment.sites() : MADE_SITES));
        this.digest = digest(data);
    }

    private static String digest(LabelledData data) {
        MessageDigest digest = Digests.newSha256();
        for (List<Example> rows : List.of(data.train(), data.test())) {
            update(digest, Integer.toString(rows.size()));
            for (Example row : rows) {
                update(digest, row.text());
                update(digest, row.textPair().map(pair -> "pair " + pair).orElse(""));
                update(digest, row.label());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length, so that no two lists of texts are the same bytes. */
    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    /** SHA-256 of all examples in their order. */
    String digest() {
        return digest;
    }

    private static LabelledData made(int count) {
        List<Site<Example>> sites = MadeText.sites(count, 1);
        return new LabelledData(
                sites.stream().flatMap(site -> site.train().stream()).toList(),
                sites.stream().flatMap(site -> site.test().stream()).toList(),
                MadeText.LABELS);
    }

    List<String> labels() {
        return data.labels();
    }

    /**
     * The files of one site.
     *
     * @param trainer its trainer's id
     * @param pooled the test examples of all sites that take part, each labelled as its site does; empty for the one that does
     *     not
     * @param word the word that it labels in its own way
     */
    record SiteFiles(
            String trainer, Path train, Path test, Path validation, Optional<Path> pooled, Optional<String> word) {}

    /**
     * Writes the files of a run's sites: first of those that take part, then of the one that does not, where there is one. The
     * same split and seed give the same files, whatever the method.
     */
    List<SiteFiles> write(ExperimentRun run, Path directory) {
        List<Example> train = drawn(data.train(), experiment.trainRows() * experiment.sites(), run.seed());
        List<Example> test = drawn(data.test(), 2 * experiment.testRows() * experiment.sites(), run.seed());
        List<Site<Example>> sites = run.split().deal(train, test, experiment.sites(), run.seed());
        List<Optional<String>> words = experiment.shift().words(data.train(), sites.size());
        List<SiteFiles> files = new ArrayList<>();
        List<Example> pooled = new ArrayList<>();
        Path pooledFile = directory.resolve("pooled-test.jsonl");
        for (int i = 0; i < sites.size(); i++) {
            Site<Example> site = sites.get(i);
            Optional<String> word = words.get(i);
            boolean takesPart = i < experiment.trainers();
            Path home = Storage.directory(directory.resolve(site.trainer()));
            SiteFiles written = new SiteFiles(
                    site.trainer(),
                    home.resolve("train.jsonl"),
                    home.resolve("test.jsonl"),
                    home.resolve("validation.jsonl"),
                    takesPart ? Optional.of(pooledFile) : Optional.empty(),
                    word);
            List<Example> held = Shift.relabel(site.test(), word, labels());
            if (takesPart) {
                pooled.addAll(everySecond(held, 0));
            }
            ExampleWriter.write(written.train(), Shift.relabel(site.train(), word, labels()));
            ExampleWriter.write(written.test(), everySecond(held, 0));
            // a site with a single held-out example reports and chooses on the same one
            ExampleWriter.write(written.validation(), everySecond(held, held.size() > 1 ? 1 : 0));
            files.add(written);
        }
        ExampleWriter.write(pooledFile, pooled);
        return files;
    }

    /** A site's rows come in random order, so that this is an even division. */
    private static List<Example> everySecond(List<Example> rows, int from) {
        return IntStream.range(0, rows.size())
                .filter(i -> i % 2 == from)
                .mapToObj(rows::get)
                .toList();
    }

    private static List<Example> drawn(List<Example> rows, int most, long seed) {
        List<Example> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(seed));
        return List.copyOf(shuffled.subList(0, Math.min(most, shuffled.size())));
    }
}
