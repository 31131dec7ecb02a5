package io.rondo.embedded.child;

import java.nio.file.Path;

/** Runs the registry's own main class under the parent's watch. */
public final class RegistryMain {
    private RegistryMain() {}

    /** @param args lock file, name of the registry's main class */
    public static void main(String[] args) throws Exception {
        ParentWatch.start(Path.of(args[0]));
        Class.forName(args[1]).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }
}
