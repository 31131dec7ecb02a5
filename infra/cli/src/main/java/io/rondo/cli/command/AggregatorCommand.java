package io.rondo.cli.command;

import io.rondo.aggregator.AggregatorListener;
import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.JobPattern;
import io.rondo.aggregator.JobsService;
import io.rondo.aggregator.JobsSettings;
import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.cli.web.WebPage;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.web.AggregatorTelemetry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "aggregator", description = "Run the aggregator of a job, or of many, until it is stopped.")
public final class AggregatorCommand extends ConsoleCommand {
    @ArgGroup(multiplicity = "1")
    private Which which;

    @Mixin
    private ConnectionOptions connection;

    @Mixin
    private HttpOptions http;

    @Mixin
    private WebOptions web;

    @Mixin
    private LogFormatOptions logs;

    @Mixin
    private KeyOptions key;

    @Option(
            names = "--instance",
            paramLabel = "ID",
            defaultValue = "aggregator-1",
            description = "Identifies this instance among those of the job; keep it after a restart. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String instance;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = ".rondo/aggregator",
            description = "Where the instance stores its identity. Default: ${DEFAULT-VALUE}.")
    private Path stateDirectory;

    /** One job, or those whose names match. */
    private static final class Which {
        @Option(names = "--job", paramLabel = "NAME", description = "The job's name.")
        private String job;

        @Option(
                names = "--jobs",
                paramLabel = "PATTERN",
                description =
                        "Serve every job whose name matches, as soon as it is submitted: names and patterns, separated by"
                                + " commas, with * for any characters and ? for one. '*' serves all.")
        private String jobs;
    }

    /** A service of one job or of many. */
    private record Served(String what, Runnable run, Runnable stop) {}

    @Override
    public void run(Console console) {
        logs.check();
        LogConnection log = connection.connection();
        if (which.jobs == null) {
            AggregatorSettings settings = new AggregatorSettings(
                            log, Identifiers.requireJob(which.job), instance, stateDirectory)
                    .signingWith(key.key());
            serve(console, log, settings.job()::equals, AggregatorTelemetry::start, listener -> {
                AggregatorService service = AggregatorService.create(settings, listener);
                return new Served("job " + which.job, service::run, service::stop);
            });
        } else {
            JobsSettings settings =
                    new JobsSettings(log, JobPattern.of(which.jobs), instance, stateDirectory).signingWith(key.key());
            serve(console, log, settings.jobs()::fits, AggregatorTelemetry::startOfMany, listener -> {
                JobsService service = JobsService.create(settings, listener);
                return new Served("every job of '" + which.jobs + "'", service::run, service::stop);
            });
        }
    }

    private interface Telemetry {
        AggregatorTelemetry start(LogConnection log, InetSocketAddress address, String version);
    }

    private interface Making {
        Served with(AggregatorListener listener);
    }

    /** @param jobs those that are served, by name */
    private void serve(Console console, LogConnection log, Predicate<String> jobs, Telemetry told, Making making) {
        Optional<WebPage.Settings> page = web.settings();
        if (page.isEmpty()) {
            serve(console, log, told, making);
            return;
        }
        try (WebPage.Served served = WebPage.installed().start(log, jobs, page.get())) {
            console.progress("web page on " + served.url());
            serve(console, log, told, making);
        }
    }

    private void serve(Console console, LogConnection log, Telemetry told, Making making) {
        Optional<InetSocketAddress> address = http.address();
        if (address.isEmpty()) {
            serve(console, making.with(AggregatorListener.NONE));
            return;
        }
        try (AggregatorTelemetry telemetry = told.start(log, address.get(), VersionCommand.current())) {
            console.progress("metrics and health on " + HttpOptions.url(telemetry.address()));
            serve(console, making.with(telemetry));
        }
    }

    private void serve(Console console, Served served) {
        console.progress("aggregator " + instance + " of " + served.what() + "; stop it with Ctrl-C");
        Service.run(served.run(), served.stop());
    }
}
