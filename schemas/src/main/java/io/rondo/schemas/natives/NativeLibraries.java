package io.rondo.schemas.natives;

import io.rondo.schemas.file.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory for native libraries: {@code $RONDO_NATIVE_DIR}, or {@code rondo/native} in the user's cache. By default
 * most libraries unpack into the temporary directory at every start, and a killed process leaves its copy there. If the
 * directory is not writable, the libraries keep their default.
 */
public final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);
    private static final String VARIABLE = "RONDO_NATIVE_DIR";

    private final Path home;

    private NativeLibraries(Path home) {
        this.home = home;
    }

    /** In an existing directory; for tests. */
    static NativeLibraries in(Path directory) {
        return new NativeLibraries(directory);
    }

    /** The directory of this user; empty if none is writable. */
    public static Optional<NativeLibraries> ofUser() {
        return ofUser(System.getenv(), System.getProperty("user.home", ""));
    }

    static Optional<NativeLibraries> ofUser(Map<String, String> environment, String userHome) {
        Path directory = directory(environment, userHome);
        try {
            create(directory);
            if (Files.isWritable(directory)) {
                return Optional.of(new NativeLibraries(directory));
            }
        } catch (IOException e) {
            LOG.debug("no directory for native libraries", e);
        }
        LOG.warn(
                "native libraries cannot be kept in {}, and are unpacked into {} at every start; set {} to a directory that can be"
                        + " written",
                directory,
                System.getProperty("java.io.tmpdir"),
                VARIABLE);
        return Optional.empty();
    }

    static Path directory(Map<String, String> environment, String userHome) {
        String own = environment.getOrDefault(VARIABLE, "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (cache.isBlank() ? Path.of(userHome, ".cache") : Path.of(cache))
                .resolve("rondo")
                .resolve("native");
    }

    /** Sets the properties by which libraries find their directory; called before any of them is loaded. */
    public void useEverywhere() {
        use(System.getenv(), (key, value) -> {
            if (System.getProperty(key) == null) {
                System.setProperty(key, value);
            }
        });
    }

    void use(Map<String, String> environment, BiConsumer<String, String> properties) {
        if (environment.containsKey(VARIABLE)) {
            // otherwise trainers keep these with their models
            properties.accept(
                    "org.bytedeco.javacpp.cachedir", home.resolve("javacpp").toString());
            properties.accept("DJL_CACHE_DIR", home.resolve("djl").toString());
        }
        Platform platform = Platform.current();
        platform.zstd().flatMap(this::unpack).ifPresent(file -> properties.accept("ZstdNativePath", file.toString()));
        platform.snappy().flatMap(this::unpack).ifPresent(file -> {
            properties.accept("org.xerial.snappy.lib.path", file.getParent().toString());
            properties.accept("org.xerial.snappy.lib.name", file.getFileName().toString());
        });
    }

    private Optional<Path> unpack(String resource) {
        return unpack(resource, resource.substring(resource.lastIndexOf('/') + 1));
    }

    /**
     * The file with a library from a class path resource, unpacked if it does not exist yet. Each version of its jar has its
     * own file.
     *
     * @param resource its name, such as {@code librocksdbjni-linux64.so}
     * @param fileName name of the file
     * @return empty if there is no such resource, or it cannot be unpacked
     */
    public Optional<Path> unpack(String resource, String fileName) {
        URL url = NativeLibraries.class.getClassLoader().getResource(resource);
        if (url == null) {
            return Optional.empty();
        }
        try {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            Path file = home.resolve(folder(connection)).resolve(fileName);
            try (InputStream in = connection.getInputStream()) {
                long size = connection.getContentLengthLong();
                if (!Files.isRegularFile(file) || Files.size(file) != size) {
                    write(in, file);
                }
            }
            return Optional.of(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be unpacked into {}: {}", resource, home, e.toString());
            return Optional.empty();
        }
    }

    /** Other processes see the whole file or none; a process that uses the previous file keeps it. */
    private static void write(InputStream in, Path file) throws IOException {
        create(file.getParent());
        Path fresh = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
        try {
            Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** No other user may put a library there. */
    private static void create(Path directory) throws IOException {
        Files.createDirectories(directory, OwnerOnly.directory(directory));
    }

    private static String folder(URLConnection connection) {
        if (connection instanceof JarURLConnection jar) {
            String path = jar.getJarFileURL().getPath();
            return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
        }
        return "classes";
    }

    /** The jars' name for this platform's library; empty if the platform is unknown or has no such library. */
    private record Platform(String zstdFolder, String snappyFolder) {
        static Platform current() {
            boolean linux = System.getProperty("os.name", "").startsWith("Linux");
            return switch (linux ? System.getProperty("os.arch", "") : "") {
                case "amd64", "x86_64" -> new Platform("linux/amd64", "Linux/x86_64");
                case "aarch64" -> new Platform("linux/aarch64", "Linux/aarch64");
                default -> new Platform("", "");
            };
        }

        /** The file name includes the version. */
        Optional<String> zstd() {
            return Stream.ofNullable(zstdVersion())
                    .filter(version -> !zstdFolder.isEmpty())
                    .map(version -> zstdFolder + "/libzstd-jni-" + version + ".so")
                    .findFirst();
        }

        Optional<String> snappy() {
            return snappyFolder.isEmpty()
                    ? Optional.empty()
                    : Optional.of("org/xerial/snappy/native/" + snappyFolder + "/libsnappyjava.so");
        }

        private static String zstdVersion() {
            try {
                // the class holds a constant and loads nothing
                return (String) Class.forName("com.github.luben.zstd.util.ZstdVersion")
                        .getField("VERSION")
                        .get(null);
            } catch (ReflectiveOperationException | LinkageError e) {
                return null;
            }
        }
    }
}
