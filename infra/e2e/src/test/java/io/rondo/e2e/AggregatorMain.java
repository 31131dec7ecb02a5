package io.rondo.e2e;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Map;

/** An aggregator as a process of its own, to be killed: broker, registry, job, instance, state directory. */
final class AggregatorMain {
    private AggregatorMain() {}

    public static void main(String[] arguments) {
        AggregatorService service = AggregatorService.create(new AggregatorSettings(
                new LogConnection(arguments[0], arguments[1], Map.of()),
                arguments[2],
                arguments[3],
                Path.of(arguments[4])));
        try {
            service.run();
        } catch (RondoException e) {
            System.out.println(e.explanation());
            System.exit(1);
        }
    }
}
