package io.rondo.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The ids of all schemas that a registry has for some subjects. A flood of records with different made-up ids then costs a
 * few requests a second instead of one for each record. Used only during a flood.
 */
final class SchemaCensus {
    /** Ids above the highest known one may have been assigned since the last count: they are looked up one by one. */
    static final int NEW_IDS = 100;

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    /** A count takes a request for each subject: it is repeated so rarely that it takes a twentieth of the time. */
    private static final int REST = 20;

    private final Collection<String> subjects;
    private final Function<String, RegistryHttp.Answer> get;
    private final LongSupplier nanoClock;
    /** By subject and version: a version's id never changes. */
    private final Map<String, Integer> idOf = new HashMap<>();

    private Optional<Set<Integer>> ids = Optional.empty();
    private long countedAt;
    private long freshNanos = FRESH_NANOS;

    /** @param get sends a GET request for a path to the registry */
    SchemaCensus(Collection<String> subjects, Function<String, RegistryHttp.Answer> get, LongSupplier nanoClock) {
        this.subjects = subjects;
        this.get = get;
        this.nanoClock = nanoClock;
        this.countedAt = nanoClock.getAsLong() - 2 * FRESH_NANOS;
    }

    /** Whether the registry has no schema of this id for the subjects; false if it does not list its schemas. */
    synchronized boolean excludes(int id) {
        long now = nanoClock.getAsLong();
        if (now - countedAt > freshNanos) {
            ids = count();
            countedAt = nanoClock.getAsLong();
            freshNanos = Math.max(FRESH_NANOS, REST * (countedAt - now));
        }
        if (ids.isEmpty() || ids.get().isEmpty()) {
            return false;
        }
        int highest = ids.get().stream().mapToInt(Integer::intValue).max().getAsInt();
        return !ids.get().contains(id) && (id < highest || id - highest > NEW_IDS);
    }

    private Optional<Set<Integer>> count() {
        Set<Integer> counted = new HashSet<>();
        for (String subject : subjects) {
            String path = "/subjects/" + subject + "/versions";
            RegistryHttp.Answer versions = get.apply(path);
            if (versions.denied()) {
                continue;
            }
            if (!versions.found() || !versions.body().isArray()) {
                return Optional.empty();
            }
            for (JsonNode version : versions.body()) {
                Optional<Integer> id = id(path + '/' + version.asInt());
                if (id.isEmpty()) {
                    return Optional.empty();
                }
                counted.add(id.get());
            }
        }
        return Optional.of(counted);
    }

    private Optional<Integer> id(String path) {
        Integer known = idOf.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        RegistryHttp.Answer answer = get.apply(path);
        JsonNode id = answer.body().path("id");
        if (!answer.found() || !id.canConvertToInt()) {
            return Optional.empty();
        }
        idOf.put(path, id.asInt());
        return Optional.of(id.asInt());
    }
}
