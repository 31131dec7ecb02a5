package io.rondo.cli.command;

import io.rondo.cli.web.WebPage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a process serves the web page. */
final class WebOptions {
    @Option(
            names = "--web",
            paramLabel = "[HOST:]PORT",
            description = "Serve the web page there; without HOST on 127.0.0.1, only for this machine. Default:"
                    + " $$RONDO_WEB, or not at all.")
    private String web;

    @Option(
            names = "--web-login",
            paramLabel = "FILE",
            description =
                    "File whose first line is the password of the web page; required if other machines can reach it."
                            + " Default: $$RONDO_WEB_LOGIN.")
    private Path login;

    @Option(
            names = "--web-host",
            paramLabel = "NAME",
            split = ",",
            description =
                    "A host name under which browsers reach the web page; may be repeated. Default: $$RONDO_WEB_HOST.")
    private List<String> hosts = List.of();

    /** @throws io.rondo.schemas.error.RondoException with {@code BAD_CONFIG} when the address is none */
    Optional<WebPage.Settings> settings() {
        String address = web != null ? web : text("RONDO_WEB");
        if (address.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> file = Optional.ofNullable(login).or(() -> Optional.of(text("RONDO_WEB_LOGIN"))
                .filter(name -> !name.isEmpty())
                .map(Path::of));
        String names = text("RONDO_WEB_HOST");
        return Optional.of(new WebPage.Settings(
                HttpOptions.parse(address, "--web"),
                file,
                hosts.isEmpty() && !names.isEmpty() ? List.of(names.split(",")) : hosts));
    }

    private static String text(String variable) {
        String value = System.getenv(variable);
        return value == null ? "" : value;
    }
}
