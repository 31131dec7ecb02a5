package io.rondo.e2e.kill;

import io.rondo.e2e.JavaProcess;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * SIGSTOP of a process for a while; recovery counts from SIGCONT.
 *
 * @param longestMs bound of the time: an aggregator's is so short that its group does not notice
 */
record ProcessStopped(String id, int longestMs, Function<Federation, JavaProcess> process) implements Fault {
    static ProcessStopped aggregator() {
        return new ProcessStopped("aggregator-stopped", 4_000, Federation::aggregator);
    }

    static ProcessStopped trainer() {
        return new ProcessStopped("trainer-stopped", 3_000, Federation::trainer);
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        process.apply(federation).signal("STOP");
        Thread.sleep(random.nextInt(longestMs));
        long continued = System.currentTimeMillis();
        process.apply(federation).signal("CONT");
        return continued;
    }
}
