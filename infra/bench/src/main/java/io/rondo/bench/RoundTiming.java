package io.rondo.bench;

/**
 * One round, as its trainers see it.
 *
 * @param uploadSeconds from the start of the first upload to the last acknowledged manifest
 * @param publishSeconds from the last acknowledged manifest to a readable RoundPublished
 * @param roundSeconds from a readable RoundOpened to a readable RoundPublished
 * @param publishedAt when RoundPublished could be read, in milliseconds since 1970
 * @param aggregatorCpuSeconds processor time of all aggregators meanwhile, in steps of a clock tick
 */
record RoundTiming(
        double uploadSeconds,
        double publishSeconds,
        double roundSeconds,
        long publishedAt,
        double aggregatorCpuSeconds) {}
