package io.rondo.cli.security;

import java.util.List;
import java.util.Optional;

/**
 * The input of {@code rondo security init}; empty values leave settings unchanged.
 *
 * @param trainers ids of trainers to add
 * @param hosts names and addresses of brokers and registry to add
 * @param bootstrapServers the brokers' address for clients
 * @param adminServers the brokers' address for the admin
 * @param schemaRegistry the registry's address
 */
public record SecurityRequest(
        List<String> trainers,
        List<String> hosts,
        Optional<String> bootstrapServers,
        Optional<String> adminServers,
        Optional<String> schemaRegistry) {
    public SecurityRequest {
        trainers = List.copyOf(trainers);
        hosts = List.copyOf(hosts);
    }

    /** For a cluster on this machine. */
    public static SecurityRequest local(List<String> trainers, String clients, String admins, String registry) {
        return new SecurityRequest(
                trainers,
                List.of("127.0.0.1", "localhost"),
                Optional.of(clients),
                Optional.of(admins),
                Optional.of(registry));
    }
}
