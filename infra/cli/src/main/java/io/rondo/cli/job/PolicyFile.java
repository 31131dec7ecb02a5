package io.rondo.cli.job;

import io.rondo.trainer.runtime.SitePolicy;
import java.nio.file.Path;

/** Reads a site's policy: a flat YAML mapping. A refused job is told the line of the policy. */
public final class PolicyFile {
    private PolicyFile() {}

    /** @throws io.rondo.schemas.error.RondoException when it cannot be read, or has an invalid key or value */
    public static SitePolicy read(Path file) {
        String yaml = JobFile.content(file, "policy", "check the path; docs/explanation/security.md lists the keys");
        return SitePolicy.of(YamlMapping.read(file.toString(), yaml).stream()
                .map(value -> new SitePolicy.Entry(value.where(), value.key(), value.items()))
                .toList());
    }
}
