package io.rondo.e2e;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Map;

/**
 * An aggregator as a process of its own, to be killed: broker, registry, job, instance, state directory. Where the system
 * property {@code rondo.interceptor} names a class, its Kafka clients get it as interceptor.
 */
public final class AggregatorMain {
    private AggregatorMain() {}

    public static void main(String[] arguments) {
        AggregatorService service = AggregatorService.create(new AggregatorSettings(
                new LogConnection(arguments[0], arguments[1], clientSettings()),
                arguments[2],
                arguments[3],
                Path.of(arguments[4])));
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service, main)));
        try {
            service.run();
        } catch (RondoException e) {
            System.out.println(e.explanation());
            Runtime.getRuntime().halt(1);
        }
    }

    private static Map<String, String> clientSettings() {
        String interceptor = System.getProperty("rondo.interceptor");
        return interceptor == null ? Map.of() : Map.of("interceptor.classes", interceptor);
    }

    /** SIGTERM ends it in order. */
    private static void stop(AggregatorService service, Thread main) {
        service.stop();
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
