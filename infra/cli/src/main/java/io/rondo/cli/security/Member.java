package io.rondo.cli.security;

import io.rondo.cli.check.Role;
import java.util.Locale;
import java.util.Optional;

/**
 * A holder of credentials: its broker user name and its role.
 *
 * @param name the user's name, which for a trainer is its id
 * @param kind what it does
 */
record Member(String name, Kind kind) {
    static final Member ADMIN = new Member("admin", Kind.ADMIN);
    static final Member OPERATOR = new Member("operator", Kind.OPERATOR);
    static final Member AGGREGATOR = new Member("aggregator", Kind.AGGREGATOR);
    static final Member BROKER = new Member("broker", Kind.BROKER);
    static final Member REGISTRY = new Member("registry", Kind.REGISTRY);

    /** What someone does, as the OU of its certificate. */
    enum Kind {
        /** Manages users and rights; brokers let it do everything. */
        ADMIN,
        OPERATOR,
        AGGREGATOR,
        TRAINER,
        BROKER,
        REGISTRY;

        String unit() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The role whose rights on a job it gets. */
        Optional<Role> role() {
            return switch (this) {
                case OPERATOR -> Optional.of(Role.OPERATOR);
                case AGGREGATOR -> Optional.of(Role.AGGREGATOR);
                case TRAINER -> Optional.of(Role.TRAINER);
                case ADMIN, BROKER, REGISTRY -> Optional.empty();
            };
        }
    }

    static Member trainer(String id) {
        return new Member(id, Kind.TRAINER);
    }

    boolean isServer() {
        return kind == Kind.BROKER || kind == Kind.REGISTRY;
    }

    /** Folder of its files. */
    String folder() {
        return isServer() ? "servers/" + name : "clients/" + name;
    }
}
