package io.rondo.trainer.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** MNLI's two sets to test on, of the sources that its training examples come from and of others; accuracies are told apart. */
public enum DevSet {
    MATCHED,
    MISMATCHED;

    /** The key of Rondo's own files, and the beginning of the names of MNLI's. */
    static final String KEY = "dev_set";

    private static final String FILE = "dev_";

    /** As metrics and files have it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of MNLI's file, without its ending. */
    public String fileName() {
        return FILE + id();
    }

    static Optional<DevSet> named(String id) {
        return Arrays.stream(values()).filter(set -> set.id().equals(id)).findFirst();
    }

    /** By the name that the file has in MNLI. */
    static Optional<DevSet> of(Path file) {
        String name = file.getFileName().toString();
        return Arrays.stream(values())
                .filter(set -> name.startsWith(set.fileName() + "."))
                .findFirst();
    }
}
