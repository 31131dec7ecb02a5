package io.rondo.experiment;

import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an experiment is run.
 *
 * @param file its file
 * @param data in place of the data that the file names
 * @param columns which columns of the data are read
 * @param out where results are kept
 * @param parallel runs at a time
 * @param engine the trainer plug-in
 * @param modelCache where its models are kept
 */
public record ExperimentOptions(
        Path file,
        Optional<Path> data,
        ColumnChoice columns,
        Path out,
        int parallel,
        LocalTrainerFactory engine,
        Path modelCache) {}
