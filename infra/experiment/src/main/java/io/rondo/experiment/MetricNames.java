package io.rondo.experiment;

/** Names of the metrics that a trainer's evaluation gives. */
final class MetricNames {
    static final String TEST = "test/accuracy";
    static final String VALIDATION = "validation/accuracy";
    static final String POOLED = "pooled/accuracy";

    private MetricNames() {}
}
