package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import java.util.function.Consumer;

/** Creates the fold of a partition and its sources; called and used on the fold's own thread. */
public interface FoldFactory {

    PartitionFold fold(int partition, Consumer<FoldResult> results);
}
