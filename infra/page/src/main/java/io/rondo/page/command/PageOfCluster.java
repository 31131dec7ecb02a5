package io.rondo.page.command;

import io.rondo.cli.command.VersionCommand;
import io.rondo.cli.web.WebPage;
import io.rondo.page.http.PageServer;
import io.rondo.page.http.PageSettings;
import io.rondo.page.log.ClusterLogs;
import io.rondo.schemas.client.LogConnection;
import java.util.function.Predicate;

/** The page over jobs of a cluster, which an aggregator serves beside its rounds. */
public final class PageOfCluster implements WebPage {
    @Override
    public Served start(LogConnection connection, Predicate<String> jobs, Settings settings) {
        PageServer server = PageServer.start(
                new PageSettings(settings.address(), settings.login(), settings.hosts()),
                new ClusterLogs(connection, jobs),
                VersionCommand.current());
        return new Served() {
            @Override
            public String url() {
                return server.url();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
