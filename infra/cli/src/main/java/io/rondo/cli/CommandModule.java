package io.rondo.cli;

import java.util.List;

/**
 * Commands that another module brings. The command line finds implementations with {@link java.util.ServiceLoader}, so that
 * an installation holds only the modules it needs.
 */
public interface CommandModule {
    /** The commands, in the order of the module's own documentation. */
    List<Contribution> commands();

    /**
     * One command.
     *
     * @param parent the command that it belongs to, such as {@code job}; empty for a command of its own
     * @param type a class with picocli's {@code @Command}, public and with a public constructor without parameters
     */
    record Contribution(String parent, Class<?> type) {
        /** A command of its own, such as {@code rondo rounds}. */
        public static Contribution of(Class<?> type) {
            return new Contribution("", type);
        }
    }
}
