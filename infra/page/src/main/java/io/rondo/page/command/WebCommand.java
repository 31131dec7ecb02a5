package io.rondo.page.command;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ArchiveOptions;
import io.rondo.cli.command.ClusterOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.HttpOptions;
import io.rondo.cli.command.VersionCommand;
import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.page.http.PageServer;
import io.rondo.page.http.PageSettings;
import io.rondo.page.log.ArchiveLogs;
import io.rondo.page.log.ClusterLogs;
import io.rondo.page.log.PageLogs;
import io.rondo.schemas.adapter.Identifiers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "web",
        description =
                "Serve the web page over the jobs of a cluster, of a demo's directory or of an archive, until it is"
                        + " stopped.")
public final class WebCommand extends ConsoleCommand {
    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT",
            defaultValue = "7470",
            description = "Address; without HOST on 127.0.0.1, only for this machine. Default: ${DEFAULT-VALUE}.")
    private String listen;

    @Option(
            names = "--login",
            paramLabel = "FILE",
            description = "File whose first line is the password; required if other machines can reach the page.")
    private Path login;

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            split = ",",
            description = "A host name under which browsers reach the page; may be repeated.")
    private List<String> hosts = List.of();

    @Option(names = "--job", paramLabel = "NAME", description = "Show only this job. Default: every job.")
    private String job;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private ArchiveOptions archive;

    /** The JSON result. */
    record Result(String url, boolean login) {}

    @Override
    public void run(Console console) {
        PageSettings settings =
                new PageSettings(HttpOptions.parse(listen, "--listen"), Optional.ofNullable(login), hosts);
        Optional<String> name = Optional.ofNullable(job).map(Identifiers::requireJob);
        if (archive.isGiven()) {
            archive.refuse("--job", name, "an archive holds one job");
            archive.refuse("--dir", cluster.directory(), "an archive is read without a cluster");
            serve(console, settings, new ArchiveLogs(Archive.open(archive.directory(), RoundRange.ALL)));
            return;
        }
        try (OpenCluster open = cluster.open(console);
                ClusterLogs logs = new ClusterLogs(
                        open.connection(), each -> name.isEmpty() || name.get().equals(each))) {
            // a cluster that cannot be used at all is told here, and not to whoever opens the page
            logs.list();
            serve(console, settings, logs);
        }
    }

    private static void serve(Console console, PageSettings settings, PageLogs logs) {
        try (PageServer server = PageServer.start(settings, logs, VersionCommand.current())) {
            CountDownLatch stop = new CountDownLatch(1);
            console.result(
                    new Result(server.url(), settings.login().isPresent()),
                    "the page is at " + server.url() + (settings.login().isPresent() ? ", with a login" : "")
                            + "; stop it with Ctrl-C");
            Service.run(() -> await(stop), stop::countDown);
        }
    }

    private static void await(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
