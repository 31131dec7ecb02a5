package io.rondo.trainer.api;

import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of one site.
 *
 * @param train its training examples
 * @param test its test examples
 * @param pooledTest test examples of all sites together, if this site may have them
 * @param validation held-out examples of this site for choosing a setting or a round, separate from the reported test
 *     examples
 * @param columns which columns of the files a trainer of texts reads
 */
public record TrainerFiles(
        Path train, Path test, Optional<Path> pooledTest, Optional<Path> validation, ColumnChoice columns) {

    /** Training and test examples, with columns found by name. */
    public static TrainerFiles of(Path train, Path test) {
        return new TrainerFiles(train, test, Optional.empty(), Optional.empty(), ColumnChoice.AUTOMATIC);
    }

    public TrainerFiles withPooledTest(Path file) {
        return new TrainerFiles(train, test, Optional.of(file), validation, columns);
    }

    public TrainerFiles withValidation(Path file) {
        return new TrainerFiles(train, test, pooledTest, Optional.of(file), columns);
    }
}
