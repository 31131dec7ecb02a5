package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RegistryAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;

/**
 * Refuses secrets that every user of the machine can read. Group access is allowed: containers often grant a process access
 * to a secret by its group. On a file system without POSIX rights nothing is checked.
 */
public final class PrivateFiles {
    private static final List<String> PREFIXES = List.of("", "schema.registry.");

    private PrivateFiles() {}

    /**
     * Checks a file of properties, and the files with private keys that it names.
     *
     * @throws RondoException with {@code BAD_CONFIG} when others can read a secret
     */
    public static void check(Path file, Map<String, String> config) {
        if (config.keySet().stream().anyMatch(Secrets::isSecret)
                || !RegistryAddress.secrets(config.getOrDefault("schema.registry.url", ""))
                        .isEmpty()) {
            require(file, "--kafka-config " + file);
        }
        for (String prefix : PREFIXES) {
            String key = prefix + "ssl.keystore.location";
            String location = config.get(key);
            if (location != null && "PEM".equalsIgnoreCase(config.get(prefix + "ssl.keystore.type"))) {
                try {
                    require(Path.of(location.strip()), key + '=' + location);
                } catch (InvalidPathException e) {
                    // the file does not exist, which is reported when it is opened
                }
            }
        }
    }

    private static void require(Path file, String name) {
        if (isReadByOthers(file)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    name + " holds a secret, and every user of this machine can read it",
                    "take the right away: chmod o= " + file);
        }
    }

    private static boolean isReadByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
