package io.rondo.cli.security;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of a directory of credentials. Contains no secret.
 *
 * @param bootstrapServers the brokers' address for clients, with TLS and passwords
 * @param adminServers the brokers' address for the admin, with TLS and client certificates
 * @param schemaRegistry the registry's address
 * @param hosts names and addresses of the brokers and the registry
 * @param trainers ids of the trainers
 * @param revoked ids whose credentials were revoked
 */
record SecuritySettings(
        String bootstrapServers,
        String adminServers,
        String schemaRegistry,
        NavigableSet<String> hosts,
        NavigableSet<String> trainers,
        NavigableSet<String> revoked) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})");
    private static final Set<String> RESERVED = Set.of(
            Member.ADMIN.name(),
            Member.OPERATOR.name(),
            Member.AGGREGATOR.name(),
            Member.BROKER.name(),
            Member.REGISTRY.name(),
            Identifiers.SUBMITTER);

    SecuritySettings {
        hosts = new TreeSet<>(hosts);
        trainers = new TreeSet<>(trainers);
        revoked = new TreeSet<>(revoked);
        hosts.forEach(host -> {
            if (!HOST.matcher(host).matches()) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG, "'" + host + "' is not a host", "give --hosts as names or IP addresses");
            }
        });
        for (String trainer : trainers) {
            Identifiers.requireTrainer(trainer);
            if (RESERVED.contains(trainer)) {
                throw new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "a trainer cannot be called '" + trainer + "': a role has this name",
                        "give the trainer another id");
            }
        }
    }

    /** Adds hosts and trainers, and changes addresses. Revoked ids stay revoked. */
    SecuritySettings with(SecurityRequest request) {
        Set<String> more = union(trainers, request.trainers());
        request.trainers().stream().filter(revoked::contains).findFirst().ifPresent(id -> {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the credentials of '" + id + "' were revoked",
                    "give the trainer another id, or leave it out");
        });
        return new SecuritySettings(
                request.bootstrapServers().orElse(bootstrapServers),
                request.adminServers().orElse(adminServers),
                request.schemaRegistry().orElse(schemaRegistry),
                new TreeSet<>(union(hosts, request.hosts())),
                new TreeSet<>(more),
                revoked);
    }

    SecuritySettings revoke(String trainer) {
        NavigableSet<String> left = new TreeSet<>(trainers);
        left.remove(trainer);
        return new SecuritySettings(
                bootstrapServers,
                adminServers,
                schemaRegistry,
                hosts,
                left,
                new TreeSet<>(union(revoked, List.of(trainer))));
    }

    /** All members with credentials, servers first. */
    List<Member> members() {
        return Stream.concat(
                        Stream.of(Member.BROKER, Member.REGISTRY, Member.ADMIN, Member.OPERATOR, Member.AGGREGATOR),
                        trainers.stream().map(Member::trainer))
                .toList();
    }

    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts have a JSON form", e);
        }
    }

    /** Reads what {@link #json} wrote. @throws RondoException with {@code BAD_CONFIG} */
    static SecuritySettings parse(String json) {
        try {
            return JSON.readValue(json, SecuritySettings.class);
        } catch (JsonProcessingException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "security.json cannot be read: " + e.getOriginalMessage(),
                    "restore it from a backup of the directory",
                    e);
        }
    }

    private static Set<String> union(Collection<String> some, Collection<String> more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(more);
        return all;
    }
}
