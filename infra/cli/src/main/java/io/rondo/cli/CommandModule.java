package io.rondo.cli;

import java.util.List;

/**
 * Commands provided by another module. The command line finds implementations with {@link java.util.ServiceLoader}, so an
 * installation contains only the modules it needs.
 */
public interface CommandModule {
    /** The commands, in the order of the module's own documentation. */
    List<Contribution> commands();

    /**
     * One command.
     *
     * @param parent the parent command, such as {@code job}; empty for a top-level command
     * @param type a class with picocli's {@code @Command}, public and with a public constructor without parameters
     */
    record Contribution(String parent, Class<?> type) {
        /** A top-level command, such as {@code rondo rounds}. */
        public static Contribution of(Class<?> type) {
            return new Contribution("", type);
        }
    }
}
