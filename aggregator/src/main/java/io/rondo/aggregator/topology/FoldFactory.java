package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import java.util.function.Consumer;

/** Makes the fold of a partition, with what it reads from; called and used on the fold's own thread. */
public interface FoldFactory {

    PartitionFold fold(int partition, Consumer<FoldResult> results);
}
