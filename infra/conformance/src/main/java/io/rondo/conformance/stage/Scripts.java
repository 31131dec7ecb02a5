package io.rondo.conformance.stage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;

/** Results of scripts that several scenarios judge, each run by the scenario that comes first. Safe for any thread. */
public final class Scripts {
    private final Map<Class<?>, FutureTask<Object>> results = new ConcurrentHashMap<>();

    Object once(Class<?> result, Supplier<Object> script) {
        FutureTask<Object> task = results.computeIfAbsent(result, key -> new FutureTask<>(script::get));
        // does nothing if it runs or has run
        task.run();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Violation violation) {
                throw violation.again();
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a script failed", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
