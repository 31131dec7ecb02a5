package io.rondo.cli.job;

import io.rondo.trainer.runtime.SitePolicy;
import java.nio.file.Path;

/** Reads a site's policy: a flat YAML mapping, whose lines are named where a job asks for more. */
public final class PolicyFile {
    private PolicyFile() {}

    /** @throws io.rondo.schemas.error.RondoException when it cannot be read, or has a key or a value that is none */
    public static SitePolicy read(Path file) {
        return SitePolicy.of(YamlMapping.read(file.toString(), JobFile.content(file)).stream()
                .map(value -> new SitePolicy.Entry(value.where(), value.key(), value.items()))
                .toList());
    }
}
