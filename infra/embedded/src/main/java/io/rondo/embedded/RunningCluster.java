package io.rondo.embedded;

/**
 * Where a cluster can be reached that another process runs.
 *
 * @param bootstrapServers address of the broker
 * @param schemaRegistry root of the registry's Confluent-compatible interface
 */
public record RunningCluster(String bootstrapServers, String schemaRegistry) {}
