package io.rondo.trainer.nd4j;

import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.StateCache;
import java.nio.file.Path;

/**
 * One cache of frozen states for all trainers of a process that have the model, the lowest adapted layer and the bound in
 * common: an experiment opens a trainer for each site of each run, and their texts are the same again and again. Only the
 * latest is kept; one that no trainer has any more goes with the garbage. Safe for any thread.
 */
final class SharedStates {
    private record Key(Path model, int lowestLayer, long bytes) {}

    private Key key;
    private StateCache latest;

    synchronized StateCache of(Path model, AdapterShape adapter, long bytes) {
        Key wanted = new Key(model.toAbsolutePath().normalize(), adapter.lowest(), bytes);
        if (!wanted.equals(key)) {
            key = wanted;
            latest = new StateCache(bytes);
        }
        return latest;
    }
}
