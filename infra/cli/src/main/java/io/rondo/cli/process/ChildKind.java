package io.rondo.cli.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The purpose of a child process, which determines its JVM arguments. */
public enum ChildKind {
    AGGREGATOR,
    /** An aggregator with TLS. */
    ENCRYPTING_AGGREGATOR,
    /** An aggregator of many or large updates, with the launcher's flags for `rondo aggregator`. */
    BUSY_AGGREGATOR,
    TRAINER;

    private static final int FIRST_TO_WARN = 24;

    private List<String> flags() {
        return switch (this) {
            // Little code that runs seldom: a fast start matters more than the optimising compiler.
            case AGGREGATOR -> List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
            // the first compiler alone decrypts 10 MB/s, both more than 500
            case ENCRYPTING_AGGREGATOR -> List.of("-Xmx256m");
            // as the launcher's
            case BUSY_AGGREGATOR -> List.of("-Xmx640m", "-XX:MaxNewSize=64m");
            // The trainer uses the Vector API if the module is present.
            case TRAINER -> List.of("-Xmx384m", "--add-modules=jdk.incubator.vector");
        };
    }

    /** The command line of a child with the same JVM and class path. */
    List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(ClassArchive.arguments());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto", "-Xlog:disable", "-Djava.awt.headless=true"));
        command.add("-D" + Service.FOLLOW_PARENT + "=true");
        command.addAll(List.of("-Drondo.log.level=info", "-Drondo.log.libraries=warn"));
        if (Runtime.version().feature() >= FIRST_TO_WARN) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.rondo.cli.Main"));
        command.addAll(arguments);
        return command;
    }
}
