package io.rondo.embedded.child;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** Formats the storage where that is still to be done, and runs the broker, all in one JVM: each start of one costs seconds. */
public final class BrokerMain {
    private BrokerMain() {}

    /** @param args lock file, properties file of the broker, cluster id */
    public static void main(String[] args) throws Exception {
        ParentWatch.start(Path.of(args[0]));
        Properties properties = load(Path.of(args[1]));
        try {
            run(properties, args[2]);
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void run(Properties properties, String clusterId) throws Exception {
        Path logs = Path.of(properties.getProperty("log.dirs"));
        // written last: without it the directory is new, or a format that was interrupted
        if (!Files.exists(logs.resolve("meta.properties"))) {
            format(properties, logs, clusterId);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        server.awaitShutdown();
    }

    private static void format(Properties properties, Path logs, String clusterId) throws Exception {
        Files.createDirectories(logs);
        new Formatter()
                .setClusterId(clusterId)
                .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
                .setControllerListenerName(properties.getProperty("controller.listener.names"))
                .setMetadataLogDirectory(logs.toString())
                .addDirectory(logs.toString())
                .setPrintStream(System.err)
                .run();
    }

    private static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }
}
