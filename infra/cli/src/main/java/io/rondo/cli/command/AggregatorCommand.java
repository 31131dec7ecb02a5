package io.rondo.cli.command;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.web.AggregatorTelemetry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "aggregator", description = "Run the aggregator of a job until it is stopped.")
public final class AggregatorCommand extends ConsoleCommand {
    @Mixin
    private JobOptions options;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--instance",
            paramLabel = "ID",
            defaultValue = "aggregator-1",
            description =
                    "What tells this instance from others of the job; keep it over restarts. Default: ${DEFAULT-VALUE}.")
    private String instance;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = ".rondo/aggregator",
            description = "Where the instance keeps its identity. Default: ${DEFAULT-VALUE}.")
    private Path stateDirectory;

    @Override
    public void run(Console console) {
        AggregatorSettings settings =
                new AggregatorSettings(options.connection(), options.job(), instance, stateDirectory);
        Optional<InetSocketAddress> address = http.address();
        if (address.isEmpty()) {
            serve(console, AggregatorService.create(settings));
            return;
        }
        try (AggregatorTelemetry telemetry =
                AggregatorTelemetry.start(settings.log(), address.get(), VersionCommand.current())) {
            console.progress("metrics and health on " + HttpOptions.url(telemetry.address()));
            serve(console, AggregatorService.create(settings, telemetry));
        }
    }

    private void serve(Console console, AggregatorService service) {
        console.progress("aggregator " + instance + " of job " + options.job() + "; stop it with Ctrl-C");
        Service.run(service::run, service::stop);
    }
}
