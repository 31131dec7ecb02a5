package io.rondo.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The metrics of one process, in Prometheus' text format. Names and labels are fixed here or come from the job's name
 * and from the reasons of the wire contract, never from a trainer: what others write cannot make more time series.
 * Safe for any thread.
 */
public final class Metrics implements AutoCloseable {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, BooleanSupplier> served = new ConcurrentHashMap<>();
    private final Set<String> unread = ConcurrentHashMap.newKeySet();
    private final Set<String> read = ConcurrentHashMap.newKeySet();

    /** @param version of the software */
    public Metrics(String version) {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("rondo.info", () -> 1)
                .description("The version of the software")
                .tags(Tags.of("version", version))
                .register(registry);
    }

    MeterRegistry registry() {
        return registry;
    }

    /**
     * The job's log is being read: counters that start at 0 each time would look like new events, so they are not told
     * yet.
     */
    void reading(String job) {
        unread.add(job);
    }

    /** The job's log has been read up to what there was. */
    void read(String job) {
        read.add(job);
        unread.remove(job);
    }

    /** Says whether this process serves the job, from now on. */
    void served(String job, BooleanSupplier now) {
        if (served.put(job, now) == null) {
            Gauge.builder("rondo.job.served", served, all -> isServed(all.get(job)) ? 1 : 0)
                    .description("1 while this process serves the job")
                    .tags(Tags.of("job", job))
                    .register(registry);
        }
    }

    private static boolean isServed(BooleanSupplier now) {
        return now != null && now.getAsBoolean();
    }

    /** Tells nothing of the job any more. */
    void forget(String job) {
        served.remove(job);
        unread.remove(job);
        read.remove(job);
        remove(job, "");
    }

    /** Takes back what was told of a job by names that begin so. */
    void remove(String job, String prefix) {
        List.copyOf(registry.getMeters()).stream()
                .filter(meter -> job.equals(meter.getId().getTag("job")))
                .filter(meter -> meter.getId().getName().startsWith(prefix))
                .forEach(registry::remove);
    }

    /** Whether there is something to tell; not while the only jobs are still read. */
    boolean isComplete() {
        return unread.isEmpty() || !read.isEmpty();
    }

    String scrape() {
        String all = registry.scrape();
        List<String> labels = unread.stream().map(job -> "job=\"" + job + '"').toList();
        return labels.isEmpty()
                ? all
                : all.lines()
                        .filter(line -> line.startsWith("#") || labels.stream().noneMatch(line::contains))
                        .collect(Collectors.joining("\n", "", "\n"));
    }

    @Override
    public void close() {
        registry.close();
    }
}
