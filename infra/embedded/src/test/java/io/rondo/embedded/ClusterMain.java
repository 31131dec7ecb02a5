package io.rondo.embedded;

import java.nio.file.Path;

/** A parent to be killed. */
final class ClusterMain {
    static final String READY = "both are ready";

    private ClusterMain() {}

    public static void main(String[] args) throws InterruptedException {
        EmbeddedCluster.start(EmbeddedSettings.in(Path.of(args[0])));
        System.out.println(READY);
        Thread.sleep(Long.MAX_VALUE);
    }
}
